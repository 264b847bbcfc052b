// What was built once loads in each later callboard of the same major version of the contract.
//
// tests/plugin/frozen/1.0 is a plugin as somebody wrote it when 1.0 was new, with the header of then. Nobody who wrote a plugin edits it
// because callboard has a new version, so neither file there may ever be edited: a change that makes this test fail breaks the plugins
// that are out there, and it is the change that must go. A later minor version gets a folder of its own beside it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Host } from './host.mjs';
import { Plugins, startWith } from './server.mjs';
import { missing, root } from '../support/server.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-frozen-'));
after(() => fs.rmSync(dir, { recursive: true, force: true }));
const compile = (out, source, ...flags) => {
  execFileSync('cc', ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-shared', '-fPIC', '-fvisibility=hidden', ...flags, '-o', out, source]);
  return out;
};
const frozen = () => compile(path.join(dir, 'frozen.so'), path.join(root, 'tests/plugin/frozen/1.0/plugin.c'));

// The contract as a next version may have it: each struct longer at its end, the minor version one more (unless MINOR says otherwise).
function grownHeader(folder, minor) {
  const text = fs.readFileSync(path.join(root, 'plugins/abi/callboard/plugin.h'), 'utf8'), now = Number(/#define CALLBOARD_ABI_MINOR (\d+)/.exec(text)[1]);
  const grown = text.replace(/(#define CALLBOARD_ABI_MINOR )\d+/, `$1${minor ?? now + 1}`)
    .replace(/(struct callboard_(?:host|panel|panel_action|action|source|route|plugin) \{[^]*?\n)\};/g, '$1    void *later[3];\n};');
  assert.equal(grown.match(/void \*later/g).length, 7);
  fs.mkdirSync(path.join(folder, 'callboard'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'callboard/plugin.h'), grown);
  return folder;
}

// A callboard-plugin-host of that next version.
function grownHost() {
  const out = path.join(dir, 'grown-host'), include = grownHeader(path.join(dir, 'grown'));
  const sources = fs.readdirSync(path.join(root, 'plugins/host')).filter(f => f.endsWith('.c')).map(f => path.join(root, 'plugins/host', f));
  execFileSync('cc', ['-std=gnu11', '-D_GNU_SOURCE', '-DCB_VERSION="next"', `-I${include}`, `-I${root}`, '-o', out, ...sources, path.join(root, 'plugins/abi/wire.c'),
    '-ljansson', '-lcurl', '-lcrypto', '-lseccomp', '-ldl', '-lpthread', '-lm']);
  return out;
}

for (const [which, program] of [['this version', () => undefined], ['a next version, whose structs have grown,', grownHost]])
  describe(`a plugin built for 1.0, in the host of ${which}`, () => {
    let host, upstream, url, seen;
    const state = new Map();
    before(async () => {
      upstream = http.createServer((rq, rp) => { seen = { method: rq.method, url: rq.url, authorization: rq.headers.authorization }; rp.setHeader('X-Proof', 'yes'); rp.end('{"said":"hi"}'); });
      await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${upstream.address().port}`;
      host = new Host([], program());
      const f = await host.load(frozen());
      assert.equal(f.op, 'loaded', f.error);
      host.answers = {
        catalog_entity: () => ({ body: '{"metadata":{"name":"y"}}' }), catalog_query: () => ({ body: '{"items":[{}]}' }), api_get: () => ({ body: '{"said":"guest"}' }),
        state_put: (h, body) => { state.set(h.key, body); return {}; }, state_get: h => ({ body: state.get(h.key) }), state_del: h => { state.delete(h.key); return {}; },
        emit: () => ({}), source_refresh: () => ({}), git_export: () => ({}), git_publish: () => ({ body: '{"commit":"abc"}' }), location_register: () => ({ code: -5 }), location_remove: () => ({}),
      };
      const opened = await host.open({ mood: 'good', url, token: 'a-secret-token' }, { allow: [url], secrets: ['a-secret-token'] });
      assert.equal(opened.op, 'opened', opened.error);
    });
    after(async () => { await host?.stop(); upstream?.closeAllConnections(); upstream?.close(); });

    test('has the tables it was written with', () => {
      const d = host.descriptor;
      assert.deepEqual(d.panels.map(p => [p.name, p.annotations, p.kinds, p.ttl_s, p.stale_s, p.deadline_ms, p.help]), [
        ['facts', ['example.com/frozen'], ['component', 'api'], 60, 300, 5000, 'Set example.com/frozen.'], ['web', [], [], 30, 600, 10000, null], ['kept', [], [], 30, 600, 10000, null]]);
      assert.deepEqual(d.panel_actions.map(a => [a.panel, a.name, a.right, a.confirm, a.deadline_ms]), [['facts', 'act', 'admin', 'Do {{what}}?', 3000]]);
      assert.deepEqual(d.actions.map(a => [a.name, a.dry_run, a.undo, a.deadline_ms]), [['frozen:work', true, true, 9000]]);
      assert.deepEqual(d.sources.map(s => [s.name, s.interval_s, s.deadline_ms]), [['things', 600, 20000]]);
      assert.deepEqual(d.routes.map(r => [r.method, r.path, r.right, r.deadline_ms]), [['GET', 'echo/{part}', 'open', 1000]]);
    });
    test('reads and writes as it did', async () => {
      const f = await host.call('facts', { user: 'user:default/jane', entity: { metadata: { annotations: { 'example.com/frozen': ' ice ' } }, spec: { owner: 'y' } } });
      assert.equal(f.code, 0, f.error);
      const { items, ...rest } = f.json;
      assert.deepEqual(rest, { type: 'keyvalues', summary: 'ice of component:default/x', same: true, integer: 1, number: 5.5, boolean: true, none: null, at: '2026-11-18T11:06:40.123Z',
        timed: true, spec: { owner: 'y' }, mood: 'good', source: { name: 'frozen' } });
      assert.deepEqual(Object.fromEntries(items.map(i => [i.key, i.value])), { user: 'user:default/jane', owner: 'y', secret: 'it is ***', dump: '[1,2.5,"3",true,null]', 'first key': 'a', pointer: 'odd',
        escaped: 'a%20b%2Fc', formatted: '5 of 5', signed: '5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0' });
      assert.equal((await host.call('facts', { entity: {} })).code, 1);
    });
    test('asks the network as it did', async () => {
      const f = await host.call('web');
      assert.equal(f.json?.markdown, '200 hi yes 1', f.error);
      assert.deepEqual(seen, { method: 'POST', url: '/where', authorization: 'Bearer a-secret-token' });
    });
    test('asks callboard as it did', async () => {
      assert.equal((await host.call('kept')).json.markdown, 'y value 0 1');
      assert.deepEqual(host.metrics.map(m => [m.name, m.add ?? m.set]), [['asked', 1], ['level', 2.5]]);
    });
    test('acts, works, reads and answers as it did', async () => {
      assert.equal((await host.call('act', { what: 'panel_action', user: 'user:default/jane', input: { what: 'it' } })).json.message, 'did it for user:default/jane');
      const worked = await host.call('frozen:work', { what: 'action', workspace: dir, task: { id: 't1' }, input: {} });
      assert.deepEqual(worked.json, { commit: 'abc', task: 't1' }, worked.error);
      assert.deepEqual((await host.call('frozen:work', { what: 'undo', input: { input: {}, output: { commit: 'abc' } } })).json, { undone: 'abc', removed: 0 });
      assert.equal((await host.call('things', { what: 'source' })).code, 0);
      assert.deepEqual(host.asked.filter(a => a.what === 'emit').map(a => a.kind), ['entity', 'location']);
      assert.deepEqual((await host.call('echo/{part}', { what: 'route', input: { path: { part: 'p' } } })).json, { part: 'p', refreshed: 0, api: 'guest' });
    });
    test('refuses a configuration as it did, and ends when it is told to', async () => {
      const other = new Host([], program());
      await other.load(frozen());
      assert.equal((await other.open({ mood: 'bad' })).error, "mood: must not be 'bad'");
      await other.exit;
      assert.deepEqual(await host.stop(), { code: 0, signal: null });
      assert.ok(host.logs.some(l => /closed after 1/.test(l.body)));
    });
  });

describe('a plugin from the future', () => {
  const skeleton = path.join(root, 'plugins/skeleton/plugin.c');
  test('that needs a later minor version is refused with a sentence', async () => {
    const host = new Host(), f = await host.load(compile(path.join(dir, 'future.so'), skeleton, `-I${grownHeader(path.join(dir, 'future'))}`));
    assert.equal(f.op, 'refused');
    assert.match(f.error, /^it was built for version 1\.1 of the contract, and this callboard has 1\.0: a newer callboard is needed$/);
    assert.equal((await host.exit).code, 1);
  });
  test('that has longer structs but needs nothing new loads: rows are as long as it says', async () => {
    const host = new Host(), f = await host.load(compile(path.join(dir, 'longer.so'), skeleton, `-I${grownHeader(path.join(dir, 'longer'), 0)}`));
    assert.equal(f.op, 'loaded', f.error);
    await host.open({ greeting: 'Hello' });
    assert.match((await host.call('greeting', { entity: { metadata: { annotations: { 'example.com/greeting': 'Jane' } } } })).json.markdown, /Jane/);
    await host.stop();
  });
  test('whose rows are shorter than any version\'s is refused', async () => {
    const source = path.join(dir, 'short.c');
    fs.writeFileSync(source, fs.readFileSync(path.join(root, 'tests/plugin/objects/strange.c'), 'utf8').replace('.panel_size = sizeof(struct callboard_panel)', '.panel_size = sizeof(struct callboard_panel) - sizeof(void *)'));
    const host = new Host(), f = await host.load(compile(path.join(dir, 'short.so'), source, `-I${root}/plugins/abi`));
    assert.match(f.error, /its rows of panels have \d+ bytes, which no version of the contract has/);
    await host.exit;
  });
});

describe('beside callboard', { skip: missing }, () => {
  test('a plugin built for 1.0 has its panel', async () => {
    const plugins = new Plugins();
    plugins.put('frozen', frozen());
    const server = await startWith(plugins, { sections: '  frozen: {mood: good}' });
    try {
      await server.ready('frozen');
      assert.equal((await server.panel('frozen/kept')).json.data.markdown, 'none value 0 1');
    } finally {
      await server.stop();
      plugins.remove();
    }
  });
});
