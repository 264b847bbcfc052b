// What the files in files/ are rendered with, and what written.txt is.
export const VALUES = {
  values: {
    name: 'Payment Service', description: 'Takes "payments" and keeps the ledger, in ünïcode 😀 too', owner: 'group:default/team-payments', type: 'service', production: true, public: false, port: 8080,
    tags: ['pci', 'java', 'tier-1'], annotations: { 'argocd/app-name': 'payment', 'pagerduty.com/service-id': 'P4Y', 10: 'ten' }, destination: { owner: 'acme-shop', repo: 'payment' },
    environments: [{ name: 'staging', replicas: 1 }, { name: 'canary', replicas: 2 }, { name: 'production', replicas: 6 }],
  },
};
export const WRITTEN = {
  a: 1, b: 'two', arr: [3, 1, 2], obj: { x: 1, y: 'z', 10: 5, 2: 3 }, s: 'héllo wörld 😀', nul: null, t: true, f: false,
  nested: { deep: { list: [{ n: 'q', v: 1 }, { n: 'p', v: 2 }] } }, objs: [{ n: 'b', v: 2 }, { n: 'a', v: 1 }],
};
