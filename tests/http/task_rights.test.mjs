// Whose run it is: who began it and editors end it, begin it anew and undo what it left; everybody may look at it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 60_000 }, fn);
const V2 = '/api/scaffolder/v2';
const jane = { 'x-forwarded-user': 'jane' }, joe = { 'x-forwarded-user': 'joe' };
let server, editor;

before(async () => {
  if (missing) return;
  server = await startServer({
    catalog: { 'all.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: fails}
spec: {type: service, steps: [{id: write, action: "catalog:write", input: {entity: {metadata: {name: x}}}}, {id: publish, action: "publish:file", input: {repoUrl: "\${{ parameters.name }}"}}, {id: no, action: "fs:rename", input: {files: [{from: nothing, to: x}]}}]}
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: rests}
spec: {type: service, steps: [{id: rest, action: "debug:wait", input: {seconds: 50}}]}
` },
    config: `auth: {tokens: true, trusted_proxies: [127.0.0.0/8]}\nscaffolder: {secrets_key: ${'0123456789abcdef'.repeat(4)}}`,
    headers: jane,
  });
  await server.until('the actions', async () => (await server.get(`${V2}/actions`, { headers: jane })).json.some?.(a => a.id === 'publish:file'));
  const { stdout } = await promisify(execFile)(binary(), ['token', 'create', 'editor', '--config', server.config, '--user', 'user:default/ed', '--role', 'editor']);
  editor = { authorization: `Bearer ${stdout.match(/cb_[A-Za-z0-9_-]{43}/)[0]}` };
});
after(async () => { await server?.stop(); });

const post = (path, headers, body = {}) => server.post(path, body, { headers });
const task = async id => (await server.get(`${V2}/tasks/${id}`, { headers: joe })).json;
async function begin(templateRef, headers, values = {}) {
  const made = await post(`${V2}/tasks`, headers, { templateRef, values });
  assert.equal(made.status, 201, made.text);
  return made.json.id;
}
const until = (id, ...states) => server.until(`it is ${states}`, async () => states.includes((await task(id)).status));
const refused = answer => assertError(answer, 403, 'NotAllowedError', /^user:default\/joe may not do this: the run is of user:default\/jane, and it needs the role editor$/, { method: 'POST' });

it('another reader does not cancel a run; who began it, or an editor, does', async () => {
  for (const headers of [jane, editor]) {
    const id = await begin('rests', jane);
    await until(id, 'processing');
    refused(await post(`${V2}/tasks/${id}/cancel`, joe));
    assert.equal((await task(id)).status, 'processing');
    assert.equal((await post(`${V2}/tasks/${id}/cancel`, headers)).status, 200);
    await until(id, 'cancelled');
    refused(await post(`${V2}/tasks/${id}/retry`, joe));
    assert.equal((await task(id)).status, 'cancelled');
  }
});

it('nor does he undo what it left behind, or begin it anew', async () => {
  const id = await begin('fails', jane, { name: 'acme/one' });
  await until(id, 'failed');
  refused(await post(`/api/tasks/${id}/undo`, joe));
  refused(await post(`${V2}/tasks/${id}/retry`, joe));
  const left = async () => (await server.get(`/api/tasks/${id}`, { headers: joe })).json.leftBehind;
  assert.deepEqual((await left()).map(l => l.undoneAt), [null]);
  assert.equal((await post(`/api/tasks/${id}/undo`, jane)).status, 200);
  assert.ok((await left())[0].undoneAt);
});

it('an editor\'s retry runs as who began it', async () => {
  const id = await begin('fails', jane, { name: 'acme/two' });
  await until(id, 'failed');
  assert.equal((await post(`${V2}/tasks/${id}/retry`, editor)).status, 201);
  await until(id, 'failed');
  assert.equal((await task(id)).createdBy, 'user:default/jane');
});

it('a page of another origin does none of it', async () => {
  const id = await begin('fails', jane, { name: 'acme/three' });
  await until(id, 'failed');
  for (const path of [`${V2}/tasks`, `${V2}/dry-run`, `${V2}/tasks/${id}/cancel`, `${V2}/tasks/${id}/retry`, `/api/tasks/${id}/undo`])
    for (const origin of ['https://evil.example', 'null'])
      assert.equal((await post(path, { ...jane, origin })).status, 403, path);
});
