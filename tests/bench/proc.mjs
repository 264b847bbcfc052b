// Processes: start and stop them, wait for them, and what they cost in CPU and memory.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { spawn, execFileSync } from 'node:child_process';

export const sleep = ms => new Promise(r => setTimeout(r, ms));
export const now = () => Number(process.hrtime.bigint()) / 1e6; // ms
const started = new Set();

export function freePort() {
  return new Promise((resolve, reject) => {
    const s = net.createServer().on('error', reject);
    s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
  });
}

// A child whose output goes to LOG; it ends with us, at the latest.
export function start(file, args, { log, env } = {}) {
  const out = log ? fs.openSync(log, 'a') : 'ignore';
  const child = spawn(file, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
  if (log) fs.closeSync(out);
  child.ended = new Promise(r => child.once('exit', (code, signal) => { started.delete(child); r(code ?? signal); }));
  child.once('error', e => { child.failed = e; });
  started.add(child);
  return child;
}

export async function stop(child, { signal = 'SIGTERM', within = 30000 } = {}) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  if (await Promise.race([child.ended.then(() => true), sleep(within).then(() => false)])) return;
  child.kill('SIGKILL');
  await child.ended;
}

export async function stopAll() {
  await Promise.all([...started].map(c => stop(c, { within: 10000 })));
}
process.on('exit', () => { for (const c of started) c.kill('SIGKILL'); });

// Poll ASK until it gives something, at most WITHIN ms; DEAD says why it never will.
export async function until(what, within, ask, { every = 5, dead } = {}) {
  const end = now() + within;
  for (;;) {
    const got = await ask();
    if (got) return got;
    const why = dead?.();
    if (why) throw new Error(`${what}: ${why}`);
    if (now() > end) throw new Error(`${what}: not within ${Math.round(within / 1000)} s`);
    await sleep(every);
  }
}

// CPU of all of a process's threads, in ms, by the scheduler's own clock.
export function cpuMs(pid) {
  let ns = 0;
  for (const t of fs.readdirSync(`/proc/${pid}/task`)) {
    try { ns += Number(fs.readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8').split(' ')[0]); } catch { /* it ended */ }
  }
  return ns / 1e6;
}

function stat(pid) {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const f = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(f[1]), ticks: f.slice(11, 15).map(Number).reduce((a, b) => a + b) };
}

// CPU of a process, its living descendants, OTHERS and theirs, and of the children each has seen end; in ms.
export function treeCpuMs(roots) {
  const all = new Map();
  for (const d of fs.readdirSync('/proc')) if (/^\d+$/.test(d)) try { all.set(Number(d), stat(d)); } catch { /* it ended */ }
  const mine = new Set(roots);
  for (let grew = true; grew;) {
    grew = false;
    for (const [pid, s] of all) if (!mine.has(pid) && mine.has(s.parent)) { mine.add(pid); grew = true; }
  }
  let ticks = 0;
  for (const pid of mine) ticks += all.get(pid)?.ticks ?? 0;
  return ticks * 1000 / Number(execFileSync('getconf', ['CLK_TCK']));
}

export function memory(pid) {
  const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = name => Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))[1]) * 1024;
  return { rss: kb('VmRSS'), peak: kb('VmHWM') };
}

export const which = name => (process.env.PATH + ':/usr/sbin:/sbin').split(':').map(d => path.join(d, name)).find(p => fs.existsSync(p));
