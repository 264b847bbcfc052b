// Runs of templates, from the first step to the last: with a language and steps of the tests' own, for the engine knows none.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing, sleep, startServer } from '../support/server.mjs';
import { object } from '../plugin/host.mjs';
import { assertError } from './fixture.mjs';
import os from 'node:os';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const V2 = '/api/scaffolder/v2';
const KEY = '0123456789abcdef'.repeat(4);

const template = (name, steps, more = '') => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: ${name}}
spec:
  type: service
  ${more}
  steps: ${JSON.stringify(steps)}
---
`;
const echo = (id, input, more = {}) => ({ id, name: `Step ${id}`, action: 'test:echo', input, ...more });
const templates = [
  template('plain', [echo('a', { message: 'hello ${{ parameters.who }}', n: '${{ parameters.n }}', gone: '${{ parameters.nothing }}' }), echo('b', { n: '${{ steps.a.output.n }}', text: 'is ${{ steps.a.output.n }}', task: '${{ context.task.id }}', env: '${{ environment.parameters.region }}' })],
    'output: {links: [{title: One, url: "https://x.test/${{ parameters.who }}"}, {title: Never, url: "https://x.test", if: "${{ parameters.nothing }}"}], text: [{title: T, content: "n is ${{ steps.b.output.n }}", if: "true"}], leak: "${{ secrets.token }}"}'),
  template('ifs', [echo('no', {}, { if: false }), echo('text', {}, { if: '${{ parameters.no }}' }), echo('yes', {}, { if: '${{ parameters.yes }}' }), echo('lazy', { x: '${{ ! }}' }, { if: '${{ parameters.no }}' })]),
  template('each', [echo('list', { k: '${{ each.key }}', v: '${{ each.value }}' }, { each: '${{ parameters.list }}' }), echo('map', { k: '${{ each.key }}' }, { each: { a: 1, b: 2 }, if: '${{ parameters.yes }}' })]),
  template('fails', [echo('a', {}), { id: 'bad', action: 'test:fail', input: { message: 'it broke', code: -5 } }, echo('never', {}), echo('clean', { message: 'cleaning' }, { if: '${{ always() }}' }), echo('sad', {}, { if: '${{ failure() }}' }), echo('other', {}, { if: '${{ parameters.yes }}' })]),
  template('wrong', [echo('a', { message: '${{ ! }}' })]),
  template('noaction', [{ action: 'no:such' }]),
  template('badinput', [{ id: 'x', action: 'test:make', input: { extra: 1 } }]),
  template('crash', [{ id: 'x', action: 'test:crash' }]),
  template('secret', [echo('a', { message: 'the token is ${{ secrets.token }}!', token: '${{ secrets.token }}' }), echo('b', { same: '${{ steps.a.output.token }}', message: '${{ steps.a.output.token }} again' }), { id: 'bad', action: 'test:fail', input: { message: 'no ${{ secrets.token }} here' } }]),
  template('slow', [echo('a', {}), { id: 'rest', action: 'test:rest', input: { ms: 30000 } }, echo('b', {})]),
  template('short', [{ id: 'rest', action: 'test:rest', input: { ms: 1500 } }]),
  template('makes', [{ id: 'one', action: 'test:make', input: { name: '${{ parameters.name }}', token: '${{ secrets.token }}' } }, { id: 'two', action: 'test:make', input: { name: 'stubborn' } }, { id: 'bad', action: 'test:fail' }]),
  template('made', [{ id: 'one', action: 'test:make', input: { name: 'kept' } }]),
  template('large', [{ id: 'w', action: 'test:write', input: { path: 'big', bytes: 2000000 } }, echo('b', {})]),
  template('files', [{ id: 'w', action: 'test:write', input: { path: 'a.txt', text: 'one\n' } }, { id: 'w2', action: 'test:write', input: { path: 'a.txt', text: 'two ${{ secrets.token }}\n' } }, { id: 'm', action: 'test:make', input: { name: 'dry' } }, echo('last', { url: '${{ steps.m.output.url }}' })]),
].join('');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-engine-'));
fs.chmodSync(dir, 0o755);
fs.copyFileSync(object('engine'), path.join(dir, 'templates.so'));
let server;
before(async () => {
  if (missing) return;
  server = await startServer({
    catalog: { 'all.yaml': templates },
    env: { ASAN_OPTIONS: 'handle_abort=0' },
    config: `plugins: {directory: ${dir}}
scaffolder: {secrets_key: ${KEY}, workspace_quota: 1MiB, default_environment: {parameters: {region: north}}}
http: {watch_heartbeat: 300ms}`,
  });
  await server.until('the plugin is ready', async () => (await server.get(`${V2}/actions`)).json.length > 0);
});
after(async () => {
  await server?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
});

const create = async (name, values = {}, secrets) => {
  const answer = await server.post(`${V2}/tasks`, { templateRef: name, values, ...(secrets && { secrets }) });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
};
const state = async id => (await server.get(`${V2}/tasks/${id}`)).json.status;
const ended = id => server.until('it has ended', async () => ['completed', 'failed', 'cancelled'].includes(await state(id)));
const detail = async id => (await server.get(`/api/tasks/${id}`)).json;
const events = async (id, after = 0) => (await server.get(`${V2}/tasks/${id}/events?after=${after}`)).json;
const run = async (name, values, secrets) => {
  const id = await create(name, values, secrets);
  await ended(id);
  const all = await events(id);
  return { id, all, end: all.at(-1).body, lines: all.map(e => e.body.message), detail: await detail(id) };
};
const states = r => Object.fromEntries(r.detail.steps.map(s => [s.id, s.status]));
const workspaces = () => fs.readdirSync(path.join(server.dir, 'var/workspaces'));

it('steps run one after the other, see each other\'s outputs, and the template\'s output is told at the end', async () => {
  const r = await run('plain', { who: 'Jane', n: 7 });
  assert.equal(r.end.message, 'Run completed with status: completed');
  assert.deepEqual(r.end.output, { links: [{ title: 'One', url: 'https://x.test/Jane' }], text: [{ title: 'T', content: 'n is 7' }] });
  assert.deepEqual(r.detail.steps[1].output, { n: 7, text: 'is 7', task: r.id, env: 'north' });
  assert.deepEqual(r.lines, ['Starting up task with 2 steps', 'Beginning step Step a', 'hello Jane', 'Finished step Step a', 'Beginning step Step b', 'nothing', 'Finished step Step b', 'Run completed with status: completed']);
  assert.deepEqual(r.all.map(e => e.id), r.all.map(e => e.id).toSorted((a, b) => a - b));
  assert.deepEqual(r.all[2].body, { message: 'hello Jane', stepId: 'a', level: 'info' });
  assert.deepEqual([r.all[2].type, r.all[2].taskId, r.all[2].isTaskRecoverable], ['log', r.id, false]);
  assert.ok(r.detail.steps.every(s => s.startedAt && s.endedAt && s.milliseconds >= 0));
});

it('a step whose if is false is skipped, and what is wrong in its input does not matter', async () => {
  const r = await run('ifs', { no: 0, yes: 'yes' });
  assert.deepEqual(states(r), { no: 'skipped', text: 'skipped', yes: 'completed', lazy: 'skipped' });
  assert.ok(r.lines.includes('Skipping step no because its if condition was false'));
});

it('each runs a step once for each item, and gathers its outputs in lists', async () => {
  const r = await run('each', { list: ['x', { y: 1 }], yes: true });
  assert.deepEqual(r.detail.steps.map(s => s.output), [{ k: ['0', '1'], v: ['x', { y: 1 }] }, { k: ['a', 'b'] }]);
  assert.ok(r.lines.includes('Running step each: {"key":"1","value":"[object Object]"}'));
  for (const list of [undefined, 'text', null]) {
    const { end } = await run('each', { list, yes: true });
    assert.match(end.error.message, list === 'text' ? /must resolve to an array or object/ : /cannot be resolved to a value/);
    assert.equal(end.error.name, 'InputError');
  }
});

it('behind a failure only those steps run that ask for it, and the first error is told', async () => {
  const r = await run('fails', { yes: true });
  assert.deepEqual(states(r), { a: 'completed', bad: 'failed', never: 'skipped', clean: 'completed', sad: 'completed', other: 'skipped' });
  assert.deepEqual(r.end, { message: 'Run completed with status: failed', error: { name: 'ConflictError', message: 'it broke' } });
  assert.ok(r.lines.includes('Skipping step never because a previous step failed'));
});

it('what is wrong with a template or an input is told where it is', async () => {
  assert.match((await run('wrong')).end.error.message, /^steps\[0\]\.input.*line 1, column 5/);
  assert.match((await run('noaction')).end.error.message, /^Template action with ID 'no:such' is not registered/);
  const { message } = (await run('badinput')).end.error;
  assert.match(message, /^Invalid input passed to action test:make, instance requires property "name"/);
  assert.match(message, /extra/);
});

it('a plugin that crashes fails its step, and the next run goes well', async () => {
  const r = await run('crash');
  assert.equal(states(r).x, 'failed');
  assert.equal((await run('plain', { who: 'x' })).end.message, 'Run completed with status: completed');
});

it('no secret is told: not in a line, an output, an error, the database; and it is gone when the run is over', async () => {
  const r = await run('secret', {}, { token: 's3cr"et-value' });
  assert.equal(r.end.error.message, 'no *** here');
  assert.deepEqual(r.detail.steps.slice(0, 2).map(s => s.output), [{ message: 'the token is ***!', token: '***' }, { same: '***', message: '*** again' }]);
  assert.ok(r.lines.includes('the token is ***!'));
  assert.doesNotMatch(JSON.stringify([r.all, r.detail, (await server.get(`${V2}/tasks/${r.id}`)).json]), /s3cr/);
  assert.doesNotMatch(fs.readFileSync(server.log, 'utf8'), /s3cr/);
});

// Server-sent events until WANT(frames) holds or the stream ends.
const stream = (id, { query = '', headers = {}, want = () => false } = {}) => new Promise((resolve, reject) => {
  const req = http.get({ port: server.port, path: `${V2}/tasks/${id}/eventstream${query}`, headers, agent: false }, res => {
    let text = '';
    const frames = () => text.split('\n\n').filter(Boolean).map(f => ({ id: Number(/^id: (.*)$/m.exec(f)?.[1]), event: /^event: (.*)$/m.exec(f)?.[1], data: f.includes('data: ') ? JSON.parse(/^data: (.*)$/m.exec(f)[1]) : undefined, text: f }));
    const end = ended => { resolve({ status: res.statusCode, headers: res.headers, frames: frames(), ended }); req.destroy(); };
    res.on('data', d => { text += d; if (text.endsWith('\n\n') && want(frames())) end(false); });
    res.on('end', () => end(true));
  });
  req.on('error', reject);
});

it('a stream tells events as they come, with ids and signs of life, ends with the run, and goes on where it was', async () => {
  const id = await create('short');
  const all = await stream(id);
  assert.equal(all.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.ok(all.ended);
  const slow = await create('slow');
  assert.equal((await stream(slow, { want: frames => frames.some(f => f.text.startsWith(': alive')) })).ended, false, 'a sign of life while nothing happens');
  await server.post(`${V2}/tasks/${slow}/cancel`, {});
  const told = all.frames.filter(f => f.event);
  assert.deepEqual(told.map(f => f.id), told.map(f => f.data.id));
  assert.equal(told.at(-1).event, 'completion');
  const half = told[2].id;
  for (const from of [{ query: `?after=${half}` }, { headers: { 'last-event-id': String(half) } }, { query: '?after=1', headers: { 'last-event-id': String(half) } }])
    assert.deepEqual((await stream(id, from)).frames.map(f => f.id), told.slice(3).map(f => f.id));
  assert.deepEqual((await stream(id, { query: '?after=99999999' })).frames.map(f => f.event), ['completion'], 'the end is always told');
  assert.deepEqual((await events(id, 99999999)).map(e => e.type), ['completion']);
});

it('events of a run that says nothing are waited for', async () => {
  const id = await create('short');
  await server.until('it rests', async () => (await events(id)).some(e => e.body.message === 'waiting'));
  const last = (await events(id)).at(-1).id, began = Date.now();
  const more = await events(id, last);
  assert.ok(Date.now() - began > 300, 'it waited');
  assert.ok(more.length > 0 && more.every(e => e.id > last));
  assertError(await server.get(`${V2}/tasks/00000000-0000-0000-0000-000000000000/eventstream`), 404, 'NotFoundError', /No task/);
});

it('a run is cancelled in the middle of a step, ends as cancelled, and cannot be cancelled again', async () => {
  const id = await create('slow');
  await server.until('it rests', async () => (await events(id)).some(e => e.body.message === 'waiting'));
  assert.equal(workspaces().includes(id), true);
  const answer = await server.post(`${V2}/tasks/${id}/cancel`, {});
  assert.deepEqual([answer.status, answer.json], [200, { status: 'cancelled' }]);
  await server.until('it is cancelled', async () => (await state(id)) === 'cancelled', 5000);
  const all = await events(id);
  assert.deepEqual(all.filter(e => e.type === 'cancelled').map(e => e.body), [{ message: 'Step rest has been cancelled.', stepId: 'rest', status: 'cancelled' }]);
  assert.equal(all.at(-1).body.message, 'Run completed with status: cancelled');
  assert.deepEqual(states({ detail: await detail(id) }), { a: 'completed', rest: 'cancelled', b: 'open' });
  assertError(await server.post(`${V2}/tasks/${id}/cancel`, {}), 409, 'ConflictError', /has ended/, { method: 'POST' });
});

it('a run that has ended begins anew on request, and only then', async () => {
  const r = await run('fails');
  const answer = await server.post(`${V2}/tasks/${r.id}/retry`, {});
  assert.deepEqual([answer.status, answer.json], [201, { id: r.id }]);
  await ended(r.id);
  const all = await events(r.id);
  assert.deepEqual(all.map(e => e.type).filter(t => t !== 'log'), ['recovered', 'completion']);
  assert.equal(all.filter(e => e.body.message === 'Beginning step Step a').length, 2);
  const slow = await create('slow');
  assertError(await server.post(`${V2}/tasks/${slow}/retry`, {}), 409, 'ConflictError', /has not ended/, { method: 'POST' });
  await server.post(`${V2}/tasks/${slow}/cancel`, {});
  await ended(slow);
});

it('what a failed run left behind is listed, and undone as far as it can be', async () => {
  const times = async name => (await server.get(`/api/plugins/templates/made?name=${name}`)).json.times;
  const r = await run('makes', { name: 'thing' }, { token: 'a-token' });
  assert.deepEqual(r.detail.leftBehind.map(l => [l.step, l.action, l.canUndo, l.undoneAt, l.output.url]), [
    ['two', 'test:make', true, null, 'https://made.test/stubborn'], ['one', 'test:make', true, null, 'https://made.test/thing']]);
  assert.equal(await times('thing'), 1);
  const { status, json } = await server.post(`/api/tasks/${r.id}/undo`, {});
  assert.equal(status, 200);
  assert.deepEqual(json.leftBehind.map(l => [l.step, Boolean(l.undoneAt), l.error]), [['two', false, 'it will not go'], ['one', true, undefined]]);
  assert.equal(await times('thing'), 0);
  assert.deepEqual((await run('made')).detail.leftBehind, [], 'a run that went well leaves nothing behind');
});

it('a run whose folder is over the quota fails, and no folder is left of any', async () => {
  const r = await run('large');
  assert.match(r.end.error.message, /workspace_quota/);
  await server.until('no folder is left', () => workspaces().length === 0);
});

it('a dry run tells files, changes, log and output, and changes nothing outside', async () => {
  const body = { template: (await server.get('/api/catalog/entities/by-name/template/default/files')).json, values: {}, secrets: { token: 'hidden-one' }, directoryContents: [{ path: 'x/y.txt', base64Content: 'aGk=' }] };
  const { status, json, text } = await server.post(`${V2}/dry-run`, body);
  assert.equal(status, 200, text);
  assert.deepEqual(json.directoryContents, [{ path: 'a.txt', executable: false, base64Content: Buffer.from('two ***\n').toString('base64') }]);
  assert.deepEqual(json.changes.map(c => [c.step, c.files.map(f => [f.path, f.change])]), [['w', [['a.txt', 'added']]], ['w2', [['a.txt', 'changed']]]]);
  assert.match(json.changes[1].files[0].diff, /-one\n\+two \*\*\*/);
  assert.ok(json.log.some(l => l.body.message === 'Skipping because test:make does not support dry-run' && l.body.status === 'skipped'));
  assert.ok(json.log.some(l => l.body.message.startsWith('Running test:write in dry-run mode with inputs (secrets redacted): {')));
  assert.deepEqual(json.steps.map(s => s.id), ['w', 'w2', 'm', 'last']);
  assert.doesNotMatch(text, /hidden-one/);
  assert.equal((await server.get('/api/plugins/templates/made?name=dry')).json.times, 0);
  const failing = { ...body, template: { ...body.template, spec: { steps: [{ action: 'test:fail', input: { message: 'gone', code: -3 } }] } } };
  assertError(await server.post(`${V2}/dry-run`, failing), 404, 'NotFoundError', 'gone', { method: 'POST' });
  assertError(await server.post(`${V2}/dry-run`, { ...body, directoryContents: [{ path: '../x', base64Content: '' }] }), 403, 'NotAllowedError', /not allowed to refer to a directory outside/, { method: 'POST' });
  assert.equal((await server.post(`${V2}/dry-run`, { ...body, template: { ...body.template, spec: { parameters: { required: ['a'] }, steps: [] } } })).json.errors[0].message, 'requires property "a"');
});

it('a dry run of a template of the catalog has the files beside it, and no others by the word of who asks', async () => {
  const { status, json, text } = await server.post(`${V2}/dry-run`, { templateRef: 'files', values: {}, secrets: { token: 'hidden-one' } });
  assert.equal(status, 200, text);
  assert.deepEqual(json.directoryContents.map(f => f.path), ['a.txt']);
  assertError(await server.post(`${V2}/dry-run`, { templateRef: 'nobody', values: {} }), 404, 'NotFoundError', /nobody not found/, { method: 'POST' });
  assertError(await server.post(`${V2}/dry-run`, { templateRef: 'files', values: {}, directoryContents: [] }), 400, 'InputError', /instead of template/, { method: 'POST' });
});

it('a stopped callboard lets its run go; the next one says why it failed, or starts it over', async () => {
  const slow = await create('slow');
  await server.until('it rests', async () => (await events(slow)).some(e => e.body.message === 'waiting'));
  await server.end();
  server.how = undefined;
  server.spawn();
  await server.until('it is ready', async () => (await server.get('/readyz')).status === 200);
  await ended(slow);
  assert.equal(await state(slow), 'failed');
  assert.match((await events(slow)).at(-1).body.error.message, /callboard ended while the step rest ran/);
});

it('many at once', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => create('plain', { who: `w${i}` })));
  await Promise.all(ids.map(ended));
  for (const id of ids) assert.equal(await state(id), 'completed');
  await sleep(50);
  await server.until('no folder is left', () => workspaces().length === 0);
});

test('a run is taken by any callboard of the database, followed on another, and taken over from one that was killed', { skip: missing || (process.env.CALLBOARD_TEST_DATABASE ? false : 'it takes a database that two can use'), timeout: 120_000 }, async () => {
  const config = n => `plugins: {directory: ${dir2}}\nscaffolder: {secrets_key: ${KEY}, concurrent_tasks: ${n}, lease: 1s}`;
  const dir2 = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-engine-'));
  fs.chmodSync(dir2, 0o755);
  fs.copyFileSync(object('engine'), path.join(dir2, 'templates.so'));
  const first = await startServer({ catalog: { 'all.yaml': templates }, config: config(0) });
  const second = await startServer({ database: first.database.url, config: config(4) });
  let third;
  const on = first; // where it is asked; it runs nothing itself
  const begin = async (name, values = {}) => (await on.post(`${V2}/tasks`, { templateRef: name, values })).json.id;
  const stateOf = async id => (await on.get(`${V2}/tasks/${id}`)).json.status;
  try {
    await second.until('its plugin is ready', async () => (await second.get(`${V2}/actions`)).json.length > 0);
    const began = Date.now(), id = await begin('plain', { who: 'x' });
    await on.until('it is done', async () => (await stateOf(id)) === 'completed');
    assert.ok(Date.now() - began < 5000, 'nobody waited for a poll of minutes');
    const slow = await begin('slow');
    await on.until('it rests', async () => (await on.get(`${V2}/tasks/${slow}/events`)).json.some(e => e.body.message === 'waiting'));
    third = await startServer({ database: first.database.url, config: config(4) });
    second.process.kill('SIGKILL');
    await second.ended;
    await on.until('it has ended elsewhere', async () => (await stateOf(slow)) === 'failed');
    assert.match((await on.get(`${V2}/tasks/${slow}/events`)).json.at(-1).body.error.message, /callboard ended while the step rest ran/);
    const more = await begin('plain', { who: 'y' });
    await on.until('the third runs what comes', async () => (await stateOf(more)) === 'completed');
    assert.equal((await third.metric('tasks_recovered_total')), 1);
  } finally {
    await third?.stop();
    await second.stop();
    await first.stop();
    fs.rmSync(dir2, { recursive: true, force: true });
  }
});

it('as many runs wait as may, and the next one is refused, begun or begun anew', async () => {
  const config = `plugins: {directory: ${dir}}\nscaffolder: {secrets_key: ${KEY}, concurrent_tasks: 0, waiting_tasks: 2}`;
  const full = await startServer({ catalog: { 'all.yaml': templates }, config });
  try {
    await full.until('its plugin is ready', async () => (await full.get(`${V2}/actions`)).json.length > 0);
    const begin = () => full.post(`${V2}/tasks`, { templateRef: 'plain', values: {} });
    const first = (await begin()).json.id;
    assert.equal((await begin()).status, 201, 'the last place');
    const sentence = /^2 runs wait already, as many as may \(scaffolder\.waiting_tasks\)/;
    assertError(await begin(), 503, 'ServiceUnavailableError', sentence, { method: 'POST' });
    assert.equal((await full.post(`${V2}/tasks/${first}/cancel`, {})).status, 200);
    assert.equal((await begin()).status, 201, 'there is a place again');
    assertError(await full.post(`${V2}/tasks/${first}/retry`, {}), 503, 'ServiceUnavailableError', sentence, { method: 'POST' });
    assert.equal((await full.get(`${V2}/tasks/${first}`)).json.status, 'cancelled', 'it is as it was');
  } finally {
    await full.stop();
  }
});
