// Asks descriptor_probe: one JSON line there, one back.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = process.env.CALLBOARD_ROOT ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.CALLBOARD_BUILD ?? path.join(root, 'build');

function binary() {
  if (process.env.CALLBOARD_PROBE) return process.env.CALLBOARD_PROBE;
  const places = ['san/tests/support', 'tests/support'].map(dir => path.join(build, dir, 'descriptor_probe'));
  return places.find(existsSync) ?? places[0];
}

export class Probe {
  #child = spawn(binary(), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  #waiting = [];

  constructor() {
    createInterface({ input: this.#child.stdout, crlfDelay: Infinity }).on('line', line => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#child.on('error', e => this.#fail(e));
    this.#child.on('exit', (code, signal) => this.#fail(new Error(`descriptor_probe ended with ${code ?? signal}`)));
    this.#child.stdin.on('error', () => {});
  }
  #fail(error) {
    for (const w of this.#waiting.splice(0)) w.reject(error);
  }
  ask(request) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(JSON.stringify(request) + '\n');
    });
  }
  yaml(text) {
    return this.ask({ do: 'yaml', hex: hex(text) });
  }
  read(text, more = {}) {
    return this.ask({ do: 'read', hex: hex(text), ...more });
  }
  entity(entity, more = {}) {
    return this.ask({ do: 'entity', entity, ...more });
  }
  close() {
    this.#child.stdin.end();
  }
}

export const hex = text => (Buffer.isBuffer(text) ? text : Buffer.from(text)).toString('hex');

// The same numbers for the same seed (mulberry32).
export function random(seed) {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = n => Math.floor(next() * n);
  return { next, int, pick: a => a[int(a.length)], chance: p => next() < p };
}

// How many cases, and from which seed: the gate's, unless the environment says otherwise.
export const cases = Number(process.env.CALLBOARD_CASES ?? 3000);
export const seed = Number(process.env.CALLBOARD_SEED ?? 20240229);
