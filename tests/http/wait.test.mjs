// Read your own writes: ?wait= on every read of the catalog.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { component, documents, Repo } from '../support/repo.mjs';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
let server, repo, epoch;
const generation = async () => Number((await server.get('/api/catalog/entities?limit=1')).headers['callboard-generation']);
const parked = () => server.metric('http_waiting');

before(async () => {
  if (missing) return;
  repo = new Repo({ 'catalog-info.yaml': component('a') });
  server = await startServer({ sources: [`{git: ${repo.dir}, interval: 1h}`], config: 'http: {wait_timeout: 1500ms, waiting_max: 3}' });
  epoch = (await server.get('/api/catalog/entities?limit=1')).headers.etag.match(/W\/"([0-9a-f]{8})-/)[1];
});
after(async () => {
  await server?.stop();
  repo?.remove();
});

const reads = [
  ['GET', '/api/catalog/entities'],
  ['GET', '/api/catalog/entities/by-query'],
  ['GET', '/api/catalog/entities/by-name/component/default/a'],
  ['GET', '/api/catalog/entity-facets?facet=kind'],
  ['GET', '/api/graph/component/default/a'],
  ['POST', '/api/catalog/entities/by-query', {}],
  ['POST', '/api/catalog/entities/by-refs', { entityRefs: ['component:default/a'] }],
];
for (const [method, path, body] of reads)
  it(`${method} ${path} says its generation, and answers at once when that is served already`, async () => {
    const ask = more => server.get(path + (more ? (path.includes('?') ? '&' : '?') + more : ''), { method, body });
    const plain = await ask();
    assert.equal(plain.status, 200, plain.text);
    const served = plain.headers['callboard-generation'];
    assert.match(served, /^[1-9]\d*$/);
    for (const token of [served, `${epoch}:${served}`, '0']) {
      const answer = await ask(`wait=${token}`);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.text, plain.text);
    }
  });

it('a read that waits is answered by the generation it names, with what the write brought', async () => {
  const before = await generation();
  const waiting = server.get(`/api/catalog/entities/by-name/component/default/b?wait=${before + 1}`);
  await server.until('it waits', async () => (await parked()) === 1);
  repo.commit({ 'b/catalog-info.yaml': component('b') });
  const answer = await waiting;
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.metadata.name, 'b');
  assert.ok(Number(answer.headers['callboard-generation']) > before);
  assert.equal(await parked(), 0);
});

it('a generation that does not come is 504 in its time, with a sentence', async () => {
  const begin = Date.now();
  const answer = await server.get('/api/catalog/entities?wait=4000000');
  assertError(answer, 504, 'TimeoutError', /^generation 4000000 was not served within 1500 ms: the catalog is at \d+\. Ask again to go on waiting$/, { url: '/entities?wait=4000000' });
  assert.ok(Date.now() - begin >= 1400);
});

it('a token of another database is refused at once', async () => {
  const answer = await server.get('/api/catalog/entities?wait=00000000:1');
  assertError(answer, 409, 'ConflictError', /^the generation to wait for is that of another database/, { url: '/entities?wait=00000000:1' });
});

for (const wrong of ['x', '-1', '1.5', ':1', 'abc:1', `${'0'.repeat(37)}:1`, '00000000:', '9007199254740993'])
  it(`wait=${wrong} is no generation`, async () => {
    assertError(await server.get(`/api/catalog/entities?wait=${wrong}`), 400, 'InputError', /^request\/query\/wait must be a generation/, { url: `/entities?wait=${wrong}` });
  });

it('so many wait and no more; those who go leave their place', async () => {
  const far = (await generation()) + 1000;
  const abort = [];
  const { default: http } = await import('node:http');
  for (let i = 0; i < 3; i++)
    abort.push(http.get({ host: '127.0.0.1', port: server.port, path: `/api/catalog/entities?wait=${far}`, agent: false }).on('error', () => {}));
  await server.until('three wait', async () => (await parked()) === 3);
  const refused = await server.get(`/api/catalog/entities?wait=${far}`);
  assertError(refused, 503, 'ServiceUnavailableError', /^3 requests wait for a generation already/, { url: `/entities?wait=${far}` });
  assert.equal((await server.get('/api/catalog/entities')).status, 200);
  abort.forEach(req => req.destroy());
  await server.until('nobody waits', async () => (await parked()) === 0);
});

it('other requests are answered while many wait, and If-None-Match holds behind the wait', async () => {
  const before = await generation();
  const { etag } = (await server.get('/api/catalog/entities')).headers;
  const waiting = [1, 2].map(() => server.get(`/api/catalog/entities?wait=${before + 1}`, { headers: { 'if-none-match': etag } }));
  await server.until('they wait', async () => (await parked()) === 2);
  assert.equal((await server.get('/api/catalog/entities', { headers: { 'if-none-match': etag } })).status, 304);
  repo.commit({ 'c/catalog-info.yaml': documents(component('c'), component('d')) });
  for (const answer of await Promise.all(waiting)) {
    assert.equal(answer.status, 200);
    assert.equal(answer.json.length, 4);
  }
});

it('a stop answers those who wait', async () => {
  const other = await startServer({ catalog: { 'all.yaml': component('a') }, config: 'http: {wait_timeout: 60s}' });
  const waiting = other.get('/api/catalog/entities?wait=1000');
  await other.until('it waits', async () => (await other.metric('http_waiting')) === 1);
  const begin = Date.now();
  const ended = other.end();
  assertError(await waiting, 503, 'ServiceUnavailableError', 'callboard is stopping: ask again in a moment', { url: '/entities?wait=1000' });
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.ok(Date.now() - begin < 15_000);
  await other.stop();
});
