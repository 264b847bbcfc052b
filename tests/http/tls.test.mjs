// TLS, HTTP/2 when it is configured, and the access log.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { freePort, missing, Server, sleep, startServer, until } from '../support/server.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
let dir;

before(() => {
  if (missing) return;
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-tls-'));
  fs.chmodSync(dir, 0o755);
  for (const name of ['a', 'b'])
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', `${dir}/${name}.key`, '-out', `${dir}/${name}.pem`], { stdio: 'ignore' });
  for (const file of fs.readdirSync(dir)) fs.chmodSync(path.join(dir, file), 0o644);
});
after(() => dir && fs.rmSync(dir, { recursive: true }));

// startServer asks in plain HTTP, so a server with TLS is waited for here.
async function startTls(http) {
  const server = new Server({ config: `tls: {certificate: ${dir}/a.pem, key: ${dir}/a.key}\n${http}`, port: await freePort() });
  await server.start({ ready: false });
  await until('it answers', () => get(server.port, '/readyz'), 60_000);
  return server;
}

const get = (port, target, options = {}) => new Promise((resolve, reject) => {
  const req = https.request({ host: '127.0.0.1', port, path: target, rejectUnauthorized: false, agent: false, ...options }, res => {
    let text = '';
    res.on('data', chunk => { text += chunk; });
    res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, text, protocol: res.socket?.alpnProtocol }));
  });
  req.on('error', reject);
  req.end(options.body);
});

it('TLS 1.2 and 1.3 are spoken, older ones are not; HTTP/2 is not offered by itself', async () => {
  const server = await startTls('');
  try {
    for (const version of ['TLSv1.2', 'TLSv1.3'])
      assert.equal((await get(server.port, '/healthz', { minVersion: version, maxVersion: version })).status, 200);
    await assert.rejects(get(server.port, '/healthz', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
    const alpn = await new Promise((resolve, reject) => {
      const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] }, () => { resolve(socket.alpnProtocol); socket.destroy(); });
      socket.on('error', reject);
    });
    assert.equal(alpn, 'http/1.1');
    assert.equal((await get(server.port, '/api/catalog/entities/by-query')).status, 200);
    assert.match((await get(server.port, '/api/session', { method: 'DELETE' })).headers['set-cookie'][0], /; Secure$/);
    assert.equal((await server.end()).code, 0);
  } finally {
    await server.stop();
  }
});

it('HTTP/2 when configured: many streams at once; one that resets them again and again is cut off', async () => {
  const server = await startTls('http: {http2: true}');
  try {
    const client = http2.connect(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    const ask = target => new Promise((resolve, reject) => {
      const stream = client.request({ ':path': target });
      let status;
      stream.on('response', headers => { status = headers[':status']; });
      stream.on('error', reject);
      stream.on('end', () => resolve(status));
      stream.resume();
    });
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(i % 3 ? '/healthz' : '/api/catalog/entities/by-query?limit=1')));
    assert.ok(statuses.every(s => s === 200));
    const gone = new Promise(resolve => client.on('close', resolve));
    client.on('error', () => {});
    // A reset counts once the request was taken up and before its answer began: few at a time, each given a moment on its way to
    // the database, until enough of them were caught there.
    const end = Date.now() + 60_000;
    while (!client.destroyed && Date.now() < end) {
      const streams = Array.from({ length: 4 }, () => client.request({ ':path': '/api/problems' }));
      for (const stream of streams) stream.on('error', () => {});
      await sleep(1);
      for (const stream of streams) stream.close(http2.constants.NGHTTP2_CANCEL);
      await sleep(1);
    }
    assert.ok(await Promise.race([gone.then(() => true), sleep(5000)]), 'it is cut off');
    assert.equal((await get(server.port, '/healthz')).status, 200, 'others are served');
    assert.equal((await server.end()).code, 0);
  } finally {
    await server.stop();
  }
});

it('a stream that is reset while a worker reads its question: the worker has a question of its own', async () => {
  const server = await startTls('http: {http2: true}');
  try {
    const client = http2.connect(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    client.on('error', () => {});
    const body = i => JSON.stringify({ entityRefs: Array.from({ length: 2000 }, (_, k) => `component:default/of-${i}-${k}`) });
    const headers = path => ({ ':method': 'POST', ':path': path, 'content-type': 'application/json' });
    for (let i = 0; i < 150 && !client.destroyed; i++) {
      const stream = client.request(headers('/api/catalog/entities/by-refs'));
      stream.on('error', () => {});
      stream.end(body(i));
      await sleep(i % 5);
      stream.close(http2.constants.NGHTTP2_CANCEL);
      const query = client.request({ ':path': `/api/problems?path=${'x'.repeat(4000)}${i}` });
      query.on('error', () => {});
      await sleep(i % 3);
      query.close(http2.constants.NGHTTP2_CANCEL);
    }
    client.destroy();
    assert.equal((await get(server.port, '/healthz')).status, 200, 'others are served');
    assert.equal((await server.end()).code, 0);
  } finally {
    await server.stop();
  }
});

it('a watch over HTTP/2 tells each change beside other requests, and is reset by whoever goes', async () => {
  const server = await startTls('http: {http2: true, watch_heartbeat: 200ms}');
  try {
    const client = http2.connect(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    const watch = client.request({ ':path': '/api/watch?after=0' });
    let text = '';
    watch.setEncoding('utf8');
    watch.on('data', chunk => { text += chunk; });
    watch.on('error', () => {});
    await server.until('hello and a heartbeat', async () => /event: hello/.test(text) && /^: alive/m.test(text));
    watch.close(http2.constants.NGHTTP2_CANCEL);
    client.destroy();
    assert.equal((await server.end()).code, 0);
  } finally {
    await server.stop();
  }
});

it('a certificate or key that cannot be used is said, with what it must be', async () => {
  for (const [config, words] of [
    [`tls: {certificate: ${dir}/none.pem, key: ${dir}/a.key}`, /tls\.certificate [\s\S]*PEM file/],
    [`tls: {certificate: ${dir}/a.pem, key: ${dir}/b.key}`, /tls\.key [\s\S]*must be the certificate's key/],
  ]) {
    const server = new Server({ config });
    await server.start({ ready: false });
    assert.notEqual((await server.ended).code, 0);
    assert.match(server.tail(), words);
    await server.stop();
  }
});

it('the access log has one line a request, with what matters and nothing secret', async () => {
  const server = await startServer({ config: 'log: {access: true}' });
  try {
    await server.get('/api/catalog/entities?filter=kind=a%20b', { headers: { 'x-request-id': 'log-1' } });
    await server.get('/api/nope', { headers: { 'x-request-id': 'log-2', authorization: 'Bearer cb_topsecret', cookie: 'callboard-session=topsecret' } });
    const lines = await until('the lines are written', async () => {
      const found = server.tail(200).split('\n').filter(l => / id=log-[12]$/.test(l)).sort((a, b) => a.at(-1) - b.at(-1)); // each loop has its own buffer of lines
      return found.length === 2 && found;
    });
    assert.match(lines[0], /^\d{4}-\d\d-\d\dT[\d:.]+Z info http\.request method=GET path=\/api\/catalog\/entities\?filter=kind=a%20b status=200 bytes=2 us=\d+ user=user:default\/guest id=log-1$/);
    assert.match(lines[1], /path=\/api\/nope status=404 bytes=0 us=\d+ user=- id=log-2$/);
    assert.doesNotMatch(server.tail(1000), /topsecret/);
  } finally {
    await server.stop();
  }
});
