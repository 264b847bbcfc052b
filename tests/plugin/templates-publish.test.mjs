// publish:git and publish:file, run as the engine runs them: what callboard is asked to publish, and what becomes of its answer.
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { started } from './host.mjs';

const OK = 0, FAILED = -1, EINVAL = -2, EDENIED = -4;
const ESCAPE = 'Relative path is not allowed to refer to a directory outside its parent';
let workspaces, host;

before(async () => {
  workspaces = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-publishers-'));
  host = await started('templates', {}, { args: ['--workspaces', workspaces] });
});
after(async () => {
  await host.stop();
  fs.rmSync(workspaces, { recursive: true, force: true });
});

function workspace(files = {}) {
  const folder = fs.mkdtempSync(path.join(workspaces, 'task-'));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
async function run(action, input, { files } = {}) {
  const from = host.logs.length;
  const answer = await host.call(action, { what: 'action', input, workspace: workspace(files), deadline_ms: 20000, task: { id: 't1', step: 's1', dryRun: false } });
  return { ...answer, log: host.logs.slice(from).map(l => l.body) };
}
async function fails(code, sentence, action, input) {
  const done = await run(action, input);
  assert.equal(done.code, FAILED, JSON.stringify(done.json));
  if (sentence instanceof RegExp) assert.match(done.error, sentence);
  else assert.equal(done.error, sentence);
  assert.equal(done.error_code, code);
}

// What callboard is asked to publish; ANSWER is what it says.
function publishing(answer = {}) {
  const orders = [];
  host.answers.git_publish = (head, body) => {
    orders.push(JSON.parse(body));
    return answer.error ? answer : { body: JSON.stringify({ commit: 'c0ffee', remoteUrl: 'https://git.example.com/acme/shop.git', repoContentsUrl: 'https://git.example.com/acme/shop.git#main:', branch: 'main', unchanged: false, ...answer }) };
  };
  return orders;
}

test('publish:git pushes a folder to any remote', async () => {
  const orders = publishing();
  const { code, json, log } = await run('publish:git', { repoUrl: 'https://git.example.com/acme/shop.git', sourcePath: './out/', gitCommitMessage: 'a "first"\nline', gitAuthorName: 'Jane', gitAuthorEmail: 'jane@example.com', token: 'hush-hush-hush' }, { files: { 'out/x': '1' } });
  assert.equal(code, OK);
  assert.deepEqual(json, { remoteUrl: 'https://git.example.com/acme/shop.git', repoContentsUrl: 'https://git.example.com/acme/shop.git#main:', commitHash: 'c0ffee', branch: 'main', unchanged: false });
  assert.deepEqual(orders, [{ url: 'https://git.example.com/acme/shop.git', folder: 'out', branch: 'main', base: null, path: null, message: 'a "first"\nline', author: { name: 'Jane', email: 'jane@example.com' }, delete: null, create: false, empty: false, token: 'hush-hush-hush', username: null }]);
  assert.deepEqual(log, ['Pushed commit c0ffee to branch main of https://git.example.com/acme/shop.git']);
});

test('publish:git changes a repository that is there, on a branch', async () => {
  const orders = publishing({ unchanged: true });
  const { json, log } = await run('publish:git', { repoUrl: 'git.example.com?owner=ac%6De&repo=shop', targetBranchName: 'main', defaultBranch: 'change', targetPath: 'a/b', filesToDelete: ['old'] });
  assert.equal(json.unchanged, true);
  assert.deepEqual([orders[0].url, orders[0].base, orders[0].branch, orders[0].path, orders[0].delete], ['https://git.example.com/acme/shop.git', 'main', 'change', 'a/b', ['old']]);
  assert.match(log[0], /nothing was pushed/);
});

test('publish:git fails with what callboard says, and publishes nothing outside of the workspace', async () => {
  publishing({ code: -4, error: 'the remote does not take it: main is protected' });
  await fails(-8, 'the remote does not take it: main is protected', 'publish:git', { repoUrl: 'https://git.example.com/x/y.git' });
  const orders = publishing();
  await fails(EDENIED, ESCAPE, 'publish:git', { repoUrl: 'https://git.example.com/x/y.git', sourcePath: '../..' });
  await fails(EINVAL, /names no owner/, 'publish:git', { repoUrl: 'git.example.com?repo=x' });
  assert.deepEqual(orders, []);
});

test('publish:file makes a repository on this machine', async () => {
  const orders = publishing();
  for (const repoUrl of ['acme/shop', 'localhost?owner=acme&repo=shop'])
    assert.equal((await run('publish:file', { repoUrl, description: 'A shop', defaultBranch: 'trunk' })).json.commitHash, 'c0ffee');
  assert.deepEqual(orders.map(o => [o.url, o.create, o.branch, o.base]), [['acme/shop', true, 'trunk', null], ['acme/shop', true, 'trunk', null]]);
  await fails(EINVAL, /is no name of a repository/, 'publish:file', { repoUrl: 'file:///etc/x' });
  await fails(EINVAL, /is no name of a repository/, 'publish:file', { repoUrl: '/etc/x' });
});

test('publish:file is undone by its name and commit', async () => {
  const orders = publishing();
  const undo = (input, output) => host.call('publish:file', { what: 'undo', input: { input, output }, workspace: workspace(), deadline_ms: 20000 });
  assert.equal((await undo({ repoUrl: 'acme/shop' }, { commitHash: 'c0ffee', remoteUrl: 'file:///etc' })).json.message, 'The repository acme/shop was removed');
  assert.deepEqual(orders, [{ url: 'acme/shop', remove: 'c0ffee' }]);
  assert.match((await undo({ repoUrl: 'acme/shop' }, {})).error, /nothing to take back/);
  publishing({ code: -5, error: 'somebody has pushed to acme/shop since it was made: it stays' });
  assert.match((await undo({ repoUrl: 'acme/shop' }, { commitHash: 'c0ffee' })).error, /it stays/);
});
