// A template that is only sent, to be tried out: what of the operator's it gets depends on who sends it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { binary, missing, startServer } from '../support/server.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const V2 = '/api/scaffolder/v2';
const token = `l3nt-t0ken-${process.pid}`;
const reader = { 'x-forwarded-user': 'jane' };
let scratch, git, server, editor;

before(async () => {
  if (missing) return;
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-lent-'));
  fs.chmodSync(scratch, 0o755);
  git = await startGitHttp({ root: scratch, password: token });
  new Repository(path.join(scratch, 'acme/private.git')).commit({ 'plan.txt': 'what nobody may read' });
  server = await startServer({
    catalog: { 'all.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: known}
spec:
  type: service
  steps: [{id: fetch, action: "fetch:plain", input: {url: "https://forge.test/acme/private"}}, {id: say, action: "debug:log", input: {message: "\${{ environment.secrets.deploy | upper }}"}}]
` },
    config: `auth: {tokens: true, trusted_proxies: [127.0.0.0/8]}
scaffolder: {secrets_key: ${'0123456789abcdef'.repeat(4)}, default_environment: {secrets: {deploy: operators-own}}}
integrations:
  - {host: forge.test, type: gitea, clone: "${git.url}/", token: ${token}}
  - {host: ${new URL(git.url).host}, type: git, clone: "${git.url}/", token: ${token}}
  - {host: disk.test, type: gitea, clone: "${scratch}/"}`,
    headers: reader,
  });
  await server.until('the actions', async () => (await server.get(`${V2}/actions`, { headers: reader })).json.some(a => a.id === 'fetch:plain'));
  const { stdout } = await promisify(execFile)(binary(), ['token', 'create', 'editor', '--config', server.config, '--user', 'user:default/ed', '--role', 'editor']);
  editor = { authorization: `Bearer ${stdout.match(/cb_[A-Za-z0-9_-]{43}/)[0]}` };
});
after(async () => {
  if (!server) return;
  await server.stop();
  await git.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

const dry = (headers, ...steps) => server.post(`${V2}/dry-run`, {
  template: { apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'sent' }, spec: { type: 'x', owner: 'x', steps: steps.map((s, i) => ({ id: `s${i}`, ...s })) } },
  values: {}, directoryContents: [{ path: 'skeleton/a.txt', base64Content: '' }],
}, { headers });
const fetching = (url, more = {}) => ({ action: 'fetch:plain', input: { url, ...more } });
const files = answer => (answer.json.directoryContents ?? []).map(f => f.path);

it('a reader\'s own template gets no repository with the credentials of the operator', async () => {
  for (const url of ['https://forge.test/acme/private', `${git.url}/acme/private.git`]) {
    const answer = await dry(reader, fetching(url));
    assert.notEqual(answer.status, 200, answer.text);
    assert.match(answer.json.error.message, /wants a login/);
  }
  const local = await dry(reader, fetching('https://disk.test/acme/private'));
  assert.equal(local.status, 403, local.text);
  assert.match(local.json.error.message, /is not read for a template that was only sent: put the template into the catalog/);
  assert.deepEqual(files(await dry(reader, fetching('./skeleton'))), ['a.txt'], 'what was sent along is there');
});

it('with the credentials that its step has, it does', async () => {
  const own = await dry(reader, fetching(`${git.url.replace('//', `//jane:${token}@`)}/acme/private.git`));
  assert.deepEqual(files(own), ['plan.txt'], own.text);
});

it('who may register a template tries it with all of it', async () => {
  const answer = await dry(editor, fetching('https://forge.test/acme/private'), { action: 'debug:log', input: { message: '${{ environment.secrets.deploy | upper }}' } });
  assert.deepEqual(files(answer), ['plan.txt'], answer.text);
  assert.match(answer.text, /OPERATORS-OWN/);
});

it('a secret of the environment is stars in a reader\'s own template, however it is turned', async () => {
  const answer = await dry(reader, { action: 'debug:log', input: { message: '${{ environment.secrets.deploy | reverse }}|${{ environment.secrets.deploy | length }}' } });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /"message": ?\\?"\*\*\*\|3/);
  assert.ok(!answer.text.includes('nwo-srotarepo'));
});

it('a template of a repository has no files of this machine beside it, whatever it says', async () => {
  const here = path.join(scratch, 'here');
  fs.mkdirSync(here);
  fs.writeFileSync(path.join(here, 'all.yaml'), 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n');
  fs.writeFileSync(path.join(here, 'callboard.yaml'), 'the password of everything');
  new Repository(path.join(scratch, 'acme/templates.git')).commit({ 'catalog-info.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: curious, annotations: {backstage.io/source-location: "file:${here}/"}}
spec: {type: service, owner: team-a, steps: [{id: fetch, action: "fetch:plain", input: {url: "./callboard.yaml"}}]}
` });
  const both = await startServer({ sources: [`file: ${here}/all.yaml`, `git: ${git.url}/acme/templates.git`], config: `integrations: [{host: ${new URL(git.url).host}, type: git, clone: "${git.url}/", token: ${token}}]` });
  try {
    await both.until('the template', async () => (await both.get('/api/catalog/entities/by-name/template/default/curious')).status === 200);
    await both.until('the actions', async () => (await both.get(`${V2}/actions`)).json.some(a => a.id === 'fetch:plain'));
    const answer = await both.post(`${V2}/dry-run`, { templateRef: 'curious', values: {} });
    assert.notEqual(answer.status, 200, answer.text);
    assert.ok(!answer.text.includes(Buffer.from('the password').toString('base64')));
  } finally {
    await both.stop();
  }
});

it('a template of the catalog is tried by a reader with what its runs have', async () => {
  const answer = await server.post(`${V2}/dry-run`, { templateRef: 'known', values: {} }, { headers: reader });
  assert.deepEqual(files(answer), ['plan.txt'], answer.text);
  assert.match(answer.text, /OPERATORS-OWN/);
});
