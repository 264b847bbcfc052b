// The built portal's files, and the page that stands in for it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const INDEX = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style><script type="module" src="/assets/app-1a2b.js"></script>';
const SCRIPT = `console.log("${'callboard '.repeat(300)}");`;
let dir, server;

before(async () => {
  if (missing) return;
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-portal-'));
  fs.mkdirSync(path.join(dir, 'dist/assets'), { recursive: true });
  const put = (name, bytes) => fs.writeFileSync(path.join(dir, 'dist', name), bytes);
  put('index.html', INDEX);
  put('assets/app-1a2b.js', SCRIPT);
  put('assets/app-1a2b.js.gz', zlib.gzipSync(SCRIPT));
  put('assets/app-1a2b.js.br', zlib.brotliCompressSync(SCRIPT));
  put('assets/plain-3c.css', `body{}/*${'x'.repeat(2000)}*/`);
  put('favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  fs.writeFileSync(path.join(dir, 'secret.txt'), 'secret');
  fs.symlinkSync('../secret.txt', path.join(dir, 'dist/leak.txt'));
  fs.symlinkSync('favicon.svg', path.join(dir, 'dist/icon.svg'));
  server = await startServer({ config: `portal_dir: ${dir}/dist` });
});
after(async () => {
  await server?.stop();
  if (dir) fs.rmSync(dir, { recursive: true });
});

it('index.html: never kept, a fresh nonce in header and page', async () => {
  const nonces = new Set();
  for (const target of ['/', '/catalog/component/default/x', '/api-docs', '/index.html', '/metricsx', '/?q=1']) {
    const { status, headers, text } = await server.get(target);
    assert.equal(status, 200, target);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    const nonce = headers['content-security-policy'].match(/'nonce-([0-9a-f]{32})'/)[1];
    nonces.add(nonce);
    assert.equal(text, INDEX.replaceAll('__CSP_NONCE__', nonce));
    assert.equal(headers['content-security-policy'],
      `default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
  }
  assert.equal(nonces.size, 6);
});

it('hashed files are for ever, and come in the best form the client takes', async () => {
  const target = '/assets/app-1a2b.js';
  const plain = await server.get(target);
  assert.equal(plain.text, SCRIPT);
  assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  const gz = await server.get(target, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(gz.headers['content-encoding'], 'gzip');
  assert.equal(zlib.gunzipSync(gz.bytes).toString(), SCRIPT);
  const br = await server.get(target, { headers: { 'accept-encoding': 'gzip, deflate, br' } });
  assert.equal(br.headers['content-encoding'], 'br');
  assert.equal(zlib.brotliDecompressSync(br.bytes).toString(), SCRIPT);
  assert.equal(br.headers.vary, 'accept-encoding');
  const css = await server.get('/assets/plain-3c.css', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(css.headers['content-encoding'], 'gzip');
});

it('other files may change', async () => {
  const icon = await server.get('/favicon.svg');
  assert.equal(icon.headers['content-type'], 'image/svg+xml');
  assert.equal(icon.headers['cache-control'], 'no-cache');
  assert.equal((await server.get('/icon.svg')).headers['content-type'], 'image/svg+xml', 'a link that stays inside');
});

it('a missing file of /assets/ is 404, never index.html', async () => {
  assertError(await server.get('/assets/app-old.js'), 404, 'NotFoundError', 'no such file of the portal: reload the page');
});

it('nothing outside the folder is ever served', async () => {
  for (const target of ['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/assets/..%2f..%2fsecret.txt', '/leak.txt', '//etc/passwd', '/./../secret.txt', '/..\\secret.txt', '/%00/../secret.txt']) {
    const { text } = await server.raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.doesNotMatch(text, /\r\n\r\nsecret|root:/, target);
  }
});

it('only GET and HEAD', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await server.get('/', { method })).status, 404);
});

it('without a built portal a page says how to build one', async () => {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-portal-'));
  const other = await startServer({ config: `portal_dir: ${empty}` });
  try {
    const { text, headers } = await other.get('/');
    assert.match(text, /\.\/dev build/);
    assert.match(text, new RegExp(`nonce="${headers['content-security-policy'].match(/nonce-([0-9a-f]+)/)[1]}"`));
  } finally {
    await other.stop();
    fs.rmSync(empty, { recursive: true });
  }
});
