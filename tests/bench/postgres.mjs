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
    const owner = execFileSync('stat', ['-c', '%U', path.dirname(file)], { encoding: 'utf8' }).trim();
    this.owner = owner;
    this.args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.host, '-p', this.port, '-U', owner, 'callboard'];
    this.as = process.getuid() === 0 && owner !== 'root' ? ['setpriv', '--reuid', owner, '--regid', owner, '--init-groups', '--'] : [];
  }
  get url() { return `postgresql:///callboard?host=${this.host}&port=${this.port}&user=${this.owner}`; }
  command() { const [file, ...rest] = [...this.as, 'psql', ...this.args]; return [file, rest]; }
  run(sql) {
    const [file, args] = this.command();
    return execFileSync(file, args, { input: sql, encoding: 'utf8', maxBuffer: 1 << 26, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] }).trim();
  }
  // One psql that stays: ask(sql) resolves when PostgreSQL has done it.
  session() {
    const [file, args] = this.command();
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
    let waiting = null, text = '';
    child.stdout.setEncoding('utf8').on('data', d => { text += d; if (waiting && text.includes('@@done')) { const w = waiting; waiting = null; w(text); text = ''; } });
    return {
      ask: sql => new Promise(resolve => { waiting = resolve; child.stdin.write(`${sql}\n\\echo @@done\n`); }),
      end: () => new Promise(r => { child.once('exit', r); child.stdin.end(); }),
    };
  }
}
