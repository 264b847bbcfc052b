// Views of the catalog that a team keeps for its members.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, request, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const entity = (kind, name, spec) => `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const catalog = {
  'all.yaml': [
    entity('Group', 'team-a', '{type: team, children: []}'),
    entity('Group', 'team-b', '{type: team, children: []}'),
    entity('User', 'jane', '{memberOf: [team-a]}'),
    entity('User', 'jim', '{memberOf: [team-a, team-b]}'),
    entity('User', 'joe', '{memberOf: [team-b]}'),
  ].join('---\n'),
};
let server;
before(async () => {
  if (!missing) server = await startServer({ catalog, config: 'auth: {trusted_proxies: [127.0.0.0/8]}', headers: { 'x-forwarded-user': 'jane' } });
});
after(() => server?.stop());
const as = who => ({ headers: { 'x-forwarded-user': who } });
const A = 'group:default/team-a', B = 'group:default/team-b';
const list = async (who, query = '') => (await server.get(`/api/views${query}`, as(who))).json;
const keep = (who, owner, name, query = '?kind=api') => server.post('/api/views', { owner, name, query }, as(who));
const change = (who, id, body) => server.post(`/api/views/${id}`, body, { method: 'PUT', ...as(who) });
const drop = (who, id) => server.get(`/api/views/${id}`, { method: 'DELETE', ...as(who) });

it('what one member keeps another one sees, changes and deletes', async () => {
  const made = await keep('jane', 'Group:Default/Team-A', 'Our APIs');
  assert.equal(made.status, 201, made.text);
  const { id, changedAt, ...rest } = made.json;
  assert.deepEqual(rest, { owner: A, name: 'Our APIs', query: '?kind=api', changedBy: 'user:default/jane', mayChange: true });
  assert.ok(Math.abs(Date.parse(changedAt) - Date.now()) < 60_000);
  assert.deepEqual(await list('jim'), { items: [made.json], leftOut: false });
  const next = await change('jim', id, { name: 'All APIs', query: '' });
  assert.deepEqual([next.status, next.json.id, next.json.name, next.json.query, next.json.changedBy], [200, id, 'All APIs', '', 'user:default/jim']);
  assert.deepEqual((await list('jane')).items, [next.json]);
  assert.equal((await drop('jane', id)).status, 204);
  assert.deepEqual((await list('jim')).items, []);
  assertError(await drop('jane', id), 404, 'NotFoundError', `there is no view ${id}`, { method: 'DELETE' });
});

it('who is no member may look and cannot write', async () => {
  const { json: one } = await keep('jane', A, 'Not theirs');
  assert.deepEqual((await list('joe')).items, [], 'unasked, only those of the own groups');
  assert.deepEqual((await list('joe', `?owner=${A}`)).items, [{ ...one, mayChange: false }]);
  const words = 'only members of group:default/team-a and administrators change its views';
  assertError(await keep('joe', A, 'Mine'), 403, 'NotAllowedError', words, { method: 'POST' });
  assertError(await change('joe', one.id, { name: 'Mine', query: '' }), 403, 'NotAllowedError', words, { method: 'PUT' });
  assertError(await drop('joe', one.id), 403, 'NotAllowedError', words, { method: 'DELETE' });
  assertError(await keep('nobody-known', A, 'Mine'), 403, 'NotAllowedError', words, { method: 'POST' });
  assert.deepEqual((await list('jane')).items, [one], 'nothing has changed');
  assert.deepEqual(await list('nobody-known'), { items: [], leftOut: false });
  for (const [path, method] of [['/api/views', 'GET'], ['/api/views', 'POST'], [`/api/views/${one.id}`, 'PUT'], [`/api/views/${one.id}`, 'DELETE']]) {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer nobody' };
    assert.equal((await request(server.port, path, { method, headers, body: method === 'GET' ? undefined : '{}' })).status, 401, `${method} ${path}`);
  }
  await drop('jane', one.id);
});

it('an administrator writes for any group that the catalog has', async () => {
  const open = await startServer({ catalog });
  try {
    const made = await open.post('/api/views', { owner: A, name: 'By the guest', query: '' });
    assert.equal(made.status, 201, made.text);
    assertError(await open.post('/api/views', { owner: 'group:default/gone', name: 'x', query: '' }), 404, 'NotFoundError', 'the catalog has no group:default/gone', { method: 'POST' });
    assert.equal((await open.get(`/api/views/${made.json.id}`, { method: 'DELETE' })).status, 204);
  } finally {
    await open.stop();
  }
});

it('a name is had once in a group', async () => {
  const { json: first } = await keep('jim', A, 'Same');
  const { json: second } = await keep('jim', A, 'Other');
  const { json: elsewhere } = await keep('jim', B, 'Same');
  const words = 'group:default/team-a has a view Same already';
  assertError(await keep('jane', A, 'Same'), 409, 'ConflictError', words, { method: 'POST' });
  assertError(await change('jane', second.id, { name: 'Same', query: '' }), 409, 'ConflictError', words, { method: 'PUT' });
  assert.equal((await change('jane', first.id, { name: 'Same', query: '?kind=group' })).status, 200, 'its own name is free for it');
  assert.deepEqual((await list('jim')).items.map(({ owner, name }) => [owner, name]), [[A, 'Other'], [A, 'Same'], [B, 'Same']]);
  for (const { id } of [first, second, elsewhere]) assert.equal((await drop('jim', id)).status, 204);
});

it('a view is the query of an address, and nothing that leads elsewhere', async () => {
  const words = /such as \?kind=api, or empty/;
  for (const query of ['kind=api', 'https://evil.example.com/?kind=api', '//evil.example.com', '/catalog?kind=api', '?a#b', '?a b', '?a\nb', 'javascript:alert(1)'])
    assertError(await keep('jane', A, 'x', query), 400, 'InputError', words, { method: 'POST' });
  for (const owner of ['user:default/jane', 'component:default/x', '', 'group:', 'a:b:c'])
    assertError(await keep('jane', owner, 'x'), 400, 'InputError', /must be the ref of a group/, { method: 'POST' });
  for (const name of ['', ' x', 'x ', 'a\nb', 'a\0b']) assert.equal((await keep('jane', A, name)).status, 400, JSON.stringify(name));
  assertError(await server.post('/api/views', { owner: A, name: 'x' }, as('jane')), 400, 'InputError', /query/, { method: 'POST' });
  assertError(await server.post('/api/views', { owner: A, name: 'x', query: '', url: '' }, as('jane')), 400, 'InputError', /additional properties/, { method: 'POST' });
  for (const id of ['0', 'x', '-1', '9'.repeat(19)]) assert.equal((await drop('jane', id)).status, 404, id);
});

it('each limit holds at its edge and one past it', async () => {
  const long = await keep('joe', B, 'é'.repeat(90), `?${'a'.repeat(3999)}`);
  assert.equal(long.status, 201, long.text);
  assertError(await keep('joe', B, `${'é'.repeat(90)}x`), 400, 'InputError', /1 to 180 bytes/, { method: 'POST' });
  assertError(await keep('joe', B, 'x', `?${'a'.repeat(4000)}`), 413, 'PayloadTooLargeError', /at most 4000 bytes/, { method: 'POST' });
  for (let i = 1; i < 50; i++) assert.equal((await keep('joe', B, `v${i}`)).status, 201, `${i}`);
  assertError(await keep('joe', B, 'one more'), 413, 'PayloadTooLargeError', 'group:default/team-b has 50 views already, and there is room for no more', { method: 'POST' });
  assert.equal((await change('joe', long.json.id, { name: 'short', query: '' })).status, 200, 'one that is there can change');
  const owners = n => `?${Array.from({ length: n }, (_, i) => `owner=group:default/g${i}`).join('&')}`;
  assert.deepEqual(await list('jane', owners(100)), { items: [], leftOut: false });
  assert.equal((await server.get(`/api/views${owners(101)}`, as('jane'))).status, 400);
});

it('of two that keep the same name at once one is told, and a group is never over its bound', async () => {
  const { items } = await list('joe');
  await drop('joe', items[0].id);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => keep('joe', B, i % 2 ? 'twin' : `twin ${i}`)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.ok(answers.every(({ status }) => [201, 409, 413].includes(status)), answers.map(({ status }) => status).join());
  assert.equal((await list('joe')).items.length, 50);
});
