// The private PostgreSQL of a running callboard, found by its postmaster.pid and spoken to with psql.
import fs from 'node:fs';
import path from 'node:path';
import { spawn, execFileSync } from 'node:child_process';

function find(dir, depth = 3) {
  for (const e of fs.readdirSync(dir, { withFileTypes: true })) {
    if (e.name === 'postmaster.pid') return path.join(dir, e.name);
    if (e.isDirectory() && depth > 0) { const got = find(path.join(dir, e.name), depth - 1); if (got) return got; }
  }
  return undefined;
}

export class Postgres {
  constructor(dataDir) {
    const file = find(dataDir);
    if (!file) throw new Error(`no private PostgreSQL under ${dataDir}`);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    this.pid = Number(lines[0]);
    this.port = lines[3];
    this.host = lines[4];
    this.args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.host, '-p', this.port, '-U', 'callboard', 'callboard'];
  }
  get url() { return `postgresql:///callboard?host=${this.host}&port=${this.port}&user=callboard`; }
  run(sql) {
    return execFileSync('psql', this.args, { input: sql, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['pipe', 'pipe', 'pipe'] }).trim();
  }
  // Everything comes over, and nothing is kept.
  drain(sql) {
    execFileSync('psql', this.args, { input: sql + ';\n', stdio: ['pipe', 'ignore', 'pipe'] });
  }
  // One psql that stays: ask(sql) resolves when PostgreSQL has done it.
  session() {
    const child = spawn('psql', this.args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let waiting = null, text = '';
    child.stdout.setEncoding('utf8').on('data', d => { text += d; if (waiting && text.includes('@@done')) { const w = waiting; waiting = null; w(text); text = ''; } });
    return {
      ask: sql => new Promise(resolve => { waiting = resolve; child.stdin.write(`${sql}\n\\echo @@done\n`); }),
      end: () => new Promise(r => { child.once('exit', r); child.stdin.end(); }),
    };
  }
}
