// Ours and theirs: tests/template/render.c as one long-lived process, and npm nunjitsu as Backstage's scaffolder makes it.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { createTemplateRenderer } from 'nunjitsu';

const build = process.env.CALLBOARD_BINARY ? path.dirname(process.env.CALLBOARD_BINARY) : path.resolve('build');
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export class Ours {
  constructor() {
    this.child = spawn(path.join(build, 'tests/template/render'), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    readline.createInterface({ input: this.child.stdout }).on('line', line => this.waiting.shift()(line));
    this.child.on('exit', (code, signal) => { for (const done of this.waiting) done(JSON.stringify({ died: `${code} ${signal}` })); this.died = true; });
    this.child.stdin.on('error', () => {});
  }

  // {value} | {absent} | {error}
  render(job) {
    if (this.died) return Promise.resolve({ died: 'before' });
    return new Promise(resolve => {
      this.waiting.push(line => { const a = JSON.parse(line); if ('raw' in a) { a.value = JSON.parse(a.raw); delete a.raw; } resolve(a); });
      this.child.stdin.write(JSON.stringify(job) + '\n');
    });
  }
  stop() { this.child.stdin.end(); }
}

const renderers = new Map();
export function theirs({ source, context, cookiecutter = false, trimBlocks = false, lstripBlocks = false, text = false, failed = false }) {
  const key = `${cookiecutter} ${trimBlocks} ${lstripBlocks} ${failed}`;
  if (!renderers.has(key))
    renderers.set(key, createTemplateRenderer({ allowRegexExecution: true, cookiecutterCompat: cookiecutter, trimBlocks, lstripBlocks, globals: { always: () => true, failure: () => failed } }));
  try {
    const value = text ? renderers.get(key).render(source, context) : renderers.get(key).renderValue(source, context);
    if (value === undefined) return { absent: true };
    return { value: text ? value.replace(halves, '\ufffd') : JSON.parse(JSON.stringify(value)) };
  } catch (e) {
    return { error: e.message };
  }
}
