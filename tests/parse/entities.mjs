// Entities that are nearly right: one of each kind, with a field or two made odd.
const good = {
  Component: { type: 'service', lifecycle: 'production', owner: 'team-a', system: 'checkout', subcomponentOf: 'web', providesApis: ['b', 'a'], consumesApis: ['other/x'], dependsOn: ['resource:db', 'component:x/y'], dependencyOf: ['component:z'] },
  API: { type: 'openapi', lifecycle: 'production', owner: 'team-a', system: 's', definition: 'openapi: 3.0.0\n' },
  Resource: { type: 'database', owner: 'user:jane', dependsOn: ['resource:b', 'resource:a'], system: 's' },
  System: { owner: 'team-a', domain: 'd', type: 'product' },
  Domain: { owner: 'team-a', subdomainOf: 'd', type: 'x' },
  Group: { type: 'team', profile: { displayName: 'A', email: 'a@example.com', picture: 'x' }, parent: 'p', children: ['c', 'b'], members: ['jane'] },
  User: { profile: { displayName: 'J' }, memberOf: ['team-b', 'team-a'] },
  Location: { type: 'url', target: './a.yaml', targets: ['./b.yaml'], presence: 'optional' },
  Template: { type: 'service', owner: 'team-a', parameters: [{ properties: { name: { type: 'string' } } }], steps: [{ id: 'a', action: 'fetch:template', input: { url: '${{ parameters.x }}' } }], output: { links: [{ title: 'x', url: 'y' }], text: [{ content: 'c' }], other: 'x' } },
};
const names = ['a', 'A', 'payment-service', 'a.b_c-d', '1', '-a', 'a-', '.a', 'a b', 'ä', '', 'x'.repeat(63), 'x'.repeat(64), 'a--b', 'a..b', '${{ values.name | dump }}', 'a\n', 'UPPER', '日本', 'a/b', 'a:b', '😀'.repeat(31)];
const junk = [null, true, false, 0, 1, -1.5, '', ' ', 'text', [], {}, [null], [''], ['a', 1], { a: 1 }, [[]], [{}], { '{ values.name }': null }];
const refs = ['a', 'group:a', 'group:b/a', 'b/a', ':a', 'a:', 'b/', '/a', 'k:/a', 'k:n/', 'k:n/x:y/z', 'a/b:c', 'K:N/X', ':', '/', 'k::a', 'ÄÖ:Ü/ß', ' a', 'component:default/x', 'resource:production-db', ''];
const keys = ['a', 'example.com/a', 'a/b/c', 'Example.com/a', 'a_b', '-a', 'a.-b/c', '/a', 'a/', '', 'x'.repeat(64), 'a'.repeat(63) + '.b/c', ('a'.repeat(50) + '.').repeat(5) + 'b/c', ('a'.repeat(50) + '.').repeat(4) + 'b/c', 'a b', 'ä/b', 'a..b/c'];
const tags = ['java', 'Java', 'c++', 'c#', 'a:b', 'a--b', '-a', 'a-', 'a b', '', 'x'.repeat(63), 'x'.repeat(64), 'a_b', '1', 'ä'];
const urls = ['https://example.com/', 'http://', 'https://a b/', 'mailto:x', 'x', '', '/relative', 'https://[::1]/', 'https://[::g]/', 'https://1.2.3.4.5/', 'https://256.1.1.1/', 'https://a:99999/', 'https://a:80:90/', 'https://user@/', 'https://user:pw@h:8/x?y#z', 'slack://channel?id=1', 'javascript:alert(1)', 'https:example.com', 'https:/\\example.com', 'ftp://x', 'file:///etc/passwd', 'file://ho st/x', 'data:text/plain,x', 'http://ex%41mple.com', 'http://ex%20ample.com', 'http://münchen.de/', 'http://a^b', 'x://a^b', 'x://a b', 'x:a b', ' https://x ', 'ht\ntps://x', 'HTTPS://X', '1http://x', 'http://0x7f.1', 'http://1e2', 'http://a.0x', 'http://a..b', 'http://.', 'http://%00', 'http://x:', 'http://:80', 'x://:80', 'x://u@', 'x://u@h', 'http://a_b.c', 'https://wiki.example.com/日本 語', '${{ values.url }}', 'https://${{ values.host }}/x', 'https://{{x}}', 'http://a|b', 'http://a<b', 'http://[1:2:3:4:5:6:7:8]', 'http://[::1', 'http://a]b', 'http://1.2.3', 'http://1.2.3.', 'http://09', 'http://0.0.0.256', 'http://4294967296', 'http://xn--', 'http://\u00ad', 'non-special://[::1]', 'w:', '+w:x', 'a+b-c.d:x'];
const versions = ['backstage.io/v1alpha1', 'backstage.io/v1beta1', 'scaffolder.backstage.io/v1beta3', 'backstage.io/v1', 'v1', 'a/b/c', 'A/b', '', 'backstage.io/', 'x_y/v1', 'backstage.io/V1'];
const kinds = ['component', 'Widget', 'A'.repeat(64), '1a', 'a-b', '', 'Ä', 'API', 'Group', 'Template', 'AiResource'];

const clone = v => structuredClone(v);
const base = (r, kind) => ({
  apiVersion: kind === 'Template' ? 'scaffolder.backstage.io/v1beta3' : r.pick(versions.slice(0, 2)),
  kind,
  metadata: {
    name: 'payment-service',
    ...(r.chance(0.3) && { namespace: r.pick(['default', 'payments', 'p-1']) }),
    ...(r.chance(0.3) && { title: 'T', description: '' }),
    ...(r.chance(0.4) && { labels: { 'example.com/tier': 'gold' } }),
    ...(r.chance(0.4) && { annotations: { 'github.com/project-slug': 'a/b' } }),
    ...(r.chance(0.4) && { tags: ['java'] }),
    ...(r.chance(0.4) && { links: [{ url: 'https://example.com/', title: 'x', icon: 'y', type: 'z' }] }),
  },
  spec: clone(good[kind]),
});

// Every place in a value, as a list of keys.
function places(v, at = [], out = []) {
  if (at.length) out.push(at);
  if (v && typeof v === 'object') for (const k of Object.keys(v)) places(v[k], [...at, k], out);
  return out;
}
function set(v, at, to) {
  for (const k of at.slice(0, -1)) v = v[k];
  const k = at.at(-1);
  if (to !== undefined) v[k] = to;
  else if (Array.isArray(v)) v.splice(k, 1);
  else delete v[k];
}
const bends = [
  (r, e) => set(e, r.pick(places(e)), clone(r.pick(junk))),
  (r, e) => set(e, r.pick(places(e)), clone(r.pick(junk))),
  (r, e) => set(e, r.pick(places(e)), undefined),
  (r, e) => { if (e.metadata) e.metadata.name = r.pick(names); },
  (r, e) => { if (e.metadata) e.metadata.namespace = r.pick([...names, null, 1]); },
  (r, e) => { if (e.metadata) e.metadata.tags = [r.pick(tags), r.pick(tags)]; },
  (r, e) => { if (e.metadata) e.metadata.labels = { [r.pick(keys)]: r.pick([...names, 1, null]) }; },
  (r, e) => { if (e.metadata) e.metadata.annotations = { [r.pick(keys)]: r.pick([...names, 1, null]) }; },
  (r, e) => { if (e.metadata) e.metadata.links = [{ url: r.pick(urls), ...(r.chance(0.3) && { title: r.pick(['', ' ', '\u00a0', '\u200b', 'x', 1]) }), ...(r.chance(0.2) && { icon: r.pick(['\ufeff\n', 'i']) }) }]; },
  (r, e) => { e.apiVersion = r.pick(versions); },
  (r, e) => { e.kind = r.pick(kinds); },
  (r, e) => { e[r.pick(['relations', 'status', 'extra', 'Spec', 'id'])] = clone(r.pick([...junk, [{ type: 'a', targetRef: 'b' }], [{ type: 'a b', targetRef: 'b' }], { items: [{ type: 'x', level: 'odd', message: 'm' }] }, { items: [] }])); },
  (r, e) => { const f = r.pick(['owner', 'system', 'subcomponentOf', 'domain', 'subdomainOf', 'parent']); if (e.spec && typeof e.spec === 'object') e.spec[f] = r.pick(refs); },
  (r, e) => { const f = r.pick(['dependsOn', 'dependencyOf', 'providesApis', 'consumesApis', 'memberOf', 'children', 'members']); if (e.spec && typeof e.spec === 'object') e.spec[f] = [r.pick(refs), r.pick(refs)]; },
  (r, e) => { if (e.spec && typeof e.spec === 'object') e.spec.dependencyOf = clone(r.pick([...junk, 'component:x', { kind: 'component', name: 'x' }, [{ kind: 'a', namespace: 'b', name: 'c' }]])); },
];

export function entity(r, withTemplates) {
  const all = Object.keys(good).filter(k => withTemplates || k !== 'Template');
  const e = base(r, r.pick(all));
  for (let n = r.pick([0, 1, 1, 1, 2, 2, 3]); n > 0; n--)
    try {
      r.pick(bends)(r, e);
    } catch {} // the place was bent away already
  return r.chance(0.01) ? clone(r.pick(junk)) : e;
}
export const urlTexts = urls;
export const refTexts = refs;
