// Answers of panels, one of each type and some of strangers: for the stub, and for tests/plugin/objects/gallery.c.
const LONG = 'a-component-whose-name-is-exactly-sixty-three-characters-long-x';
const ago = s => new Date(Date.now() - s * 1000).toISOString();

export function gallery() {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const wave = (height, shift) => Array.from({ length: 60 }, (_, i) => [now - (59 - i) * 60, i === 20 ? null : height * (1.2 + Math.sin(i / 6 + shift))]);
  const manifest = replicas => ['apiVersion: apps/v1', 'kind: Deployment', 'metadata:', '  name: payment-service', '  labels:', '    app: payment-service', '    team: payments',
    'spec:', `  replicas: ${replicas}`, '  selector:', '    matchLabels:', '      app: payment-service', '  template:', '    spec:', '      containers:', '        - name: app',
    '          image: registry.example.com/payment-service:1.4.0', '          ports:', '            - containerPort: 8080', `          memory: ${replicas * 128}Mi`].join('\n');
  return {
    status: {
      type: 'status', summary: 'payment-service is degraded in one of three regions', source: { name: 'Watcher', url: 'https://watch.example.com/', simulated: true },
      items: [
        { label: 'eu-west', state: 'ok', text: 'Healthy', since: ago(86_400 * 3), url: 'https://watch.example.com/eu-west' },
        { label: 'us-east', state: 'warning', text: 'Degraded', detail: 'Two of six pods are restarting', since: ago(900) },
        { label: 'ap-south', state: 'progress', text: 'Rolling out', detail: '1.4.1, 40 %' },
        { label: 'Synthetic checkout', state: 'unknown' },
      ],
      links: [{ title: 'Runbook', url: 'https://runbooks.example.com/payment-service' }],
    },
    table: {
      type: 'table', summary: 'Three pods, one of them restarting',
      columns: [{ key: 'name', title: 'Pod', kind: 'link' }, { key: 'state', title: 'State', kind: 'status' }, { key: 'restarts', title: 'Restarts', kind: 'number' }, { key: 'memory', title: 'Memory', kind: 'bytes' },
        { key: 'cpu', title: 'CPU time', kind: 'duration' }, { key: 'started', title: 'Started', kind: 'time' }, { key: 'image', title: 'Image', kind: 'code' }, { key: 'uses', title: 'Uses', kind: 'entity' }],
      rows: [0, 1, 2].map(i => ({ name: { text: `payment-service-7d9f-${i}`, url: `https://k8s.example.com/pods/${i}` }, state: i === 1 ? { text: 'CrashLoopBackOff', state: 'error', title: 'Exit code 137, out of memory' } : { text: 'Running', state: 'ok' },
        restarts: i * 7, memory: 268_435_456 + i * 31_000_000, cpu: 4_210 + i, started: ago(4_000 * (i + 1)), image: 'payment-service:1.4.0', uses: 'resource:default/production-db' })),
      truncated: 2,
    },
    series: {
      type: 'series', summary: 'Requests are at 12 a second, errors at none', from: now - 3_540, to: now, step_s: 60,
      series: [{ name: 'GET /payments', unit: 'req/s', points: wave(10, 0) }, { name: 'POST /payments', unit: 'req/s', points: wave(4, 2) }, { labels: { le: '0.99', job: 'payment' }, unit: 's', points: wave(0.2, 1) }],
    },
    timeline: {
      type: 'timeline', summary: 'Last deployed two hours ago',
      events: [
        { at: ago(7_200), until: ago(7_080), title: 'Deployed 1.4.0 to production', text: 'Retry refunds that time out', state: 'ok', actor: 'Ana Almeida', url: 'https://ci.example.com/runs/412' },
        { at: ago(90_000), title: 'Rolled back to 1.3.9', state: 'warning', actor: 'Bo Chen' },
        { at: ago(91_000), until: ago(90_400), title: 'Deployed 1.3.10 to production', text: 'The health check failed three times', state: 'error', actor: 'Bo Chen' },
      ],
    },
    tree: {
      type: 'tree', summary: 'Six resources, one of them out of step',
      nodes: [
        { id: 'app', title: 'payment-service', kind: 'Application', state: 'warning', url: 'https://argocd.example.com/applications/payment-service' },
        { id: 'deploy', parent: 'app', title: 'payment-service', kind: 'Deployment', state: 'warning', text: 'out of sync: replicas' },
        { id: 'rs', parent: 'deploy', title: 'payment-service-7d9f', kind: 'ReplicaSet', state: 'ok' },
        { id: 'pod-0', parent: 'rs', title: 'payment-service-7d9f-0', kind: 'Pod', state: 'ok' },
        { id: 'pod-1', parent: 'rs', title: 'payment-service-7d9f-1', kind: 'Pod', state: 'error', text: 'CrashLoopBackOff' },
        { id: 'svc', parent: 'app', title: 'payment-service', kind: 'Service', state: 'ok' },
      ],
    },
    diff: {
      type: 'diff', summary: 'One resource is not as it should be',
      files: [{ title: 'apps/Deployment payment-service', before: manifest(3), after: manifest(6), language: 'yaml' }, { title: 'v1/ConfigMap new-one', before: null, after: 'kind: ConfigMap\ndata: {}' }],
    },
    links: {
      type: 'links',
      items: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/payments', text: 'Golden signals' }, { title: 'Mail the team', url: 'mailto:payments@example.com' }, { title: 'The catalog', url: '/catalog' }],
    },
    text: {
      type: 'text', summary: 'How to restart it',
      markdown: '# Restarting\n\nUse **`kubectl rollout restart`**, then:\n\n- [x] look at the [dashboard](https://grafana.example.com/d/payments)\n- [ ] tell the team\n\n| step | who |\n| --- | --- |\n| restart | on call |\n\n> Never on a Friday.',
    },
    keyvalues: {
      type: 'keyvalues', source: { name: 'Registry' },
      items: [{ key: 'Version', value: '1.4.0' }, { key: 'Image', value: 'registry.example.com/payment-service:1.4.0', url: 'https://registry.example.com/payment-service' }, { key: 'Signed', value: true, state: 'ok' }, { key: 'Size', value: 84_331_520 }, { key: 'Owner', value: null }],
    },
    group: {
      type: 'group', summary: 'Two clusters',
      panels: [
        { type: 'status', title: 'Cluster one', items: [{ label: 'Nodes', state: 'ok', text: '12 ready' }] },
        { type: 'keyvalues', title: 'Cluster two', items: [{ key: 'Nodes', value: 3 }, { key: 'Version', value: '1.31' }] },
      ],
    },
    oncall: {
      type: 'table', summary: 'Ana Almeida is on call',
      columns: [{ key: 'level', title: 'Level', kind: 'number' }, { key: 'who', title: 'On call', kind: 'link' }, { key: 'until', title: 'Until', kind: 'time' }],
      rows: [{ level: 1, who: { text: 'Ana Almeida', url: 'https://pager.example.com/users/ana' }, until: ago(-30_000) }, { level: 2, who: 'Bo Chen', until: 'always' }],
    },
  };
}

// What a stranger's plugin may say within the rule; addresses that a browser must not follow are refused by the server already, not by the stub.
export function strange() {
  const script = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  return {
    markup: { type: 'status', summary: script, items: [{ label: script, state: 'error', text: script, detail: script }, { label: LONG, state: 'ok', text: LONG }, { label: 'مكوّن الدفع يعمل', state: 'ok', text: 'سليم' }] },
    markdown: { type: 'text', markdown: `${script}\n\n[go](javascript:window.hacked=1) <a href="javascript:window.hacked=1">here</a> ![x](https://evil.example.com/x.png) [data](data:text/html,x)\n\n<iframe src="https://evil.example.com"></iframe><style>body{display:none}</style>` },
    names: { type: 'table', columns: [{ key: LONG, title: LONG }, { key: 'b', title: 'B', kind: 'code' }, { key: 's', title: 'State', kind: 'status' }], rows: [{ [LONG]: LONG, b: LONG, s: { text: LONG, state: 'warning' } }, { [LONG]: { text: script, title: script }, b: 'مرحبا' }] },
    chain: { type: 'tree', nodes: [...Array.from({ length: 60 }, (_, i) => ({ id: `n${i}`, parent: i ? `n${i - 1}` : null, title: `level ${i}` })), { id: 'a', parent: 'b', title: 'in a circle' }, { id: 'b', parent: 'a', title: 'of two' }, { id: 'lost', parent: 'nowhere', title: 'an orphan' }] },
  };
}

// What no callboard lets through: only a portal that trusts nobody stands it.
export function lawless() {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ n: i, name: `row ${i}` }));
  return {
    links: { type: 'links', items: [{ title: 'Script', url: 'javascript:window.hacked=1' }, { title: 'Data', url: 'data:text/html,<script>1</script>' }, { title: 'Elsewhere', url: '//evil.example.com/' }, { title: 'Good', url: 'https://good.example.com/' }] },
    huge: { type: 'table', columns: [{ key: 'n', title: 'N', kind: 'number' }, { key: 'name', title: 'Name' }], rows: many },
    throws: { type: 'table', columns: null, rows: null },
    future: { type: 'hologram', shape: { of: 'things to come' } },
    nowhere: { type: 'status', summary: 'empty', items: [] },
    flat: { type: 'series', series: [{ name: 'nothing', points: [] }] },
    many: { type: 'series', series: Array.from({ length: 40 }, (_, i) => ({ name: `line ${i}`, points: [[1e9, i], [1e9 + 60, i + 1]] })) },
  };
}
