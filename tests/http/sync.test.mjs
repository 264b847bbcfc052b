// From a commit to an answer: what a pass keeps, holds back, hands over and never loses. Real repositories, a real server.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { missing, sleep, startServer, Server, until } from '../support/server.mjs';
import { Repo, component, documents, location } from '../support/repo.mjs';

const opts = { skip: missing, timeout: 180_000 };
const gitRow = (repo, more = '') => `git: ${repo.dir}${more}`;

const entity = async (server, name, kind = 'component') => {
  const answer = await server.get(`/api/catalog/entities/by-name/${kind}/default/${name}`);
  return answer.status === 200 ? answer.json : undefined;
};
const names = async (server, kind = 'component') =>
  (await server.get(`/api/catalog/entities?filter=kind=${kind}`)).json.map(e => e.metadata.name).sort();
const problems = async server => (await server.get('/api/problems?limit=200')).json.items;
const sources = async server => (await server.get('/api/sources')).json.items;
const seen = (server, what, ask) => server.until(what, ask, 30_000);

async function scenario(t, { repos = [new Repo()], rows, ...more } = {}, body) {
  const server = await startServer({ sources: rows ?? repos.map(r => gitRow(r)), ...more });
  try {
    await body(server, ...repos);
  } finally {
    await server.stop();
    for (const repo of repos) repo.remove();
  }
}

test('a commit is visible without anybody asking for it', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': component('one', { description: 'before' }) })] }, async (server, repo) => {
    const { uid, etag } = (await entity(server, 'one')).metadata;
    repo.commit({ 'catalog-info.yaml': component('one', { description: 'after' }) });
    await seen(server, 'the new text', async () => (await entity(server, 'one')).metadata.description === 'after');
    const now = (await entity(server, 'one')).metadata;
    assert.equal(now.uid, uid, 'it is still the same entity');
    assert.notEqual(now.etag, etag, 'its etag tells of the change');
    const [source] = await sources(server);
    assert.equal(source.lastCommit.author, 'Jane Doe <jane@example.com>');
    assert.equal(source.lastCommit.subject, 'change');
  }));

test('a broken document leaves its entity at the last good version, says so, and hurts no sibling', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': documents(component('one'), component('two')) })] }, async (server, repo) => {
    repo.commit({ 'catalog-info.yaml': documents(component('one').replace('  owner: team-a\n', ''), component('two', { description: 'new' })) });
    await seen(server, 'the sibling', async () => (await entity(server, 'two')).metadata.description === 'new');
    const one = await entity(server, 'one');
    assert.equal(one.spec.owner, 'team-a', 'the last good version');
    assert.equal(one.status.items[0].type, 'backstage.io/catalog-processing');
    assert.equal(one.status.items[0].level, 'error');
    assert.match(one.status.items[0].message, /owner/);
    const problem = (await problems(server)).find(p => p.entityRef === 'component:default/one');
    assert.equal(problem.path, 'catalog-info.yaml');
    assert.ok(problem.line >= 1 && problem.remedy, JSON.stringify(problem));
    repo.commit({ 'catalog-info.yaml': documents(component('one'), component('two')) });
    await seen(server, 'no status', async () => !(await entity(server, 'one')).status);
    assert.equal((await problems(server)).filter(p => p.rule !== 'dangling-reference').length, 0);
  }));

test('a file that is no YAML any more takes nothing away', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': documents(component('one'), component('two')), 'x/catalog-info.yaml': component('three') })] }, async (server, repo) => {
    repo.commit({ 'catalog-info.yaml': 'kind: [unclosed\n', 'x/catalog-info.yaml': component('three', { description: 'new' }) });
    await seen(server, 'the other file', async () => (await entity(server, 'three')).metadata.description === 'new');
    assert.deepEqual(await names(server), ['one', 'three', 'two']);
    assert.match((await entity(server, 'two')).status.items[0].message, /Error: /);
    const problem = (await problems(server)).find(p => p.rule === 'yaml-syntax');
    assert.equal(problem.path, 'catalog-info.yaml');
  }));

test('an entity that is taken out of its file is gone, and its file may go too', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': documents(component('one'), component('two')), 'b/catalog-info.yaml': component('three') })] }, async (server, repo) => {
    repo.commit({ 'catalog-info.yaml': component('two') });
    await seen(server, 'one to go', async () => !(await entity(server, 'one')));
    repo.commit({ 'b/catalog-info.yaml': null });
    await seen(server, 'three to go', async () => !(await entity(server, 'three')));
    assert.deepEqual(await names(server), ['two']);
  }));

test('a repository that cannot be reached deletes nothing, and is read again when it is back', opts, t =>
  scenario(t, { rows: undefined, repos: [new Repo({ 'catalog-info.yaml': component('one') })] }, async (server, repo) => {
    fs.renameSync(repo.dir, `${repo.dir}.away`);
    await server.post('/api/sources/1/sync', {});
    await seen(server, 'the failure', async () => (await sources(server))[0].error);
    assert.deepEqual(await names(server), ['one']);
    assert.equal((await sources(server))[0].state, 'failing');
    assert.ok((await problems(server)).some(p => p.rule === 'source-failing'));
    fs.renameSync(`${repo.dir}.away`, repo.dir);
    await server.post('/api/sources/1/sync', {});
    await seen(server, 'the recovery', async () => (await sources(server))[0].state === 'ok');
    assert.ok(!(await problems(server)).some(p => p.rule === 'source-failing'));
  }));

test('a branch that is gone deletes nothing', opts, t => {
  const repo = new Repo({ 'catalog-info.yaml': component('one') });
  repo.git('branch', 'feature');
  return scenario(t, { repos: [repo], rows: [gitRow(repo, '\nbranch: feature')] }, async server => {
    assert.deepEqual(await names(server), ['one']);
    repo.git('branch', '-D', 'feature');
    await server.post('/api/sources/1/sync', {});
    await seen(server, 'the failure', async () => /feature/.test((await sources(server))[0].error ?? ''));
    assert.deepEqual(await names(server), ['one']);
  });
});

const many = n => Object.fromEntries(Array.from({ length: n }, (_, i) => [`c${i}/catalog-info.yaml`, component(`c${i}`)]));
const without = n => Object.fromEntries(Array.from({ length: n }, (_, i) => [`c${i}/catalog-info.yaml`, null]));

test('a commit that would delete more than half is held until somebody confirms, also over a restart', opts, t =>
  scenario(t, { repos: [new Repo(many(20))] }, async (server, repo) => {
    repo.commit({ ...without(15), 'new/catalog-info.yaml': component('new') });
    await seen(server, 'what is new', () => entity(server, 'new'));
    assert.equal((await names(server)).length, 21, 'additions apply, deletions wait');
    assert.equal((await sources(server))[0].heldDeletions, 15);
    assert.ok((await problems(server)).some(p => p.rule === 'deletion-held'));
    await server.end('SIGKILL');
    server.how = undefined;
    await server.start();
    assert.equal((await names(server)).length, 21);
    repo.commit({ 'c0/catalog-info.yaml': component('c0') }, 'one is back');
    await seen(server, 'fourteen to be held', async () => (await sources(server))[0].heldDeletions === 14);
    assert.equal((await server.post('/api/sources/1/confirm', {})).status, 202);
    await seen(server, 'the deletions', async () => (await names(server)).length === 7);
    assert.equal((await sources(server))[0].heldDeletions, 0);
    assert.ok(!(await problems(server)).some(p => p.rule === 'deletion-held'));
  }));

test('ten deletions are never held', opts, t =>
  scenario(t, { repos: [new Repo(many(11))] }, async (server, repo) => {
    repo.commit(without(10));
    await seen(server, 'the deletions', async () => (await names(server)).length === 1);
  }));

test('of two claims the first source keeps the name; the other takes over when it goes', opts, t => {
  const first = new Repo({ 'catalog-info.yaml': component('one', { owner: 'first' }) });
  const second = new Repo({ 'catalog-info.yaml': component('one', { owner: 'second' }) });
  return scenario(t, { repos: [first, second] }, async server => {
    await seen(server, 'both are read', async () => (await sources(server)).every(s => s.lastRead));
    const before = await entity(server, 'one');
    assert.match(before.spec.owner, /first|second/);
    const [winner, loser] = before.spec.owner === 'first' ? [first, second] : [second, first];
    const conflict = (await problems(server)).find(p => p.rule === 'name-conflict');
    assert.equal(conflict.repository, loser.dir);
    assert.ok(conflict.message.includes(winner.dir), 'it says who won');
    winner.commit({ 'catalog-info.yaml': component('other') });
    await seen(server, 'the handover', async () => (await entity(server, 'one'))?.spec.owner === (loser === first ? 'first' : 'second'));
    assert.equal((await entity(server, 'one')).metadata.uid, before.metadata.uid);
    assert.ok(!(await problems(server)).some(p => p.rule === 'name-conflict'));
  });
});

test('an entity may move to another file and another repository and stay itself', opts, t => {
  const from = new Repo({ 'catalog-info.yaml': documents(component('one'), component('stays')) });
  const to = new Repo({ 'catalog-info.yaml': component('there') });
  return scenario(t, { repos: [from, to] }, async server => {
    const uid = (await entity(server, 'one')).metadata.uid;
    from.commit({ 'catalog-info.yaml': component('stays'), 'moved/catalog-info.yaml': component('one') });
    await seen(server, 'the new place', async () =>
      (await entity(server, 'one'))?.metadata.annotations['backstage.io/managed-by-location'].includes('moved/'));
    assert.equal((await entity(server, 'one')).metadata.uid, uid);
    to.commit({ 'catalog-info.yaml': documents(component('there'), component('one')) });
    from.commit({ 'moved/catalog-info.yaml': null });
    await seen(server, 'the new repository', async () =>
      (await entity(server, 'one'))?.metadata.annotations['backstage.io/managed-by-location'].includes(to.dir));
    assert.equal((await entity(server, 'one')).metadata.uid, uid);
  });
});

test('a new database gives the same entities, uids and relations', opts, async () => {
  const repo = new Repo({ 'catalog-info.yaml': documents(component('one', { extra: '  dependsOn: [component:two]\n' }), component('two')) });
  const read = async () => {
    const server = await startServer({ sources: [gitRow(repo)] });
    try {
      const all = (await server.get('/api/catalog/entities')).json;
      return { all: all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)), epoch: (await server.get('/api/catalog/entities?limit=1')).headers.etag };
    } finally {
      await server.stop();
    }
  };
  try {
    const first = await read();
    const second = await read();
    assert.deepEqual(second.all, first.all);
    assert.ok(first.all.length === 2 && first.all[0].relations.length >= 2);
    assert.notEqual(second.epoch, first.epoch, 'an ETag from before is not taken for one of now');
  } finally {
    repo.remove();
  }
});

test('kill -9 in the middle of the first read leaves nothing half-written, and the next start reads it all once', opts, async () => {
  const n = 3000;
  const repo = new Repo(Object.fromEntries(Array.from({ length: 60 }, (_, f) =>
    [`d${f}/catalog-info.yaml`, documents(...Array.from({ length: n / 60 }, (_, i) => component(`c-${f}-${i}`)))])));
  const server = new Server({ sources: [gitRow(repo)] });
  try {
    for (const wait of [0, 150, 400, 900]) {
      await server.start({ ready: false });
      await server.until('ready', async () => (await server.get('/readyz')).status === 200, 90_000);
      await sleep(wait);
      await server.end('SIGKILL');
      server.how = undefined;
    }
    await server.start();
    await seen(server, 'all of them', async () => (await server.get('/api/catalog/entities/by-query?limit=0')).json.totalItems === n);
    const [source] = await sources(server);
    assert.equal(source.entityCount, n);
    assert.equal(source.fileCount, 60);
    assert.equal(source.generation, 1, 'one pass made them all');
  } finally {
    await server.stop();
    repo.remove();
  }
});

test('a source that is taken out of the configuration lets go of its entities at the reload', opts, t => {
  const stays = new Repo({ 'catalog-info.yaml': component('stays') });
  const goes = new Repo(many(14));
  return scenario(t, { repos: [stays, goes] }, async server => {
    assert.equal((await names(server)).length, 15);
    fs.writeFileSync(server.config, fs.readFileSync(server.config, 'utf8').replace(`  - ${gitRow(goes)}\n`, ''));
    server.process.kill('SIGHUP');
    await seen(server, 'only one', async () => (await names(server)).join() === 'stays');
    fs.writeFileSync(server.config, `${fs.readFileSync(server.config, 'utf8')}\nnonsense: true\n`);
    server.process.kill('SIGHUP');
    await seen(server, 'the refusal', async () => /config.refused.*nonsense/.test(server.tail(50)));
    assert.deepEqual(await names(server), ['stays']);
  });
});

test('Location entities lead to files by path and glob, in circles, and say which target is missing', opts, t =>
  scenario(t, {
    repos: [new Repo({
      'catalog-info.yaml': location('root', ['./a/one.yaml', './b/*.yaml', './nowhere.yaml']),
      'a/one.yaml': documents(component('one'), location('back', ['../catalog-info.yaml', './one.yaml'])),
      'b/two.yaml': component('two'),
      'c/three.yaml': component('three'),
    })],
  }, async (server, repo) => {
    assert.deepEqual(await names(server), ['one', 'two'], 'what is named, and no more');
    const dangling = (await problems(server)).find(p => p.rule === 'dangling-reference' && p.entityRef === 'component:default/one');
    assert.deepEqual([dangling.path, dangling.line], ['a/one.yaml', 1], 'a reference to nothing has its place too');
    assert.match((await entity(server, 'root', 'location')).status.items[0].message, /nowhere\.yaml/);
    assert.equal((await entity(server, 'one')).metadata.annotations['backstage.io/managed-by-origin-location'],
      `url:${repo.dir}#main:catalog-info.yaml`);
    repo.commit({ 'b/three.yaml': component('four'), 'nowhere.yaml': component('found') });
    await seen(server, 'what came under the glob', async () => (await names(server)).join() === 'found,four,one,two');
    assert.equal((await entity(server, 'root', 'location')).status, undefined);
    repo.commit({ 'b/two.yaml': null });
    await seen(server, 'what went', async () => (await names(server)).join() === 'found,four,one');
  }));

test('an included file is read again when it changes, and none outside the repository is', opts, t => {
  const api = text => `apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: api
spec:
  type: openapi
  lifecycle: production
  owner: team-a
  definition:
    $text: ${text}
`;
  const repo = new Repo({ 'catalog-info.yaml': api('./api.txt'), 'api.txt': 'first' });
  return scenario(t, { repos: [repo] }, async server => {
    assert.equal((await entity(server, 'api', 'api')).spec.definition, 'first');
    repo.commit({ 'api.txt': 'second' });
    await seen(server, 'the new text', async () => (await entity(server, 'api', 'api')).spec.definition === 'second');
    for (const text of ['../../../../../../etc/passwd', '/etc/passwd', 'file:///etc/passwd', './link']) {
      fs.rmSync(path.join(repo.dir, 'link'), { force: true });
      fs.symlinkSync('/etc/passwd', path.join(repo.dir, 'link'));
      repo.commit({ 'catalog-info.yaml': api(text) });
      await seen(server, `a problem for ${text}`, async () =>
        (await problems(server)).some(p => p.severity === 'error' && JSON.stringify(p).includes(text.replace(/^.*\//, ''))));
      const { definition } = (await entity(server, 'api', 'api')).spec;
      assert.equal(definition, 'second', text);
    }
  });
});

test('a kind that is not allowed is refused alone', opts, t =>
  scenario(t, {
    repos: [new Repo({ 'catalog-info.yaml': documents(component('one'), 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: g}\nspec: {type: team, children: []}\n') })],
    config: 'rules: {allow: [Component]}',
  }, async server => {
    assert.deepEqual(await names(server), ['one']);
    assert.equal(await entity(server, 'g', 'group'), undefined);
    assert.ok((await problems(server)).some(p => p.entityRef === 'group:default/g' && p.severity === 'error'));
  }));

test('two callboards on one database serve the same, and each commit is read once', { ...opts, skip: missing || (process.env.CALLBOARD_TEST_DATABASE ? false : 'needs CALLBOARD_TEST_DATABASE') }, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': component('one') })] }, async (server, repo) => {
    const other = await startServer({ sources: [gitRow(repo)], database: server.database.url });
    try {
      for (let i = 0; i < 5; i++) {
        repo.commit({ 'catalog-info.yaml': component('one', { description: `change ${i}` }) });
        for (const s of [server, other])
          await seen(s, `change ${i}`, async () => (await entity(s, 'one')).metadata.description === `change ${i}`);
      }
      assert.deepEqual(await entity(other, 'one'), await entity(server, 'one'));
      assert.equal((await sources(server))[0].generation, 6, 'no commit took two generations');
    } finally {
      await other.stop();
    }
  }));

test('a forced push is followed', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': component('one') })] }, async (server, repo) => {
    repo.commit({ 'catalog-info.yaml': documents(component('one'), component('two')) });
    await seen(server, 'two', () => entity(server, 'two'));
    repo.git('reset', '-q', '--hard', 'HEAD~1');
    await seen(server, 'two to go', async () => !(await entity(server, 'two')));
  }));

test('descriptors on this machine are followed as they are edited', opts, async () => {
  const server = await startServer({ catalog: { 'all.yaml': location('root', ['./teams/*.yaml']), 'teams/a.yaml': component('one') } });
  try {
    assert.deepEqual(await names(server), ['one']);
    assert.ok((await names(server, 'location')).some(n => /^generated-[0-9a-f]{40}$/.test(n)), 'the configured location is an entity, as in Backstage');
    server.write('teams/b.yaml', component('two'));
    await seen(server, 'the new file', () => entity(server, 'two'));
    fs.rmSync(path.join(server.catalogDir, 'teams/a.yaml'));
    await seen(server, 'one to go', async () => !(await entity(server, 'one')));
    fs.mkdirSync(path.join(server.catalogDir, 'teams/c.yaml'), { recursive: true });
    fs.symlinkSync('/etc/passwd', path.join(server.catalogDir, 'teams/d.yaml'));
    server.write('all.yaml', location('root', ['./teams/*.yaml', './teams/c.yaml', './teams/d.yaml']));
    await seen(server, 'what is no regular file to be a problem', async () =>
      (await problems(server)).filter(p => p.rule === 'location-target').length === 2);
    assert.deepEqual(await names(server), ['two']);
    fs.renameSync(path.join(server.catalogDir, 'all.yaml'), path.join(server.catalogDir, 'away.yaml'));
    await server.post('/api/sources/1/sync', {});
    await seen(server, 'the failure', async () => (await sources(server))[0].error);
    assert.deepEqual(await names(server), ['two'], 'a missing root deletes nothing');
  } finally {
    await server.stop();
  }
});

test('a source whose patterns match nothing says so', opts, t =>
  scenario(t, { repos: [new Repo({ 'info.yaml': component('one') })] }, async (server, repo) => {
    const [problem] = await problems(server);
    assert.equal(problem.rule, 'source-empty');
    assert.match(problem.message, /catalog-info\.yaml/);
    repo.commit({ 'catalog-info.yaml': component('one') });
    await seen(server, 'the problem to go', async () => (await entity(server, 'one')) && (await problems(server)).every(p => p.rule !== 'source-empty'));
  }));

test('how reading a source went lately is told: tries, failures, how long it took, what passes changed', opts, t =>
  scenario(t, { repos: [new Repo({ 'catalog-info.yaml': documents(component('one'), component('two')) })] }, async (server, repo) => {
    const first = await seen(server, 'the first pass', async () => (await sources(server)).find(s => s.lastChange));
    assert.deepEqual([first.lastChange.added, first.lastChange.changed, first.lastChange.removed], [2, 0, 0]);
    assert.equal(first.recentFailures, 0);
    assert.ok(first.recentTries >= 1 && first.tookMs >= 0, JSON.stringify(first));
    repo.commit({ 'catalog-info.yaml': component('one', { description: 'other' }) });
    const second = await seen(server, 'the second pass', async () => (await sources(server)).find(s => s.lastChange?.generation > first.lastChange.generation));
    assert.deepEqual([second.lastChange.added, second.lastChange.changed, second.lastChange.removed], [0, 1, 1]);
    assert.deepEqual(second.recentChanges, { passes: 2, added: 2, changed: 1, removed: 1 });
    fs.renameSync(repo.dir, `${repo.dir}.away`);
    for (let i = 0; i < 22; i++) {
      const { lastTry } = (await sources(server))[0];
      await server.post(`/api/sources/${first.id}/sync`, {});
      await seen(server, 'another try', async () => (await sources(server))[0].lastTry !== lastTry);
    }
    const failing = (await sources(server))[0];
    fs.renameSync(`${repo.dir}.away`, repo.dir);
    assert.deepEqual([failing.recentTries, failing.recentFailures], [20, 20], 'no more than twenty are remembered');
    const { queued, reading } = (await server.get('/api/sources')).json;
    assert.ok(Number.isInteger(queued) && Number.isInteger(reading));
  }));
