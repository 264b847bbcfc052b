// The examples of docs/api.md run as they stand against the example company, one after the other, and what they show is a part of
// what is answered: keys, texts and statuses as shown; "…" stands for anything, a number for any number.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing as unbuilt, request, root, startExample, until } from '../support/server.mjs';

const SECRET = 'a-secret-for-the-examples-0123456789';
const has = program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const missing = unbuilt || ['curl', 'jq', 'openssl'].filter(p => !has(p)).map(p => `no ${p}`)[0] || false;
// What it takes the network or a plugin to answer well: any answer will do.
const OUTSIDE = [/locations\?dryRun=true/, /\/api\/(panels|plugins)\//];

// A deleted entity is back when its source was read again: others' examples ask about it.
const AFTER = [[/-X DELETE \S*by-uid/, () => until('it is back', async () => (await request(example.port, '/api/catalog/entities/by-name/component/default/checkout-service')).status === 200)]];

const complete = text => !text.endsWith('\\') && spawnSync('sh', ['-n'], { input: text }).status === 0;
const begins = line => /^(curl |[a-z]+=)/.test(line);

// [{ section, command, status, headers, json, events }] of every indented block.
function examples() {
  const out = [];
  let section, block = [];
  const flush = () => {
    let script = '', at;
    for (let i = 0; i < block.length; i++) {
      if (begins(block[i])) {
        let text = block[i];
        while (!complete(text) && i + 1 < block.length) text += `\n${block[++i]}`;
        script += `${text}\n`;
        if (/^[a-z]+=/.test(text)) continue; // goes before the next one
        out.push((at = { section, command: script, shown: [] }));
        script = script.replace(/(^|\n)curl [\s\S]*/, '$1'); // variables are there for the next one, too
      } else at?.shown.push(block[i]);
    }
    block = [];
  };
  for (const line of [...fs.readFileSync(path.join(root, 'docs/api.md'), 'utf8').split('\n'), '## ']) {
    if (/^( {4}| {8})\S/.test(line) || (block.length && /^ {5,}\S/.test(line))) {
      block.push(line.trim());
      continue;
    }
    if (line.trim() === '' && block.length) continue; // the events of a stream stand apart
    flush();
    if (line.startsWith('## ')) section = line.slice(3);
  }
  for (const example of out) read(example);
  return out;
}

function read(example) {
  const json = [];
  example.headers = [];
  example.events = [];
  for (const line of example.shown) {
    const [, status] = line.match(/^HTTP\/1\.1 (\d+)/) ?? [];
    const [, name, value] = line.match(/^([a-z-]+): (.*)$/) ?? [];
    if (status) example.status = Number(status);
    else if (name === 'event') example.events.push({ event: value });
    else if (name === 'data') example.events.at(-1).data = JSON.parse(value);
    else if (name && name !== 'id') example.headers.push(name);
    else if (!name) json.push(line);
  }
  if (json.length) example.json = JSON.parse(json.join('\n'));
}

// Is SHOWN a part of GOT? The first place where it is not, or undefined.
function differs(shown, got, at = '$') {
  if (typeof shown === 'string' && typeof got === 'string') {
    const pattern = shown.split('…').map(s => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*');
    return new RegExp(`^${pattern}$`).test(got) ? undefined : `${at}: ${JSON.stringify(got)}, not ${JSON.stringify(shown)}`;
  }
  if (typeof shown === 'number' && typeof got === 'number') return undefined;
  if (Array.isArray(shown) && Array.isArray(got)) {
    if (!shown.length) return got.length ? `${at} is not empty` : undefined;
    let i = 0, why;
    for (const item of shown) { // in this order, others between
      while (i < got.length && (why = differs(item, got[i], `${at}[${i}]`))) i++;
      if (i++ >= got.length) return why ?? `${at} has only ${got.length}`;
    }
    return undefined;
  }
  if (shown && got && typeof shown === 'object' && typeof got === 'object') {
    for (const key of Object.keys(shown)) {
      const why = key in got ? differs(shown[key], got[key], `${at}.${key}`) : `${at}.${key} is not there, but ${Object.keys(got).join(', ')}`;
      if (why) return why;
    }
    return undefined;
  }
  return shown === got ? undefined : `${at}: ${JSON.stringify(got)}, not ${JSON.stringify(shown)}`;
}

let example, scratch;
before(async () => {
  if (missing) return;
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-docs-'));
  example = await startExample({ env: { CALLBOARD_WEBHOOKS_GENERIC: SECRET } });
  await until('the company is read', async () => fs.readFileSync(example.log, 'utf8').includes('Six things to try'), 60_000);
});
after(async () => {
  await example?.stop();
  if (scratch) fs.rmSync(scratch, { recursive: true, force: true });
});

for (const { section, command, status, headers, json, events } of examples())
  test(`${section}: ${command.trim().split('\n').at(-1).slice(0, 110)}`, { skip: missing }, async () => {
    const said = path.join(scratch, 'status');
    fs.writeFileSync(said, '');
    const script = `curl() { command curl -sS --max-time 25 -w '%{stderr}status %{http_code}\\n' "$@" 2>>"$SAID"; }\n${command.replaceAll('localhost:7007', `127.0.0.1:${example.port}`)}`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, SAID: said, CALLBOARD_WEBHOOKS_GENERIC: SECRET } });
    const statuses = [...fs.readFileSync(said, 'utf8').matchAll(/status (\d+)/g)].map(m => Number(m[1]));
    const got = statuses.at(-1), piped = /\| (jq|grep)/.test(command.trim().split('\n').at(-1));
    const told = `${stdout.slice(0, 1500)}${stderr}`;
    if (OUTSIDE.some(o => o.test(command))) return assert.ok(got >= 200 && got < 600, told);
    assert.ok(status ? got === status : got >= 200 && got < 300, `status ${got}: ${told}`);
    if (piped) assert.ok(stdout.trim(), `nothing comes out of the pipe: ${stderr}`);
    const body = stdout.replace(/^HTTP\/1\.1[\s\S]*?\r\n\r\n/, '');
    for (const name of headers) assert.match(stdout.toLowerCase(), new RegExp(`^${name}:`, 'm'));
    if (json !== undefined) assert.equal(differs(json, JSON.parse(body)), undefined, told);
    const all = body.split('\n\n').map(e => ({ event: e.match(/^event: (.*)$/m)?.[1], data: e.match(/^data: (.*)$/m)?.[1] }));
    for (const { event, data } of events)
      assert.ok(all.some(e => e.event === event && (!data || differs(data, JSON.parse(e.data)) === undefined)), `no such ${event}: ${told}`);
    for (const [which, wait] of AFTER) if (which.test(command)) await wait();
  });

test('each section has examples, and they are many', () => {
  const all = examples();
  const sections = fs.readFileSync(path.join(root, 'docs/api.md'), 'utf8').match(/^## .*/gm).map(s => s.slice(3));
  assert.deepEqual(sections.filter(s => !all.some(e => e.section === s)), []);
  assert.ok(all.length > 40, `${all.length}`);
});
