// Registered locations, and Location entities that lead to other repositories: real repositories behind a smart HTTP server that
// wants a token, and a forge whose pages have another host.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents, location } from '../support/repo.mjs';
import { missing, startServer } from '../support/server.mjs';

const token = `l0cation-t0ken-${process.pid}`;
const api = '/api/catalog';
const sha = /^location:default\/generated-[0-9a-f]{40}$/;

describe('locations', { skip: missing }, () => {
  let scratch, git, server, integration;
  const repositories = {};

  const page = (repository, file, branch = 'main') => `https://forge.test/${repository}/src/branch/${branch}/${file}`;
  const put = (name, files, options) => {
    repositories[name] ??= new Repository(path.join(scratch, `${name}.git`));
    return repositories[name].commit(files, options);
  };
  const register = (target, { on = server, query = '', type = 'url' } = {}) =>
    on.get(`${api}/locations${query}`, { method: 'POST', body: { type, target } });
  const remove = (id, on = server) => on.get(`${api}/locations/${id}`, { method: 'DELETE' });
  const entity = async (ref, on = server) => {
    const [kind, namespace, name] = ref.split(/[:/]/);
    const answer = await on.get(`${api}/entities/by-name/${kind}/${namespace}/${name}`);
    return answer.status === 200 ? answer.json : undefined;
  };
  const there = (name, on = server) => on.until(`${name} is there`, () => entity(`component:default/${name}`, on));
  const gone = (name, on = server) => on.until(`${name} is gone`, async () => !(await entity(`component:default/${name}`, on)));
  const sources = async (on = server) => (await on.get('/api/sources')).json.items;
  // A write's answer names its generation; the catalog is asked when it is served.
  const served = async (answer, on = server) => {
    const generation = Number(answer.headers['callboard-generation']);
    assert.ok(generation > 0, 'the answer names its generation');
    await on.until('the write is served', async () => JSON.parse((await on.get('/readyz')).text).generation >= generation);
  };
  const nudge = async (on = server) => {
    for (const s of await sources(on)) await on.get(`/api/sources/${s.id}/sync`, { method: 'POST' });
  };

  before(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-location-'));
    fs.chmodSync(scratch, 0o755);
    git = await startGitHttp({ root: scratch, password: token });
    integration = `integrations:\n  - {host: forge.test, type: gitea, clone: "${git.url}/", token: ${token}}\nlocations: {interval: 1s}`;
    put('acme/shop', { 'catalog-info.yaml': component('shop'), 'other.yaml': component('other'), 'c.yaml': component('c'), 'd.yaml': component('d'), 'e.yaml': component('e') });
    server = await startServer({ catalog: { 'all.yaml': component('local') }, config: integration });
  });

  // Whatever a test leaves behind is not the next one's.
  afterEach(async () => {
    if (server.how) return;
    server.write('all.yaml', component('local'));
    for (const { data } of (await server.get(`${api}/locations`)).json) await remove(data.id);
    await server.until('all is as in the beginning', async () => (await sources()).length === 1);
  });

  after(async () => {
    await server?.stop();
    await git?.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  test('a registered page brings its Location at once and its entities soon, and takes all away in one write', async () => {
    const target = page('acme/shop', 'catalog-info.yaml');
    const answer = await register(target);
    assert.equal(answer.status, 201, answer.text);
    const { location: row, entities } = answer.json;
    assert.deepEqual(entities, []);
    assert.match(row.entityRef, sha);
    assert.deepEqual([row.type, row.target], ['url', target]);
    await served(answer);
    const own = await entity(row.entityRef);
    assert.equal(own.kind, 'Location');
    assert.deepEqual(own.spec, { type: 'url', target });
    assert.equal(own.metadata.annotations['backstage.io/managed-by-location'], `url:${target}`);
    assert.equal(own.metadata.annotations['backstage.io/managed-by-origin-location'], `url:${target}`);

    const shop = await there('shop');
    assert.equal(shop.metadata.annotations['backstage.io/managed-by-location'], `url:${target}`);
    assert.equal(shop.metadata.annotations['backstage.io/managed-by-origin-location'], `url:${target}`);
    const by = await server.get(`${api}/locations/by-entity/component/default/shop`);
    assert.deepEqual(by.json, row);
    const derived = (await sources()).find(s => s.made === 'derived');
    assert.deepEqual(derived.locations, [{ entity: row.entityRef, locationId: row.id }]);

    put('acme/shop', { 'catalog-info.yaml': component('shop', { description: 'changed' }) });
    await server.until('the change is there', async () => (await entity('component:default/shop')).metadata.description === 'changed');

    const end = await remove(row.id);
    assert.equal(end.status, 204);
    await served(end);
    assert.equal(await entity(row.entityRef), undefined);
    assert.equal(await entity('component:default/shop'), undefined);
    assert.equal((await remove(row.id)).status, 404);
    await server.until('the source is gone', async () => !(await sources()).some(s => s.made === 'derived'));
  });

  test('what is registered twice is refused, or read again when that is asked for', async () => {
    const target = page('acme/shop', 'catalog-info.yaml');
    const first = await register(target);
    const again = await register(target);
    assert.equal(again.status, 409);
    assert.equal(again.json.error.message, `Location url:${target} already exists`);
    const refreshed = await register(target, { query: '?onConflict=refresh' });
    assert.equal(refreshed.status, 201);
    assert.deepEqual(refreshed.json.location, first.json.location);
    await there('shop');
    await remove(first.json.location.id);
  });

  test('an update keeps the name of the entity, and what the old target brought goes with it', async () => {
    const first = await register(page('acme/shop', 'catalog-info.yaml'));
    const { id, entityRef } = first.json.location;
    const busy = await register(page('acme/shop', 'c.yaml'));
    await there('shop');
    const taken = await server.get(`${api}/locations/${id}`, { method: 'PUT', body: { type: 'url', target: page('acme/shop', 'c.yaml') } });
    assert.equal(taken.status, 409);
    const answer = await server.get(`${api}/locations/${id}`, { method: 'PUT', body: { type: 'url', target: page('acme/shop', 'other.yaml') } });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { id, type: 'url', target: page('acme/shop', 'other.yaml'), entityRef });
    await served(answer);
    assert.equal(await entity('component:default/shop'), undefined);
    assert.equal((await entity(entityRef)).spec.target, page('acme/shop', 'other.yaml'));
    await there('other');
    await remove(id);
    await remove(busy.json.location.id);
  });

  test('five locations of one repository are one mirror', async () => {
    const rows = [];
    for (const file of ['catalog-info.yaml', 'other.yaml', 'c.yaml', 'd.yaml', 'e.yaml'])
      rows.push((await register(page('acme/shop', file))).json.location);
    for (const name of ['shop', 'other', 'c', 'd', 'e']) await there(name);
    const mirrors = fs.readdirSync(path.join(server.dir, 'var/mirrors')).filter(name => /^[0-9a-f]{32}$/.test(name));
    assert.equal(mirrors.length, 1);
    for (const row of rows) await remove(row.id);
    await gone('e');
  });

  test('a target that cannot be read says so on its Location, and what was read before stays', async () => {
    const odd = await register('not a url');
    assert.equal(odd.status, 201);
    await served(odd);
    assert.match((await entity(odd.json.location.entityRef)).status.items[0].message, /is no URL of a page/);
    const strange = await register('https://unknown.test/a/b/blob/main/x.yaml');
    await served(strange);
    assert.match((await entity(strange.json.location.entityRef)).status.items[0].message, /unknown\.test.*integrations/);

    put('acme/frail', { 'catalog-info.yaml': component('frail') });
    const frail = await register(page('acme/frail', 'catalog-info.yaml'));
    await there('frail');
    put('acme/frail', { 'catalog-info.yaml': null, 'x.yaml': 'a: 1\n' });
    await server.until('the Location says it', async () => /NotFoundError.*catalog-info\.yaml/.test(
      (await entity(frail.json.location.entityRef)).status?.items?.[0]?.message ?? ''));
    assert.ok(await entity('component:default/frail'));
    put('acme/frail', { 'catalog-info.yaml': component('frail', { description: 'back' }) });
    await server.until('all is well again', async () => !(await entity(frail.json.location.entityRef)).status &&
      (await entity('component:default/frail')).metadata.description === 'back');
    for (const answer of [odd, strange, frail]) assert.equal((await remove(answer.json.location.id)).status, 204);
  });

  test('a Location of a file leads to another repository and branch, to the end of the chain and round a circle', async () => {
    put('acme/deep', { 'all.yaml': location('deep', ['./one.yaml', page('acme/far', 'far.yaml', 'release/1')]), 'one.yaml': component('one') });
    put('acme/far', { 'far.yaml': documents(component('far'), location('far', [page('acme/deep', 'all.yaml')])) }, { branch: 'release/1' });
    put('acme/far', { 'none.yaml': 'a: 1\n' });
    server.write('all.yaml', documents(component('local'), location('root', [page('acme/deep', 'all.yaml')])));
    const far = await there('far');
    await there('one');
    assert.equal(far.metadata.annotations['backstage.io/managed-by-location'], `url:${page('acme/far', 'far.yaml', 'release/1')}`);
    assert.equal(far.metadata.annotations['backstage.io/managed-by-origin-location'], `file:${path.join(server.catalogDir, 'all.yaml')}`);
    assert.equal((await sources()).filter(s => s.made === 'derived').length, 2);
    server.write('all.yaml', component('local'));
    await gone('far');
    await gone('one');
    await server.until('no source is left', async () => !(await sources()).some(s => s.made === 'derived'));
  });

  test('two Locations share what they name, and a refresh of an entity reads its repository', async () => {
    const target = page('acme/shop', 'd.yaml');
    server.write('all.yaml', documents(component('local'), location('root', [target])));
    await there('d');
    const row = (await register(target)).json.location;
    await server.until('both name it', async () => (await sources()).find(s => s.made === 'derived')?.locations.length === 2);
    await remove(row.id);
    assert.ok(await entity('component:default/d'));
    put('acme/shop', { 'd.yaml': component('d', { description: 'fresh' }) });
    const answer = await server.get(`${api}/refresh`, { method: 'POST', body: { entityRef: 'component:default/d' } });
    assert.equal(answer.status, 200);
    await server.until('it is fresh', async () => (await entity('component:default/d')).metadata.description === 'fresh');
    server.write('all.yaml', component('local'));
    await gone('d');
  });

  test('by-query pages through them with its own rules', async () => {
    const rows = [];
    for (const name of ['a', 'b', 'c']) rows.push((await register(`https://unknown.test/${name}`)).json.location);
    const ask = async body => (await server.get(`${api}/locations/by-query`, { method: 'POST', body }));
    const ids = rows.map(r => r.id).toSorted();
    const first = (await ask({ limit: 2 })).json;
    assert.deepEqual([first.items.map(i => i.id), first.totalItems], [ids.slice(0, 2), 3]);
    const second = (await ask({ cursor: first.pageInfo.nextCursor })).json;
    assert.deepEqual([second.items.map(i => i.id), second.totalItems, second.pageInfo], [ids.slice(2), 3, {}]);
    const count = async query => (await ask({ query })).json.totalItems;
    assert.equal(await count({ target: 'HTTPS://unknown.test/B' }), 1);
    assert.equal(await count({ target: { $hasPrefix: 'https://UNKNOWN' } }), 3);
    assert.equal(await count({ $all: [] }), 0);
    assert.equal(await count({ $any: [{ id: ids[0] }, { id: { $in: [ids[1]] } }] }), 2);
    assert.equal(await count({ $not: { id: ids[0] } }), 2);
    assert.equal(await count({ type: { $contains: 'url' } }), 0);
    assert.equal(await count({ entityRef: { $exists: true } }), 3);
    const wrong = await ask({ query: { name: 'x' } });
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.error.message, /"name" is no field of a location: use id, type, target or entityRef/);
    assert.equal((await ask({ limit: 0 })).status, 400);
    assert.equal((await ask({ cursor: 'x' })).status, 400);
    for (const row of rows) await remove(row.id);
  });

  test('what was registered is there after a kill in the middle of registering, once, and in every process', async () => {
    const all = `file: ${path.join(server.catalogDir, 'all.yaml')}`;
    const second = server.database && await startServer({ config: integration, database: server.database.url, sources: [all] });
    const burst = Array.from({ length: 30 }, (_, i) => register(`https://unknown.test/burst-${i}`).catch(() => undefined));
    await Promise.race(burst);
    server.process.kill('SIGKILL');
    const answers = (await Promise.all(burst)).filter(a => a?.status === 201).map(a => a.json.location);
    await server.ended;
    server.how = undefined;
    server.spawn();
    await server.until('ready again', async () => (await server.get('/readyz')).status === 200, 60_000);
    const rows = (await server.get(`${api}/locations`)).json.map(r => r.data);
    for (const row of answers) assert.deepEqual(rows.filter(r => r.target === row.target), [row]);
    assert.equal(new Set(rows.map(r => r.target)).size, rows.length);
    for (const row of rows) assert.ok(await server.until('its entity', () => entity(row.entityRef)));
    const shop = (await register(page('acme/shop', 'catalog-info.yaml'))).json.location;
    await there('shop');
    if (second) {
      await second.until('the other process serves it', () => entity('component:default/shop', second));
      assert.equal((await remove(shop.id, second)).status, 204);
      await gone('shop');
      await second.stop();
    }
    for (const row of rows) await remove(row.id);
  });

  test('the token is in no answer and in no log', async () => {
    const all = [server.tail(1e6), (await server.get('/api/sources')).text, (await server.get('/api/problems')).text, (await server.get(`${api}/entities`)).text];
    assert.ok(git.requests.length > 0);
    for (const text of all) assert.ok(!text.includes(token));
    await nudge();
  });
});
