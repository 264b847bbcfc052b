// /api/explain: why is it so, and why is it not here.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents, location, Repo } from '../support/repo.mjs';
import { binary, missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
let server, one, two, removedBy;
const why = async name => (await server.get(`/api/explain/component/default/${name}`)).json;
const whyUrl = async url => (await server.get(`/api/explain?url=${encodeURIComponent(url)}`)).json;
const types = answer => answer.findings.map(f => f.type);
const finding = (answer, type) => answer.findings.find(f => f.type === type) ?? assert.fail(`${type} is none of ${JSON.stringify(answer.findings)}`);

before(async () => {
  if (missing) return;
  one = new Repo({
    'catalog-info.yaml': documents(component('checkout', { extra: '  dependsOn: [component:nobody]\n' }), component('uses', { extra: '  dependsOn: [component:checkout]\n' })),
    'gone/catalog-info.yaml': component('gone'),
    'broken/catalog-info.yaml': component('broken').replace(/.*owner.*\n/, ''),
    'turns/catalog-info.yaml': component('turns'),
    'other.yaml': component('elsewhere'),
    'loc/catalog-info.yaml': location('loc', ['./led.yaml']),
    'loc/led.yaml': component('led'),
  }, 'one');
  two = new Repo({ 'README.md': 'nothing yet' }, 'two');
  server = await startServer({ sources: [`{git: ${one.dir}, interval: 1h}`, `{git: ${two.dir}, interval: 1h}`, '{git: /nonexistent/repository, interval: 1h}'] });
  two.commit({ 'catalog-info.yaml': component('checkout') });
  await server.until('the other claim is known', async () => (await why('checkout')).claims.length === 2);
  const { generation } = (await server.get('/readyz')).json;
  removedBy = one.commit({ 'gone/catalog-info.yaml': null, 'turns/catalog-info.yaml': 'kind: [' }, 'take it away');
  await server.until('it is gone', async () => (await server.get('/readyz')).json.generation > generation);
  await server.until('the reading is over', async () => (await server.get('/api/sources')).json.items.every(s => s.state !== 'reading')); // it lasts a moment longer
});
after(async () => {
  await server?.stop();
  one?.remove();
  two?.remove();
});

it('an entity that is here: its file, generation, commit, claims, source, fields and relations', async () => {
  const answer = await why('Checkout');
  assert.equal(answer.ref, 'component:default/checkout');
  assert.equal(answer.exists, true);
  assert.equal(answer.findings[0].type, 'served');
  assert.match(answer.sentence, /^component:default\/checkout is served as catalog-info\.yaml:1 of git:.*one.* says it since generation \d+, commit [0-9a-f]{10} \("begin" by Jane Doe/);
  assert.deepEqual(answer.claims.map(c => [c.holds, c.path]), [[true, 'catalog-info.yaml'], [false, 'catalog-info.yaml']]);
  assert.match(finding(answer, 'lost-claim').sentence, /two.* claims the name, too: .*one.* had it first/);
  assert.equal(answer.history.since.subject, 'begin');
  assert.equal(answer.source.state, 'ok');
  assert.ok(answer.source.lastRead);
  const from = Object.fromEntries(answer.fields.map(f => [f.field, f.from]));
  assert.equal(from['spec.owner'], 'file');
  assert.equal(from['metadata.uid'], 'derived');
  assert.equal(from['metadata.namespace'], 'default');
  assert.equal(from['metadata.annotations.backstage.io/managed-by-location'], 'derived');
  const relation = (type, targetRef) => answer.relations.find(r => r.type === type && r.targetRef === targetRef);
  assert.deepEqual([relation('ownedBy', 'group:default/team-a').saidBy, relation('ownedBy', 'group:default/team-a').line], ['component:default/checkout', 1]);
  assert.equal(relation('dependencyOf', 'component:default/uses').saidBy, 'component:default/uses');
  assert.ok(relation('dependencyOf', 'component:default/uses').line > 1);
  assert.equal(relation('dependsOn', 'component:default/nobody').missing, true);
});

it('one whose document is broken now says that this is the last good version, and what is wrong', async () => {
  const answer = await why('turns');
  assert.equal(answer.exists, true);
  assert.match(finding(answer, 'stale').sentence, /turns\/catalog-info\.yaml.* is broken now/);
});

it('one that was refused says file, line and remedy', async () => {
  const answer = await why('broken');
  assert.equal(answer.exists, false);
  const refused = finding(answer, 'refused');
  assert.equal(refused.path, 'broken/catalog-info.yaml');
  assert.ok(refused.line > 0 && refused.remedy);
  assert.ok(refused.sentence.endsWith(`: ${refused.message}. ${refused.remedy}`), refused.sentence);
  assert.match(answer.sentence, /^broken\/catalog-info\.yaml:\d+ of git:/);
});

it('one that was removed says when and by which commit', async () => {
  const answer = await why('gone');
  const removed = finding(answer, 'removed');
  assert.ok(removed.generation > 0);
  assert.match(removed.sentence, new RegExp(`commit ${removedBy.slice(0, 10)} \\("take it away" by Jane Doe`));
  assert.equal(answer.history.removed.commit, removedBy);
});

it('one that never was says so, with the sources that fail and the names that look like it', async () => {
  const answer = await why('chekout');
  assert.equal(answer.findings[0].type, 'never-seen');
  const failing = (await server.get('/api/sources')).json.items.find(s => s.url === '/nonexistent/repository');
  assert.equal(finding(answer, 'source-failing').sourceId, failing.id);
  assert.deepEqual(finding(answer, 'did-you-mean').refs[0], 'component:default/checkout');
  assert.match(finding(answer, 'source-failing').sentence, /nonexistent/);
  assert.ok(finding(await (async () => (await server.get('/api/explain/api/default/led')).json)(), 'did-you-mean').refs.includes('component:default/led'));
});

it('a file: which source covers it, what it gave, what is wrong with it', async () => {
  const at = (repo, file) => path.join(repo.dir, file);
  const given = await whyUrl(at(one, 'catalog-info.yaml'));
  assert.deepEqual(given.entities.map(e => e.ref), ['component:default/checkout', 'component:default/uses']);
  assert.equal(given.globMatches, true);
  const led = await whyUrl(at(one, 'loc/led.yaml'));
  assert.deepEqual([led.globMatches, led.read, types(led)], [false, true, ['gives']]);
  assert.deepEqual(types(await whyUrl(at(two, 'catalog-info.yaml'))), ['lost-claim']);
  assert.match(finding(await whyUrl(at(one, 'broken/catalog-info.yaml')), 'problem').sentence, /owner/);
  assert.match((await whyUrl(at(one, 'other.yaml'))).sentence, /matches none of the source's paths .*catalog-info\.yaml.*, and no Location that was read names it/);
  assert.equal((await whyUrl(at(one, 'nowhere/catalog-info.yaml'))).findings[0].type, 'not-there');
  assert.equal((await whyUrl('/somewhere/else/catalog-info.yaml')).findings[0].type, 'no-source');
  assert.equal((await whyUrl('https://github.com/acme/shop/blob/main/catalog-info.yaml')).findings[0].type, 'no-source');
});

it('what is no file is refused', async () => {
  assertError(await server.get('/api/explain'), 400, 'InputError', "request/query must have required property 'url'", { url: '/api/explain' });
  assert.ok([400, 404].includes((await server.get('/api/explain?url=nonsense')).status));
});

it('callboard explain says the same', () => {
  const run = (...args) => spawnSync(binary(), ['explain', '-c', server.config, ...args], { encoding: 'utf8' });
  const here = run('checkout');
  assert.equal(here.status, 0, here.stderr);
  assert.match(here.stdout, /^served +component:default\/checkout is served as /);
  assert.equal(run('gone').status, 1);
  assert.equal(JSON.parse(execFileSync(binary(), ['explain', '-c', server.config, '-o', 'json', path.join(one.dir, 'loc/led.yaml')]).toString()).entities[0].ref, 'component:default/led');
  assert.equal(run().status, 2);
});

it('a repository of a known forge is told by its page there, not by what is cloned, and a problem leads to its line', async () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-explain-'));
  fs.chmodSync(scratch, 0o755);
  new Repository(path.join(scratch, 'acme/shop.git')).commit({ 'catalog-info.yaml': documents(component('shop'), component('none').replace('owner:', 'owned:')) });
  const git = await startGitHttp({ root: scratch });
  const other = await startServer({ sources: [`{git: "${git.url}/acme/shop.git", branch: main}`], config: `integrations:\n  - {host: forge.test, type: gitea, clone: "${git.url}/"}` });
  try {
    const ask = async rest => (await other.get(`/api/explain${rest}`)).json;
    await other.until('it is read', async () => (await ask('/component/default/shop')).exists);
    const told = [await ask('/component/default/shop'), await ask('/component/default/none'), await ask(`?url=${encodeURIComponent('https://forge.test/acme/none/src/branch/main/x.yaml')}`),
                  await ask(`?url=${encodeURIComponent('https://forge.test/acme/shop/src/branch/old/catalog-info.yaml')}`)];
    for (const answer of told) for (const { sentence } of answer.findings) assert.ok(!sentence.includes(git.url), sentence);
    assert.match(told[0].sentence, /is served as catalog-info\.yaml:1 of https:\/\/forge\.test\/acme\/shop\/src\/branch\/main\/ says it/);
    assert.deepEqual(told.map(answer => answer.findings[0].type), ['served', 'refused', 'no-source', 'other-branch']);
    const problems = (await other.get('/api/problems')).json.items;
    assert.ok(problems.some(p => p.rule === 'dangling-reference') && problems.some(p => p.entityRef === 'component:default/none'), JSON.stringify(problems));
    for (const { viewUrl, line } of problems) assert.equal(viewUrl, `https://forge.test/acme/shop/src/branch/main/catalog-info.yaml#L${line}`);
  } finally {
    await other.stop();
    await git.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
});
