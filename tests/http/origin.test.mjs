// Where an entity comes from: its ancestry, a refresh of all that led to it, and taking it away. And the conditions that a permission
// framework asks about.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents, location } from '../support/repo.mjs';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const api = '/api/catalog';
const here = path.dirname(fileURLToPath(import.meta.url));
let scratch, git, server;
const repositories = {};

const page = (repository, file) => `https://forge.test/${repository}/src/branch/main/${file}`;
const put = (name, files) => (repositories[name] ??= new Repository(path.join(scratch, `${name}.git`))).commit(files);
const entity = async ref => {
  const [kind, namespace, name] = ref.split(/[:/]/);
  const answer = await server.get(`${api}/entities/by-name/${kind}/${namespace}/${name}`);
  return answer.status === 200 ? answer.json : undefined;
};
const there = ref => server.until(`${ref} is there`, () => entity(ref));
const gone = ref => server.until(`${ref} is gone`, async () => !(await entity(ref)));
const ancestry = ref => server.get(`${api}/entities/by-name/${ref.replace(':', '/')}/ancestry`);
const refOf = e => `${e.kind}:${e.metadata.namespace}/${e.metadata.name}`.toLowerCase();
const shape = answer => answer.json.items.map(i => [refOf(i.entity), i.parentEntityRefs]);
const remove = uid => server.get(`${api}/entities/by-uid/${uid}`, { method: 'DELETE' });
const generation = answer => Number(answer.headers['callboard-generation']);

// What must hold in every database between two transactions.
function assertSound() {
  if (!server.database) return;
  const out = execFileSync('psql', ['-qXAt', server.database.url, '-f', path.join(here, '../sql/sound.sql')]).toString().trim();
  assert.equal(out, '');
}

before(async () => {
  if (missing) return;
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-origin-'));
  fs.chmodSync(scratch, 0o755);
  git = await startGitHttp({ root: scratch });
  put('acme/shop', { 'catalog-info.yaml': documents(component('shop'), location('parts', ['./parts.yaml'])), 'parts.yaml': component('part') });
  server = await startServer({
    catalog: {
      'all.yaml': documents(location('top', ['./mid.yaml', page('acme/shop', 'catalog-info.yaml')]), component('beside')),
      'mid.yaml': documents(location('mid', ['./leaf.yaml', './round.yaml', './both.yaml'])),
      'round.yaml': location('round', ['./mid.yaml', './both.yaml']),
      'leaf.yaml': component('leaf'),
      'both.yaml': component('both'),
    },
    config: `integrations:\n  - {host: forge.test, type: gitea, clone: "${git.url}/"}\nlocations: {interval: 600s}`,
  });
  await there('component:default/part');
});
after(async () => {
  await server?.stop();
  await git?.close();
  if (scratch) fs.rmSync(scratch, { recursive: true, force: true });
});

it('the ancestry of an entity is itself, then the Locations that led to it, up to the one that stands for the configured file', async () => {
  const answer = await ancestry('component:default/leaf');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['rootEntityRef', 'items']);
  assert.equal(answer.json.rootEntityRef, 'component:default/leaf');
  const refs = shape(answer);
  assert.deepEqual(refs[0], ['component:default/leaf', ['location:default/mid']]);
  assert.deepEqual(refs[1], ['location:default/mid', ['location:default/round', 'location:default/top']]);
  assert.equal(refs[2][0], 'location:default/top', 'of several parents the last one first');
  assert.match(refs[2][1][0], /^location:default\/generated-[0-9a-f]{40}$/);
  assert.deepEqual(refs[3], [refs[2][1][0], []]);
  assert.deepEqual(refs[4], ['location:default/round', ['location:default/mid']], 'a circle ends');
  assert.equal(refs.length, 5);
  assert.deepEqual(answer.json.items[0].entity, await entity('component:default/leaf'));
});

it('an ancestry goes from one repository to the one that led to it, in any case of its name', async () => {
  const answer = await ancestry('Component:Default/Part');
  assert.deepEqual(shape(answer).map(([ref]) => ref).slice(0, 3), ['component:default/part', 'location:default/parts', 'location:default/top']);
  assert.deepEqual(shape(await ancestry('component:default/both'))[0][1], ['location:default/mid', 'location:default/round']);
});

it('an ancestry of nobody is 404', async () => {
  assertError(await ancestry('component:default/nobody'), 404, 'NotFoundError', 'No such entity component:default/nobody');
  assertError(await server.get(`${api}/entities/by-name/component/default/leaf/ancestry?x=1`), 400, 'InputError', "Unknown query parameter 'x'");
});

it('a refresh of an entity reads its repository and those of the Locations above it', async () => {
  put('acme/shop', { 'parts.yaml': component('part', { description: 'second' }) });
  server.write('all.yaml', documents(location('top', ['./mid.yaml', page('acme/shop', 'catalog-info.yaml')]), component('beside', { description: 'second' })));
  const answer = await server.post(`${api}/refresh`, { entityRef: 'Component:default/part' });
  assert.deepEqual([answer.status, answer.text], [200, '']);
  await server.until('the repository was read', async () => (await entity('component:default/part')).metadata.description === 'second');
  await server.until('the file above it was read', async () => (await entity('component:default/beside')).metadata.description === 'second');
});

it('a refresh of nobody, of half a ref, or with more than that is refused', async () => {
  for (const ref of ['component:default/nobody', 'leaf', 'component:leaf', ''])
    assertError(await server.post(`${api}/refresh`, { entityRef: ref }), 404, 'NotFoundError', `Entity ${ref} not found`, { method: 'POST', url: '/refresh' });
  for (const [body, message] of [
    [{}, "request/body must have required property 'entityRef'"],
    [{ entityRef: 1 }, 'request/body/entityRef must be string'],
    [{ entityRef: 'component:default/leaf', more: 1 }, 'request/body must NOT have additional properties'],
  ]) assertError(await server.post(`${api}/refresh`, body), 400, 'InputError', message, { method: 'POST' });
});

it('a deleted entity goes in the generation that the answer names, and comes back as itself when its file is read', async () => {
  const { uid } = (await entity('component:default/leaf')).metadata;
  const answer = await remove(uid);
  assert.deepEqual([answer.status, answer.text], [204, '']);
  assert.ok(generation(answer) > 0);
  const then = await server.get(`${api}/entities/by-name/component/default/leaf?at=${generation(answer)}`);
  assert.equal(then.status, 404, 'it went');
  const back = await server.until('it is back', async () => {
    const now = await entity('component:default/leaf');
    return now && JSON.parse((await server.get('/readyz')).text).generation > generation(answer) && now;
  });
  assert.equal(back.metadata.uid, uid);
  const history = (await server.get('/api/history/component/default/leaf')).json;
  assert.match(JSON.stringify(history), /was deleted over the API/);
  assertSound();
});

it('the Location that stands for a configured file comes back as well', async () => {
  const root = (await server.get(`${api}/entities?filter=kind=location&fields=metadata.name,metadata.uid`)).json.find(e => e.metadata.name.startsWith('generated-'));
  const answer = await remove(root.metadata.uid);
  await server.until('it is back', async () => JSON.parse((await server.get('/readyz')).text).generation > generation(answer)
    && (await server.get(`${api}/entities/by-uid/${root.metadata.uid}`)).status === 200);
  assertSound();
});

it('an entity that its broken document left behind goes for good', async () => {
  server.write('leaf.yaml', component('leaf').replace('owner:', 'owned:'));
  const stale = await server.until('it is stale', async () => {
    const e = await entity('component:default/leaf');
    return e?.status && e;
  });
  const read = async () => (await server.get('/api/sources')).json.items.find(s => s.type === 'file').lastRead;
  const before = await read();
  const answer = await remove(stale.metadata.uid);
  assert.equal(answer.status, 204);
  await gone('component:default/leaf');
  await server.until('its file was read again', async () => (await read()) > before);
  assert.equal(await entity('component:default/leaf'), undefined);
  assertSound();
  server.write('leaf.yaml', component('leaf'));
  assert.equal((await there('component:default/leaf')).metadata.uid, stale.metadata.uid);
});

it('deletions that wait can be let through one by one', async () => {
  const many = Array.from({ length: 12 }, (_, i) => component(`many-${i}`));
  server.write('both.yaml', documents(component('both'), ...many));
  await there('component:default/many-11');
  server.write('both.yaml', component('both'));
  server.write('mid.yaml', location('mid', ['./leaf.yaml', './both.yaml']));
  await server.until('they wait', async () => (await server.get('/api/sources')).json.items.some(s => s.heldDeletions > 0));
  const held = (await server.get('/api/sources')).json.items.find(s => s.heldDeletions > 0).heldDeletions;
  const { uid } = (await entity('component:default/many-3')).metadata;
  assert.equal((await remove(uid)).status, 204);
  await gone('component:default/many-3');
  assertSound();
  server.write('mid.yaml', location('mid', ['./leaf.yaml', './round.yaml', './both.yaml']));
  await server.until('the rest is worked out anew', async () => (await server.get('/api/sources')).json.items.every(s => s.heldDeletions < held));
  assertSound();
});

it('who else claims the name takes over when its holder is deleted', async () => {
  server.write('leaf.yaml', documents(component('leaf'), component('twin', { description: 'leaf.yaml' })));
  await there('component:default/twin');
  server.write('both.yaml', documents(component('both'), component('twin', { description: 'both.yaml' })));
  await server.until('the loser is known', async () => (await server.get('/api/problems?rule=name-conflict')).json.items.length === 1);
  const answer = await remove((await entity('component:default/twin')).metadata.uid);
  const then = await server.get(`${api}/entities/by-name/component/default/twin?at=${generation(answer)}`);
  assert.equal(then.json.metadata.description, 'both.yaml');
  assertSound();
});

it('a uid of nobody is 204, a text that is no uid is 400', async () => {
  const answer = await remove('00000000-0000-0000-0000-000000000000');
  assert.deepEqual([answer.status, answer.text, answer.headers['callboard-generation']], [204, '', undefined]);
  for (const wrong of ['nope', '1', "'; DROP TABLE claim", 'é'.repeat(50)])
    assertError(await remove(encodeURIComponent(wrong)), 400, 'InputError', /is no uid/, { method: 'DELETE' });
});

// ---- conditions

const meta = `${api}/.well-known/backstage/permissions/metadata`;
const apply = `${api}/.well-known/backstage/permissions/apply-conditions`;
const rule = (name, params) => ({ rule: name, resourceType: 'catalog-entity', params });
const ask = (conditions, resourceRef = 'component:default/beside') =>
  server.post(apply, { items: [{ id: 'a', resourceRef, resourceType: 'catalog-entity', conditions }] });

it('the rules of conditions are listed with their parameters', async () => {
  const answer = await server.get(meta);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json.rules.map(r => r.name), ['HAS_ANNOTATION', 'HAS_LABEL', 'HAS_METADATA', 'HAS_SPEC', 'IS_ENTITY_KIND', 'IS_ENTITY_OWNER']);
  for (const r of answer.json.rules) assert.ok(r.description && r.resourceType === 'catalog-entity' && r.paramsSchema.required.length === 1);
  assert.ok(answer.json.permissions.some(p => p.name === 'catalog.entity.read' && p.type === 'resource'));
});

it('each rule holds for whom it should', async () => {
  for (const [conditions, wanted] of [
    [rule('IS_ENTITY_KIND', { kinds: ['api', 'COMPONENT'] }), 'ALLOW'],
    [rule('IS_ENTITY_KIND', { kinds: ['api'] }), 'DENY'],
    [rule('IS_ENTITY_OWNER', { claims: ['user:default/x', 'group:default/team-a'] }), 'ALLOW'],
    [rule('IS_ENTITY_OWNER', { claims: [] }), 'DENY'],
    [rule('HAS_ANNOTATION', { annotation: 'backstage.io/managed-by-location' }), 'ALLOW'],
    [rule('HAS_ANNOTATION', { annotation: 'backstage.io/managed-by-location', value: 'x' }), 'DENY'],
    [rule('HAS_LABEL', { label: 'x' }), 'DENY'],
    [rule('HAS_METADATA', { key: 'annotations.nothing' }), 'DENY'],
    [rule('HAS_METADATA', { key: 'name', value: 'beside' }), 'ALLOW'],
    [rule('HAS_SPEC', { key: 'type', value: 'service' }), 'ALLOW'],
    [{ not: rule('HAS_SPEC', { key: 'type' }) }, 'DENY'],
    [{ allOf: [rule('HAS_SPEC', { key: 'type' }), rule('HAS_LABEL', { label: 'x' })] }, 'DENY'],
    [{ anyOf: [rule('HAS_LABEL', { label: 'x' }), { allOf: [rule('HAS_SPEC', { key: 'owner' })] }] }, 'ALLOW'],
  ]) {
    const answer = await ask(conditions);
    assert.deepEqual(answer.json, { items: [{ id: 'a', result: wanted }] }, JSON.stringify(conditions));
  }
  assert.equal((await ask(rule('HAS_SPEC', { key: 'type' }), 'component:default/nobody')).json.items[0].result, 'DENY');
  const several = await ask(rule('HAS_SPEC', { key: 'owner' }), ['component:default/beside', 'location:default/top']);
  assert.deepEqual(several.json.items[0].result, ['ALLOW', 'DENY']);
  assert.deepEqual((await server.post(apply, { items: [] })).json, { items: [] });
});

it('conditions of a wrong shape are refused', async () => {
  for (const [conditions, message] of [
    [rule('NO_SUCH', {}), 'Unexpected permission rule: NO_SUCH'],
    [rule('HAS_LABEL', {}), /Parameters to rule are invalid/],
    [rule('HAS_LABEL', { label: 1 }), /Parameters to rule are invalid/],
    [{ ...rule('HAS_LABEL', { label: 'x' }), resourceType: 'other' }, /resourceType/],
    [{ allOf: [] }, /a condition is one of/],
    [{ allOf: [], not: {} }, /a condition is one of/],
    ['x', /a condition is one of/],
    [undefined, /a condition is one of/],
  ]) assertError(await ask(conditions), 400, 'InputError', message, { method: 'POST' });
  for (const body of [{}, { items: 1 }, { items: [1] }, { items: [{ id: 'a' }] }, { items: [{ id: 'a', resourceType: 'other', resourceRef: 'x', conditions: {} }] },
    { items: [{ id: 'a', resourceType: 'catalog-entity', resourceRef: [], conditions: {} }] }])
    assert.equal((await server.post(apply, body)).status, 400, JSON.stringify(body));
  const edge = n => ask(rule('HAS_SPEC', { key: 'type' }), Array.from({ length: n }, () => 'component:default/beside'));
  assert.equal((await edge(1000)).json.items[0].result.length, 1000);
  assert.equal((await edge(1001)).status, 413);
});
