// Reads of the catalog, as fast as they go or at a pace.
import http from 'node:http';
import { request, sleep } from '../support/server.mjs';

// Of PATHS in turn, as fast as LANES connections go for MS or until STATE.stop, or at most PER_S of them a second: how many, and what went wrong.
export async function read(port, paths, lanes, ms, { perS = Infinity, state = {} } = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: lanes });
  const end = Date.now() + ms, begin = Date.now();
  const out = { n: 0, errors: [], slowestMs: 0 };
  await Promise.all(Array.from({ length: lanes }, async () => {
    while (Date.now() < end && !state.stop) {
      const ahead = out.n / perS * 1000 - (Date.now() - begin);
      if (ahead > 0) await sleep(Math.min(ahead, 50));
      if (ahead > 50) continue;
      const target = paths[out.n++ % paths.length];
      const since = Date.now();
      const answer = await request(port, target, { agent }).catch(error => ({ status: 0, text: error.message }));
      out.slowestMs = Math.max(out.slowestMs, Date.now() - since);
      if (answer.status !== 200) out.errors.push(`${target}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }));
  agent.destroy();
  return out;
}
