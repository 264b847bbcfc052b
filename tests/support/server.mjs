// A callboard for black box tests: its own folder, configuration, database and port; gone afterwards.
//
//   const server = await startServer({ catalog: { 'all.yaml': text } });
//   const answer = await server.get('/api/catalog/entities');      // { status, headers, text, json }
//   await server.stop();
//
// The program is $CALLBOARD_BINARY, else build/san/callboard, else build/callboard. With CALLBOARD_TEST_DATABASE (a
// superuser's URL) each server has a database of its own there; without, its own private PostgreSQL.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const KINDS = 'Component, API, Resource, System, Domain, Group, User, Template, Location';
const START_MS = 90_000;
const STOP_MS = 40_000;

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

// A deadline that keeps nobody waiting once what it limits is over.
const late = ms => new Promise(resolve => setTimeout(resolve, ms).unref());

export function binary() {
  const all = [process.env.CALLBOARD_BINARY, path.join(root, 'build/san/callboard'), path.join(root, 'build/callboard')];
  return all.find(file => file && fs.existsSync(file));
}

// Why these tests cannot run here, or false: for node:test's { skip }.
export const missing = binary() ? false : 'no callboard is built: ./dev build, or set CALLBOARD_BINARY';

export async function freePort() {
  const server = net.createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

// Ask until it is so; the last answer or error is in the message when it never is.
export async function until(what, ask, withinMs = 20_000) {
  const end = Date.now() + withinMs;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      if (error.final) throw error;
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}; last: ${last?.message ?? JSON.stringify(last)}`);
    await sleep(50);
  }
}

// One request on a connection of its own (or AGENT's), nothing decoded.
export function request(port, target, { method = 'GET', headers = {}, body, agent = false, host = '127.0.0.1' } = {}) {
  return new Promise((resolve, reject) => {
    const sent = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
    const all = { ...headers };
    if (body !== undefined && !Object.keys(all).some(k => k.toLowerCase() === 'content-type')) all['content-type'] = 'application/json';
    if (sent !== undefined) all['content-length'] = Buffer.byteLength(sent);
    const req = http.request({ host, port, path: target, method, headers: all, agent, setHost: !Object.keys(all).some(k => k.toLowerCase() === 'host') }, res => {
      const chunks = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const answer = { status: res.statusCode, headers: res.headers, rawHeaders: res.rawHeaders, bytes, text: bytes.toString('utf8'), complete: res.complete };
        Object.defineProperty(answer, 'json', { get: () => JSON.parse(answer.text) });
        resolve(answer);
      });
    });
    req.on('error', reject);
    req.end(sent);
  });
}

// Bytes on a socket, and everything that comes back until the other end closes or QUIET_MS pass.
export function raw(port, bytes, { quietMs = 3000, half = false } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks = [];
    let reset = false;
    const begin = Date.now();
    const done = closed => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed, reset, ms: Date.now() - begin });
    };
    socket.setTimeout(quietMs, () => done(false));
    socket.on('data', chunk => chunks.push(chunk));
    socket.on('end', () => done(true));
    socket.on('error', error => {
      if (error.code === 'ECONNREFUSED') return reject(error);
      reset = true;
      done(true);
    });
    socket.on('connect', () => (half ? socket.end(bytes) : socket.write(bytes)));
  });
}

async function psql(url, sql) {
  await run('psql', ['-qX', url, '-c', sql]);
}

let databases = 0;

async function makeDatabase() {
  const base = process.env.CALLBOARD_TEST_DATABASE;
  if (!base) return undefined;
  const name = `callboard_test_${process.pid}_${++databases}`;
  await psql(base, `CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.toString(),
    // Nobody gets in any more, and whoever is in is thrown out; allow(true) opens it again.
    allow: async yes => {
      await psql(base, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`);
      if (!yes) await psql(base, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    },
    drop: () => psql(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => {}),
  };
}

export class Server {
  // OPTIONS.config: more lines of callboard.yaml; .catalog: files that a `file:` source reads, all.yaml first of all;
  // .sources: rows of `sources:`, instead; .listen; .env; .database: a URL, instead of one of its own.
  constructor(options) {
    this.options = options;
    this.port = options.port;
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-http-'));
    fs.chmodSync(this.dir, 0o755); // a private PostgreSQL may run as another user
    this.catalogDir = path.join(this.dir, 'catalog');
    this.log = path.join(this.dir, 'server.log');
  }

  write(name, text) {
    const file = path.join(this.catalogDir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  async configure() {
    const { catalog, sources, config = '', database } = this.options;
    const rows = sources ?? (catalog ? [`file: ${path.join(this.catalogDir, 'all.yaml')}`] : []);
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    for (const [name, text] of Object.entries(catalog ?? {})) this.write(name, text);
    if (!database) this.database ??= await makeDatabase();
    const url = database ?? this.database?.url;
    const lines = [
      `listen: ${this.options.listen ?? '127.0.0.1'}:${this.port}`,
      `data_dir: ${path.join(this.dir, 'var')}`,
      ...(url ? [`database: ${JSON.stringify(url)}`] : []),
      ...(/^rules:/m.test(config) ? [] : [`rules: {allow: [${KINDS}]}`]),
      ...(rows.length ? ['sources:', ...rows.map(row => `  - ${row.trim().replaceAll('\n', '\n    ')}`)] : []),
      config,
    ];
    this.config = path.join(this.dir, 'callboard.yaml');
    fs.writeFileSync(this.config, `${lines.join('\n')}\n`);
  }

  spawn() {
    const out = fs.openSync(this.log, 'a');
    const env = {
      ...process.env,
      UBSAN_OPTIONS: 'print_stacktrace=1',
      LSAN_OPTIONS: `suppressions=${path.join(root, 'tests/support/lsan.supp')}:print_suppressions=0`,
      ...this.options.env,
    };
    for (const name of Object.keys(env)) if (name.startsWith('CALLBOARD_') && !(name in (this.options.env ?? {}))) delete env[name];
    this.process = spawn(binary(), ['serve', '--config', this.config], { stdio: ['ignore', out, out], env });
    fs.closeSync(out);
    this.ended = new Promise(resolve => {
      this.process.on('exit', (code, signal) => resolve({ code, signal }));
      this.process.on('error', error => resolve({ error }));
    });
    this.ended.then(how => { this.how = how; });
  }

  // Resolves when it answers and, with a catalog, when what was first read is visible.
  async start({ ready = true } = {}) {
    await this.configure();
    this.spawn();
    if (!ready) return this;
    await this.until('ready', async () => (await this.get('/readyz')).status === 200, START_MS);
    if (this.options.catalog || this.options.sources?.length)
      await this.until('every source is read', async () => {
        const { items } = (await this.get('/api/sources', { headers: this.options.headers })).json;
        return items.length > 0 && items.every(s => s.lastTry) && items;
      }, START_MS);
    const generations = (await this.get('/api/sources', { headers: this.options.headers })).json.items?.map(s => s.generation ?? 0) ?? [];
    await this.until('what was read is served', async () =>
      JSON.parse((await this.get('/readyz')).text).generation >= Math.max(0, ...generations));
    return this;
  }

  async until(what, ask, withinMs) {
    return until(what, async () => {
      if (this.how) throw Object.assign(new Error(`the server ended (${JSON.stringify(this.how)}): ${this.tail()}`), { final: true });
      return ask();
    }, withinMs);
  }

  tail(lines = 15) {
    return fs.existsSync(this.log) ? fs.readFileSync(this.log, 'utf8').trim().split('\n').slice(-lines).join('\n') : '';
  }

  get(target, options) {
    return request(this.port, target, options);
  }

  post(target, body, options) {
    return request(this.port, target, { method: 'POST', body, ...options });
  }

  raw(bytes, options) {
    return raw(this.port, bytes, options);
  }

  async metric(name) {
    const { text } = await this.get('/metrics', { headers: this.options.headers });
    const line = text.split('\n').find(l => l.startsWith(`callboard_${name} `) || l.startsWith(`callboard_${name}{`));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
  }

  // SIGTERM, and how it ended: { code, signal }.
  async end(signal = 'SIGTERM') {
    if (!this.how) this.process.kill(signal);
    const how = await Promise.race([this.ended, late(STOP_MS)]);
    if (!how) {
      this.process.kill('SIGKILL');
      throw new Error(`it did not end within ${STOP_MS} ms of ${signal}: ${this.tail()}`);
    }
    return how;
  }

  // The end of a test: the process, its folder and its database. Throws when a sanitizer spoke.
  async stop() {
    let how, error;
    try {
      how = this.how ?? (this.process ? await this.end() : undefined);
    } catch (e) {
      error = e;
    }
    const log = (fs.existsSync(this.log) ? fs.readFileSync(this.log, 'utf8') : '').replaceAll(/^.* plugin\.stderr .*$/gm, ''); // a plugin's own crash is its own
    await this.database?.drop();
    if (process.env.CALLBOARD_KEEP) console.error(`kept: ${this.dir}`);
    else fs.rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
    const bad = log.match(/.*(runtime error|Sanitizer|Assertion).*(\n.*){0,25}/);
    if (bad) throw new Error(bad[0]);
    if (error) throw error;
    return how;
  }
}

export async function startServer(options = {}) {
  const server = new Server(options);
  try {
    return await server.start(options);
  } catch (error) {
    error.message += `\n${server.tail(30)}`;
    await server.stop().catch(() => {});
    throw error;
  }
}

// The example company of docs/examples on a free port: { url, pid, stop }. UPSTREAMS: with what its plugins ask.
export async function startExample(options = {}) {
  const build = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-example-'));
  fs.chmodSync(build, 0o755);
  fs.symlinkSync(binary(), path.join(build, 'callboard'));
  const port = await freePort();
  const log = path.join(build, 'server.log');
  const out = fs.openSync(log, 'a');
  const env = { ...process.env, CALLBOARD_LISTEN: `127.0.0.1:${port}`, ...options.env };
  const child = spawn(path.join(root, 'docs/examples/run.sh'), [...(options.upstreams ? [] : ['--plain']), build], { stdio: ['ignore', out, out], env });
  fs.closeSync(out);
  const ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({ code, signal })));
  let how;
  ended.then(h => { how = h; });
  const stop = async () => {
    if (!how) child.kill('SIGTERM');
    await Promise.race([ended, late(STOP_MS)]);
    child.kill('SIGKILL');
    fs.rmSync(build, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await until('the example company is read', async () => {
      if (how) throw new Error(`it ended (${JSON.stringify(how)})`);
      const { json } = await request(port, '/api/sources');
      return json.items.length > 0 && json.items.every(s => s.lastTry && s.state !== 'reading');
    }, START_MS);
  } catch (error) {
    error.message += `\n${fs.readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`;
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, port, repos: path.join(build, 'example/repos'), log, stop, pid: child.pid };
}
