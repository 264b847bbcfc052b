#!/usr/bin/env node
// What `./dev bench` runs: every figure that has a budget, beside its limit, in one run on one machine.
//
//   node run.mjs --build BUILD_DIR [--n 10000] [--seconds 3] [--only reads,change] [--write]
//
// --n         entities in the catalog (10000 or 100000 have budgets)
// --seconds   of each load; three rounds each, turn about with the limit
// --only      some measures: firstRead reads answers dump change readsWhileWriting memoryOf startAgain idle impact plugin strangers template portal
//             (firstRead always runs)
// --write     also writes results.md beside this file, from this run and the last ones of other sizes
//
// Everything happens in BUILD_DIR/bench, on free ports of 127.0.0.1. Exit status: 0 all promises kept, 1 some missed, 3 could not.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuMs, sleep, stopAll } from './proc.mjs';
import { bare, generate } from './repo.mjs';
import * as others from './measures.mjs';
import { portal } from './portal.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const arg = (name, otherwise) => { const i = process.argv.indexOf('--' + name); return i < 0 ? otherwise : process.argv[i + 1]; };
const build = path.resolve(arg('build', path.join(here, '../../build')));
const n = Number(arg('n', 10000));
const only = arg('only', '').split(',').filter(Boolean);
const dir = path.join(build, 'bench', String(n));
const programs = path.join(build, 'tests/bench');
const binary = path.join(build, 'callboard');

for (const p of [binary, ...['bare_h2o', 'bare_ingest', 'paced'].map(x => path.join(programs, x))])
  if (!fs.existsSync(p)) { console.error(`bench: ${p} is not built: make bench builds it`); process.exit(3); }

// Where the order of the table is decided.
const ORDER = ['firstRead', 'reads', 'answers', 'dump', 'change', 'readsWhileWriting', 'memoryOf', 'startAgain', 'idle', 'impact', 'plugin', 'strangers', 'template', 'portal'];
const measures = { ...others, portal };
const bench = {
  n, dir, build, programs, binary,
  threads: os.cpus().length,
  seconds: Number(arg('seconds', 3)),
  backstage: [],
  source: path.join(here, '../..'),
  // Settled: the server has done next to nothing for two seconds.
  async settle() {
    for (let i = 0; i < 60; i++) {
      const before = cpuMs(this.callboard.pid);
      await sleep(2000);
      if (cpuMs(this.callboard.pid) - before < 20) return;
    }
    throw new Error('the server does not come to rest');
  },
};

const digits = x => (x === undefined || Number.isNaN(x) ? '' : Math.abs(x) >= 100 ? Math.round(x).toLocaleString('en') : x.toPrecision(3).replace(/\.?0+$/, '').replace(/e.*/, ''));
const cells = r => [r.what, r.figure === undefined ? '' : `${digits(r.figure)} ${r.unit ?? ''}`.trim(), r.limit === undefined ? '' : digits(r.limit), r.basis ?? '', r.ratio === undefined ? '' : digits(r.ratio), r.budget ?? '', r.ok === undefined ? (r.error ?? (r.warn ? 'slower' : '')) : r.ok ? 'ok' : 'MISSED'];
const HEAD = ['what', 'figure', 'limit', "limit's basis", 'ratio', 'budget', 'kept'];
function print(rows) {
  const table = [HEAD, ...rows.map(cells)];
  const width = HEAD.map((_, i) => Math.max(...table.map(r => [...r[i]].length)));
  for (const r of table) console.log(r.map((c, i) => (i > 0 && i !== 3 && i < 5 ? c.padStart(width[i]) : c.padEnd(width[i]))).join('  ').trimEnd());
}
const markdown = (head, rows) => [head, head.map(() => '---'), ...rows].map(r => `| ${r.join(' | ')} |`).join('\n');

function write() {
  const runs = fs.readdirSync(path.join(build, 'bench')).filter(f => /^results-\d+\.json$/.test(f)).map(f => JSON.parse(fs.readFileSync(path.join(build, 'bench', f)))).sort((a, b) => a.n - b.n);
  const parts = ['# What was measured\n\nWritten by `./dev bench --write`; each figure stands beside its limit, taken in the same run. Budgets that need what is not built yet are not here.'];
  for (const r of runs) {
    parts.push(`## ${r.n.toLocaleString('en')} entities\n\n${r.date} · ${r.machine}`);
    parts.push(markdown(HEAD, r.rows.map(x => cells(x).map(c => c.replace(/^ {2}/, '… ')))));
    if (r.backstage.length) parts.push('Beside a Backstage with 10,000 entities on such a machine:\n\n' + markdown(['what', 'callboard', 'Backstage', 'times', 'goal'], r.backstage));
  }
  fs.writeFileSync(path.join(here, 'results.md'), parts.join('\n\n') + '\n');
}

function besideBackstage(rows) {
  if (n !== 10000) return [];
  const first = rows.find(r => r.what.startsWith('first read'));
  const all = [...bench.backstage];
  if (first?.figure) all.unshift(['first read', first.figure / 1000, 226, 's', 100]);
  return all.map(([what, ours, theirs, unit, goal, note]) => {
    const times = unit === '/s' ? ours / theirs : theirs / ours;
    return [what, `${digits(ours)} ${unit}`, `${digits(theirs)} ${unit}`, `${digits(times)} ×`, (goal ? `${goal} ×${times >= goal ? '' : ' MISSED'}` : '') + (note ? ` (${note})` : '')];
  });
}

const machine = () => `${os.cpus()[0].model}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, load ${os.loadavg()[0].toFixed(1)} at the start`;

async function main() {
  fs.mkdirSync(dir, { recursive: true });
  const about = { date: new Date().toISOString().slice(0, 10), machine: machine(), n };
  console.log(`bench: ${n} entities, ${about.machine}; a few minutes\n`);
  bench.catalog = generate(dir, n);
  bench.repo = bare(path.join(dir, 'catalog.git'), bench.catalog.files.map(f => [f, fs.readFileSync(path.join(bench.catalog.dir, f))]));
  const rows = [];
  for (const name of ORDER) {
    if (only.length && name !== 'firstRead' && !only.includes(name)) continue;
    process.stderr.write(`  ${name} …\n`);
    try {
      rows.push(...await measures[name](bench));
    } catch (e) {
      process.stderr.write(`  ${name}: ${e.message}\n`);
      rows.push({ what: name, error: `not measured: ${String(e.message).slice(0, 300)}` });
      if (name === 'firstRead') break;
    }
  }
  await stopAll();
  const result = { ...about, rows, backstage: besideBackstage(rows) };
  fs.writeFileSync(path.join(build, 'bench', `results-${n}.json`), JSON.stringify(result, null, 1) + '\n');
  console.log();
  print(rows);
  if (result.backstage.length) {
    console.log('\nBeside a Backstage with 10,000 entities on such a machine:');
    for (const r of result.backstage) console.log('  ' + r[0].padEnd(30) + r[1].padStart(14) + r[2].padStart(14) + r[3].padStart(12) + '   ' + r[4]);
  }
  const missed = rows.filter(r => r.ok === false).length, failed = rows.filter(r => r.error).length;
  console.log(`\nbench: ${rows.filter(r => r.ok).length} kept, ${missed} missed, ${failed} not measured`);
  if (process.argv.includes('--write')) write();
  process.exit(failed ? 3 : missed ? 1 : 0);
}
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
main().catch(async e => { await stopAll(); console.error(`bench: ${e.message}`); process.exit(3); });
