// A callboard under test: its folder, its configuration, its process and its private PostgreSQL.
import fs from 'node:fs';
import path from 'node:path';
import { freePort, start, stop, until, now } from './proc.mjs';
import { get, json } from './load.mjs';
import { Postgres } from './postgres.mjs';

const KINDS = 'Component, API, Resource, System, Domain, Group, User, Template, Location';

export class Callboard {
  constructor({ binary, dir }) {
    this.binary = binary;
    this.dir = dir;
    this.data = path.join(dir, 'var');
    this.log = path.join(dir, 'server.log');
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(dir, { recursive: true });
  }
  // SOURCES: [{git, paths, interval} or {file}]; DATABASE only for one that shares another's; MORE: lines of the configuration.
  async configure(sources, { database, more = '' } = {}) {
    this.port = await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    this.config = path.join(this.dir, 'callboard.yaml');
    const rows = sources.map(s => s.file ? `  - file: ${s.file}\n` : `  - git: ${s.git}\n    branch: main\n    paths: [${s.paths.map(p => JSON.stringify(p)).join(', ')}]\n    interval: ${s.interval ?? '60s'}\n`);
    fs.writeFileSync(this.config, `listen: 127.0.0.1:${this.port}\ndata_dir: ${this.data}\n${database ? `database: ${JSON.stringify(database)}\n` : ''}rules: {allow: [${KINDS}]}\n${rows.length ? `sources:\n${rows.join('')}` : ''}${more}`);
  }
  // Resolves with the ms from the exec to the first 200 of /readyz.
  async start({ within = 120000 } = {}) {
    const t0 = now();
    this.process = start(this.binary, ['serve', '--config', this.config], { log: this.log });
    await this.until('ready', within, async () => (await get(`${this.base}/readyz`).catch(() => ({}))).status === 200);
    return now() - t0;
  }
  async until(what, within, ask, options) {
    return until(what, within, ask, { ...options, dead: () => this.why() });
  }
  why() {
    const p = this.process;
    if (p.failed) return p.failed.message;
    if (p.exitCode === null && p.signalCode === null) return undefined;
    return `the server ended (${p.exitCode ?? p.signalCode}): ${fs.readFileSync(this.log, 'utf8').trim().split('\n').slice(-3).join(' | ')}`;
  }
  get pid() { return this.process.pid; }
  async total(query = '') { return (await json(`${this.base}/api/catalog/entities/by-query?limit=0${query}`)).totalItems; }
  postgres() { return new Postgres(this.data); }
  async stop() { await stop(this.process); }
}
