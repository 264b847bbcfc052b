// Odd clients: slow, rude, many, half-closed, gone.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { missing, raw, sleep, startServer, until } from '../support/server.mjs';
import { big } from './fixture.mjs';

const HOST = 'Host: localhost\r\n';
const LIST = '/api/catalog/entities';
let server;
before(async () => {
  if (!missing) server = await startServer({ catalog: big(3000, 1500), config: 'http: {request_timeout: 2s, connections_max: 40, threads: 2}' });
});
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);
const get = (target, more = '') => `GET ${target} HTTP/1.1\r\n${HOST}${more}\r\n`;
const open = () => new Promise((resolve, reject) => {
  const socket = net.connect({ port: server.port, host: '127.0.0.1' }, () => resolve(socket));
  socket.on('error', reject);
});

it('a client that sends its request byte by byte is cut off after the request timeout', async () => {
  const begin = Date.now();
  const socket = await open();
  const closed = new Promise(resolve => socket.on('close', resolve));
  const timer = setInterval(() => socket.writable && socket.write('a'), 200);
  socket.write('GET /healthz HTTP/1.1\r\nX-Slow: ');
  await closed;
  clearInterval(timer);
  const took = Date.now() - begin;
  assert.ok(took > 1500 && took < 6000, `${took} ms`);
});

it('a body that does not come is given up as well', async () => {
  const answer = await server.raw(`POST ${LIST}/by-refs HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`, { quietMs: 8000 });
  assert.ok(answer.closed);
  assert.ok(answer.ms > 1500 && answer.ms < 6000, `${answer.ms} ms`);
});

it('an idle connection is closed', async () => {
  const answer = await server.raw(get('/healthz'), { quietMs: 8000 });
  assert.match(answer.text, /^HTTP\/1\.1 200 /);
  assert.ok(answer.closed);
});

it('pipelined requests are answered in order, jobs among them', async () => {
  const targets = ['/healthz', '/metrics', '/readyz', `${LIST}?limit=1`, '/api/sources', '/healthz'];
  const { text } = await server.raw(targets.map(t => get(t)).join('') + get('/api/nope', 'Connection: close\r\n'));
  assert.deepEqual(text.match(/HTTP\/1\.1 (\d+)/g), [...targets.map(() => 'HTTP/1.1 200'), 'HTTP/1.1 404']);
  assert.ok(text.indexOf('callboard_build_info') < text.indexOf('"generation":'));
});

it('a client that has closed its half still gets its answer: from the loop, a worker, a stream', async () => {
  for (const [target, end] of [['/healthz', '}'], ['/metrics', '\n'], [LIST, '\r\n0\r\n\r\n']]) {
    const { text, closed } = await server.raw(get(target), { half: true, quietMs: 10000 });
    assert.match(text, /^HTTP\/1\.1 200 /, target);
    assert.ok(text.endsWith(end), `${target}: ${text.slice(-40)}`);
    assert.ok(closed);
  }
});

it('HTTP/1.0 gets a stream that ends with the connection', async () => {
  const { text, closed } = await server.raw(`GET ${LIST} HTTP/1.0\r\n\r\n`, { quietMs: 10000 });
  assert.doesNotMatch(text, /transfer-encoding/i);
  assert.equal(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).length, 3001, 'and the Location of their file');
  assert.ok(closed);
});

it('garbage is 400 and the end of the connection', async () => {
  for (const bytes of ['\x00\x01\x02\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\r\n\r\n\r\n\r\nx y z\r\n\r\n']) {
    const { text, closed } = await server.raw(bytes, { quietMs: 4000 });
    assert.ok(text === '' || /^HTTP\/1\.1 400 /.test(text), text.slice(0, 60));
    assert.ok(closed);
  }
});

it('clients that go away in the middle of a stream leave nothing behind', async () => {
  for (let i = 0; i < 60; i++) {
    const socket = await open();
    socket.write(get(i % 3 ? LIST : '/metrics', i % 2 ? 'Accept-Encoding: gzip\r\n' : ''));
    if (i % 4) await new Promise(resolve => socket.once('data', resolve));
    if (i % 5) socket.destroy();
    else socket.resetAndDestroy();
  }
  await until('no connection is left', async () => (await server.metric('http_connections')) === 1);
  assert.equal(await server.metric('job_queued'), 0);
});

it('a slow reader holds a slice, not the whole answer', async () => {
  const before = await server.metric('process_resident_bytes');
  const sockets = await Promise.all(Array.from({ length: 20 }, open));
  for (const socket of sockets) {
    socket.write(get(LIST));
    socket.pause();
  }
  await sleep(1000);
  const during = await server.metric('process_resident_bytes');
  sockets.forEach(socket => socket.destroy());
  assert.ok(during - before < 40 * 1024 * 1024, `${(during - before) / 1e6} MB more for 20 readers of 5 MB`);
});

it('while others stream everything, a small read is quick', async () => {
  let on = true;
  const dumps = Array.from({ length: 3 }, async () => {
    while (on) await server.get(LIST);
  });
  const took = [];
  for (let i = 0; i < 50; i++) {
    const begin = performance.now();
    await server.get('/api/catalog/entities/by-name/component/default/c00001');
    took.push(performance.now() - begin);
  }
  on = false;
  await Promise.all(dumps);
  took.sort((a, b) => a - b);
  assert.ok(took[25] < 200, `median ${took[25]} ms`);
});

it('at the cap further connections wait, and are served when one goes', async () => {
  await until('none is left', async () => (await server.metric('http_connections')) === 1);
  const held = [];
  for (let i = 0; i < 40; i++) {
    const socket = await open();
    socket.write('GET /healthz HTTP/1.1\r\n');
    held.push(socket);
  }
  await sleep(200);
  let answered = false;
  const waiting = raw(server.port, get('/healthz', 'Connection: close\r\n'), { quietMs: 8000 }).then(a => { answered = true; return a; });
  await sleep(500);
  assert.equal(answered, false);
  held[7].destroy();
  assert.match((await waiting).text, /^HTTP\/1\.1 200 /);
  held.forEach(socket => socket.destroy());
  await until('it goes on as before', async () => (await server.get('/healthz')).status === 200);
});

it('many at once are all answered', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) =>
    server.get(i % 10 ? '/api/catalog/entities/by-name/component/default/c00001' : '/api/sources')));
  assert.ok(answers.every(a => a.status === 200 && a.complete));
});
