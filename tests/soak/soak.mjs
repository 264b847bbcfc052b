// The crash and load proof: callboard is killed again and again while writers commit and consumers follow; then it is read
// beside commits. In the end nobody missed or repeated a generation, and the catalog is what Git says. Then plugins crash instead
// (strangers.mjs), and callboard is killed while it runs templates (tasks.mjs).
//
//   node tests/soak/soak.mjs MINUTES      SOAK_SEED=7 repeats a run; CALLBOARD_BINARY, CALLBOARD_TEST_DATABASE as elsewhere
//
// Two thirds of the time go to crashes (200 kills at most), one third to the load, and what it takes to 1,000 calls of each plugin that
// misbehaves (20 in the first minute). Nothing is judged by how fast it was: what has to come is waited for. The last line is its count: "N passed, N failed".
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { component, documents, Repo } from '../support/repo.mjs';
import { binary, request, Server, sleep, startServer, until } from '../support/server.mjs';
import { Consumer, openWatch } from '../support/watch.mjs';
import { read } from './read.mjs';
import { strangers } from './strangers.mjs';
import { tasks } from './tasks.mjs';

const REPOS = 10, WRITERS = 50, CONSUMERS = 20, KILLS_MAX = 200;
const SETTLE_MS = 240_000;         // leases of killed callboards run out after 30 s
const LOAD_SHARE = 0.3;            // of the measured maximum
const TASKS = [500, 20], TASKS_FEW = [60, 4]; // runs of templates, kills
const STRANGER_CALLS = 1000, STRANGER_CALLS_FEW = 20;
const RSS_SLACK = 48 * 1024 * 1024; // bytes that memory may grow between the second and the last quarter of the load
const minutes = Number(process.argv[2] ?? 1);
const seed = Number(process.env.SOAK_SEED ?? 1);
const run = promisify(execFile);
const gitEnv = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'W', GIT_AUTHOR_EMAIL: 'w@example.com', GIT_COMMITTER_NAME: 'W', GIT_COMMITTER_EMAIL: 'w@example.com' };

// mulberry32: small, and the same everywhere.
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

let passed = 0, failed = 0;
function check(what, ok, more = '') {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok' : 'FAILED:'} ${what}${ok || !more ? '' : `: ${String(more).slice(0, 2000)}`}`);
}

// A writer has a file of a repository, and says what is in it. Commits of one repository go one after the other.
class Writer {
  constructor(n, repo, random) {
    Object.assign(this, { n, repo, random, round: 0, wants: new Map() });
    this.file = `w${n}/catalog-info.yaml`;
  }

  async write() {
    const names = [`w${this.n}`, ...(this.random() < 0.5 ? [`w${this.n}-more`] : []), ...(this.random() < 0.3 ? [`w${this.n}-rare`] : [])];
    const wants = new Map(names.map(name => [`component:default/${name}`, `${++this.round} of ${this.n}`]));
    const text = documents(...[...wants].map(([ref, description]) => component(ref.split('/')[1], { description, owner: `team-${this.n % 7}` })));
    const file = path.join(this.repo.dir, this.file);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    await run('git', ['add', '-A'], { cwd: this.repo.dir, env: gitEnv });
    await run('git', ['commit', '-q', '--allow-empty', '-m', `round ${this.round} of ${this.n}`], { cwd: this.repo.dir, env: gitEnv });
    this.wants = wants;
  }

  // PAUSE_MS between two commits, about.
  async loop(state, pauseMs) {
    while (!state.stop) {
      await (this.repo.turn = this.repo.turn.then(() => (state.stop ? undefined : this.write())));
      await sleep(pauseMs * (0.5 + this.random()));
    }
  }
}

// Follows from generation 0, comes back whenever the stream ends, by the id alone.
async function follow(consumer, port, state) {
  consumer.whole = true;
  while (!state.stop || consumer.at !== state.goal) {
    const headers = consumer.id ? { 'last-event-id': consumer.id } : {};
    const w = await openWatch(port, '?after=0', { headers, onEvent: e => consumer.take(e) }).catch(() => undefined);
    if (w?.status !== 200) {
      await sleep(100);
      continue;
    }
    state.streams.add(w);
    await Promise.race([w.ended, (async () => { while (!state.stop || consumer.at !== state.goal) await sleep(100); })()]);
    w.close();
    state.streams.delete(w);
    if (state.failed) return;
  }
}

const entitiesOf = async port => {
  const { json } = await request(port, '/api/catalog/entities');
  return new Map(json.map(e => [`${e.kind}:${e.metadata.namespace}/${e.metadata.name}`.toLowerCase(), e]));
};
const generationOf = async port => JSON.parse((await request(port, '/readyz')).text).generation;
const short = list => JSON.stringify(list.slice(0, 3));

async function settled(server, repos) {
  await until('every repository is read at its newest commit', async () => {
    const heads = new Map(repos.map(r => [r.dir, r.git('rev-parse', 'HEAD')]));
    const { items } = (await server.get('/api/sources')).json;
    return items.every(s => s.lastCommit?.id === heads.get(s.url)) || undefined;
  }, SETTLE_MS);
  const { items } = (await server.get('/api/sources')).json;
  const newest = Math.max(...items.map(s => s.generation ?? 0));
  await until('and served', async () => (await generationOf(server.port)) >= newest, SETTLE_MS);
}

async function crashes(server, repos, writers, random, endMs) {
  const state = { stop: false, goal: undefined, streams: new Set() };
  const consumers = Array.from({ length: CONSUMERS }, () => new Consumer());
  const writing = { stop: false };
  const following = Promise.all(consumers.map(c => follow(c, server.port, state)));
  const writes = Promise.all(writers.map(w => w.loop(writing, 4000)));
  let kills = 0;
  try {
    while (Date.now() < endMs && kills < KILLS_MAX) {
      await sleep(random() * 1500);
      server.process.kill('SIGKILL');
      await server.ended;
      kills++;
      server.how = undefined;
      server.spawn();
      if (random() < 0.8) // else it is killed while it starts
        await server.until('it is back', async () => (await server.get('/readyz')).status === 200, SETTLE_MS);
    }
    await server.until('it is back', async () => (await server.get('/readyz')).status === 200, SETTLE_MS);
    writing.stop = true;
    await writes;
    await settled(server, repos);
    state.goal = await generationOf(server.port);
    state.stop = true;
    await until('every consumer has everything', async () => consumers.every(c => c.at >= state.goal || c.faults.length), SETTLE_MS);
  } finally {
    writing.stop = state.stop = state.failed = true;
    for (const c of consumers) state.goal ??= c.at;
    for (const w of state.streams) w.close();
    await writes.catch(() => {});
  }
  await Promise.race([following, sleep(5000)]);
  console.log(`${kills} kills, ${state.goal} generations, ${writers.reduce((n, w) => n + w.round, 0)} entities written, ${CONSUMERS} consumers`);
  const all = Array.from({ length: state.goal }, (_, i) => i + 1);
  for (const [i, c] of consumers.entries())
    check(`consumer ${i} saw each generation once, in order`, !c.faults.length && JSON.stringify(c.seen) === JSON.stringify(all), `${short(c.faults)} of ${c.faults.length}; at ${c.at} of ${state.goal}`);
  const served = [...(await entitiesOf(server.port)).keys()].toSorted();
  check('what the consumers were told is the catalog', consumers.every(c => JSON.stringify([...c.entities.keys()].toSorted()) === JSON.stringify(served)));
}

function checkWants(entities, writers) {
  const wrong = [];
  const wants = new Map(writers.flatMap(w => [...w.wants]));
  for (const [ref, description] of wants)
    if (entities.get(ref)?.metadata.description !== description) wrong.push([ref, description, entities.get(ref)?.metadata.description]);
  for (const ref of entities.keys()) if (!wants.has(ref)) wrong.push([ref, 'not in Git']);
  check('the catalog is what Git says', wrong.length === 0, `${short(wrong)} of ${wrong.length}`);
}

async function rebuild(server, sources, repos) {
  const fresh = await startServer({ sources });
  try {
    await settled(fresh, repos);
    const [a, b] = [await entitiesOf(server.port), await entitiesOf(fresh.port)];
    const wrong = [...a].filter(([ref, e]) => JSON.stringify(e) !== JSON.stringify(b.get(ref))).map(([ref]) => ref);
    check('a fresh database gives the same entities with the same uids', a.size === b.size && wrong.length === 0, `${a.size}, ${b.size}; ${short(wrong)}`);
  } finally {
    await fresh.stop();
  }
}

const READS = ['/api/catalog/entities/by-query?limit=20&filter=kind=component', '/api/catalog/entities/by-name/component/default/w1', '/api/catalog/entity-facets?facet=kind', '/api/graph/component/default/w2'];
const residentOf = pid => Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];

async function load(server, repos, writers, ms) {
  const most = await read(server.port, READS, 8, Math.min(5000, ms / 4));
  const rate = most.n / (Math.min(5000, ms / 4) / 1000) * LOAD_SHARE;
  const writing = { stop: false };
  const writes = Promise.all(writers.map(w => w.loop(writing, 6000)));
  const rss = [];
  const sampling = setInterval(() => rss.push(residentOf(server.process.pid)), 200);
  let done;
  try {
    done = await read(server.port, READS, 8, ms, { perS: rate });
  } finally {
    clearInterval(sampling);
    writing.stop = true;
    await writes;
  }
  const quarter = rss.length >> 2;
  const [early, late] = [median(rss.slice(quarter, 2 * quarter)), median(rss.slice(3 * quarter))];
  console.log(`${most.n} reads at full speed, then ${done.n} at ${Math.round(rate)} a second beside commits; resident ${early >> 20} MB, then ${late >> 20} MB`);
  check('no read failed beside commits', done.errors.length === 0 && done.n > 0, `${done.errors.length}: ${short(done.errors)}`);
  check('memory did not grow beside the load', late - early <= RSS_SLACK, `${early} to ${late} bytes`);
  await settled(server, repos);
}

async function main() {
  if (!binary() || !(minutes > 0)) throw new Error('usage: soak.mjs MINUTES, with a callboard built');
  const random = randomFrom(seed);
  const totalMs = minutes * 60_000, begin = Date.now();
  console.log(`seed ${seed}, ${minutes} min, ${binary()}`);
  const repos = Array.from({ length: REPOS }, (_, i) => Object.assign(new Repo({ README: 'of writers' }, `r${i}`), { turn: Promise.resolve() }));
  const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(i, repos[i % REPOS], randomFrom(seed * 1000 + i)));
  const sources = repos.map(r => `{git: ${r.dir}, interval: 5s}`);
  const server = new Server({ sources, config: 'log: {access: false}' });
  const kill = () => server.process?.kill('SIGKILL');
  process.on('exit', kill);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  try {
    await server.start();
    await crashes(server, repos, writers, random, begin + totalMs * 2 / 3);
    checkWants(await entitiesOf(server.port), writers);
    await load(server, repos, writers, totalMs / 3);
    checkWants(await entitiesOf(server.port), writers);
    await rebuild(server, sources, repos);
  } catch (error) {
    check('the run came to its end', false, `${error.stack}\n${server.tail(20)}`);
  } finally {
    await server.stop().catch(error => check('it stopped cleanly', false, error.message));
    repos.forEach(r => r.remove());
  }
  await strangers(check, minutes > 1 ? STRANGER_CALLS : STRANGER_CALLS_FEW).catch(error => check('the run with plugins that misbehave came to its end', false, error.stack));
  await tasks(check, ...(minutes > 1 ? TASKS : TASKS_FEW), seed).catch(error => check('the runs of templates came to their end', false, error.stack));
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

await main();
