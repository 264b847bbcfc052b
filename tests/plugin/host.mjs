// callboard-plugin-host as callboard sees it: a process with a socket on descriptor 3, and frames (plugins/abi/wire.h).
import { spawn } from 'node:child_process';
import path from 'node:path';

const build = process.env.CALLBOARD_BINARY ? path.dirname(process.env.CALLBOARD_BINARY) : path.resolve('build');
const strangers = ['gallery', 'misbehave', 'steps', 'engine', 'strange'];
export const object = name => path.join(build, strangers.includes(name) ? 'tests/plugin' : 'plugins', '.libs', `${name}.so`);

export class Host {
  constructor(args = [], program = path.join(build, 'callboard-plugin-host')) {
    this.child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe', 'pipe'], env: { ASAN_OPTIONS: 'detect_leaks=0', LC_ALL: 'C' } });
    this.socket = this.child.stdio[3];
    this.stderr = '';
    this.child.stderr.on('data', d => { this.stderr += d; });
    this.waiting = new Map();
    this.frames = [];
    this.logs = [];
    this.metrics = [];
    this.asked = [];
    this.answers = {};
    this.ids = 0;
    this.rest = Buffer.alloc(0);
    this.exit = new Promise(resolve => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    this.socket.on('data', d => this.#take(Buffer.concat([this.rest, d])));
    this.socket.on('error', () => {});
    this.socket.on('close', () => { for (const done of this.waiting.values()) done({ op: 'gone' }); });
  }

  #take(bytes) {
    while (bytes.length >= 8) {
      const headN = bytes.readUInt32BE(0), bodyN = bytes.readUInt32BE(4);
      if (headN > 65536) { this.broken = true; this.socket.destroy(); return; }
      if (bytes.length < 8 + headN + bodyN) break;
      this.#frame(JSON.parse(bytes.subarray(8, 8 + headN)), bytes.subarray(8 + headN, 8 + headN + bodyN).toString());
      bytes = bytes.subarray(8 + headN + bodyN);
    }
    this.rest = bytes;
  }

  #frame(head, body) {
    this.frames.push({ ...head, body });
    if (head.op === 'log') this.logs.push({ ...head, body });
    else if (head.op === 'metric') this.metrics.push(head);
    else if (head.op === 'ask') {
      this.asked.push({ ...head, body });
      const answer = this.answers[head.what];
      if (answer) Promise.resolve(answer(head, body)).then(a => this.put({ op: 'answer', id: head.id, code: a.code ?? 0, error: a.error }, a.body ?? ''));
    } else {
      const key = head.op === 'done' ? `done ${head.id}` : 'start';
      this.waiting.get(key)?.({ ...head, body });
      this.waiting.delete(key);
    }
  }

  put(head, body = '') {
    const h = Buffer.from(JSON.stringify(head)), b = Buffer.from(body), prefix = Buffer.alloc(8);
    prefix.writeUInt32BE(h.length, 0);
    prefix.writeUInt32BE(b.length, 4);
    this.socket.write(Buffer.concat([prefix, h, b]));
  }

  #answer(key, head, body) {
    if (this.socket.destroyed) return { op: 'gone' };
    return new Promise(resolve => {
      this.waiting.set(key, resolve);
      this.put(head, body);
    });
  }

  async load(file) {
    const frame = await this.#answer('start', { op: 'load', path: file });
    if (frame.op === 'loaded') this.descriptor = JSON.parse(frame.body);
    return frame;
  }

  open(config = {}, { allow = [], secrets = [], concurrency = 4 } = {}) {
    return this.#answer('start', { op: 'open', concurrency, allow, secrets }, JSON.stringify(config));
  }

  // A call of the panel (or other row) NAME. {input, entity, ref, user, deadline_ms, what, workspace, task}
  async call(name, opts = {}) {
    const what = opts.what ?? 'panel';
    const table = { panel: 'panels', panel_action: 'panel_actions', source: 'sources', route: 'routes', action: 'actions', undo: 'actions' }[what];
    const row = this.descriptor[table].findIndex(r => (r.name ?? r.path) === name);
    const input = opts.input ? JSON.stringify(opts.input) : '';
    const id = opts.id ?? ++this.ids;
    const frame = await this.#answer(`done ${id}`, { op: 'call', id, what, row, ref: opts.ref ?? 'component:default/x', user: opts.user, input_n: Buffer.byteLength(input), deadline_ms: opts.deadline_ms ?? 2000, workspace: opts.workspace, task: opts.task },
      input + (opts.entity ? JSON.stringify(opts.entity) : ''));
    if (frame.op === 'done' && frame.code === 0) frame.json = JSON.parse(frame.body);
    return frame;
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.put({ op: 'stop' });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20000);
    const end = await this.exit;
    clearTimeout(timer);
    this.socket.destroy();
    return end;
  }
}

export async function started(name, config, opts) {
  const host = new Host(opts?.args);
  const loaded = await host.load(object(name));
  if (loaded.op !== 'loaded') throw new Error(`${name}: ${loaded.error}`);
  const opened = await host.open(config, opts);
  if (opened.op !== 'opened') throw new Error(`${name}: ${opened.error ?? opened.op}`);
  return host;
}
