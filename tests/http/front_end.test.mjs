// What a Backstage front end asks beside catalog, scaffolder and search: who it is signed in as, and which buttons to show.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing, startServer } from '../support/server.mjs';
import { assertError, small } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 60_000 }, fn);
const ONE = '/api/catalog/entities/by-name/component/default/checkout';
const GUEST = '/api/auth/guest/refresh', PROXY = '/api/auth/oauth2Proxy/refresh', ASK = '/api/permission/authorize';
const bearer = token => ({ authorization: `Bearer ${token}` });
const jane = { 'x-forwarded-user': 'jane' }, joe = { 'x-forwarded-user': 'joe' };
const template = `
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: rests}
spec: {type: service, steps: [{id: rest, action: "debug:wait", input: {seconds: 50}}]}
`;
let open, closed, editor;

before(async () => {
  if (missing) return;
  open = await startServer({ catalog: small });
  closed = await startServer({
    catalog: { ...small, 'company.yaml': small['company.yaml'] + template },
    config: `auth: {tokens: true, trusted_proxies: [127.0.0.0/8]}\nscaffolder: {secrets_key: ${'0123456789abcdef'.repeat(4)}}`,
    headers: jane,
  });
  await closed.until('the actions', async () => (await closed.get('/api/scaffolder/v2/actions', { headers: jane })).json.some?.(a => a.id === 'debug:wait'));
  const { stdout } = await promisify(execFile)(binary(), ['token', 'create', 'editor', '--config', closed.config, '--user', 'user:default/ed', '--role', 'editor']);
  editor = bearer(stdout.match(/cb_[A-Za-z0-9_-]{43}/)[0]);
});
after(async () => {
  await open?.stop();
  await closed?.stop();
});

const claims = token => JSON.parse(atob(token.split('.')[1])); // as front ends read it

// ---- who it is signed in as

it('on open loopback the guest is signed in, with the groups he is a member of', async () => {
  const answer = await open.get(GUEST);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { profile, backstageIdentity: { token, expiresInSeconds, identity } } = answer.json;
  assert.deepEqual(profile, { displayName: 'Guest' });
  assert.deepEqual(identity, { type: 'user', userEntityRef: 'user:default/guest', ownershipEntityRefs: ['user:default/guest', 'group:default/team-b'] });
  const { sub, ent, iat, exp } = claims(token);
  assert.deepEqual([sub, ent, exp - iat, expiresInSeconds], [identity.userEntityRef, identity.ownershipEntityRefs, 3600, 3600]);
  assert.ok(Math.abs(iat - Date.now() / 1000) < 60);
  assert.equal((await open.get(`${GUEST}?optional&env=development&scope=`)).status, 200);
  const session = await open.get('/api/session', { headers: bearer(token) });
  assert.deepEqual([session.json.user.ref, session.json.guest], ['user:default/guest', true]);
});

it('what the guest holds is no secret, and opens nothing that is not open without it', async () => {
  const { token } = (await open.get(GUEST)).json.backstageIdentity;
  for (const headers of [bearer(token), { ...bearer(token), ...jane }])
    assertError(await closed.get(ONE, { headers }), 401, 'AuthenticationError', 'Illegal token');
  assert.equal((await open.get(ONE, { headers: bearer(`${token}x`) })).status, 401, 'with a signature it is another');
  const evil = { ...bearer(token), origin: 'http://evil.example.com' };
  assert.equal((await open.post('/api/catalog/refresh', { entityRef: 'component:default/cart' }, { headers: evil })).status, 403);
  assert.equal((await open.get(GUEST, { headers: { host: 'evil.example.com' } })).status, 421);
  assert.equal((await open.post('/api/catalog/refresh', 'x', { headers: { ...bearer(token), 'content-type': 'text/plain' } })).status, 400);
});

it('where callers must say who they are there is no guest, and the answer says what to do', async () => {
  for (const headers of [{}, jane, editor])
    assertError(await closed.get(GUEST, { headers }), 404, 'NotFoundError', /^there is no guest here: authentication is configured/);
});

it('behind a trusted proxy the front end is signed in as whom that names', async () => {
  for (const provider of ['oauth2Proxy', 'gcpIap', 'gcp-iap', 'awsalb', 'cfaccess', 'easyAuth']) {
    const answer = await closed.get(`/api/auth/${provider}/refresh`, { headers: jane });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.profile, { displayName: 'Jane Doe' });
    assert.deepEqual(answer.json.backstageIdentity.identity, { type: 'user', userEntityRef: 'user:default/jane', ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'] });
  }
  const { token } = (await closed.get(PROXY, { headers: jane })).json.backstageIdentity;
  assert.equal((await closed.get('/api/session', { headers: { ...jane, ...bearer(token) } })).json.user.ref, 'user:default/jane');
  assert.equal((await closed.get('/api/session', { headers: { ...joe, ...bearer(token) } })).json.user.ref, 'user:default/joe', 'the header says who it is, not the token');
  assertError(await closed.get(ONE, { headers: bearer(token) }), 401, 'AuthenticationError', 'Illegal token');
  assert.equal((await open.get(ONE, { headers: { ...jane, ...bearer(token) } })).status, 401, 'nobody trusts a proxy there');
});

it('a person whom the catalog does not know is signed in as nothing but himself', async () => {
  const answer = await closed.get(PROXY, { headers: joe });
  assert.deepEqual([answer.json.profile, answer.json.backstageIdentity.identity.ownershipEntityRefs], [{}, ['user:default/joe']]);
});

it('any other provider, and a request that came through no proxy, is refused with what to do', async () => {
  assertError(await open.get('/api/auth/github/refresh?optional=true&scope=repo&env=development'), 404, 'NotFoundError', /^Unknown auth provider 'github': /);
  assertError(await closed.get(PROXY, { headers: editor }), 401, 'AuthenticationError', /no trusted proxy/);
  assertError(await closed.get(PROXY), 401, 'AuthenticationError', 'Missing credentials');
  assert.equal((await open.get(`${GUEST}?nope=1`)).status, 400);
  assert.equal((await open.get('/api/auth/guest/start')).status, 404, 'nobody needs a window for that');
});

// ---- the inbox

it('the inbox is empty, however it is asked for, and nobody else\'s', async () => {
  const what = {
    'notifications?limit=5&offset=0&orderField=created%2Cdesc&read=false&saved=true&minimumSeverity=low&topic=a&search=b&createdAfter=2026-01-01T00:00:00.000Z': { totalCount: 0, notifications: [] },
    status: { unread: 0, read: 0 },
    'topics?read=false&minimumSeverity=low': { topics: [] },
    settings: { channels: [] },
  };
  for (const [target, body] of Object.entries(what)) {
    assert.deepEqual((await open.get(`/api/notifications/${target}`)).json, body);
    assert.equal((await closed.get(`/api/notifications/${target}`)).status, 401);
  }
  assert.equal((await open.post('/api/notifications/notifications', {})).status, 404, 'nobody puts anything into it');
  assert.equal((await open.get('/api/notifications/notifications?nope=1')).status, 400);
});

// ---- which buttons to show

const item = (name, more) => ({ id: `id of ${name}`, permission: { type: 'basic', name, attributes: {} }, ...more });
const ask = async (server, headers, ...items) => {
  const answer = await server.post(ASK, { items }, { headers });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json.items.map(i => i.id), items.map(i => i.id));
  return answer.json.items.map(i => i.result);
};
const reads = ['catalog.entity.read', 'catalog.entity.validate', 'catalog.location.read', 'catalog.location.analyze', 'scaffolder.action.execute', 'scaffolder.task.cancel', 'scaffolder.task.create', 'scaffolder.task.read', 'scaffolder.template.dry-run', 'scaffolder.template.management', 'scaffolder.template.parameter.read', 'scaffolder.template.step.read'];
const writes = ['catalog.entity.create', 'catalog.entity.delete', 'catalog.entity.refresh', 'catalog.location.create', 'catalog.location.delete'];
const unknown = ['kubernetes.clusters.read', 'devtools.info', 'notifications.create', 'catalog', 'CATALOG.ENTITY.READ', ''];

it('a permission is the right of the route it stands for; one of nothing here is denied', async () => {
  for (const [server, headers, may] of [[open, {}, true], [closed, editor, true], [closed, jane, false]]) {
    assert.deepEqual(await ask(server, headers, ...reads.map(name => item(name))), reads.map(() => 'ALLOW'));
    assert.deepEqual(await ask(server, headers, ...writes.map(name => item(name))), writes.map(() => (may ? 'ALLOW' : 'DENY')));
    assert.deepEqual(await ask(server, headers, ...unknown.map(name => item(name))), unknown.map(() => 'DENY'));
  }
  assert.equal((await closed.post(ASK, { items: [] })).status, 401);
  assert.deepEqual(await ask(open, {}), []);
});

it('what it answers is what the route does', async () => {
  const tries = { 'catalog.entity.refresh': ['POST', '/api/catalog/refresh', { entityRef: 'a:b/c' }], 'catalog.location.create': ['POST', '/api/catalog/locations', {}], 'catalog.entity.delete': ['DELETE', '/api/catalog/entities/by-uid/x'], 'catalog.entity.read': ['GET', '/api/catalog/entities/by-query'] };
  for (const [name, [method, target, body]] of Object.entries(tries))
    for (const headers of [jane, editor]) {
      const [result] = await ask(closed, headers, item(name));
      assert.equal((await closed.get(target, { method, body, headers })).status === 403, result === 'DENY', name);
    }
});

it('a run may be cancelled by who began it, and by editors: by one, by many, and by none', async () => {
  const id = (await closed.post('/api/scaffolder/v2/tasks', { templateRef: 'rests', values: {} }, { headers: jane })).json.id;
  const none = '00000000-0000-0000-0000-000000000000', cancel = resourceRef => item('scaffolder.task.cancel', { resourceRef });
  for (const [headers, results] of [[jane, ['ALLOW', ['ALLOW', 'DENY', 'DENY'], 'ALLOW']], [joe, ['DENY', ['DENY', 'DENY', 'DENY'], 'ALLOW']], [editor, ['ALLOW', ['ALLOW', 'ALLOW', 'ALLOW'], 'ALLOW']]])
    assert.deepEqual(await ask(closed, headers, cancel(id), cancel([id, none, 'no uuid']), cancel([])), results);
  assert.deepEqual(await ask(closed, joe, item('scaffolder.task.read', { resourceRef: id })), ['ALLOW']);
  await closed.post(`/api/scaffolder/v2/tasks/${id}/cancel`, {}, { headers: jane });
});

it('a question that is none is refused with its place', async () => {
  const good = item('catalog.entity.read');
  for (const [body, message] of [
    [{}, "request/body must have required property 'items'"],
    [{ items: 'x' }, 'request/body/items must be array'],
    [{ items: ['x'] }, 'request/body/items/0 must be object'],
    [{ items: [good, { id: 'a' }] }, 'request/body/items/1/permission is missing'],
    [{ items: [{ id: 'a', permission: 'x' }] }, 'request/body/items/0/permission must be object'],
    [{ items: [{ id: 'a', permission: {} }] }, "request/body/items/0/permission must have required property 'name'"],
    [{ items: [{ permission: { name: 'a' } }] }, "request/body/items/0 must have required property 'id'"],
    [{ items: [{ ...good, id: 7 }] }, 'request/body/items/0/id must be string'],
    [{ items: [{ ...good, resourceRef: 7 }] }, 'request/body/items/0/resourceRef must be a text, or a list of texts'],
    [{ items: [{ ...good, resourceRef: ['a', null] }] }, 'request/body/items/0/resourceRef must be a text, or a list of texts'],
  ]) assertError(await open.post(ASK, body), 400, 'InputError', message, { method: 'POST' });
});

it('each limit holds at its edge and one past it', async () => {
  const many = (n, more) => ({ items: Array.from({ length: n }, () => ({ id: 'a', permission: { name: 'scaffolder.task.cancel' }, ...more })) });
  const refs = n => Array.from({ length: n }, (_, i) => `${i}`);
  const status = async (body, headers) => (await closed.post(ASK, body, { headers })).status;
  assert.deepEqual([await status(many(500), jane), await status(many(501), jane)], [200, 413]);
  assert.deepEqual([await status(many(1, { resourceRef: refs(1000) }), editor), await status(many(1, { resourceRef: refs(1001) }), editor)], [200, 413]);
  assert.deepEqual([await status(many(2, { resourceRef: refs(50) }), joe), await status(many(101, { resourceRef: 'a' }), joe)], [200, 413]);
});
