// Stopping, being killed, starting again; and the database going away under a running callboard.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, test } from 'node:test';
import { missing, Server, sleep, startServer } from '../support/server.mjs';
import { big, small } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const running = new Set();
const start = async options => {
  const server = await startServer(options);
  running.add(server);
  return server;
};
after(async () => { for (const server of running) await server.stop(); });

// CLIENTS ask until the server is gone; what was cut off, and how many answers came.
async function load(server, { clients, keepAlive, targets, pauseMs = 0 }) {
  const agent = new http.Agent({ keepAlive, maxSockets: clients });
  const result = { answers: 0, cut: [] };
  let gone = false;
  const one = async i => {
    for (let n = 0; !gone; n++) {
      try {
        const answer = await server.get(targets[(i + n) % targets.length], { agent });
        if (!answer.complete) result.cut.push('incomplete');
        result.answers++;
      } catch (error) {
        // Refused, or a kept-alive connection that had just said it would close: nothing was asked of the server.
        if (error.code !== 'ECONNREFUSED' && !(error.code === 'ECONNRESET' && error.message === 'socket hang up' && pauseMs)) result.cut.push(`${error.code} ${error.message}`);
        return;
      }
      if (pauseMs) await sleep(pauseMs);
    }
  };
  result.done = Promise.all(Array.from({ length: clients }, (_, i) => one(i))).then(() => agent.destroy());
  result.stop = () => { gone = true; };
  return result;
}

for (const [what, options] of [
  ['connections kept alive', { clients: 12, keepAlive: true }],
  ['a connection for each request', { clients: 6, keepAlive: false }],
  ['connections that are idle now and then', { clients: 12, keepAlive: true, pauseMs: 30 }],
])
  it(`SIGTERM under load drops no request: ${what}`, async () => {
    const server = await start({ catalog: big(500) });
    const result = await load(server, { ...options, targets: ['/api/catalog/entities/by-name/component/default/c00001', '/api/catalog/entities', '/api/sources', '/api/catalog/entities/by-query?limit=20'] });
    await sleep(700);
    const before = result.answers;
    const how = await server.end('SIGTERM');
    result.stop();
    await result.done;
    assert.deepEqual(how, { code: 0, signal: null });
    assert.ok(before > 10);
    assert.deepEqual(result.cut, []);
    running.delete(server);
    await server.stop();
  });

it('a request that is half sent when SIGTERM comes is answered, with Connection: close', async () => {
  const server = await start({ catalog: small });
  const socket = net.connect(server.port, '127.0.0.1');
  let text = '';
  socket.on('data', chunk => { text += chunk; });
  const closed = new Promise(resolve => socket.on('close', resolve));
  socket.write('GET /healthz HTTP/1.1\r\nHost: loc');
  await sleep(200);
  const ended = server.end('SIGTERM');
  await sleep(1000);
  socket.write('alhost\r\n\r\n');
  await closed;
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*Connection: close[\s\S]*\{"status":"ok"\}$/i);
  assert.equal((await ended).code, 0);
});

it('kill -9, and a new start answers the same entities with the same uids', async () => {
  const server = await start({ catalog: small });
  const before = (await server.get('/api/catalog/entities')).json.map(e => [e.metadata.name, e.metadata.uid, e.metadata.etag]);
  assert.equal((await server.end('SIGKILL')).signal, 'SIGKILL');
  server.how = undefined;
  await server.start();
  assert.deepEqual((await server.get('/api/catalog/entities')).json.map(e => [e.metadata.name, e.metadata.uid, e.metadata.etag]), before);
});

it('without its database it goes on answering reads, and says so', { skip: missing || (!process.env.CALLBOARD_TEST_DATABASE && 'needs CALLBOARD_TEST_DATABASE') }, async () => {
  const server = await start({ catalog: small });
  await server.database.allow(false);
  try {
    for (let i = 0; i < 5; i++) {
      assert.equal((await server.get('/api/catalog/entities/by-name/component/default/checkout')).status, 200);
      assert.equal((await server.get('/api/catalog/entities/by-query?limit=2')).json.items.length, 2);
      await sleep(200);
    }
    const sources = await server.get('/api/sources');
    assert.ok(sources.status === 503 || sources.status === 502, `${sources.status}`);
    assert.ok(['ServiceUnavailableError', 'UpstreamError'].includes(sources.json.error.name));
    assert.equal((await server.get('/readyz')).status, 200);
    await server.until('it says what is wrong', async () => (await server.get('/readyz')).json.trouble);
  } finally {
    await server.database.allow(true);
  }
  await server.until('it finds its database again', async () => (await server.get('/api/sources')).status === 200);
  server.write('company.yaml', small['company.yaml'].replace('Takes money', 'Takes it again'));
  const [source] = (await server.get('/api/sources')).json.items;
  await server.post(`/api/sources/${source.id}/sync`, {});
  await server.until('a change after it', async () =>
    (await server.get('/api/catalog/entities/by-name/component/default/checkout')).json.metadata.description === 'Takes it again');
});

it('a port that is taken is said, with what to do', async () => {
  const server = await start({ catalog: small });
  const again = new Server({ catalog: small, port: server.port });
  await again.start({ ready: false });
  assert.equal((await again.ended).code, 3);
  assert.match(again.tail(), /is taken: is another callboard running\?/);
  await again.stop();
});
