// Who is asking: tokens, sessions, proxies, guests; and what each role may do.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing, startServer } from '../support/server.mjs';
import { assertError, small } from './fixture.mjs';

const run = promisify(execFile);
const it = (name, fn) => test(name, { skip: missing }, fn);
const ONE = '/api/catalog/entities/by-name/component/default/checkout';
const bearer = token => ({ headers: { authorization: `Bearer ${token}` } });
let open, closed;
const tokens = {};

before(async () => {
  if (missing) return;
  open = await startServer({ catalog: small });
  closed = await startServer({ config: 'auth: {tokens: true, trusted_proxies: [10.1.2.3], user_header: X-Forwarded-User}' });
  for (const role of ['reader', 'editor', 'admin']) {
    const { stdout } = await run(binary(), ['token', 'create', `test ${role}`, '--config', closed.config, '--user', 'user:default/jane', '--role', role]);
    tokens[role] = stdout.match(/cb_[A-Za-z0-9_-]{43}/)[0];
  }
});
after(async () => {
  await open?.stop();
  await closed?.stop();
});

it('open loopback: whoever comes is the guest, with all roles', async () => {
  assert.deepEqual((await open.get('/api/session')).json, { user: { ref: 'user:default/guest', displayName: 'Guest' }, roles: ['reader', 'editor', 'admin'], guest: true, ownershipEntityRefs: ['user:default/guest', 'group:default/team-b'], ownedItems: 1, settings: {}, settingsLeftOut: false });
  assert.equal((await open.get(ONE)).status, 200);
});

it('a token that is sent but wrong is refused even there', async () => {
  for (const value of ['Bearer x', `Bearer cb_${'a'.repeat(43)}`, 'Bearer '])
    assert.equal((await open.get(ONE, { headers: { authorization: value } })).status, 401, value);
});

it('tokens required: nobody gets in without, in Backstage\'s words', async () => {
  const answer = await closed.get(ONE);
  assertError(answer, 401, 'AuthenticationError', 'Missing credentials', { url: '/entities/by-name/component/default/checkout' });
  assert.equal(answer.headers['www-authenticate'], 'Bearer');
  assertError(await closed.get(ONE, bearer('nope')), 401, 'AuthenticationError', 'Illegal token');
  for (const target of ['/api/sources', '/api/problems', '/metrics', '/api/session', '/api/tokens', '/api/catalog/openapi.json', '/api/graph/a/b/c'])
    assert.equal((await closed.get(target)).status, 401, target);
  for (const target of ['/healthz', '/readyz', '/.backstage/health/v1/readiness', '/']) assert.equal((await closed.get(target)).status, 200, target);
});

it('a 401 comes before anything is said about the request', async () => {
  assert.equal((await closed.get(`${ONE}?nope=1`)).status, 401);
  assert.equal((await closed.post('/api/catalog/refresh', 'x', { headers: { 'content-type': 'text/plain' } })).status, 401);
});

it('each role may do what its right says, and no more', async () => {
  const tries = [
    ['GET', '/api/catalog/entities', undefined, 'reader', 200],
    ['POST', '/api/catalog/entities/by-refs', { entityRefs: [] }, 'reader', 200],
    ['GET', '/metrics', undefined, 'reader', 200],
    ['POST', '/api/catalog/refresh', { entityRef: 'a:b/c' }, 'editor', 404],
    ['POST', '/api/sources/999/sync', {}, 'editor', 404],
    ['POST', '/api/sources/999/confirm', {}, 'editor', 404],
    ['GET', '/api/tokens', undefined, 'admin', 200],
    ['DELETE', '/api/tokens/999999', undefined, 'admin', 404],
  ];
  const order = ['reader', 'editor', 'admin'];
  for (const [method, target, body, least, status] of tries)
    for (const role of order) {
      const answer = await closed.get(target, { method, body, ...bearer(tokens[role]) });
      if (order.indexOf(role) >= order.indexOf(least)) assert.equal(answer.status, status, `${role} ${method} ${target}: ${answer.text}`);
      else assertError(answer, 403, 'NotAllowedError', `user:default/jane may not do this: it needs the role ${least}, and this caller is a ${role}`, { method });
    }
});

it('the same token many times is asked of the database once in a while only', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => closed.get('/api/session', bearer(tokens.reader))));
  assert.ok(answers.every(a => a.status === 200));
  assert.deepEqual(answers[0].json, { user: { ref: 'user:default/jane' }, roles: ['reader'], guest: false, ownershipEntityRefs: ['user:default/jane'], ownedItems: 0, settings: {}, settingsLeftOut: false });
});

it('a token is traded for a session that no script can read', async () => {
  const signedIn = await closed.post('/api/session', { token: tokens.editor });
  assert.equal(signedIn.status, 200, signedIn.text);
  assert.deepEqual(signedIn.json.roles, ['reader', 'editor']);
  const [set] = signedIn.headers['set-cookie'];
  assert.match(set, /^callboard-session=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  assert.equal(signedIn.headers['cache-control'], 'no-store');
  const cookie = set.slice(0, set.indexOf(';'));
  const asked = await closed.get('/api/session', { headers: { cookie: `a=b; ${cookie}; c=d` } });
  assert.equal(asked.json.user.ref, 'user:default/jane');
  assert.equal((await closed.get('/api/catalog/entities', { headers: { cookie } })).status, 200);
  const out = await closed.get('/api/session', { method: 'DELETE', headers: { cookie } });
  assert.equal(out.status, 204);
  assert.match(out.headers['set-cookie'][0], /^callboard-session=; Path=\/; Max-Age=0;/);
  assert.equal((await closed.get('/api/session', { headers: { cookie } })).status, 401);
});

it('signing in with nonsense is refused', async () => {
  assertError(await closed.post('/api/session', { token: 'x' }), 401, 'AuthenticationError', 'Illegal token', { method: 'POST' });
  assertError(await closed.post('/api/session', {}), 400, 'InputError', "request/body must have required property 'token'", { method: 'POST' });
  assertError(await closed.post('/api/session', { token: 'x', more: 1 }), 400, 'InputError', 'request/body must NOT have additional properties', { method: 'POST' });
  assert.equal((await closed.post('/api/session', { token: tokens.reader }, { headers: { origin: 'http://evil.example.com' } })).status, 403);
  assert.equal((await closed.get('/api/session', { method: 'DELETE' })).status, 204, 'there was none');
});

it('an admin makes a token, which works, is listed without its text, and is revoked', async () => {
  const made = await closed.post('/api/tokens', { name: 'ci', user: 'jane', role: 'reader', expiresAt: '2099-01-01T00:00:00Z' }, bearer(tokens.admin));
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.token, /^cb_/);
  assert.equal(made.json.user, 'user:default/jane');
  assert.equal(made.json.expiresAt, '2099-01-01T00:00:00.000Z');
  assert.equal((await closed.get('/api/session', bearer(made.json.token))).status, 200);
  const list = (await closed.get('/api/tokens', bearer(tokens.admin))).json.items;
  const row = list.find(t => t.id === made.json.id);
  assert.equal(row.name, 'ci');
  assert.equal(row.token, undefined);
  assert.ok(made.json.token.startsWith(row.prefix));
  assert.equal((await closed.get(`/api/tokens/${row.id}`, { method: 'DELETE', ...bearer(tokens.admin) })).status, 204);
  assert.equal((await closed.get('/api/session', bearer(made.json.token))).status, 401);
});

for (const [body, message] of [
  [{ user: 'jane', role: 'reader' }, "request/body must have required property 'name'"],
  [{ name: 'x', user: 'jane', role: 'god' }, 'request/body/role must be equal to one of the allowed values: reader, editor, admin'],
  [{ name: 'x', user: 'jane', role: 'reader', expiresAt: 'soon' }, /^request\/body\/expiresAt must be a moment/],
  [{ name: 'x', user: 'jane', role: 'reader', expiresAt: '2001-01-01T00:00:00Z' }, /./],
  [{ name: '', user: 'jane', role: 'reader' }, /./],
  [{ name: 'x', user: 'group:default/a', role: 'reader' }, /./],
  [{ name: 'x', user: '', role: 'reader' }, /./],
])
  it(`a token of ${JSON.stringify(body)} is not made`, async () => {
    assertError(await closed.post('/api/tokens', body, bearer(tokens.admin)), 400, 'InputError', message, { method: 'POST' });
  });

it('the header of a proxy that is not listed names nobody', async () => {
  assert.equal((await closed.get(ONE, { headers: { 'x-forwarded-user': 'jane' } })).status, 401);
});

it('a listed proxy names the caller, who is a reader', async () => {
  const server = await startServer({ catalog: small, config: 'auth: {trusted_proxies: [127.0.0.0/8]}', headers: { 'x-forwarded-user': 'jane' } });
  try {
    const { json } = await server.get('/api/session', { headers: { 'x-forwarded-user': 'jane' } });
    assert.deepEqual(json, { user: { ref: 'user:default/jane', displayName: 'Jane Doe' }, roles: ['reader'], guest: false, ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'], ownedItems: 5, settings: {}, settingsLeftOut: false });
    assert.equal((await server.get(ONE)).status, 401);
    assert.equal((await server.post('/api/catalog/refresh', {}, { headers: { 'x-forwarded-user': 'jane' } })).status, 403);
  } finally {
    await server.stop();
  }
});

it('an address that others reach, without authentication, refuses to start and says what to set', async () => {
  await assert.rejects(startServer({ listen: '0.0.0.0' }), /can be reached from other machines[\s\S]*auth: \{tokens: true\}/);
});
