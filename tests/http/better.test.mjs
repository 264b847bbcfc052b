// What docs/compatibility.md promises of every route of the catalog: no input is an internal error, a client that polls costs
// nothing, every order field counts, and % and _ are themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { names } from './fixture.mjs';

const QUERY = '/api/catalog/entities/by-query';
const component = (name, type, more = '') => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ${name}${more}}
spec: {type: ${type}, lifecycle: production, owner: team-a}
`;
let server;
before(async () => {
  if (missing) return;
  server = await startServer({
    catalog: {
      'all.yaml': [
        component('a', 'website', ', title: "100% a_b"'), component('b', 'service', ', title: "100 aXb"'), component('c', 'website'), component('d', 'service'),
      ].join('---'),
    },
  });
});
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);
const page = async query => names((await server.get(`${QUERY}?filter=kind=component&${query}`)).json.items);

const NO_IDS = ['x', '0', '-1', '1e9', '%00', '%20', "';--", '%F0%9F%A6%84', 'null', 'undefined', '00000000-0000-0000-0000-000000000000',
  '00000000-0000-0000-0000-00000000000', '00000000-0000-0000-0000-0000000000000', 'g0000000-0000-4000-8000-000000000000',
  '{00000000-0000-4000-8000-000000000000}', '9223372036854775807', '9223372036854775808', '18446744073709551616', 'a'.repeat(4000)];
for (const [method, target, body] of [
  ['GET', '/api/catalog/entities/by-uid/ID'],
  ['DELETE', '/api/catalog/entities/by-uid/ID'],
  ['GET', '/api/catalog/locations/ID'],
  ['PUT', '/api/catalog/locations/ID', { type: 'url', target: 'https://example.com/x.yaml' }],
  ['DELETE', '/api/catalog/locations/ID'],
  ['GET', '/api/sources/ID'],
  ['POST', '/api/sources/ID/sync', {}],
  ['POST', '/api/sources/ID/confirm', {}],
  ['DELETE', '/api/tokens/ID'],
])
  it(`${method} ${target}: an id that is none, or nobody's, is the client's mistake`, async () => {
    for (const id of NO_IDS) {
      if (method === 'DELETE' && target.includes('locations') && id.startsWith('00000000-0000-0000-0000-000000000000')) continue;
      const answer = await server.get(target.replace('ID', id), {
        method, headers: body ? { 'content-type': 'application/json' } : {}, body: body && JSON.stringify(body),
      });
      assert.ok([204, 400, 404].includes(answer.status), `${id}: ${answer.status} ${answer.text}`);
      assert.ok(answer.status !== 204 || method === 'DELETE', id);
      if (answer.text) assert.equal(typeof answer.json.error.message, 'string', id);
    }
  });

it('304 comes before any work: whatever the handler would have said of it', async () => {
  const { headers: { etag } } = await server.get(QUERY);
  for (const target of [
    '/api/catalog/entities/by-uid/x', '/api/catalog/entities/by-name/component/default/nobody', `${QUERY}?cursor=nonsense`, `${QUERY}?filter==x`,
    '/api/catalog/entities?filter==x', '/api/graph/component/default/nobody',
  ]) {
    assert.ok((await server.get(target)).status >= 400, `${target} is refused by its handler`);
    assert.equal((await server.get(target, { headers: { 'if-none-match': etag } })).status, 304, target);
  }
  const posted = await server.get(QUERY, { method: 'POST', headers: { 'content-type': 'application/json', 'if-none-match': etag }, body: '{}' });
  assert.equal(posted.status, 200, 'a POST is answered: its body is part of the question');
});

it('every order field counts, each in its own direction', async () => {
  assert.deepEqual(await page('orderField=spec.type,asc&orderField=metadata.name,desc'), ['d', 'b', 'c', 'a']);
  assert.deepEqual(await page('orderField=spec.type,desc&orderField=metadata.name,asc'), ['a', 'c', 'b', 'd']);
  assert.deepEqual(await page('orderField=spec.lifecycle,asc&orderField=spec.type,asc&orderField=metadata.name,asc'), ['b', 'd', 'a', 'c']);
});

it('% and _ are themselves, in full text and in prefixes', async () => {
  const text = term => page(`fullTextFilterTerm=${encodeURIComponent(term)}&fullTextFilterFields=metadata.title`);
  assert.deepEqual(await text('100%'), ['a']);
  assert.deepEqual(await text('a_b'), ['a']);
  assert.deepEqual(await text('_'), ['a']);
  assert.deepEqual(await text('%'), ['a']);
  assert.deepEqual(await text('100'), ['a', 'b']);
  const prefix = async p => names((await server.post(QUERY, { query: { 'metadata.title': { $hasPrefix: p } } })).json.items);
  assert.deepEqual(await prefix('100%'), ['a']);
  assert.deepEqual(await prefix('10_'), []);
});

it('a document that fails hides neither its siblings nor the Location above it', async () => {
  await server.write('all.yaml', `
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: above}
spec: {targets: [./some.yaml]}
`);
  await server.write('some.yaml', component('b', 'service') + '---\nkind: [not, an, entity\n---' + component('d', 'service'));
  const there = async () => names((await server.get(`${QUERY}?filter=kind=component&filter=metadata.name=above&orderField=metadata.name,asc`)).json.items);
  await server.until('what stands before the broken document is there', async () => (await there()).join().includes('above,b'));
  await server.write('some.yaml', component('b', 'service') + '---' + component('c', '[not, a, type]') + '---' + component('d', 'service'));
  await server.until('each other document of the file is there', async () => {
    const all = await there();
    return ['above', 'b', 'd'].every(name => all.includes(name));
  });
});
