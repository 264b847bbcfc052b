// Steps of software templates, run as the engine runs them: in callboard-plugin-host, each in a workspace of its own. Callboard's side is here:
// what an export brings (exporting), what the webhooks and callboard itself are asked over HTTP (came, answerWith).
import assert from 'node:assert';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { started } from './host.mjs';

export const OK = 0, FAILED = -1, EINVAL = -2, ENOTFOUND = -3, EDENIED = -4, ECONFLICT = -5, ELIMIT = -6, EUPSTREAM = -8, ECANCELLED = -9;
export const ESCAPE = 'Relative path is not allowed to refer to a directory outside its parent';
export let workspaces, host;
let number = 0;

export const came = [];
const PLAIN = { status: 200, body: '{"ok":true}' };
let answer = PLAIN;
export function answerWith(other = PLAIN) { answer = other; }
const server = http.createServer((rq, rs) => {
  let body = '';
  rq.on('data', d => { body += d; }).on('end', () => {
    came.push({ method: rq.method, url: rq.url, headers: rq.headers, body });
    rs.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
});

export async function begin() {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  workspaces = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-actions-'));
  host = await started('templates', { url: `${url}/`, notifications: { url: `${url}/hook`, secret: 'signing secret' } },
    { args: ['--workspaces', workspaces], allow: [url], secrets: ['signing secret'] });
}
export async function end() {
  await host.stop();
  server.close();
  fs.rmSync(workspaces, { recursive: true, force: true });
}

// A workspace with FILES: {path: text or {link}}; a path that ends with "/" is a folder.
export function workspace(files = {}) {
  const folder = path.join(workspaces, `task-${++number}`);
  fs.mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (name.endsWith('/')) continue;
    if (typeof text === 'object') fs.symlinkSync(text.link, file);
    else fs.writeFileSync(file, text);
  }
  return folder;
}
export function tree(folder, below = '') {
  return fs.readdirSync(path.join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(e => {
    const name = path.join(below, e.name);
    return e.isDirectory() ? [`${name}/`, ...tree(folder, name)] : [name];
  });
}
export const FILES = { 'a.txt': 'A\n', '.dot': 'x', 'd/b.txt': 'B', 'd/.h': 'hidden', 'e/': '' };

export async function run(action, input, opts = {}) {
  const from = host.logs.length;
  const folder = opts.workspace ?? workspace(opts.files ?? {});
  const answer = await host.call(action, { what: 'action', input, workspace: folder, ref: 'template:default/new-service', deadline_ms: 20000, task: { id: 't1', step: 's1', dryRun: false, baseUrl: opts.baseUrl }, ...opts.call });
  return { ...answer, folder, log: host.logs.slice(from).map(l => l.body), tree: () => tree(folder) };
}
export async function fails(code, sentence, action, input, opts) {
  const done = await run(action, input, opts);
  assert.equal(done.code, FAILED, JSON.stringify(done.json));
  if (sentence instanceof RegExp) assert.match(done.error, sentence);
  else assert.equal(done.error, sentence);
  assert.equal(done.error_code, code);
  return done;
}

// callboard's side of an export: {path: text, {mode, text} or {link}}, or one text for a single file.
export function exporting(files) {
  const asked = [];
  host.answers.git_export = ({ url, folder }) => {
    asked.push({ url, folder });
    const to = path.join(workspaces, `task-${number}`, folder);
    if (files.error) return files;
    if (typeof files.text === 'string') {
      const file = fs.existsSync(to) && fs.statSync(to).isDirectory() ? path.join(to, path.basename(url)) : to;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, files.text, { mode: files.mode ?? 0o644 });
      return {};
    }
    fs.mkdirSync(to, { recursive: true });
    for (const [name, f] of Object.entries(files)) {
      const file = path.join(to, name);
      fs.mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
      if (name.endsWith('/')) continue;
      if (typeof f === 'object' && f.link) fs.symlinkSync(f.link, file);
      else fs.writeFileSync(file, f.text ?? f, { mode: f.mode ?? 0o644 });
    }
    return {};
  };
  return asked;
}
