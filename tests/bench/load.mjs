// Requests: one after another on one connection, many with wrk, and how two servers compare in the same minutes.
import http from 'node:http';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpuMs, which } from './proc.mjs';

const run = promisify(execFile);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// A kept connection may have been closed by the other end while we were busy elsewhere: then once more, on a new one.
export function get(url, { method = 'GET', headers, body } = {}, again = true) {
  return new Promise((resolve, reject) => {
    const req = http.request(url, { agent, method, headers, timeout: 120000 }, res => {
      const parts = [];
      res.on('data', d => parts.push(d));
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }));
      res.on('error', reject);
    });
    req.on('error', e => (req.reusedSocket && again ? get(url, { method, headers, body }, false).then(resolve, reject) : reject(e)));
    req.on('timeout', () => req.destroy(new Error('no answer within two minutes')));
    req.end(body);
  });
}
export async function json(url) {
  const r = await get(url);
  if (r.status !== 200) throw new Error(`${r.status} from ${url}: ${r.body.toString().slice(0, 200)}`);
  return JSON.parse(r.body);
}

export const median = a => { const s = [...a].sort((x, y) => x - y); return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2; };
export const quantile = (a, q) => { const s = [...a].sort((x, y) => x - y); return s[Math.min(s.length - 1, Math.ceil(q * s.length) - 1)]; };

// {rps, p50, p99 in ms} of one bounded run.
export async function wrk(url, connections, seconds) {
  const exe = which('wrk');
  if (!exe) throw new Error('wrk is not installed');
  const { stdout } = await run(exe, ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '--latency', url], { timeout: (seconds + 60) * 1000 });
  const bad = stdout.match(/Non-2xx or 3xx responses: (\d+)/) ?? stdout.match(/Socket errors: .*(?:connect|read|write|timeout) [1-9].*/);
  if (bad) throw new Error(`wrk ${url}: ${bad[0]}`);
  const ms = q => { const m = stdout.match(new RegExp(`${q}%\\s+([\\d.]+)(us|ms|s)`)); return m ? Number(m[1]) * { us: 1e-3, ms: 1, s: 1e3 }[m[2]] : NaN; };
  const requests = Number(stdout.match(/(\d+) requests in/)[1]);
  if (!requests) throw new Error(`wrk ${url}: no answer in ${seconds} s`);
  return { requests, rps: Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]), p50: ms(50), p99: ms(99) };
}

// Turn about, so that a noisy minute hits both: medians of each, and the median of the rounds' ratios. OURS and LIMIT
// are {url, pid}; the CPU a request costs each says what a busy machine hides.
export async function compare(ours, limit, connections, { seconds = 3, rounds = 3 } = {}) {
  const measured = async ({ url, pid }) => {
    const before = cpuMs(pid);
    const r = await wrk(url, connections, seconds);
    return { ...r, cpu: (cpuMs(pid) - before) / r.requests };
  };
  const a = [], b = [];
  for (let i = 0; i < rounds; i++) {
    b.push(await measured(limit));
    a.push(await measured(ours));
  }
  const of = l => Object.fromEntries(['rps', 'p50', 'p99', 'cpu'].map(k => [k, median(l.map(x => x[k]))]));
  return { ours: of(a), limit: of(b), ratio: median(a.map((x, i) => x.rps / b[i].rps)) };
}
