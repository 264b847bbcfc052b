// A plugin in another language than C: plugins/examples/rust, built as its first lines say and run as any other.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Host } from './host.mjs';
import { Plugins, startWith } from './server.mjs';
import { missing, root } from '../support/server.mjs';

const has = spawnSync('rustc', ['--version']).status === 0;

describe('a plugin in Rust', { skip: has ? false : 'rustc is not installed' }, () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-rust-')), object = path.join(dir, 'relations.so');
  let host;
  before(async () => {
    execFileSync('rustc', ['--edition', '2021', '--crate-type', 'cdylib', '-O', '-D', 'warnings', '-o', object, 'plugin.rs'], { cwd: path.join(root, 'plugins/examples/rust'), stdio: 'pipe' });
    host = new Host();
    const f = await host.load(object);
    assert.equal(f.op, 'loaded', f.error);
    assert.equal((await host.open({ most: 2 })).op, 'opened');
  });
  after(async () => { await host?.stop(); fs.rmSync(dir, { recursive: true, force: true }); });
  const related = (...targets) => ({ relations: targets.map(([type, targetRef]) => ({ type, targetRef })) });

  test('has its tables', () => {
    assert.deepEqual(host.descriptor.panels.map(p => [p.name, p.annotations, p.ttl_s]), [['relations', [], 60], ['asked', ['example.com/ask'], 30]]);
  });
  test('draws what the entity has', async () => {
    const { json } = await host.call('relations', { entity: related(['dependsOn', 'resource:default/a'], ['dependsOn', 'resource:default/b'], ['dependsOn', 'resource:default/ü'], ['ownedBy', 'group:default/y']) });
    assert.deepEqual(json, { type: 'keyvalues', summary: '4 relations of 2 kinds',
      items: [{ key: 'dependsOn', value: 'resource:default/a, resource:default/b and 1 more' }, { key: 'ownedBy', value: 'group:default/y' }] });
    assert.deepEqual(host.metrics.at(-1), { op: 'metric', name: 'drawn', add: 1 });
    assert.equal((await host.call('relations', { entity: related() })).code, 1);
  });
  test('asks callboard, by functions far down in the table', async () => {
    const kept = [];
    host.answers = { catalog_entity: () => ({ body: '{"spec":{"owner":"team-a"}}' }), state_put: (h, body) => { kept.push(h.key, body); return {}; } };
    const { json } = await host.call('asked', { entity: { metadata: { annotations: { 'example.com/ask': 'component:default/shop' } } } });
    assert.equal(json.markdown, '**team-a** owns component:default/shop');
    assert.deepEqual(kept, ['owner', 'team-a']);
    const c = path.join(dir, 'size.c'); // the bindings are as long as the header was, at most as long as it is
    fs.writeFileSync(c, '#include <callboard/plugin.h>\n#include <stdio.h>\nint main(void) { printf("%zu %zu", offsetof(struct callboard_host, emit_location), sizeof(struct callboard_host)); }\n');
    execFileSync('cc', [`-I${root}/plugins/abi`, '-o', path.join(dir, 'size'), c]);
    const [last, whole] = execFileSync(path.join(dir, 'size'), { encoding: 'utf8' }).split(' ').map(Number);
    assert.equal(json.host_bytes, last + 8);
    assert.ok(json.host_bytes <= whole);
  });
  test('fails with a sentence, and with that of a panic', async () => {
    assert.match((await host.call('asked', { entity: {} })).error, /^there is nobody to ask for: 100 %s$/);
    host.answers = { catalog_entity: () => ({ body: '{}' }) };
    const ask = { entity: { metadata: { annotations: { 'example.com/ask': 'x' } } } };
    assert.match((await host.call('asked', ask)).error, /^the plugin panicked: it has an owner$/);
    host.answers = { catalog_entity: () => ({ body: '{"spec":{"owner":"y"}}' }), state_put: () => ({ code: -6, error: 'the state of this plugin is full' }) };
    const f = await host.call('asked', ask);
    assert.deepEqual([f.error_code, f.error], [-6, 'the state of this plugin is full']);
  });
  test('has its panel beside callboard', { skip: missing }, async () => {
    const plugins = new Plugins();
    plugins.put('relations', object);
    const server = await startWith(plugins, { sections: '  relations: {most: 1}' });
    try {
      await server.ready('relations');
      assert.match((await server.panel('relations/relations')).json.data.summary, /^1 relations of 1 kinds$/);
    } finally {
      await server.stop();
      plugins.remove();
    }
  });
});
