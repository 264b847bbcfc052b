// Plugins that segfault, loop, leak, babble and hang up, all at once and again and again, beside reads of the catalog and a plugin that is well: no
// read fails, the others answer, and callboard has afterwards what it had before.
//
//   node tests/soak/strangers.mjs CALLS      of each; or within soak.mjs
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugins, startWith } from '../plugin/server.mjs';
import { sleep, until } from '../support/server.mjs';
import { buildStrangers, callStranger, LANES, STRANGERS, strangerSections } from '../support/strangers.mjs';
import { read } from './read.mjs';

const RSS_SLACK = 24 * 1024 * 1024; // bytes that memory may grow between the second and the last quarter
const READS_PER_S = 200, WELL_PER_S = 50;
const CATALOG = Array.from({ length: LANES }, (_, i) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: e${i}, annotations: {example.com/greeting: E${i}}}
spec: {type: service, lifecycle: production, owner: team}
`).join('---\n');
const READS = ['/api/catalog/entities/by-query?limit=20&filter=kind=component', '/api/catalog/entities/by-name/component/default/e1', '/api/catalog/entity-facets?facet=kind', '/api/graph/component/default/e2', '/api/panels/component/default/e3'];
const GREETINGS = Array.from({ length: LANES }, (_, i) => `/api/panels/component/default/e${i}/skeleton/greeting?refresh=true`);

const residentOf = pid => Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
const filesOf = pid => fs.readdirSync(`/proc/${pid}/fd`).length;
const threadsOf = pid => fs.readdirSync(`/proc/${pid}/task`).length;
const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];

// Hosts below PID, dead ones that nobody reaped too.
function hostsOf(pid) {
  const all = [];
  for (const d of fs.readdirSync('/proc').filter(n => /^\d+$/.test(n)))
    try {
      const text = fs.readFileSync(`/proc/${d}/stat`, 'utf8'), name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
      if (Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === pid && name.startsWith('callboard-plug')) all.push(Number(d));
    } catch { /* it ended meanwhile */ }
  return all;
}

export async function strangers(check, calls) {
  const plugins = new Plugins('skeleton');
  buildStrangers(plugins.dir);
  const server = await startWith(plugins, { sections: `  skeleton: {}\n${strangerSections}`, config: 'log: {access: false}', catalog: { 'all.yaml': CATALOG } });
  try {
    const { pid } = server.process;
    for (const { name } of STRANGERS) await server.ready(name);
    await server.ready('skeleton');
    const count = () => ({ hosts: hostsOf(pid).length, files: filesOf(pid), threads: threadsOf(pid) });
    await read(server.port, [...READS, ...GREETINGS], 8, 1000);
    await sleep(500);
    const before = count(), began = Date.now();
    const state = { stop: false }, rss = [];
    const sampling = setInterval(() => rss.push(residentOf(pid)), 100);
    const reading = read(server.port, READS, 4, Infinity, { perS: READS_PER_S, state });
    const greeting = read(server.port, GREETINGS, 2, Infinity, { perS: WELL_PER_S, state });
    let ends;
    try {
      ends = await Promise.all(STRANGERS.map(s => callStranger(server.port, s, { calls, state })));
    } finally {
      clearInterval(sampling);
      state.stop = true;
    }
    const [reads, greetings] = await Promise.all([reading, greeting]);
    for (const e of ends) {
      console.log(`${e.name}: ${e.calls} calls reached it and ended ${Object.entries(e.ends).map(([k, n]) => `${k} ${n}`).join(', ')}; ${e.restarts} restarts, ${e.reloads} times loaded anew by hand, ${e.down} calls told that it is down`);
      check(`each call of a plugin that ${e.name} ended as it should`, e.calls >= calls && e.faults.length === 0, `${e.calls}; ${e.faults.length}: ${JSON.stringify(e.faults.slice(0, 3))}`);
    }
    console.log(`beside it for ${Math.round((Date.now() - began) / 1000)} s: ${reads.n} reads, the slowest in ${reads.slowestMs} ms; ${greetings.n} panels of a plugin that is well, the slowest in ${greetings.slowestMs} ms`);
    check('no read failed beside plugins that misbehave', reads.errors.length === 0 && reads.n > 0, JSON.stringify(reads.errors.slice(0, 3)));
    check('the plugin that is well answered each time', greetings.errors.length === 0 && greetings.n > 0, JSON.stringify(greetings.errors.slice(0, 3)));
    const quarter = rss.length >> 2, [early, late] = [median(rss.slice(quarter, 2 * quarter)), median(rss.slice(3 * quarter))];
    console.log(`resident ${(early / 2 ** 20).toFixed(1)} MB, then ${(late / 2 ** 20).toFixed(1)} MB`);
    check('memory did not grow beside plugins that misbehave', late - early <= RSS_SLACK, `${early} to ${late} bytes`);
    for (const { name } of STRANGERS) await server.post(`/api/plugins/${name}/reload`, {});
    for (const { name } of STRANGERS) await server.ready(name);
    let after;
    await until('processes, descriptors and threads are as many as before', async () => {
      after = count();
      return JSON.stringify(after) === JSON.stringify(before);
    }, 45_000).catch(() => {});
    check('processes, descriptors and threads are as many as before', JSON.stringify(after) === JSON.stringify(before), `${JSON.stringify(before)}, then ${JSON.stringify(after)}`);
  } finally {
    await server.stop().catch(error => check('callboard stopped cleanly beside plugins that misbehave', false, error.message));
    plugins.remove();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let failed = 0;
  await strangers((what, ok, more) => {
    failed += !ok;
    console.log(`${ok ? 'ok' : 'FAILED:'} ${what}${ok ? '' : `: ${more}`}`);
  }, Number(process.argv[2] ?? 1000));
  process.exit(failed ? 1 : 0);
}
