// Five plugins that do everything wrong at the same time, one each, and calls of them: beside the soak's and the bench's reads.
//
//   buildStrangers(dir)                           their shared objects, into a plugin directory
//   const calls = await callStranger(port, s, { calls: 1000, lanes: 8 })
//                                                 how its calls ended, until so many have reached its process
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { request, root, sleep } from './server.mjs';

// The panel that is asked for, and how a call may end that reached the process: its own fault, or a neighbour's in the same process.
export const STRANGERS = [
  { name: 'segfaults', panel: 'crashes', ends: ['crashed'] },
  { name: 'loops', panel: 'hangs', ends: ['timeout', 'hung'] },
  { name: 'leaks', panel: 'leaks', ends: ['crashed', 'timeout'] },
  { name: 'babbles', panel: 'garbage', ends: ['garbage'] },
  { name: 'hangs-up', panel: 'shuts', ends: ['garbage', 'crashed'] },
];
export const LANES = 8;         // entities that each stranger is asked about at the same time, component:default/e0 and on
export const DEADLINE_MS = 300; // of a call
const DOWN = ['failing', 'broken', 'loading', 'busy']; // it was not asked

export function buildStrangers(dir) {
  for (const { name } of STRANGERS) {
    const out = path.join(dir, `.${name}.new`);
    execFileSync('cc', ['-O1', '-shared', '-fPIC', '-fvisibility=hidden', `-DMISBEHAVE_NAME="${name}"`, `-I${root}/plugins/abi`, '-o', out, path.join(root, 'tests/plugin/objects/misbehave.c')]);
    fs.renameSync(out, path.join(dir, `${name}.so`));
  }
}

// Rows of `plugins:`.
export const strangerSections = STRANGERS.map(({ name }) => `  ${name}: {concurrency: ${LANES}, memory: 96, deadline: ${DEADLINE_MS}ms}\n`).join('');

// Back-off is waited for as a client is told to; a breaker is closed by an operator: the plugin is loaded anew. State.stop ends it early.
export async function callStranger(port, { name, panel, ends }, { calls, lanes = LANES, state = {} }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: lanes });
  const out = { name, calls: 0, down: 0, reloads: 0, ends: {}, faults: [] };
  let mending;
  const mend = async () => {
    out.reloads++;
    await request(port, `/api/plugins/${name}/reload`, { method: 'POST', body: {}, agent });
    for (let i = 0; i < 200 && (await request(port, `/api/plugins/${name}`, { agent })).json.state !== 'ready'; i++) await sleep(20);
    mending = undefined;
  };
  const lane = async i => {
    while (out.calls < calls && !state.stop) {
      const answer = await request(port, `/api/panels/component/default/e${i}/${name}/${panel}?refresh=true`, { agent });
      const error = answer.status >= 500 && answer.json.error;
      if (error && DOWN.includes(error.code)) {
        out.down++;
        if (error.code === 'broken') await (mending ??= mend());
        else await sleep(Math.min(2000, Math.max(20, new Date(error.nextTry) - Date.now() || 0)));
        continue;
      }
      out.calls++;
      out.ends[error?.code ?? answer.status] = (out.ends[error?.code ?? answer.status] ?? 0) + 1;
      if (!ends.includes(error?.code) || error.message.length < 10) out.faults.push(`${answer.status} ${answer.text.slice(0, 300)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, (_, i) => lane(i)));
    out.restarts = (await request(port, `/api/plugins/${name}`, { agent })).json.restarts;
  } finally {
    agent.destroy();
  }
  return out;
}
