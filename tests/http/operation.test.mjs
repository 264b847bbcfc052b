// /api/catalog/refresh, /api/graph, /api/problems, /api/sources
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError, small } from './fixture.mjs';

let server;
before(async () => { if (!missing) server = await startServer({ catalog: small }); });
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);

it('refresh answers 200 with nothing, and the source is read again', async () => {
  const id = (await server.get('/api/sources')).json.items[0].id;
  const before = (await server.get(`/api/sources/${id}`)).json.lastTry;
  const answer = await server.post('/api/catalog/refresh', { entityRef: 'Component:default/checkout', authorizationToken: 'x' });
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
  assert.equal(answer.headers['content-type'], undefined);
  await server.until('it was read again', async () => (await server.get(`/api/sources/${id}`)).json.lastTry > before);
});

for (const [body, status, name, message] of [
  [{}, 400, 'InputError', "request/body must have required property 'entityRef'"],
  [{ entityRef: 1 }, 400, 'InputError', 'request/body/entityRef must be string'],
  [{ entityRef: 'component:default/cart', extra: 1 }, 400, 'InputError', 'request/body must NOT have additional properties'],
  [{ entityRef: 'component:default/None' }, 404, 'NotFoundError', 'Entity component:default/none not found'],
  [{ entityRef: 'nonsense' }, 404, 'NotFoundError', 'Entity nonsense not found'],
])
  it(`refresh with ${JSON.stringify(body)} is refused`, async () => {
    assertError(await server.post('/api/catalog/refresh', body), status, name, message, { method: 'POST', url: '/refresh' });
  });

it('a changed file is read and served after a sync', async () => {
  const [source] = (await server.get('/api/sources')).json.items;
  server.write('company.yaml', small['company.yaml'].replace('Takes money', 'Takes all the money'));
  const answer = await server.post(`/api/sources/${source.id}/sync`, {});
  assert.equal(answer.status, 202);
  assert.deepEqual(answer.json, { id: source.id });
  await server.until('the new words', async () =>
    (await server.get('/api/catalog/entities/by-name/component/default/checkout')).json.metadata.description === 'Takes all the money');
});

it('a source says what it is and how it went', async () => {
  const { json } = await server.get('/api/sources');
  assert.equal(json.items.length, 1);
  const [source] = json.items;
  assert.equal(source.type, 'file');
  assert.equal(source.name, 'all.yaml');
  assert.equal(source.state, 'ok');
  assert.equal(source.configured, true);
  assert.equal(source.heldDeletions, 0);
  assert.equal(source.failures, 0);
  assert.ok(source.entityCount >= 11);
  assert.ok(source.problemCount >= 1);
  assert.ok(Array.isArray(source.paths));
  assert.deepEqual((await server.get(`/api/sources/${source.id}`)).json.id, source.id);
});

for (const id of ['0', '999999', 'x', '-1', '99999999999999999999'])
  it(`source ${id} is not there, to read, sync or confirm`, async () => {
    for (const [method, path] of [['GET', ''], ['POST', '/sync'], ['POST', '/confirm']])
      assertError(await server.get(`/api/sources/${id}${path}`, { method, ...(method === 'POST' && { body: {} }) }), 404, 'NotFoundError', `there is no source ${id}`, { method });
  });

it('nothing is held back, so nothing can be confirmed', async () => {
  const [source] = (await server.get('/api/sources')).json.items;
  const answer = await server.post(`/api/sources/${source.id}/confirm`, {});
  assert.equal(answer.status, 409, answer.text);
  assert.equal(answer.json.error.name, 'ConflictError');
});

it('problems: the broken document with its line, the reference to nothing with who says it', async () => {
  const { json } = await server.get('/api/problems');
  assert.equal(json.totalItems, json.items.length);
  const broken = json.items.find(p => p.entityRef === 'component:default/broken-one');
  assert.ok(broken, JSON.stringify(json.items));
  assert.equal(broken.severity, 'error');
  assert.ok(broken.line > 0);
  assert.match(broken.path, /company\.yaml$/);
  assert.match(broken.message, /owner/);
  assert.ok(broken.remedy && broken.firstSeen && broken.lastSeen && broken.sourceId);
  const dangling = json.items.find(p => p.rule === 'dangling-reference');
  assert.equal(dangling.entityRef, 'component:default/checkout');
  assert.equal(dangling.severity, 'warning');
  assert.match(dangling.message, /component:default\/nobody/);
  assert.match(dangling.path, /company\.yaml$/);
  assert.ok(!('viewUrl' in broken || 'viewUrl' in dangling), 'a file of this machine has no page');
});

it('problems: each filter, and pages that together are the whole', async () => {
  const all = (await server.get('/api/problems')).json;
  const ask = async query => (await server.get(`/api/problems?${query}`)).json;
  assert.ok((await ask('entity=Component:default/checkout')).items.every(p => p.entityRef === 'component:default/checkout'));
  assert.deepEqual((await ask('rule=dangling-reference')).items.map(p => p.rule), ['dangling-reference']);
  assert.ok((await ask('severity=error')).items.every(p => p.severity === 'error'));
  assert.equal((await ask('severity=info')).items.filter(p => p.severity !== 'info').length, 0);
  assert.equal((await ask(`source=${all.items[0].sourceId}`)).totalItems, all.totalItems);
  assert.equal((await ask('source=4711')).totalItems, 0);
  assert.equal((await ask('path=/nowhere')).totalItems, 0);
  const seen = [];
  for (let cursor = ''; cursor !== undefined;) {
    const page = await ask(`limit=1${cursor && `&cursor=${cursor}`}`);
    assert.equal(page.totalItems, all.totalItems);
    seen.push(...page.items.map(p => p.id));
    cursor = page.pageInfo.nextCursor;
  }
  assert.deepEqual(seen, all.items.map(p => p.id));
});

for (const [query, message] of [
  ['limit=0', 'request/query/limit must be >= 1'],
  ['limit=1001', 'request/query/limit must be <= 1000'],
  ['severity=bad', 'request/query/severity must be equal to one of the allowed values: info, warning, error'],
  ['source=x', /^request\/query\/source must be the id of a source/],
  ['cursor=x', /^request\/query\/cursor is none of ours/],
  ['cursor=r-1', /^request\/query\/cursor is none of ours/],
  ['what=x', "Unknown query parameter 'what'"],
])
  it(`problems with ${query} are refused`, async () => {
    assertError(await server.get(`/api/problems?${query}`), 400, 'InputError', message, { url: `/api/problems?${query}` });
  });

it('graph: a neighbourhood by hops, with what is missing', async () => {
  const { json } = await server.get('/api/graph/Component/default/checkout?depth=1');
  assert.deepEqual(Object.keys(json), ['root', 'nodes', 'edges', 'truncated', 'leftOut', 'omitted']);
  assert.equal(json.root, 'component:default/checkout');
  assert.deepEqual(json.nodes[0], { ref: 'component:default/checkout', kind: 'Component', title: 'The checkout', type: 'service', lifecycle: 'production', owner: 'group:default/team-a', system: 'system:default/shop', missing: false, hop: 0, more: 0 });
  const refs = json.nodes.map(n => n.ref);
  for (const ref of ['component:default/cart', 'resource:default/db', 'api:default/pay', 'system:default/shop', 'group:default/team-a']) assert.ok(refs.includes(ref), ref);
  assert.deepEqual(json.nodes.find(n => n.ref === 'component:default/nobody'), { ref: 'component:default/nobody', kind: 'component', missing: true, hop: 1, more: 0 });
  assert.ok(json.edges.some(e => e.from === 'component:default/cart' && e.to === 'component:default/checkout' && e.type === 'dependsOn'));
  assert.equal(json.truncated, false);
  assert.equal(json.leftOut, 0);
});

it('graph: direction, relation and limit; what was left out is counted', async () => {
  const ask = async query => (await server.get(`/api/graph/component/default/checkout?${query}`)).json;
  assert.deepEqual((await ask('direction=in&relation=dependencyOf')).nodes.map(n => n.ref), ['component:default/checkout', 'component:default/cart']);
  const out = (await ask('direction=out&relation=dependsOn')).nodes.map(n => n.ref);
  assert.deepEqual(out.toSorted(), ['component:default/checkout', 'component:default/nobody', 'resource:default/db']);
  const few = await ask('limit=2');
  assert.equal(few.nodes.length, 2);
  assert.equal(few.truncated, true);
  assert.ok(few.leftOut > 0);
});

for (const [query, status, message] of [
  ['depth=0', 400, 'request/query/depth must be >= 1'],
  ['depth=9', 400, 'request/query/depth must be <= 8'],
  ['limit=5001', 400, 'request/query/limit must be <= 5000'],
  ['direction=up', 400, 'request/query/direction must be equal to one of the allowed values: both, out, in'],
  ['relation=nope', 400, /there is no relation 'nope'/],
])
  it(`graph with ${query} is refused`, async () => {
    assertError(await server.get(`/api/graph/component/default/checkout?${query}`), status, 'InputError', message);
  });

it('graph of nothing is 404', async () => {
  assert.equal((await server.get('/api/graph/component/default/nobody')).status, 404);
});
