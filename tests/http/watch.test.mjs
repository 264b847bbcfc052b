// /api/watch: each generation once and in order, from any place, for a part of the catalog or all of it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { component, documents, Repo } from '../support/repo.mjs';
import { binary, missing, startServer } from '../support/server.mjs';
import { Consumer, openWatch } from '../support/watch.mjs';

const it = (name, ...rest) => test(name, { skip: missing, ...(rest.length > 1 && rest[0]) }, rest.at(-1));
let server, repo, epoch, first;
const open = (query, options) => openWatch(server.port, query, options);
const generation = async () => Number((await server.get('/api/catalog/entities?limit=1')).headers['callboard-generation']);
const commit = async files => {
  const at = await generation();
  repo.commit(files);
  await server.until('the commit is served', async () => (await generation()) > at);
  return generation();
};
const told = w => w.events.filter(e => e.event === 'generation');
const tiny = w => told(w).map(e => [e.data.generation, e.data.changes.map(c => `${c.change} ${c.ref}`).join(', ')]);

before(async () => {
  if (missing) return;
  repo = new Repo({ 'catalog-info.yaml': documents(component('a'), component('b', { owner: 'team-b' })) });
  server = await startServer({ sources: [`{git: ${repo.dir}, interval: 1h}`], config: 'http: {watch_heartbeat: 300ms, watchers_max: 40}' });
  const w = await open();
  await w.until('hello', () => w.events.length);
  epoch = w.events[0].data.epoch;
  first = w.events[0].data.generation;
  w.close();
});
after(async () => {
  await server?.stop();
  repo?.remove();
});

it('the first event says where it stands; its id is the place to go on from', async () => {
  const w = await open();
  await w.until('hello', () => w.events.length);
  assert.equal(w.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(w.headers['cache-control'], 'no-store');
  assert.equal(w.headers['content-encoding'], undefined);
  const [{ event, data, id }] = w.events;
  assert.equal(event, 'hello');
  assert.match(data.epoch, /^[0-9a-f-]{36}$/);
  assert.equal(data.generation, await generation());
  assert.equal(data.after, data.generation);
  assert.equal(id, `${data.epoch}:${data.generation}`);
  assert.ok(w.retry > 0);
  w.close();
});

it('a change comes as it is served: who, what, from which commit', async () => {
  const w = await open();
  await w.until('hello', () => w.events.length);
  const id = repo.commit({ 'c/catalog-info.yaml': component('c') }, 'bring c');
  const event = await w.until('the change', () => told(w)[0]);
  assert.equal(event.id, `${epoch}:${event.data.generation}`);
  assert.equal(event.data.generation, w.events[0].data.generation + 1);
  assert.ok((await generation()) >= event.data.generation, 'told before it is served');
  assert.deepEqual(event.data.commit, { id, author: 'Jane Doe <jane@example.com>', subject: 'bring c' });
  assert.match(event.data.source, /^git:.*#/);
  assert.match(event.data.at, /^\d{4}-.*Z$/);
  assert.deepEqual(event.data.changes, [{ ref: 'component:default/c', change: 'added', path: 'c/catalog-info.yaml', line: 1 }]);
  w.close();
});

it('heartbeats are comments while nothing happens, and carry the id when a filter saw nothing', async () => {
  const w = await open('?kind=Group');
  await w.until('hello', () => w.events.length);
  const at = await commit({ 'd/catalog-info.yaml': component('d') });
  await w.until('the id moves on', () => w.id === `${epoch}:${at}`);
  await w.until('heartbeats', () => w.comments >= 3);
  assert.deepEqual(told(w), []);
  w.close();
});

it('from any generation on: all of them, once, in order, and then what comes live', async () => {
  for (let i = 0; i < 5; i++) await commit({ 'e/catalog-info.yaml': component('e', { description: `the ${i}th` }) });
  const newest = await generation();
  for (const from of [0, first, newest - 2, newest]) {
    const consumer = new Consumer();
    const w = await open(`?after=${from}`, { onEvent: e => consumer.take(e) });
    await w.until('everything', () => consumer.at === newest);
    assert.deepEqual(consumer.seen, Array.from({ length: newest - from }, (_, i) => from + 1 + i));
    assert.deepEqual(consumer.faults, []);
    w.close();
  }
});

it('Last-Event-ID goes before ?after=, which stays in the URL', async () => {
  const newest = await generation();
  const w = await open('?after=0', { headers: { 'last-event-id': `${epoch}:${newest - 1}` } });
  await w.until('the last one', () => told(w).length);
  assert.deepEqual(told(w).map(e => e.data.generation), [newest]);
  w.close();
});

it('a filter decides on the version before and the one now', async () => {
  const w = await open('?filter=spec.owner=team-x');
  const all = await open('?ref=component:default/f,component:default/g');
  const kinds = await open('?kind=component&filter=metadata.name=f');
  await w.until('hello', () => w.events.length);
  const one = (owner, description) => ({ 'f/catalog-info.yaml': documents(component('f', { owner, description }), component('g', { owner: 'team-y' })) });
  const at = await commit(one('team-y'));
  await commit(one('team-x'));
  await commit(one('team-x', 'better'));
  await commit(one('team-y', 'better'));
  await commit(one('team-x', 'worse'));
  await commit({ 'f/catalog-info.yaml': component('g', { owner: 'team-y' }) });
  await w.until('all of it', () => told(w).length === 5);
  const f = 'component:default/f';
  assert.deepEqual(tiny(w), [[at + 1, `added ${f}`], [at + 2, `changed ${f}`], [at + 3, `removed ${f}`], [at + 4, `added ${f}`], [at + 5, `removed ${f}`]]);
  assert.deepEqual(told(w).map(e => e.data.changes[0].exists), [undefined, undefined, true, undefined, undefined]);
  await all.until('all of it', () => told(all).length === 6);
  assert.deepEqual(tiny(all)[0], [at, `added ${f}, added component:default/g`]);
  assert.deepEqual(tiny(all)[5], [at + 5, `removed ${f}`]);
  await kinds.until('all of it', () => told(kinds).length === 6);
  for (const [query, live] of [['?filter=spec.owner=team-x', w], ['?ref=f,g', all], ['?kind=Component&filter=metadata.name=f', kinds]]) {
    const again = await open(`${query}&after=${at - 1}`);
    await again.until('the same again', () => told(again).length === told(live).length);
    assert.deepEqual(told(again), told(live), query);
    again.close();
  }
  [w, all, kinds].forEach(x => x.close());
});

it('relations in a filter are those that the entity says itself', async () => {
  const w = await open('?filter=relations.ownedBy=group:default/team-z');
  await w.until('hello', () => w.events.length);
  await commit({ 'h/catalog-info.yaml': component('h', { owner: 'team-z' }) });
  await w.until('it', () => told(w).length);
  assert.deepEqual(told(w)[0].data.changes.map(c => c.ref), ['component:default/h']);
  w.close();
});

it('with body=true each entity is there as its file says it', async () => {
  const w = await open('?body=true&ref=i');
  await w.until('hello', () => w.events.length);
  await commit({ 'i/catalog-info.yaml': component('i', { description: 'whole' }) });
  const { entity } = (await w.until('it', () => told(w)[0])).data.changes[0];
  const served = (await server.get('/api/catalog/entities/by-name/component/default/i')).json;
  assert.deepEqual(entity.spec, served.spec);
  delete served.metadata.etag;
  assert.deepEqual(entity.metadata, served.metadata);
  assert.deepEqual(entity.relations, [{ type: 'ownedBy', targetRef: 'group:default/team-a' }]);
  await commit({ 'i/catalog-info.yaml': null });
  await w.until('it goes', () => told(w)[1]);
  assert.deepEqual(told(w)[1].data.changes.map(c => [c.change, c.entity]), [['removed', undefined]]);
  w.close();
});

it('a generation of any size comes, in parts when it is read from the database', async () => {
  const n = 4500;
  const many = documents(...Array.from({ length: n }, (_, i) => component(`many-${String(i).padStart(5, '0')}`)));
  const live = new Consumer();
  const w = await open('', { onEvent: e => live.take(e) });
  await w.until('hello', () => w.events.length);
  const at = await commit({ 'many/catalog-info.yaml': many });
  await w.until('it', () => live.at >= at, 60_000);
  assert.deepEqual(live.faults, []);
  assert.equal(live.entities.size, n);
  for (const query of [`?after=${at - 1}`, `?after=${at - 1}&body=true&kind=component`, `?after=${at - 1}&filter=metadata.name=many-00000`]) {
    const replayed = new Consumer();
    const again = await open(query, { onEvent: e => replayed.take(e) });
    await again.until('it again', () => replayed.at >= at, 60_000);
    assert.deepEqual(replayed.faults, []);
    assert.deepEqual(replayed.seen, [at]);
    assert.equal(replayed.entities.size, query.includes('filter') ? 1 : n);
    again.close();
  }
  await commit({ 'many/catalog-info.yaml': null, 'many2/catalog-info.yaml': many });
  w.close();
});

it('an unknown epoch is a reset: where to go on from after reading everything again', async () => {
  const other = '00000000-0000-4000-8000-000000000000';
  const w = await open(`?after=${other}:3`);
  const reset = await w.until('reset', () => w.events.find(e => e.event === 'reset'));
  const at = reset.data.generation; // the feed is at or a moment behind what is served
  assert.ok(at > 0 && at <= (await generation()));
  assert.deepEqual(reset.data, { reason: 'another-database', epoch, generation: at });
  assert.equal(reset.id, `${epoch}:${at}`);
  assert.equal((await server.get(`/api/catalog/entities?limit=1&wait=${reset.id}`)).status, 200);
  await commit({ 'j/catalog-info.yaml': component('j') });
  await w.until('and it goes on', () => told(w).some(e => e.data.generation === at + 1));
  w.close();
});

it('a generation that is kept no more is a reset; the next one is not', { skip: missing || !process.env.CALLBOARD_TEST_DATABASE }, async () => {
  const other = await startServer({ sources: [`{git: ${repo.dir}, interval: 1h}`] });
  try {
    const served = async () => (await other.get('/readyz')).json.generation;
    for (let i = 0; i < 3; i++) {
      const at = await served();
      repo.commit({ 'pruned/catalog-info.yaml': component('pruned', { description: `${i}` }) });
      await other.until('it is served', async () => (await served()) > at);
    }
    const newest = await served();
    execFileSync('psql', ['-qX', other.database.url, '-c', `UPDATE state SET oldest = ${newest - 1}`]);
    const w = await openWatch(other.port, `?after=${newest - 2}`);
    const reset = await w.until('reset', () => w.events.find(e => e.event === 'reset'));
    assert.equal(reset.data.reason, 'pruned');
    assert.equal(reset.data.generation, newest);
    w.close();
    const kept = await openWatch(other.port, `?after=${newest - 1}`);
    await kept.until('the one that is kept', () => told(kept).length);
    assert.deepEqual(told(kept).map(e => e.data.generation), [newest]);
    kept.close();
  } finally {
    await other.stop();
  }
});

it('a generation that is not there yet is waited for', async () => {
  const at = await generation();
  const w = await open(`?after=${at + 1}`);
  await w.until('hello', () => w.events.length);
  await commit({ 'k/catalog-info.yaml': component('k') });
  await commit({ 'k/catalog-info.yaml': component('k', { description: 'again' }) });
  await w.until('the one behind', () => told(w).length);
  assert.deepEqual(told(w).map(e => e.data.generation), [at + 2]);
  w.close();
});

for (const [query, name] of [['?after=x', "'x' is no place to go on from"], ['?filter==', /filter/], ['?body=maybe', /allowed values: true, false/], ['?what=1', "Unknown query parameter 'what'"], ['?ref=component:', /name/],
  [`?kind=${Array.from({ length: 101 }, (_, i) => `k${i}`)}`, 'more than 100 kinds']])
  it(`${query.slice(0, 30)} is refused with a sentence`, async () => {
    const answer = await open(query);
    assert.ok([400, 413].includes(answer.status), answer.text);
    const { message } = JSON.parse(answer.text).error;
    if (typeof name === 'string') assert.ok(message.includes(name), message);
    else assert.match(message, name);
  });

it('so many watch and no more; one that goes leaves its place', async () => {
  const before = await server.metric('http_watchers');
  const all = [];
  for (let i = before; i < 40; i++) all.push(await open(`?kind=k${i % 3}`));
  const refused = await open();
  assert.equal(refused.status, 503);
  assert.match(refused.text, /40 watch already, as many as http.watchers_max allows/);
  all.forEach(w => w.close());
  await server.until('there is room again', async () => (await server.metric('http_watchers')) < 40);
});

it('watchers come, go and come back at any time: nobody misses or repeats a generation', async () => {
  const from = await generation();
  const consumers = Array.from({ length: 8 }, () => new Consumer());
  let stop = false, to;
  const run = async (consumer, i) => {
    consumer.at = from;
    consumer.epoch = epoch;
    while (!stop || consumer.at < to) {
      let listens = true;
      const w = await open('', { headers: { 'last-event-id': consumer.id }, onEvent: e => listens && consumer.take(e) }).catch(() => undefined);
      if (!w) continue;
      const goal = consumer.at + 1 + (i % 3);
      await w.until('some', () => consumer.at >= goal || (to !== undefined && consumer.at >= to)).catch(() => {});
      listens = false;
      w.close();
    }
  };
  const done = Promise.all(consumers.map(run));
  for (let n = 0; n < 30; n++) repo.commit({ 'l/catalog-info.yaml': component('l', { description: `${n}` }) });
  repo.commit({ 'l/catalog-info.yaml': component('l', { description: 'the end' }) });
  await server.until('the last commit is served', async () =>
    (await server.get('/api/catalog/entities/by-name/component/default/l')).json.metadata?.description === 'the end');
  to = await generation();
  stop = true;
  await done;
  for (const c of consumers) {
    assert.deepEqual(c.faults, []);
    assert.deepEqual(c.seen, Array.from({ length: to - from }, (_, i) => from + 1 + i));
  }
});

it('a generation that changed no entity is told too, to who watches everything', async () => {
  const empty = new Repo({ 'README.md': 'no descriptor' });
  const other = await startServer({ sources: [`{git: ${empty.dir}, interval: 1h}`, `{git: ${repo.dir}, interval: 1h}`] });
  try {
    const newest = (await other.get('/readyz')).json.generation;
    const consumer = new Consumer();
    const w = await openWatch(other.port, '?after=0', { onEvent: e => consumer.take(e) });
    await w.until('all', () => consumer.at === newest);
    assert.deepEqual(consumer.faults, []);
    assert.ok(newest < 2 || told(w).some(e => e.data.changes.length === 0));
    w.close();
  } finally {
    await other.stop();
    empty.remove();
  }
});

it('callboard watch prints the changes from any generation on, and those that come', async () => {
  const run = (...args) => {
    const child = spawn(binary(), ['watch', '-c', server.config, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', chunk => { text += chunk; });
    return new Promise(resolve => child.on('exit', code => resolve({ code, text })));
  };
  const old = await run('--after', String(first - 1), '-n', '2', '-o', 'json');
  assert.equal(old.code, 0);
  assert.deepEqual(old.text.trim().split('\n').map(l => JSON.parse(l)).map(c => [c.generation, c.change, c.ref]), [[first, 'added', 'component:default/a'], [first, 'added', 'component:default/b']]);
  const live = run('--kind', 'component', '-n', '1', 'metadata.name=cli');
  const end = live.then(() => { end.done = true; });
  for (let i = 0; !end.done; i++) await commit({ 'cli/catalog-info.yaml': component('cli', { description: `${i}` }) });
  assert.match((await live).text, /^\d+ +(added|changed) +component:default\/cli  cli\/catalog-info\.yaml:1  [0-9a-f]{10} change\n$/);
  assert.equal((await run('--after', 'x')).code, 2);
  assert.equal((await run('--after', '00000000-0000-4000-8000-000000000000:1')).code, 3);
});

it('a stop ends a watch at once and cleanly', async () => {
  const other = await startServer({ catalog: { 'all.yaml': component('a') } });
  const w = await openWatch(other.port);
  await w.until('hello', () => w.events.length);
  const begin = Date.now();
  const how = await other.end();
  await w.ended;
  assert.deepEqual(how, { code: 0, signal: null });
  assert.ok(Date.now() - begin < 15_000, `${Date.now() - begin} ms`);
  assert.ok(w.retry > 0);
  await other.stop();
});
