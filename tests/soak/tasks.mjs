// Runs of templates while callboard is killed again and again: each ends once, as done or as failed with a reason; no step that is marked done runs again;
// no folder and no secret is left.
//
//   node tests/soak/tasks.mjs RUNS KILLS      or within soak.mjs; SOAK_SEED repeats a run
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { object } from '../plugin/host.mjs';
import { sleep, startServer } from '../support/server.mjs';

const V2 = '/api/scaffolder/v2';
const SETTLE_MS = 240_000;
const SECRET = 'the-secret-of-every-run';
const steps = [
  { id: 'first', action: 'test:make', input: { name: '${{ context.task.id }}-first', token: '${{ secrets.token }}' } },
  { id: 'rest', action: 'test:rest', input: { ms: '${{ parameters.ms }}' } },
  { id: 'file', action: 'test:write', input: { path: 'file', text: 'text' } },
  { id: 'second', action: 'test:make', input: { name: '${{ context.task.id }}-second' } },
  { id: 'gone', action: 'test:remove', input: { path: 'file' } },
  { id: 'say', action: 'test:echo', input: { message: 'made ${{ steps.first.output.url }} with ${{ secrets.token }}' } },
];
const template = (name, more) => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: ${name}}
spec: {type: service, ${more} steps: ${JSON.stringify(steps)}}
`;

function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const short = list => list.slice(0, 5).join('; ');

async function all(list, most, fn) {
  const queue = [...list];
  await Promise.all(Array.from({ length: most }, async () => { for (let x; (x = queue.shift()) !== undefined;) await fn(x); }));
}

// What is wrong with the story that a run told.
function faults(task, events, detail) {
  const out = [], done = new Set();
  const ends = events.filter(e => e.type === 'completion');
  if (!['completed', 'failed'].includes(task.status)) out.push(`${task.id} is ${task.status}`);
  if (ends.length !== 1) out.push(`${task.id} ended ${ends.length} times`);
  if (task.status === 'failed' && !/callboard ended|a plugin|its process|plugin/.test(ends[0]?.body.error?.message ?? '')) out.push(`${task.id} failed without a reason: ${JSON.stringify(ends[0]?.body)}`);
  for (const { body } of events) {
    if (body.status === 'processing' && done.has(body.stepId)) out.push(`${task.id} ran ${body.stepId} again, which was done`);
    if (body.status === 'completed') done.add(body.stepId);
  }
  if (task.status === 'completed' && done.size !== steps.length) out.push(`${task.id} is done with ${done.size} of ${steps.length} steps`);
  if (detail.steps.some(s => s.status === 'processing')) out.push(`${task.id} ended within a step`);
  if (task.status === 'completed' && detail.leftBehind.length) out.push(`${task.id} left something behind`);
  if (JSON.stringify([events, detail]).includes(SECRET)) out.push(`${task.id} told its secret`);
  return out;
}

export async function tasks(check, runs, kills, seed = 1) {
  const random = randomFrom(seed);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-tasks-'));
  fs.chmodSync(dir, 0o755);
  fs.copyFileSync(object('engine'), path.join(dir, 'templates.so'));
  const server = await startServer({
    catalog: { 'all.yaml': `${template('over', 'EXPERIMENTAL_recovery: {EXPERIMENTAL_strategy: startOver},')}---\n${template('none', '')}` },
    config: `plugins: {directory: ${dir}}\nscaffolder: {lease: 2s, secrets_key: ${'0123456789abcdef'.repeat(4)}}\nlog: {access: false}`,
  });
  const kill = () => server.process?.kill('SIGKILL');
  process.on('exit', kill);
  try {
    const began = Date.now();
    const ids = [];
    await all(Array.from({ length: runs }, (_, i) => i), 8, async i => {
      const answer = await server.post(`${V2}/tasks`, { templateRef: i % 3 ? 'over' : 'none', values: { ms: Math.floor(100 + random() * 500) }, secrets: { token: SECRET } });
      if (answer.status !== 201) throw new Error(answer.text);
      ids.push(answer.json.id);
    });
    const left = async () => (await server.get(`${V2}/tasks?status=open&status=processing&limit=0`)).json.totalTasks;
    let killed = 0, within = 0;
    for (; killed < kills; killed++) {
      await sleep(200 + random() * 1300);
      if ((await left()) > 0) within++;
      kill();
      await server.ended;
      server.how = undefined;
      server.spawn();
      await server.until('it is ready', async () => (await server.get('/readyz')).status === 200, 60_000);
    }
    await server.until('every run has ended', async () => (await left()) === 0, SETTLE_MS);
    const took = Date.now() - began;
    const bad = [], count = { completed: 0, failed: 0, recovered: 0, twice: 0 };
    await all(ids, 8, async id => {
      const task = (await server.get(`${V2}/tasks/${id}`)).json, events = (await server.get(`${V2}/tasks/${id}/events`)).json, detail = (await server.get(`/api/tasks/${id}`)).json;
      bad.push(...faults(task, events, detail));
      count[task.status]++;
      count.recovered += events.some(e => e.type === 'recovered');
      for (const step of ['first', 'second']) {
        const { times } = (await server.get(`/api/plugins/templates/made?name=${id}-${step}`)).json, begins = events.filter(e => e.body.stepId === step && e.body.status === 'processing').length;
        if (times > begins) bad.push(`${id} made ${step} ${times} times, and began it ${begins} times`);
        if (task.status === 'completed' && times < 1) bad.push(`${id} is done, and ${step} was never made`);
        count.twice += times > 1;
      }
    });
    console.log(`${ids.length} runs, ${killed} kills (${within} while runs were under way), ${took} ms: ${count.completed} done, ${count.failed} failed with a reason, ${count.recovered} started over behind what was done`);
    check('each run ended once, as done or failed with a reason, and no step that was done ran again', bad.length === 0, `${bad.length}: ${short(bad)}`);
    check('callboard was killed while runs were under way', within > 0 && ids.length === runs, `${within} of ${killed}`);
    let names;
    await server.until('no folder is left', () => (names = fs.readdirSync(path.join(server.dir, 'var/workspaces'))).length === 0, 10_000).catch(() => {});
    check('no folder of a run is left', names.length === 0, short(names));
    check('no secret is in the log', !fs.readFileSync(server.log, 'utf8').includes(SECRET));
  } finally {
    process.off('exit', kill);
    await server.stop().catch(error => check('it stopped cleanly behind the runs', false, error.message));
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let failed = 0, passed = 0;
  const check = (what, ok, more = '') => {
    if (ok) passed++; else failed++;
    console.log(`${ok ? 'ok' : 'FAILED:'} ${what}${ok || !more ? '' : `: ${more}`}`);
  };
  await tasks(check, Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 20), Number(process.env.SOAK_SEED ?? 1));
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
