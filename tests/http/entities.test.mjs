// GET /api/catalog/entities, by-name, by-uid; POST by-refs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError, names, small } from './fixture.mjs';

const LIST = '/api/catalog/entities';
const NAME = `${LIST}/by-name`;
let server;
before(async () => { if (!missing) server = await startServer({ catalog: small }); });
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);

it('a list without paging is everything, in order of uid', async () => {
  const answer = await server.get(LIST);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers.link, undefined);
  const uids = answer.json.map(e => e.metadata.uid);
  assert.deepEqual(uids, uids.toSorted());
  assert.deepEqual(names(answer.json).toSorted(), ['Checkout', 'all', 'cart', 'db', 'guest', 'jane', 'pay', 'shop', 'site', 'team-a', 'team-b', answer.json.find(e => e.metadata.name.startsWith('generated-'))?.metadata.name].filter(Boolean).toSorted());
});

it('an entity has its keys in the order metadata, apiVersion, kind, spec, relations', async () => {
  const { json } = await server.get(`${NAME}/component/default/checkout`);
  assert.deepEqual(Object.keys(json), ['metadata', 'apiVersion', 'kind', 'spec', 'relations']);
  assert.match(json.metadata.uid, /^[0-9a-f-]{36}$/);
  assert.match(json.metadata.etag, /^[0-9a-f]{40}$/);
  assert.ok(json.relations.some(r => r.type === 'dependencyOf' && r.targetRef === 'component:default/cart'));
});

it('filters: AND by comma, OR by repeating, any case', async () => {
  const ask = async query => names((await server.get(`${LIST}?${query}&fields=metadata.name`)).json).toSorted();
  assert.deepEqual(await ask('filter=kind=component'), ['Checkout', 'cart', 'site']);
  assert.deepEqual(await ask('filter=KIND=Component,spec.type=SERVICE'), ['Checkout', 'cart']);
  assert.deepEqual(await ask('filter=kind=user&filter=kind=group'), ['guest', 'jane', 'team-a', 'team-b']);
  assert.deepEqual(await ask('filter[]=kind=user&filter[]=kind=api'), ['guest', 'jane', 'pay']);
  assert.deepEqual(await ask('filter=metadata.annotations.example.com/slash-key=V1'), ['Checkout']);
  assert.deepEqual(await ask('filter=relations.ownedby=group:default/team-b'), ['cart']);
  assert.deepEqual(await ask('filter=kind=nothing'), []);
});

it('paging: limit, offset, and the Link header that leads on', async () => {
  const all = (await server.get(`${LIST}?limit=100&fields=kind,metadata.name,metadata.namespace`)).json;
  const refs = all.map(e => `${e.kind}:${e.metadata.namespace}/${e.metadata.name}`.toLowerCase());
  assert.deepEqual(refs, refs.toSorted(), 'in order of ref');
  const seen = [];
  let target = `${LIST}?limit=4&fields=metadata.name&filter=kind`;
  for (let i = 0; target; i++) {
    const page = await server.get(target);
    assert.ok(page.json.length <= 4);
    seen.push(...names(page.json));
    const link = page.headers.link;
    if (link) assert.match(link, /^<\/entities\?limit=4&fields=metadata\.name&filter=kind&after=[A-Za-z0-9%]+>; rel="next"$/);
    target = link && `/api/catalog${link.slice(1, link.indexOf('>'))}`;
    assert.ok(i < 10);
  }
  assert.deepEqual(seen, names(all));
  const second = await server.get(`${LIST}?limit=2&offset=2`);
  assert.deepEqual(names(second.json), names(all).slice(2, 4));
  assert.doesNotMatch(second.headers.link, /offset/);
});

it('the values of after override limit and offset', async () => {
  const after = Buffer.from('{"limit":1,"offset":1}').toString('base64');
  const all = (await server.get(`${LIST}?limit=100`)).json;
  assert.deepEqual(names((await server.get(`${LIST}?limit=9&offset=5&after=${encodeURIComponent(after)}`)).json), names(all).slice(1, 2));
});

it('order: without paging what lacks the field is left out, with paging it comes last', async () => {
  const unpaged = (await server.get(`${LIST}?order=desc:spec.lifecycle&filter=kind=component&filter=kind=group`)).json;
  assert.deepEqual(unpaged.map(e => e.spec.lifecycle), ['production', 'production', 'experimental']);
  const paged = (await server.get(`${LIST}?order=asc:spec.lifecycle&filter=kind=component&filter=kind=group&limit=20`)).json;
  assert.deepEqual(paged.map(e => e.spec.lifecycle), ['experimental', 'production', 'production', undefined, undefined]);
});

for (const [query, message] of [
  ['limit=0', 'Invalid limit, must be greater than zero'],
  ['limit=x', 'request/query/limit must be integer'],
  ['limit=1.5', 'request/query/limit must be integer'],
  ['limit=-1', 'request/query/limit must be >= 0'],
  ['offset=-1', 'request/query/offset must be >= 0'],
  ['after=!!', 'Malformed after cursor, could not be parsed'],
  ['after=bm90IGpzb24%3D', 'Malformed after cursor, could not be parsed'],
  ['order=metadata.name', 'Invalid order parameter "metadata.name", expected "<asc or desc>:<field name>"'],
  ['order=up:metadata.name', 'Invalid order parameter "up:metadata.name", expected "<asc or desc>:<field name>"'],
  ['filter==x', "Invalid filter, '=x' is not a valid statement (expected a string on the form a=b or a= or a)"],
  ['filter=', "Empty value found for query parameter 'filter'"],
  ['fields=', "Empty value found for query parameter 'fields'"],
  ['after=', "Empty value found for query parameter 'after'"],
  ['fields=metadata.tags[0]', 'Invalid field "metadata.tags[0]", array type fields are not supported'],
  ['nope=1', "Unknown query parameter 'nope'"],
  ['limit=1&limit=2', 'request/query/limit must be integer'],
])
  it(`a list with ${query} is refused`, async () => {
    assertError(await server.get(`${LIST}?${query}`), 400, 'InputError', message, { url: `/entities?${query}` });
  });

it('by-name: any case, one trailing slash, escapes', async () => {
  const one = (await server.get(`${NAME}/component/default/checkout`)).text;
  for (const path of ['/Component/Default/Checkout', '/COMPONENT/default/checkout/', '/component/default/%63heckout'])
    assert.equal((await server.get(`${NAME}${path}`)).text, one);
  assert.equal((await server.get('/API/Catalog/Entities/By-Name/component/default/checkout')).text, one);
});

it('by-name: what is not there is said with the names as they were sent', async () => {
  assertError(await server.get(`${NAME}/component/default/No%2FSuch`), 404, 'NotFoundError',
    "No entity named 'No/Such' found, with kind 'component' in namespace 'default'", { url: '/entities/by-name/component/default/No%2FSuch' });
  assertError(await server.get(`${NAME}/component/default/checkout?x=1`), 400, 'InputError', "Unknown query parameter 'x'");
});

it('by-uid', async () => {
  const one = await server.get(`${NAME}/component/default/checkout`);
  const uid = one.json.metadata.uid;
  assert.equal((await server.get(`${LIST}/by-uid/${uid}`)).text, one.text);
  for (const wrong of ['00000000-0000-0000-0000-000000000000', 'not-a-uid'])
    assertError(await server.get(`${LIST}/by-uid/${wrong}`), 404, 'NotFoundError', `No entity with uid ${wrong}`);
});

it('by-refs: in the order asked, null for what is not there, fields, filter and query', async () => {
  const refs = ['component:default/checkout', 'component:default/no-such', 'x', '', 'component:default/cart', 'component:default/checkout'];
  const { json } = await server.post(`${LIST}/by-refs`, { entityRefs: refs, fields: ['metadata.name'] });
  assert.deepEqual(json.items, [{ metadata: { name: 'Checkout' } }, null, null, null, { metadata: { name: 'cart' } }, { metadata: { name: 'Checkout' } }]);
  const filtered = await server.post(`${LIST}/by-refs?filter=metadata.tags=go`, { entityRefs: refs });
  assert.deepEqual(filtered.json.items.map(e => e?.metadata.name), ['Checkout', undefined, undefined, undefined, undefined, 'Checkout']);
  const queried = await server.post(`${LIST}/by-refs`, { entityRefs: refs, query: { 'metadata.tags': 'java' } });
  assert.deepEqual(queried.json.items.map(e => e?.metadata.name), [undefined, undefined, undefined, undefined, 'cart', undefined]);
  assert.deepEqual((await server.post(`${LIST}/by-refs`, { entityRefs: [] })).json, { items: [] });
});

it('by-refs: a long list is streamed whole', async () => {
  const entityRefs = Array.from({ length: 1500 }, (_, i) => (i % 2 ? 'component:default/checkout' : `component:default/no-${i}`));
  const { json } = await server.post(`${LIST}/by-refs`, { entityRefs });
  assert.equal(json.items.length, 1500);
  assert.ok(json.items.every((e, i) => (i % 2 ? e.metadata.name === 'Checkout' : e === null)));
});

for (const [body, message] of [
  [{}, "request/body must have required property 'entityRefs'"],
  [{ entityRefs: 'x' }, 'request/body/entityRefs must be array'],
  [{ entityRefs: [1] }, 'request/body/entityRefs/0 must be string'],
  [{ entityRefs: [], fields: ['a[0]'] }, 'Invalid field "a[0]", array type fields are not supported'],
  [{ entityRefs: [], query: [] }, 'request/body/query must be object'],
  [[], 'request/body must be object'],
])
  it(`by-refs with ${JSON.stringify(body)} is refused`, async () => {
    assertError(await server.post(`${LIST}/by-refs`, body), 400, 'InputError', message, { method: 'POST', url: '/entities/by-refs' });
  });

it('refs are understood as people write them: capitals, and no namespace for the default one', async () => {
  const refs = ['Component:Default/CHECKOUT', 'component:checkout', 'group:Team-A', 'checkout', 'component:', ''];
  const { items } = (await server.post('/api/catalog/entities/by-refs', { entityRefs: refs, fields: ['metadata.name'] })).json;
  assert.deepEqual(items.map(e => e?.metadata.name ?? null), ['Checkout', 'Checkout', 'team-a', null, null, null]);
  const owned = async filter => names((await server.get(`/api/catalog/entities?filter=${filter}`)).json).toSorted();
  const all = await owned('relations.ownedBy=group:default/team-a');
  assert.ok(all.includes('Checkout'));
  assert.deepEqual(await owned('relations.ownedBy=Group:Team-A'), all);
  const answer = await server.post('/api/catalog/entities/by-refs', { entityRefs: ['component:checkout'], query: { relations: { $contains: { type: 'ownedBy', targetRef: 'group:team-a' } } } });
  assert.equal(answer.json.items[0].metadata.name, 'Checkout');
});
