// What is measured. Each measure is (bench) => rows; a row is one line of the table:
//   what     what was done                        figure, limit  numbers; unit  theirs
//   basis    what the limit is                    ratio          figure beside limit, as the budget counts it
//   budget   the promise, in words                ok             true, false, or undefined where nothing is promised
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuMs, treeCpuMs, memory, freePort, now, sleep, start, stop, until, which } from './proc.mjs';
import { compare, get, json, quantile, median, wrk } from './load.mjs';
import { bare, commit, generate, git } from './repo.mjs';
import { Callboard } from './callboard.mjs';
import { buildStrangers, callStranger, LANES, STRANGERS, strangerSections } from '../support/strangers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const CATALOG = ['catalog-*.yaml'];
const BY_NAME = '/api/catalog/entities/by-name';
const PAGE = '/api/catalog/entities/by-query?filter=kind=component&orderField=metadata.name,asc&limit=20';
const DUMP = '/api/catalog/entities';
const EIGHT = ['kind=component', 'spec.type=service', 'spec.lifecycle=production', 'metadata.namespace=default', 'metadata.labels.example.com/tier=gold',
  'metadata.labels.example.com/region=eu-west', 'metadata.annotations.backstage.io/techdocs-ref=dir:.', 'metadata.tags.java'].join(',');
const row = (what, figure, unit, limit, basis, ratio, budget, ok) => ({ what, figure, unit, limit, basis, ratio, budget, ok });
const byName = ref => { const [, kind, space, name] = ref.match(/^(.+?):(.+?)\/(.+)$/); return `${BY_NAME}/${kind}/${space}/${name}`; };

async function bareServer(bench, bytes) {
  const port = await freePort();
  const file = path.join(bench.dir, `bytes-${port}`);
  fs.writeFileSync(file, bytes);
  const child = start(path.join(bench.programs, 'bare_h2o'), [String(port), String(bench.threads), file], { log: path.join(bench.dir, 'bare.log') });
  const base = `http://127.0.0.1:${port}`;
  await until('bare_h2o', 5000, async () => (await get(`${base}/`).catch(() => ({}))).status === 200, { dead: () => child.failed?.message });
  return { base, port, pid: child.pid, end: async () => { await stop(child); fs.rmSync(file); } };
}

// ---- an empty database, and the whole catalog in one repository on this machine
export async function firstRead(bench) {
  const { catalog, repo } = bench;
  const c = bench.callboard = new Callboard({ binary: bench.binary, dir: path.join(bench.dir, 'first') });
  await c.configure([]);
  await c.start();
  await c.stop(); // the tables are there now, and nothing in them
  await c.configure([{ git: repo, paths: CATALOG }]);
  const t0 = now();
  await c.start();
  const ready = now() - t0;
  await c.until('first read', 900000, async () => (await c.total()) === bench.n, { every: 20 });
  const visible = now() - t0;
  const pg = c.postgres(), cpu = cpuMs(c.pid), pgCpu = treeCpuMs([pg.pid]);
  await bench.settle();
  const events = JSON.parse(execFileSync(path.join(bench.programs, 'bare_ingest'), catalog.files.map(f => path.join(catalog.dir, f)), { encoding: 'utf8' }));
  const copy = copySameRows(bench, pg);
  const limit = events.wall_ms + copy.ms;
  return [
    row(`first read of ${bench.n} entities to visible`, visible, 'ms', limit, `libyaml events ${Math.round(events.wall_ms)} ms + binary COPY of ${copy.rows} rows into ${copy.tables} tables ${Math.round(copy.ms)} ms`, visible / limit, '≤ 2 × its limit', visible <= 2 * limit),
    row('  CPU of server and PostgreSQL', cpu + pgCpu, 'ms CPU', events.cpu_ms + copy.cpu, "the limit's, psql not counted", (cpu + pgCpu) / (events.cpu_ms + copy.cpu)),
    row('    the server alone', cpu, 'ms CPU', events.cpu_ms, 'libyaml events', cpu / events.cpu_ms),
    row('  of which: start of PostgreSQL and server, to ready', ready, 'ms'),
  ];
}

// The rows of every table that a first read fills, as binary COPY, into tables with the same columns, checks and indexes: search's is filled behind it.
function copySameRows(bench, pg) {
  const dir = fs.mkdtempSync('/tmp/callboard-bench-');
  fs.chmodSync(dir, 0o777);
  try {
    const tables = pg.run(`SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname <> 'search_document' ORDER BY relname`).split('\n').filter(Boolean);
    const full = tables.map(t => [t, Number(pg.run(`SELECT count(*) FROM public."${t}"`))]).filter(([, n]) => n > 0);
    pg.run('DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;');
    for (const [t] of full) pg.run(`CREATE TABLE bench."${t}" (LIKE public."${t}" INCLUDING ALL);\n\\copy public."${t}" TO '${dir}/${t}' (FORMAT binary)`);
    const sql = `BEGIN;\n${full.map(([t]) => `\\copy bench."${t}" FROM '${dir}/${t}' (FORMAT binary)`).join('\n')}\nCOMMIT;\n`;
    const t0 = now(), c0 = treeCpuMs([pg.pid]);
    pg.run(sql);
    const ms = now() - t0, cpu = treeCpuMs([pg.pid]) - c0;
    pg.run('DROP SCHEMA bench CASCADE; CHECKPOINT;');
    return { ms, cpu, rows: full.reduce((s, [, n]) => s + n, 0), tables: full.length };
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

// ---- reads under load
const connections = c => `${c} connection${c > 1 ? 's' : ''}`;
const cpuRow = r => [row('  CPU of a request', r.ours.cpu, 'ms CPU', r.limit.cpu, 'same runs', r.ours.cpu / r.limit.cpu)];

export async function reads(bench) {
  const { base, pid } = bench.callboard;
  const rows = [];
  const one = byName(bench.catalog.manifest.samples.components[7]);
  const bytes = (await get(base + one)).body;
  bench.limit = await bareServer(bench, bytes);
  for (const c of [1, 16, 64]) {
    const r = await compare({ url: base + one, pid }, { url: bench.limit.base + one, pid: bench.limit.pid }, c, { seconds: bench.seconds });
    if (c === 64) bench.max = r.ours.rps;
    rows.push(row(`GET by-name, ${bytes.length} bytes, ${connections(c)}`, r.ours.rps, '/s', r.limit.rps, 'bare h2o, same bytes', r.ratio, c === 1 ? '' : '≥ 0.7 × its limit', c === 1 ? undefined : r.ratio >= 0.7));
    rows.push(row('  p99', r.ours.p99, 'ms', r.limit.p99, 'same runs', r.ours.p99 / r.limit.p99), ...cpuRow(r));
    if (c === 64) bench.backstage.push(['by-name', r.ours.rps, 1027, '/s', 50]);
  }
  const page = (await get(base + PAGE)).body;
  const limit = await bareServer(bench, page);
  for (const c of [1, 16, 64]) {
    const r = await compare({ url: base + PAGE, pid }, { url: `${limit.base}/`, pid: limit.pid }, c, { seconds: bench.seconds });
    rows.push(row(`by-query: 20 of ${JSON.parse(page).totalItems}, filtered and ordered, ${page.length} bytes, ${connections(c)}`, r.ours.rps, '/s', r.limit.rps, 'bare h2o, same bytes', r.ratio, c === 1 ? '' : '≥ 0.4 × its limit', c === 1 ? undefined : r.ratio >= 0.4), ...cpuRow(r));
    if (c === 64) bench.backstage.push(['ordered page', r.ours.rps, 53, '/s', 100]);
  }
  await limit.end();
  return rows;
}

// ---- CPU of one answer, counted over many
async function cpuOf(bench, what, url, budget) {
  const { callboard } = bench;
  for (let i = 0; i < 20; i++) await get(url);
  const t0 = now(), c0 = cpuMs(callboard.pid);
  let n = 0;
  while ((n < 200 || now() - t0 < 1000) && now() - t0 < 10000) { await get(url); n++; }
  const each = (cpuMs(callboard.pid) - c0) / n;
  return row(what, each, 'ms CPU', undefined, `server's CPU over ${n} requests, HTTP included`, undefined, `≤ ${budget} ms`, each <= budget);
}
export async function answers(bench) {
  const { base } = bench.callboard;
  const rows = [];
  for (const f of ['kind', 'spec.type', 'metadata.tags', 'relations.ownedBy'])
    rows.push(await cpuOf(bench, `facet ${f}, filter kind=component`, `${base}/api/catalog/entity-facets?facet=${f}&filter=kind=component`, 2));
  rows.push(await cpuOf(bench, 'count, filter of eight exact terms', `${base}/api/catalog/entities/by-query?limit=0&filter=${EIGHT}`, 0.3));
  const facets = '/api/catalog/entity-facets?facet=kind&facet=spec.type&facet=metadata.tags&filter=kind=component';
  const limit = await bareServer(bench, (await get(base + facets)).body);
  for (const c of [1, 16, 64]) {
    const r = await compare({ url: base + facets, pid: bench.callboard.pid }, { url: `${limit.base}/`, pid: limit.pid }, c, { seconds: bench.seconds });
    rows.push(row(`facets of kind, spec.type and metadata.tags, ${connections(c)}`, r.ours.rps, '/s', r.limit.rps, 'bare h2o, same bytes', r.ratio), ...cpuRow(r));
    if (c === 16) bench.backstage.push(['facets', r.ours.rps, 230, '/s', 100]);
  }
  await limit.end();
  return rows;
}

// ---- everything at once
export async function dump(bench) {
  const { base } = bench.callboard;
  const body = (await get(base + DUMP)).body;
  bench.dumpBytes = body.length;
  const found = JSON.parse(body).length;
  if (found !== bench.n) throw new Error(`the dump has ${found} entities, not ${bench.n}`);
  const dir = path.join(bench.dir, 'nginx');
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'dump.json'), body);
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(t => `${t}_temp_path ${dir}/${t};`).join(' ');
  fs.writeFileSync(path.join(dir, 'nginx.conf'), `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off; worker_processes ${bench.threads}; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 256; }
http { access_log off; sendfile on; tcp_nopush on; default_type application/json; ${temp}
  server { listen 127.0.0.1:${port}; root ${dir}; } }
`);
  const nginx = which('nginx');
  if (!nginx) throw new Error('nginx is not installed (Debian: nginx-light)');
  const child = start(nginx, ['-p', dir, '-c', path.join(dir, 'nginx.conf'), '-e', path.join(dir, 'error.log')], { log: path.join(dir, 'log') });
  const limit = `http://127.0.0.1:${port}/dump.json`;
  await until('nginx', 5000, async () => (await get(limit).catch(() => ({}))).status === 200, { dead: () => (child.exitCode === null ? undefined : fs.readFileSync(path.join(dir, 'log'), 'utf8')) });
  const r = await compare({ url: base + DUMP, pid: bench.callboard.pid }, { url: limit, pid: child.pid }, 4, { seconds: Math.max(bench.seconds + 2, Math.ceil(body.length / 15e6)) });
  await stop(child);
  bench.backstage.push(['dump', r.ours.rps, 4.8, '/s', 100, `nginx ${(r.limit.rps / 4.8).toFixed(1)} ×`]);
  return [row(`full dump, ${(body.length / 1e6).toFixed(1)} MB, 4 connections`, r.ours.rps, '/s', r.limit.rps, 'nginx, the same bytes from a file', r.ratio, '≥ 0.5 × its limit', r.ratio >= 0.5)];
}

// ---- one file changes
const withDescription = (text, name, words) => text.replace(new RegExp(`(\\n  name: ${name}\\n(?:  title: .*\\n)?  description: ).*`), `$1${words}`);

export async function change(bench, changes = 50) {
  const { callboard: c, repo, catalog } = bench;
  const other = path.join(bench.dir, 'other.git');
  fs.rmSync(other, { recursive: true, force: true });
  execFileSync('git', ['clone', '-q', '--bare', repo, other]);
  const psql = c.postgres().session();
  await psql.ask('CREATE TABLE IF NOT EXISTS bench_row (id int PRIMARY KEY, body text); INSERT INTO bench_row VALUES (1, \'\') ON CONFLICT DO NOTHING;');
  const ours = [], limits = [];
  for (let i = 0; i < changes; i++) {
    const file = catalog.files[catalog.files.length - 1 - (i % Math.min(50, catalog.files.length))];
    const text = fs.readFileSync(path.join(catalog.dir, file), 'utf8');
    const name = text.match(/kind: Component\n(?:.*\n){1}  name: (\S+)/)[1];
    const words = `Change ${i} of ${process.pid}`;
    const edited = withDescription(text, name, words);
    if (edited === text) throw new Error(`${name} has no description to change`);
    commit(repo, [[file, edited]]);
    const t0 = now();
    const url = `${c.base}${BY_NAME}/component/default/${name}`;
    await c.until(`change ${i}`, 20000, async () => (await get(url)).body.includes(words), { every: 1 });
    ours.push(now() - t0);
    const t1 = now();
    git(other, ['fetch', '-q', 'origin', 'main:main']);
    const t2 = now();
    await psql.ask(`UPDATE bench_row SET body = '${words}' WHERE id = 1;`);
    limits.push(now() - t1);
    bench.fetchMs = t2 - t1;
    await sleep(20);
  }
  await psql.ask('DROP TABLE bench_row;');
  await psql.end();
  bench.backstage.push(['one change to visible (p99)', quantile(ours, 0.99), 2000, 'ms', 100]);
  const p = q => [quantile(ours, q), quantile(limits, q)];
  const [a50, b50] = p(0.5), [a99, b99] = p(0.99);
  return [
    row(`one changed file of ${catalog.files.length}, commit to visible, p99 of ${changes}`, a99, 'ms', b99, 'git fetch of that commit + a one-row commit, p99', a99 / b99, '≤ 3 × its limit, and ≤ 150 ms', a99 <= 3 * b99 && a99 <= 150),
    row('  p50', a50, 'ms', b50, 'the same, p50', a50 / b50),
  ];
}

// ---- reads while a big commit is applied
function paced(bench, port, url, rate, seconds) {
  fs.rmSync(path.join(bench.dir, `paced-${port}.json`), { force: true });
  const child = start(path.join(bench.programs, 'paced'), [String(port), url, String(rate), String(seconds), '64'], { log: path.join(bench.dir, `paced-${port}.json`) });
  const answer = child.ended.then(code => {
    const text = fs.readFileSync(path.join(bench.dir, `paced-${port}.json`), 'utf8').trim();
    if (code !== 0) throw new Error(`paced ended with ${code}: ${text}`);
    return JSON.parse(text.split('\n').at(-1));
  });
  answer.catch(() => {}); // whoever awaits it hears of it; nobody else need die
  return answer;
}
export async function readsWhileWriting(bench) {
  const { callboard: c, repo, catalog } = bench;
  if (!bench.max) throw new Error('the measured maximum is missing: it needs reads');
  const rate = Math.max(1, Math.round(bench.max * 0.2));
  const one = byName(catalog.manifest.samples.components[7]);
  const touched = catalog.files.slice(-Math.ceil(Math.min(10000, bench.n) / 50)); // the last ones are all components
  const stamp = `Rewritten ${process.pid}`;
  const files = touched.map(f => [f, fs.readFileSync(path.join(catalog.dir, f), 'utf8').replace(/^  description: .*/gm, `  description: ${stamp}`)]);
  const last = files.at(-1)[1].match(/kind: Component\nmetadata:\n  name: (\S+)\n/)[1];
  const t0 = now(), cpu0 = treeCpuMs([c.pid, c.postgres().pid]);
  const load = paced(bench, c.port, one, rate, 12);
  await sleep(1000);
  const before = now();
  commit(repo, files, 'rewrite');
  const made = now() - before;
  const t1 = now();
  await c.until('the big commit', 120000, async () => (await get(`${c.base}${BY_NAME}/component/default/${last}`)).body.includes(stamp), { every: 50 });
  const applied = now() - t1;
  const ours = await load;
  const wall = now() - t0, cpu = treeCpuMs([c.pid, c.postgres().pid]) - cpu0;
  // the same burn beside the bare handler: one process that computes for as long as the commit took to make and apply
  const loading = paced(bench, bench.limit.port, one, rate, 12);
  await sleep(1000);
  const burner = start(process.execPath, ['-e', `const end = Date.now() + ${Math.round(applied + made)}; while (Date.now() < end);`]);
  const limit = await loading;
  await stop(burner, { signal: 'SIGKILL' });
  return [row(`reads at ${rate}/s while ${touched.length * 50} entities change (applied in ${Math.round(applied)} ms), p99`, ours.p99_us / 1000, 'ms', limit.p99_us / 1000, 'bare h2o at the same rate beside one busy core for as long', ours.p99_us / limit.p99_us, '≤ 2 × its limit', ours.p99_us <= 2 * limit.p99_us && ours.errors === 0),
    row('  p50', ours.p50_us / 1000, 'ms', limit.p50_us / 1000, 'same runs', ours.p50_us / limit.p50_us),
    row(`  server and PostgreSQL, CPU of those ${Math.round(wall / 1000)} s`, cpu, 'ms CPU')];
}

// ---- memory
export async function memoryOf(bench) {
  await bench.settle();
  const m = memory(bench.callboard.pid);
  if (!bench.dumpBytes) bench.dumpBytes = (await get(bench.callboard.base + DUMP)).body.length;
  const MB = 1e6, settled = 1.5 * bench.dumpBytes + 40 * MB, peak = 2.5 * bench.dumpBytes + 40 * MB;
  bench.backstage.push(['resident memory', m.rss / MB, 450, 'MB', undefined]);
  return [
    row('resident memory, settled after all of the above', m.rss / MB, 'MB', bench.dumpBytes / MB, "the entities' JSON bytes", m.rss / bench.dumpBytes, '≤ 1.5 × its limit + 40 MB', m.rss <= settled),
    row('resident memory, peak', m.peak / MB, 'MB', bench.dumpBytes / MB, "the entities' JSON bytes", m.peak / bench.dumpBytes, '≤ 2.5 × its limit + 40 MB', m.peak <= peak),
  ];
}

// ---- start: a second callboard on the same database, so that PostgreSQL's own start is not counted
export async function startAgain(bench) {
  const { callboard: a, repo, catalog } = bench;
  const pg = a.postgres();
  const query = fs.readFileSync(path.join(bench.source, 'sql/queries/entity_all.sql'), 'utf8');
  const read = () => { const t0 = now(); pg.drain(query); return now() - t0; };
  const took = [], limits = [];
  for (let i = 0; i < 3; i++) {
    limits.push(read());
    const b = new Callboard({ binary: bench.binary, dir: path.join(bench.dir, 'second') });
    await b.configure([{ git: repo, paths: CATALOG }], { database: pg.url });
    const t0 = now();
    await b.start();
    const r = await get(b.base + byName(catalog.manifest.samples.components[7]));
    if (r.status !== 200 || (await b.total()) !== bench.n) throw new Error('it said ready before it could answer');
    took.push(now() - t0);
    await b.stop();
  }
  const t = median(took), limit = median(limits);
  await a.stop();
  const whole = await a.start();
  return [
    row(`start with ${bench.n} entities in the database to first answer`, t, 'ms', limit, 'psql reads the same rows, by the same query, and drops them', t / limit, '≤ 2 × its limit', t <= 2 * limit),
    row('  with the private PostgreSQL stopped before', whole, 'ms'),
  ];
}

// ---- nothing happens
export async function idle(bench, seconds = 60) {
  await bench.callboard?.stop();
  const { dir, files } = generate(bench.dir, 10000, 50);
  const repos = files.map((f, i) => ({ git: bare(path.join(bench.dir, 'idle', `s${i}.git`), [[f, fs.readFileSync(path.join(dir, f))]]), paths: CATALOG }));
  const c = new Callboard({ binary: bench.binary, dir: path.join(bench.dir, 'idle', 'server') });
  await c.configure(repos);
  await c.start();
  await c.until('200 sources', 300000, async () => (await c.total()) === 10000, { every: 200 });
  await sleep(10000);
  const pids = [c.pid, c.postgres().pid];
  const t0 = now(), c0 = treeCpuMs(pids);
  await sleep(seconds * 1000);
  const share = 100 * (treeCpuMs(pids) - c0) / (now() - t0);
  const { rss } = memory(c.pid);
  await c.stop();
  return [row(`nothing happens for ${seconds} s: ${files.length} local sources, 10000 entities`, share, '% of a core', undefined, 'server, PostgreSQL and children, ended ones too', undefined, '≤ 1 %', share <= 1),
    row('  resident memory of the server', rss / 1e6, 'MB')];
}

// ---- a panel's way to its plugin and back, nothing behind it
export async function plugin(bench) {
  const host = path.join(bench.programs, 'callboard-plugin-host'); // found beside whoever asks
  fs.rmSync(host, { force: true });
  fs.symlinkSync(path.join(bench.build, 'callboard-plugin-host'), host);
  const so = path.join(bench.build, 'plugins/.libs/skeleton.so');
  const m = JSON.parse(execFileSync(path.join(bench.programs, 'bench_plugin'), [so], { encoding: 'utf8' }));
  return [
    row(`a panel from its plugin, without an upstream (${m.calls} one after another)`, m.trip_us, 'µs', m.inside_us, 'the same call in one process', m.trip_us / m.inside_us, '≤ 300 µs median', m.trip_us <= 300),
    row('  p99', m.trip_p99_us, 'µs'),
  ];
}

// ---- a template's files, beside the renderer that Backstage has
export async function template(bench) {
  const from = path.join(here, '../template/files'), dir = path.join(bench.dir, 'template'), files = [];
  const { VALUES } = await import('../template/values.mjs');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'values.json'), JSON.stringify(VALUES));
  for (let i = 0; files.length < 1000; i++)
    for (const name of fs.readdirSync(from).filter(f => f !== 'ci.yaml').slice(0, 1000 - files.length)) { // that one is an error on purpose
      files.push(path.join(dir, `${i}-${name}`));
      fs.writeFileSync(files.at(-1), `${fs.readFileSync(path.join(from, name), 'utf8')}\n# ${i}\n`);
    }
  const args = [path.join(dir, 'values.json'), ...files];
  const ours = JSON.parse(execFileSync(path.join(bench.programs, 'bench_template'), args, { encoding: 'utf8' }));
  const theirs = JSON.parse(execFileSync('node', [path.join(here, 'bench_nunjitsu.mjs'), ...args], { encoding: 'utf8' }));
  if (ours.bytes !== theirs.bytes) throw new Error(`not the same came out: ${ours.bytes} bytes, and nunjitsu's ${theirs.bytes}`);
  return [row(`${ours.files} files of a template rendered (${Math.round(ours.bytes / 1000)} kB)`, ours.ms, 'ms', theirs.ms, 'npm nunjitsu 0.7.0, its best of five as well', ours.ms / theirs.ms, '≤ 0.5 × its limit', ours.ms <= theirs.ms / 2)];
}

// ---- reads beside plugins that segfault, loop, leak, babble and hang up, all at once and for as long as the reads go on
export async function strangers(bench, { rate = 1000, seconds = 15 } = {}) {
  const dir = path.join(bench.dir, 'strangers');
  const c = new Callboard({ binary: bench.binary, dir });
  fs.mkdirSync(path.join(dir, 'plugins'));
  buildStrangers(path.join(dir, 'plugins'));
  fs.writeFileSync(path.join(dir, 'all.yaml'), Array.from({ length: LANES }, (_, i) => `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: e${i}}\nspec: {type: service, lifecycle: production, owner: team}\n`).join('---\n'));
  await c.configure([{ file: path.join(dir, 'all.yaml') }], { more: `log: {access: false}\nplugins:\n  directory: ${dir}/plugins\n${strangerSections}` });
  await c.start();
  await c.until('its entities', 30000, async () => (await c.total('&filter=kind=component')) === LANES, { every: 50 });
  const one = byName('component:default/e1'), state = { stop: false };
  try {
    const idle = await paced({ ...bench, dir }, c.port, one, rate, seconds);
    const calling = Promise.all(STRANGERS.map(s => callStranger(c.port, s, { calls: Infinity, state })));
    await sleep(1000);
    const beside = await paced({ ...bench, dir }, c.port, one, rate, seconds);
    state.stop = true;
    const ends = await calling;
    const calls = ends.reduce((n, e) => n + e.calls, 0), restarts = ends.reduce((n, e) => n + e.restarts, 0);
    return [
      row(`reads at ${rate}/s beside ${STRANGERS.length} plugins that misbehave (${calls} calls, ${restarts} restarts), p99`, beside.p99_us / 1000, 'ms', idle.p99_us / 1000, 'the same callboard, its plugins idle', beside.p99_us / idle.p99_us, '≤ 2 × its limit, none fails', beside.p99_us <= 2 * idle.p99_us && beside.errors === 0),
      row('  p50', beside.p50_us / 1000, 'ms', idle.p50_us / 1000, 'same runs', beside.p50_us / idle.p50_us),
    ];
  } finally {
    state.stop = true;
    await c.stop();
  }
}

// ---- who breaks with a hub of a big graph: the walk alone, without a server
export async function impact(bench) {
  const text = execFileSync(path.join(bench.programs, 'bench_graph'), { encoding: 'utf8' });
  const ms = Number(text.match(/^all dependents of a hub +([\d.]+) ms/m)[1]), reached = text.match(/\((\d+) reached\)/)[1];
  return [row(`who breaks with a hub: 250000 entities, 2000000 relations, ${reached} reached`, ms, 'ms CPU', undefined, undefined, undefined, '≤ 50 ms', ms <= 50)];
}
