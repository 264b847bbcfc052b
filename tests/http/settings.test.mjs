// What people set for themselves, as Backstage's user-settings has it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const at = (bucket, key) => `/api/user-settings/buckets/${encodeURIComponent(bucket)}/keys/${encodeURIComponent(key)}`;
let server;
before(async () => {
  if (!missing) server = await startServer();
});
after(() => server?.stop());
const put = (bucket, key, body) => server.post(at(bucket, key), body, { method: 'PUT' });
const del = (bucket, key) => server.get(at(bucket, key), { method: 'DELETE' });

it('what was set is read back, by one, by many and with the session; what was forgotten is 404', async () => {
  const value = { refs: ['component:default/é'], none: null };
  const made = await put('a.b', 'x/y', { value });
  assert.deepEqual([made.status, made.json], [200, { bucket: 'a.b', key: 'x/y', value }], made.text);
  assert.deepEqual((await server.get(at('a.b', 'x/y'))).json, { bucket: 'a.b', key: 'x/y', value });
  await put('a.b', 'nothing', { value: null });
  const many = await server.post('/api/user-settings/multiget', { items: [{ bucket: 'a.b', key: 'nothing' }, { bucket: 'a.b', key: 'no' }, { bucket: 'a.b', key: 'x/y' }] });
  assert.deepEqual(many.json, { items: [{ value: null }, null, { value }] });
  const { settings, settingsLeftOut } = (await server.get('/api/session')).json;
  assert.deepEqual({ settings, settingsLeftOut }, { settings: { 'a.b': { nothing: null, 'x/y': value } }, settingsLeftOut: false });
  assert.equal((await del('a.b', 'x/y')).status, 204);
  assert.equal((await del('a.b', 'x/y')).status, 204, 'it is forgotten already');
  assertError(await server.get(at('a.b', 'x/y')), 404, 'NotFoundError', "Unable to find 'x/y' in bucket 'a.b'");
});

it('each limit holds at its edge and one past it', async () => {
  assert.equal((await put('b'.repeat(255), 'k'.repeat(255), { value: 1 })).status, 200);
  assert.equal((await put('b'.repeat(256), 'k', { value: 1 })).status, 400);
  assert.equal((await put('b', 'k'.repeat(256), { value: 1 })).status, 400);
  assert.equal((await put('b', 'a\0b', { value: 1 })).status, 400);
  assert.equal((await put('b', 'big', { value: 'x'.repeat(64 * 1024 - 2) })).status, 200);
  assert.equal((await put('b', 'big', { value: 'x'.repeat(64 * 1024 - 1) })).status, 413);
  assertError(await put('b', 'k', {}), 400, 'InputError', 'Missing required field "value"', { method: 'PUT' });
  const items = n => ({ items: Array.from({ length: n }, (_, i) => ({ bucket: 'b', key: `${i}` })) });
  assert.equal((await server.post('/api/user-settings/multiget', items(100))).json.items.length, 100);
  assert.equal((await server.post('/api/user-settings/multiget', items(101))).status, 413);
  for (let i = 0; i < 3; i++) await put('b', `more${i}`, { value: 'x'.repeat(64 * 1024 - 2) });
  const { settings, settingsLeftOut } = (await server.get('/api/session')).json;
  assert.ok(JSON.stringify(settings).length <= 130 * 1024 && settings['b'.repeat(255)], 'the small ones first');
  assert.equal(settingsLeftOut, true, 'and says that there are others');
});

it('a user has a thousand keys and no more', async () => {
  for (let i = 0; i < 10; i++) await del('b', `more${i}`);
  let full;
  for (let i = 0; i < 1001 && !full; i++) {
    const answer = await put('many', `k${i}`, { value: i });
    if (answer.status !== 200) full = answer;
  }
  assertError(full, 413, full.json.error.name, /4194304 bytes in 1000 keys/, { method: 'PUT' });
  assert.equal((await put('many', 'k0', { value: 2 })).status, 200, 'one that is there can change');
});
