// The past: what was served at a moment is what is told of it, to the byte; what an entity went through; what each
// generation brought; and that it costs no more than it may.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing, sleep, startServer } from '../support/server.mjs';
import { Repo, component, documents } from '../support/repo.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const group = name => `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: team, children: []}\n`;
const byName = (name, kind = 'component') => `/api/catalog/entities/by-name/${kind}/default/${name}`;
const withAt = (path, at) => `${path}${path.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}`;

// What is asked at each generation; a pair is a POST.
const questions = [
  byName('one'), byName('two'), byName('three'), byName('team-a', 'group'),
  '/api/catalog/entities',
  '/api/catalog/entities?filter=kind=component&order=desc:metadata.name&limit=2',
  '/api/catalog/entities/by-query?limit=2&orderField=metadata.name,desc',
  '/api/catalog/entities/by-query?filter=spec.owner=team-b',
  '/api/catalog/entities/by-query?fullTextFilterTerm=new&fullTextFilterFields=metadata.description',
  '/api/catalog/entity-facets?facet=kind&facet=spec.owner&facet=metadata.tags&facet=relations.ownedBy',
  '/api/graph/component/default/one?depth=3',
  '/api/graph/group/default/team-a?direction=in',
  ['/api/catalog/entities/by-refs', { entityRefs: ['component:default/one', 'component:default/two', 'component:default/three'] }],
  ['/api/catalog/entities/by-query', { query: { kind: 'component' }, limit: 1 }],
  ['/api/catalog/entity-facets', { facets: ['spec.lifecycle'], query: { kind: 'component' } }],
];

const LIST = questions.indexOf('/api/catalog/entities');

let server, a, b;
const was = []; // what was recorded at each step: { g, answers, commit, time }; the first is the newest of the first reads

const ask = (question, at, from = server) => {
  const [path, body] = Array.isArray(question) ? question : [question];
  const target = at === undefined ? path : withAt(path, at);
  return body ? from.post(target, body) : from.get(target);
};
const generation = async () => Number((await server.get(byName('one'))).headers['callboard-generation'] ?? (await server.get('/api/catalog/entities?limit=1')).headers['callboard-generation']);

// The next step of the story; answers when it is served.
async function say(repo, files, message) {
  const from = was.at(-1).g;
  const commit = repo.commit(files, message);
  await server.until(`${message} is served`, async () => (await generation()) > from, 30_000);
  assert.equal(await generation(), from + 1, message);
  await record(commit);
}

async function record(commit) {
  const g = await generation();
  const answers = [];
  for (const q of questions) answers.push(await ask(q));
  assert.equal(await generation(), g, 'nothing else happens while it is recorded');
  was.push({ g, answers, commit, time: new Date().toISOString() });
  await sleep(20);
}

const tagged = (name, more) => component(name, { ...more }).replace('spec:\n', '  tags: [t1, t2]\nspec:\n');

before(async () => {
  if (missing) return;
  a = new Repo({ 'catalog-info.yaml': documents(tagged('one'), component('two'), group('team-a')) }, 'a');
  b = new Repo({ 'README.md': 'nothing yet' }, 'b');
  server = await startServer({
    sources: [`git: ${a.dir}\ninterval: 1s`, `git: ${b.dir}\ninterval: 1s`],
    config: 'history: {idle: 1h, memory: 32MiB}',
  });
  await record(a.git('rev-parse', 'HEAD'));
  await say(a, { 'catalog-info.yaml': documents(tagged('one', { description: 'new words', owner: 'team-b' }), component('two'), group('team-a')) }, 'change one');
  await say(a, { 'catalog-info.yaml': documents(tagged('one', { description: 'new words', owner: 'team-b' }), group('team-a')) }, 'remove two');
  await say(b, { 'catalog-info.yaml': component('two', { owner: 'team-b', extra: '  dependsOn: [component:default/one]\n' }) }, 'two comes back elsewhere');
  await say(b, { 'sub/catalog-info.yaml': component('three', { extra: '  dependsOn: [component:default/two]\n' }) }, 'add three');
  await say(b, { 'catalog-info.yaml': null, 'sub/catalog-info.yaml': documents(component('three'), component('two', { owner: 'team-b' })) }, 'two moves to another file');
  await say(a, { 'catalog-info.yaml': documents(group('team-a'), component('one', { owner: 'team-a' })) }, 'one once more');
});
after(async () => {
  await server?.stop();
  a?.remove();
  b?.remove();
});

async function assertAsItWas(from) {
  for (const { g, answers } of was)
    for (const [i, q] of questions.entries()) {
      const then = answers[i];
      const now = await ask(q, g, from);
      const what = `generation ${g}: ${JSON.stringify(q)}`;
      assert.equal(now.status, then.status, `${what}: ${now.text}`);
      if (now.status === 404) {
        assert.equal(now.json.error.message, then.json.error.message, what);
        continue;
      }
      assert.equal(now.text, then.text, what);
      assert.equal(now.headers['callboard-generation'], String(g), what);
      assert.equal(now.headers.etag, then.headers.etag, what);
    }
}

// ---- ?at=

it('each moment is told as it was served then, to the byte', () => assertAsItWas(server));

it('a moment is also a time, a commit, and the start of one', async () => {
  for (const { g, time, commit, answers } of was) {
    for (const at of [time, commit, commit.slice(0, 12).toUpperCase()]) {
      const answer = await ask('/api/catalog/entities', at);
      if (g > was[0].g || at === time) assert.equal(answer.headers['callboard-generation'], String(g), `${at}: ${answer.text}`);
      assert.equal(answer.text, answers[LIST].text, at);
    }
  }
  const newest = (await server.get('/api/catalog/entities')).headers;
  const epoch = newest.etag.slice(3, 11);
  assert.equal((await ask('/api/catalog/entities', `${epoch}:${was[1].g}`)).text, was[1].answers[LIST].text);
});

it('a page goes on at its moment', async () => {
  const first = (await ask('/api/catalog/entities/by-query?limit=1&orderField=metadata.name', was[0].g)).json;
  const names = [first.items[0].metadata.name];
  for (let cursor = first.pageInfo.nextCursor; cursor;) {
    const page = (await ask(`/api/catalog/entities/by-query?limit=1&cursor=${encodeURIComponent(cursor)}`, was[0].g)).json;
    names.push(...page.items.map(e => e.metadata.name));
    cursor = page.pageInfo.nextCursor;
  }
  assert.deepEqual(names, ['one', 'team-a', 'two']);
  const list = await ask('/api/catalog/entities?limit=1&order=asc:metadata.name', was[0].g);
  assert.match(list.headers.link, new RegExp(`[?&]at=${was[0].g}[&>]`));
});

it('whoever has a moment already is told so', async () => {
  const { headers } = await ask(byName('one'), was[1].g);
  const again = await server.get(withAt(byName('one'), was[1].g), { headers: { 'if-none-match': headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.etag, headers.etag);
  assert.equal(again.headers['callboard-generation'], String(was[1].g));
  assert.equal((await server.get(withAt(byName('one'), was[2].g), { headers: { 'if-none-match': headers.etag } })).status, 200);
});

it('what is no moment is said, with those that there are', async () => {
  const newest = was.at(-1).g;
  const range = new RegExp(`history goes from generation 1 \\(.*Z\\) to ${newest} \\(.*Z\\)`);
  const wrong = [
    ['0', 404, range], [String(newest + 1), 404, range], ['1999-01-01', 404, range], ['2999-01-01', 400, /is in the future/],
    ['deadbeefdeadbeef', 404, /no commit that begins with/], ['soon', 400, /is no moment/], ['abc', 400, /is no moment/],
    ['00000000:3', 409, /another database/],
  ];
  for (const [at, status, message] of wrong) {
    const answer = await ask(byName('one'), at);
    assert.equal(answer.status, status, `${at}: ${answer.text}`);
    assert.match(answer.json.error.message, message);
  }
  assert.match((await server.get(`${byName('one')}?at=`)).text, /Empty value/);
  assert.match((await server.get('/api/problems?at=1')).text, /Unknown query parameter 'at'/);
});

it('many who ask for one moment at once have it loaded once', async () => {
  await server.end();
  server.how = undefined;
  server.spawn();
  await server.until('ready', async () => (await server.get('/readyz')).status === 200);
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask('/api/catalog/entities', was[2].g)));
  for (const answer of answers) assert.equal(answer.text, was[2].answers[LIST].text);
  assert.equal(await server.metric('past_loads_total'), 1);
  assert.equal(await server.metric('past_snapshots'), 1);
});

it('many who ask for many moments at once are all answered, within the memory there is', async () => {
  const all = Array.from({ length: 60 }, (_, i) => was[i % (was.length - 1)]);
  const answers = await Promise.all(all.map(({ g }) => ask('/api/catalog/entities', g)));
  answers.forEach((answer, i) => assert.equal(answer.text, all[i].answers[LIST].text, `generation ${all[i].g}`));
  assert.ok((await server.metric('past_bytes')) <= (await server.metric('past_bytes_max')));
});

it('another callboard over the same database tells the same, and so does this one after a restart', async () => {
  const other = await startServer({ database: server.database.url, sources: [`git: ${a.dir}`, `git: ${b.dir}`] });
  try {
    await assertAsItWas(other);
  } finally {
    await other.stop();
  }
  await assertAsItWas(server);
});

it('a client that goes while its moment is loaded hurts nobody', async () => {
  await Promise.allSettled(Array.from({ length: 20 }, (_, i) => server.raw(`GET /api/catalog/entities?at=${1 + (i % 6)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, { quietMs: 1 })));
  await assertAsItWas(server);
});

// ---- what became of an entity

const history = (name, query = '', kind = 'component') => server.get(`/api/history/${kind}/default/${name}${query}`);

it('what became of an entity is told newest first, with commit and place', async () => {
  const { items, ref } = (await history('two')).json;
  assert.equal(ref, 'component:default/two');
  assert.deepEqual(items.map(i => i.change), ['changed', 'returned', 'removed', 'added']);
  assert.deepEqual(items.slice(0, 3).map(i => i.generation), [was[5].g, was[3].g, was[2].g]);
  assert.deepEqual(items.map(i => i.location.path), ['sub/catalog-info.yaml', 'catalog-info.yaml', 'catalog-info.yaml', 'catalog-info.yaml']);
  assert.ok(items[0].fields.includes('spec.dependsOn') && items[0].fields.includes('metadata.annotations'), JSON.stringify(items[0]));
  const [moved, came] = items;
  assert.equal(came.commit, was[3].commit);
  assert.equal(came.subject, 'two comes back elsewhere');
  assert.equal(came.author, 'Jane Doe <jane@example.com>');
  assert.match(came.source, /b#?/);
  assert.ok(moved.location.line >= 1 && Date.parse(moved.at) > 0);
});

it('its pages have neither gap nor double', async () => {
  const all = (await history('one')).json.items;
  const paged = [];
  for (let query = '?limit=1'; query;) {
    const { items, pageInfo } = (await history('one', query)).json;
    paged.push(...items);
    query = pageInfo.nextCursor && `?limit=1&cursor=${pageInfo.nextCursor}`;
  }
  assert.equal(all.length, 3);
  assert.deepEqual(paged, all);
});

it('what is gone is told too, and what never was is 404', async () => {
  const answer = await history('never');
  assert.equal(answer.status, 404);
  assert.match(answer.json.error.message, /component:default\/never was never in this catalog/);
  assert.equal((await history('two', `/${was[2].g}`)).status, 404);
  assert.match((await history('two', `/${was[2].g}`)).text, /was not in the catalog at generation/);
  assert.equal((await history('never', '/diff')).status, 404);
  assert.equal((await history('two', '/999999')).status, 404);
  assert.equal((await history('two', '/nonsense')).status, 400);
  assert.equal((await history('two', '?limit=101')).status, 400);
});

it('one version is the entity as it was', async () => {
  for (const moment of [was[0].g, was[0].commit, was[0].time]) {
    const { entity, generation: g, until, complete } = (await history('one', `/${moment}`)).json;
    const then = was[0].answers[0].json;
    assert.ok(g <= was[0].g);
    assert.equal(until, was[1].g);
    delete then.metadata.etag;
    const said = then.relations.filter(r => r.type === 'ownedBy');
    delete then.relations;
    assert.deepEqual(entity.relations, said);
    delete entity.relations;
    assert.deepEqual(entity, then);
    assert.equal((await server.get(complete)).text, was[0].answers[0].text);
  }
});

// RFC 6902, as plainly as it can be said.
function patched(value, changes) {
  let root = structuredClone(value);
  for (const { op, path, value: put } of changes) {
    if (path === '') { root = structuredClone(put); continue; }
    const keys = path.slice(1).split('/').map(k => k.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop();
    const at = keys.reduce((v, k) => v[k], root);
    if (Array.isArray(at)) at.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [put]));
    else if (op === 'remove') delete at[last];
    else at[last] = put;
  }
  return root;
}

const version = async (name, moment) => {
  const answer = await history(name, `/${moment}`);
  if (answer.status === 404) return null;
  delete answer.json.entity.relations;
  const { entity } = answer.json;
  delete entity.relations;
  return entity;
};

it('a difference makes the one version into the other, whichever two', async () => {
  for (const name of ['one', 'two', 'three'])
    for (const from of was)
      for (const to of was) {
        const { changes, text } = (await history(name, `/diff?from=${from.g}&to=${to.g}`)).json;
        const old = await version(name, from.g), now = await version(name, to.g);
        assert.deepEqual(patched(old, changes), now, `${name} from ${from.g} to ${to.g}`);
        assert.equal(text === '', JSON.stringify(old) === JSON.stringify(now));
      }
});

it('without moments it is the last change', async () => {
  const { from, to, changes, text } = (await history('one', '/diff')).json;
  assert.equal(from.moment, was[6].g - 1);
  assert.equal(to.version.generation, was[6].g);
  assert.equal(to.version.commit, was[6].commit);
  assert.deepEqual(changes.find(c => c.path === '/spec/owner'), { op: 'replace', path: '/spec/owner', old: 'team-b', value: 'team-a' });
  assert.match(text, /^--- component:default\/one at \d+\n\+\+\+ component:default\/one at \d+\n@@ /);
  assert.match(text, /\n-  owner: team-b\n\+  owner: team-a\n/);
  const gone = (await history('two', `/diff?to=${was[2].g}`)).json;
  assert.deepEqual([gone.from.exists, gone.to.exists], [true, false]);
  const first = (await history('three', `/diff?to=${was[4].g}`)).json;
  assert.deepEqual([first.from.exists, first.to.exists], [false, true]);
});

// ---- what each generation brought

const changes = async query => (await server.get(`/api/history/changes${query}`)).json;

async function walk(query) {
  const items = [];
  for (let next = query; next;) {
    const page = await changes(next);
    for (const item of page.items)
      if (items.at(-1)?.generation === item.generation) items.at(-1).entities.push(...item.entities);
      else items.push(item);
    next = page.pageInfo.nextCursor && `${query.replace(/[?&]after=\d+/, '').replace(/^&/, '?') || '?limit=100'}&cursor=${encodeURIComponent(page.pageInfo.nextCursor)}`;
  }
  return items;
}

it('each generation is told, forward and back, whatever the size of a page', async () => {
  const all = await walk('?limit=100&after=0');
  assert.deepEqual(all.map(i => i.generation), Array.from({ length: was.at(-1).g }, (_, i) => i + 1));
  for (const size of [1, 2, 3]) {
    assert.deepEqual(await walk(`?limit=${size}&after=0`), all, `forward by ${size}`);
    assert.deepEqual((await walk(`?limit=${size}`)).toReversed(), all, `back by ${size}`);
  }
  const story = all.slice(was[0].g).map(i => [i.subject, ...i.entities.map(e => `${e.change} ${e.ref}`)]);
  assert.deepEqual(story, [
    ['change one', 'changed component:default/one'],
    ['remove two', 'removed component:default/two'],
    ['two comes back elsewhere', 'returned component:default/two'],
    ['add three', 'added component:default/three'],
    ['two moves to another file', 'changed component:default/three', 'changed component:default/two'],
    ['one once more', 'changed component:default/one'],
  ]);
  assert.equal(all.at(-1).commit, was.at(-1).commit);
  assert.deepEqual((await walk(`?limit=100&after=${was[4].g}`)), all.slice(was[4].g));
  assert.deepEqual((await changes(`?after=${was.at(-1).g}`)).items, []);
});

it('changes can be asked for by kind, owner and source', async () => {
  const refs = async query => (await walk(query)).flatMap(i => i.entities.map(e => e.ref));
  assert.deepEqual(await refs('?limit=1&kind=Group'), ['group:default/team-a']);
  assert.deepEqual([...new Set(await refs('?limit=1&owner=team-b'))].toSorted(), ['component:default/one', 'component:default/two']);
  const { items } = (await server.get('/api/sources')).json;
  const source = items.find(s => JSON.stringify(s).includes(b.dir));
  assert.deepEqual([...new Set(await refs(`?limit=1&source=${source.id}`))].toSorted(), ['component:default/three', 'component:default/two']);
});

it('a wrong question for changes says why', async () => {
  for (const [query, status, message] of [
    ['?cursor=x', 400, /cursor is none of ours/], ['?after=soon', 400, /must be a generation/], ['?source=x', 400, /id of a source/],
    ['?after=1&cursor=f1:', 400, /after and cursor/], ['?limit=1001', 400, /limit/], ['?owner=group:', 400, /owner is no reference/],
    ['?after=00000000:1', 409, /another database/],
  ]) {
    const answer = await server.get(`/api/history/changes${query}`);
    assert.equal(answer.status, status, `${query}: ${answer.text}`);
    assert.match(answer.json.error.message, message);
  }
});

// ---- on the command line

const cli = async (...args) => (await promisify(execFile)(binary(), [...args, '--config', server.config])).stdout;

it('the command line tells the same', async () => {
  assert.match(await cli('history', 'two'), /^GENERATION +WHEN +CHANGE[^]*\n\d+ +\S+ +returned [^]*two comes back elsewhere/);
  assert.equal(await cli('history', '--diff', 'one'), (await history('one', '/diff')).json.text);
  assert.deepEqual(JSON.parse(await cli('history', '-o', 'json', '--between', `${was[0].g}..${was[1].g}`, 'one')).changes,
    (await history('one', `/diff?from=${was[0].g}&to=${was[1].g}`)).json.changes);
  assert.match(await cli('history', '--at', String(was[0].g), 'two'), /name: two/);
  assert.deepEqual(JSON.parse(await cli('query', '--at', String(was[2].g), '-o', 'json', 'kind=component')).map(e => e.metadata.name), ['one']);
  assert.match(await cli('graph', '--at', was[3].commit, 'two'), /dependsOn/);
  await assert.rejects(cli('history', 'never'), /was never in this catalog/);
  await assert.rejects(cli('query', '--at', '2999-01-01', 'kind=component'), /in the future/);
});

// ---- what is forgotten

it('what is older than history.keep is told no more, the rest as before', async () => {
  const brief = await startServer({ catalog: { 'all.yaml': component('one', { description: 'first' }) }, config: 'history: {keep: 2s}' });
  try {
    const at = g => brief.get(withAt(byName('one'), g));
    brief.write('all.yaml', component('one', { description: 'second' }));
    await brief.until('the change', async () => (await brief.get(byName('one'))).json.metadata.description === 'second');
    await brief.until('the first is forgotten', async () => (await brief.get('/api/history/component/default/one/1')).status === 404, 20_000);
    const answer = await at(1);
    assert.equal(answer.status, 404);
    assert.match(answer.json.error.message, /generation 1 is kept no more: history goes from generation 2/);
    assert.equal((await at(2)).json.metadata.description, 'second');
    assert.equal((await brief.get('/api/history/changes?after=0')).status, 404);
    assert.equal((await brief.get('/api/history/changes?after=2')).status, 200);
    await brief.until('its row is gone', async () => (await brief.get('/api/history/component/default/one')).json.items.length === 1);
  } finally {
    await brief.stop();
  }
});
