// What every route has in common: headers, ETag, HEAD, gzip, limits, Host, Origin, error bodies, probes and numbers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { missing, startServer } from '../support/server.mjs';
import { assertError, big } from './fixture.mjs';

const ONE = '/api/catalog/entities/by-name/component/default/c00001';
const LIST = '/api/catalog/entities';
const REFS = '/api/catalog/entities/by-refs';
let server;
before(async () => {
  if (!missing) server = await startServer({ catalog: big(400), config: 'auth: {hosts: [portal.example.com], cors_origins: ["https://elsewhere.example.com"]}' });
});
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);

it('a read says its type, its generation and that it may not be guessed', async () => {
  const { headers } = await server.get(ONE);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.match(headers.etag, /^W\/"[0-9a-f]{8}-\d+"$/);
  assert.equal(headers['callboard-generation'], headers.etag.match(/-(\d+)"/)[1]);
  assert.equal(headers['cache-control'], 'private, no-cache');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers.vary, 'accept-encoding');
  assert.equal(headers.server, undefined);
});

it('If-None-Match with the ETag of any read is 304 without a body; another one is not', async () => {
  const { headers } = await server.get(ONE);
  for (const target of [ONE, LIST, `${LIST}/by-query?limit=1`, '/api/catalog/entity-facets?facet=kind', '/api/graph/component/default/c00001'])
    for (const tag of [headers.etag, `"x", ${headers.etag}`, headers.etag.slice(2), '*']) {
      const answer = await server.get(target, { headers: { 'if-none-match': tag } });
      assert.equal(answer.status, 304, `${target} ${tag}`);
      assert.equal(answer.text, '');
      assert.equal(answer.headers.etag, headers.etag);
      assert.equal(answer.headers['content-length'], undefined);
    }
  assert.equal((await server.get(ONE, { headers: { 'if-none-match': 'W/"other"' } })).status, 200);
  assert.equal((await server.get(`${LIST}?nope=1`, { headers: { 'if-none-match': headers.etag } })).status, 400);
});

it('after a 304 the connection goes on', async () => {
  const { headers } = await server.get(ONE);
  const { text } = await server.raw(`GET ${ONE} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ${headers.etag}\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 304 [\s\S]*HTTP\/1\.1 200 OK[\s\S]*\{"status":"ok"\}$/);
});

it('the ETag changes with the generation', async () => {
  const before = (await server.get(ONE)).headers.etag;
  server.write('all.yaml', big(400)['all.yaml'].replace('words that go on 1 ', 'other words '));
  const [source] = (await server.get('/api/sources')).json.items;
  await server.post(`/api/sources/${source.id}/sync`, {});
  await server.until('a new ETag', async () => (await server.get(ONE)).headers.etag !== before);
  assert.equal((await server.get(ONE, { headers: { 'if-none-match': before } })).status, 200);
});

it('HEAD has the headers of GET, and nothing else', async () => {
  for (const target of [ONE, LIST, '/healthz', '/', '/api/catalog/entities/by-query', '/api/nope', '/metrics', '/api/sources']) {
    const get = await server.get(target);
    const head = await server.get(target, { method: 'HEAD' });
    assert.equal(head.status, get.status);
    assert.equal(head.text, '');
    assert.equal(head.headers['content-type'], get.headers['content-type']);
    if (!['/metrics'].includes(target)) assert.equal(head.headers['content-length'], get.headers['content-length'], target);
  }
});

it('gzip: bodies from 1 kB, small ones on the loop, big ones by a worker, streams slice by slice', async () => {
  const gzip = { headers: { 'accept-encoding': 'gzip, br' } };
  for (const target of [ONE, LIST, `${LIST}/by-query?limit=90`, `${LIST}/by-query?limit=300`, '/metrics']) {
    const packed = await server.get(target, gzip);
    assert.equal(packed.headers['content-encoding'], 'gzip', target);
    assert.match(packed.headers.vary, /accept-encoding/);
    if (target !== '/metrics') assert.equal(zlib.gunzipSync(packed.bytes).toString(), (await server.get(target)).text, target);
    else assert.match(zlib.gunzipSync(packed.bytes).toString(), /callboard_build_info/);
  }
  assert.equal((await server.get('/healthz', gzip)).headers['content-encoding'], undefined);
  for (const refused of ['gzip;q=0', 'br', 'identity', '*;q=0', 'gzip;q=0.000'])
    assert.equal((await server.get(ONE, { headers: { 'accept-encoding': refused } })).headers['content-encoding'], undefined, refused);
  assert.equal((await server.get(ONE, { headers: { 'accept-encoding': '*' } })).headers['content-encoding'], 'gzip');
});

it('a request id is taken over when it is a plain word, else a new one is made', async () => {
  const id = async sent => (await server.get('/healthz', { headers: sent === undefined ? {} : { 'x-request-id': sent } })).headers['x-request-id'];
  assert.equal(await id('Abc-1_2.3'), 'Abc-1_2.3');
  assert.equal(await id('a'.repeat(128)), 'a'.repeat(128));
  for (const sent of [undefined, 'a'.repeat(129), 'a b', 'a;b', 'ä']) assert.match(await id(sent), /^[0-9a-f]{16}$/);
  assert.notEqual(await id(), await id());
});

it('an unknown path or method under /api is 404 with nothing', async () => {
  for (const [method, target] of [['GET', '/api'], ['GET', '/api/nope'], ['GET', '/API/catalog/nope'], ['POST', ONE], ['DELETE', '/api/catalog/entities'], ['PUT', '/api/sources'],
    ['GET', '/.backstage/nope'], ['GET', '/api/catalog/entities/by-name/component/default'], ['GET', '/api/catalog/entities/by-name/a/b/c/d'], ['PATCH', '/api/session'], ['GET', '/api/graph//default/x'], ['POST', '/nope'], ['OPTIONS', '/api/sources']]) {
    const answer = await server.get(target, { method, ...(method === 'POST' && { body: {} }) });
    assert.equal(answer.status, 404, `${method} ${target}`);
    assert.equal(answer.text, '');
    assert.equal(answer.headers['content-type'], undefined);
  }
});

it('a body that is no JSON, or says it is something else, is refused', async () => {
  for (const [type, body, message] of [
    ['text/plain', '{}', 'unsupported media type text/plain'],
    ['application/x-www-form-urlencoded', 'a=b', 'unsupported media type application/x-www-form-urlencoded'],
    ['', '{}', /^unsupported media type undefined/],
    ['application/json', '{"entityRefs":', /./],
    ['application/json', '{"a":1,"a":2}', /duplicate|a/],
    ['application/json', 'null', 'request/body must be object'],
    ['application/json', '7', 'request/body must be object'],
    ['application/json', '', "request/body must have required property 'entityRefs'"],
    ['application/json', `{"entityRefs":${'['.repeat(70)}${']'.repeat(70)}}`, /./],
    ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /./],
  ])
    assertError(await server.get(REFS, { method: 'POST', body, headers: { 'content-type': type } }), 400, 'InputError', message, { method: 'POST', url: '/entities/by-refs' });
  for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])
    assert.equal((await server.get(REFS, { method: 'POST', body: '{"entityRefs":[]}', headers: { 'content-type': type } })).status, 200);
});

it('a body of 100 KiB is read; one byte more is Backstage\'s 400; far more is 413', async () => {
  const body = n => `{"entityRefs":["${'a'.repeat(n - 19)}"]}`;
  assert.equal(body(102400).length, 102400);
  assert.equal((await server.post(REFS, body(102400))).status, 200);
  assertError(await server.post(REFS, body(102401)), 400, 'InputError', 'request entity too large', { method: 'POST' });
  assertError(await server.post(REFS, body(200000)), 400, 'InputError', 'request entity too large', { method: 'POST' });
  const far = await server.raw(`POST ${REFS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 30000000\r\n\r\n`);
  assert.match(far.text, /^HTTP\/1\.1 413 /);
  assert.ok(far.closed);
});

it('a chunked body is a body', async () => {
  const { text } = await server.raw(`POST ${REFS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n{"ent\r\n11\r\nityRefs":["x:y/z"\r\n2\r\n]}\r\n0\r\n\r\n`);
  assert.match(text, /\{"items":\[null\]\}$/);
});

it('headers: 64 of them and 16 KiB are read; more is 431', async () => {
  const send = async (n, bytes) => (await server.raw(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n${Array.from({ length: n }, (_, i) => `x-${i}: ${'v'.repeat(bytes)}\r\n`).join('')}Connection: close\r\n\r\n`)).text;
  assert.match(await send(60, 1), /^HTTP\/1\.1 200 /);
  assert.match(await send(70, 1), /^HTTP\/1\.1 431 [\s\S]*headers of \d+ bytes/);
  assert.match(await send(1, 16000), /^HTTP\/1\.1 200 /);
  assert.match(await send(1, 16500), /^HTTP\/1\.1 431 /);
  assert.match(await send(200, 1), /^HTTP\/1\.1 400 /);
});

it('a path and query of 80 KiB is read; one byte more is 414', async () => {
  const send = async n => (await server.raw(`GET /healthz?${'a'.repeat(n - 9)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).text;
  assert.match(await send(81920), /^HTTP\/1\.1 400 [\s\S]*Unknown query parameter/);
  assert.match(await send(81921), /^HTTP\/1\.1 414 [\s\S]*at most 81920/);
});

it('a thousand query parameters are read; one more is refused', async () => {
  const query = n => `${LIST}?limit=1&${Array.from({ length: n - 1 }, () => 'filter=kind').join('&')}`;
  assert.equal((await server.get(query(1000))).status, 200);
  assertError(await server.get(query(1001)), 413, 'PayloadTooLargeError', '1001 query parameters: at most 1000 are looked at');
});

it('Host: our names and addresses, nobody else\'s; probes do not ask', async () => {
  for (const host of ['localhost', 'LOCALHOST:1234', '127.0.0.1', '127.0.0.1:80', '[::1]:7007', '192.168.7.7', 'portal.example.com', 'Portal.Example.com:443'])
    assert.equal((await server.get(ONE, { headers: { host } })).status, 200, host);
  for (const host of ['evil.example.com', 'localhost.evil.example.com', 'portal.example.com.', 'x'.repeat(300)]) {
    assertError(await server.get(ONE, { headers: { host } }), 421, 'NotAllowedError', /^callboard does not answer for the host '[^']+': add it to auth: \{hosts: \[\.\.\.\]\}/);
    assert.equal((await server.get('/', { headers: { host } })).status, 421, 'nor the portal');
    assert.equal((await server.get('/healthz', { headers: { host } })).status, 200);
  }
  for (const host of ['[::1', 'a:b:c', ':80']) assert.equal((await server.get(ONE, { headers: { host } })).status, 400, host);
  assert.match((await server.raw(`GET ${ONE} HTTP/1.1\r\nConnection: close\r\n\r\n`)).text, /^HTTP\/1\.1 400 [\s\S]*Host header is missing/);
  assert.match((await server.raw(`GET ${ONE} HTTP/1.0\r\n\r\n`)).text, /^HTTP\/1\.1 200 /);
  assert.match((await server.raw(`GET http://localhost${ONE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).text, /^HTTP\/1\.1 200 /);
  assert.match((await server.raw(`GET http://evil.example.com${ONE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).text, /^HTTP\/1\.1 421 /);
});

it('Origin: a page elsewhere may not change anything, unless it is listed', async () => {
  const post = origin => server.post('/api/catalog/refresh', { entityRef: 'x' }, { headers: { origin, host: `localhost:${server.port}` } });
  for (const origin of ['http://evil.example.com', 'null', 'http://localhost', `http://localhost:${server.port + 1}`, 'nonsense'])
    assertError(await post(origin), 403, 'NotAllowedError', /its Origin is not callboard's own/, { method: 'POST' });
  for (const origin of [`http://localhost:${server.port}`, 'https://elsewhere.example.com'])
    assert.equal((await post(origin)).status, 404);
  assert.equal((await server.get(ONE, { headers: { origin: 'http://evil.example.com' } })).headers['access-control-allow-origin'], undefined);
  assert.equal((await server.get(ONE, { headers: { origin: 'https://elsewhere.example.com' } })).headers['access-control-allow-origin'], 'https://elsewhere.example.com');
  const flight = await server.get('/api/sources', { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example.com', 'access-control-request-method': 'POST' } });
  assert.equal(flight.status, 204);
  assert.match(flight.headers['access-control-allow-methods'], /POST/);
});

it('the probes say ok', async () => {
  for (const target of ['/.backstage/health/v1/readiness', '/.backstage/health/v1/liveness', '/healthz'])
    assert.deepEqual((await server.get(target)).json, { status: 'ok' });
  const { json } = await server.get('/readyz');
  assert.equal(json.status, 'ok');
  assert.equal(json.entities, 401, 'and the Location of their file');
  assert.ok(json.generation > 0);
});

it('the numbers are in the text exposition format and add up', async () => {
  const before = (await server.get('/metrics')).text.match(/requests_total\{route="GetHealthz",status="200"\} (\d+)/)?.[1] ?? 0;
  for (let i = 0; i < 10; i++) await server.get('/healthz');
  const { text, headers } = await server.get('/metrics');
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(Number(text.match(/requests_total\{route="GetHealthz",status="200"\} (\d+)/)[1]), Number(before) + 10);
  for (const line of text.trim().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) callboard_[a-z0-9_]+ .+|callboard_[a-z0-9_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+)$/, line);
  for (const name of ['process_resident_bytes', 'process_cpu_seconds_total', 'process_open_fds', 'http_connections', 'catalog_generation', 'catalog_entities', 'catalog_segments', 'catalog_bytes', 'job_workers', 'job_queued', 'database_connections', 'passes_total', 'http_request_seconds_count', 'build_info', 'uptime_seconds'])
    assert.match(text, new RegExp(`^callboard_${name}[ {]`, 'm'), name);
  assert.match(text, /^callboard_catalog_entities 401$/m);
});

it('the description is served as JSON', async () => {
  const { json, headers } = await server.get('/api/catalog/openapi.json');
  assert.match(headers['content-type'], /^application\/json/);
  assert.equal(json.openapi, '3.1.0');
  assert.ok(json.paths['/api/catalog/entities']);
});
