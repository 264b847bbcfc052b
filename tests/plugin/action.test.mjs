// Steps of a software template in their host: what they hear of their task, and where they may write.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Host, object, started } from './host.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-steps-'));
const workspaces = path.join(dir, 'workspaces'), workspace = path.join(workspaces, 'task-1'), outside = path.join(dir, 'outside');
fs.mkdirSync(path.join(workspace, 'sub'), { recursive: true });
fs.mkdirSync(path.join(outside, 'sub'), { recursive: true });
after(() => fs.rmSync(dir, { recursive: true, force: true }));
const task = { id: 'task-1', step: 'fetch', dryRun: false, baseUrl: 'https://git.example.com/o/r/blob/main/template.yaml' };
const files = at => ({ path: path.join(at, 'file'), moved: path.join(at, 'sub', 'file') });

describe('a step of a task', () => {
  let host;
  before(async () => { host = await started('steps', {}, { args: ['--workspaces', workspaces] }); });
  after(() => host.stop());

  test('hears its task, its folder, its input and who asked', async () => {
    const { json } = await host.call('test:look', { what: 'action', workspace, task, user: 'user:default/jane', input: { a: [1] } });
    assert.deepEqual(json, { workspace, task, input: { a: [1] }, user: 'user:default/jane' });
  });
  test('hears nothing of a task when there is none', async () => {
    const { json } = await host.call('look', { what: 'route' });
    assert.deepEqual(json, { workspace: null, task: null, input: null, user: null });
  });
  test('that is undone hears its input, its output and the task', async () => {
    const input = { input: { a: 1 }, output: { b: 2 } };
    assert.deepEqual((await host.call('test:look', { what: 'undo', workspace, task, input })).json, { undone: input, task });
  });
  test('writes, cuts, moves and removes files of its folder', async () => {
    assert.deepEqual((await host.call('test:write', { what: 'action', workspace, task, input: files(workspace) })).json,
      { write: 'done', cut: 'done', move: 'done', remove: 'done' });
  });
  test('changes no file outside of the workspaces', async () => {
    if (host.frames.find(f => f.op === 'loaded').unconfined.includes('landlock')) return;
    fs.writeFileSync(path.join(outside, 'file'), 'before');
    const { json } = await host.call('test:write', { what: 'action', workspace, task, input: files(outside) });
    assert.equal(json.write, 'Permission denied');
    assert.notEqual(json.move, 'done');
    assert.equal(fs.readFileSync(path.join(outside, 'file'), 'utf8'), 'before');
  });
  test('cannot move a file out of the workspaces', async () => {
    if (host.frames.find(f => f.op === 'loaded').unconfined.includes('landlock')) return;
    const { json } = await host.call('test:write', { what: 'action', workspace, task, input: { path: files(workspace).path, moved: files(outside).moved } });
    assert.notEqual(json.move, 'done');
    assert.equal(fs.existsSync(files(outside).moved), false);
  });
});

test('a plugin without actions has no workspace to write to', async () => {
  const file = path.join(workspace, 'panel');
  const host = new Host(['--workspaces', workspaces]);
  const loaded = await host.load(object('misbehave'));
  await host.open();
  if (!loaded.unconfined.includes('landlock')) {
    const { json } = await host.call('writes', { input: { path: file } });
    assert.equal(json.wrote, 'Permission denied');
    assert.equal(fs.existsSync(file), false);
  }
  await host.stop();
});
