// How plugins come, fail, come back and are replaced while somebody asks; what they ask of callboard; what people do through them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { missing, sleep } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

const it = (name, fn, more = {}) => test(name, { skip: missing || more.skip }, fn);
const root = process.env.CALLBOARD_ROOT ?? process.cwd();

// A plugin named NAME whose one panel is a text of its version.
function compiled(plugins, name, version) {
  const source = path.join(plugins.dir, `${name}.c`), out = path.join(plugins.dir, `${name}.built`);
  fs.writeFileSync(source, `#include <callboard/plugin.h>
static int render(const struct callboard_host *host, struct callboard_call *call)
{
    host->wait_ms(call, 5);
    host->put_text(call, "type", "text");
    host->put_text(call, "markdown", "${version}");
    return CALLBOARD_OK;
}
static const struct callboard_panel panels[] = {{.name = "it", .title = "It", .ttl_s = 1, .render = render}, {0}};
CALLBOARD_PLUGIN(.name = "${name}", .version = "${version}", .summary = "x", .panels = panels);
`);
  execFileSync('cc', ['-shared', '-fPIC', '-fvisibility=hidden', `-I${root}/plugins/abi`, '-o', out, source]);
  plugins.put(name, out);
}

describe('a plugin', { skip: missing }, () => {
  let server, plugins, upstream, mood = 'well', asked = 0, upstreamUrl;
  before(async () => {
    upstream = http.createServer((rq, rs) => {
      asked++;
      if (mood === 'down') return rq.socket.destroy();
      return rs.end(JSON.stringify({ n: asked }));
    });
    await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));
    upstreamUrl = `http://127.0.0.1:${upstream.address().port}/`;
    plugins = new Plugins('skeleton', 'misbehave');
    compiled(plugins, 'turns', 'one');
    server = await startWith(plugins, { sections: `  misbehave: {url: "${upstreamUrl}", token: hunter2-hunter2}\n  skeleton: {}` });
  });
  after(async () => {
    upstream?.closeAllConnections();
    upstream?.close();
    plugins?.remove();
    await server?.stop();
  });
  const text = async (name, query = '?refresh=true') => (await server.panel(name, query)).json.data?.markdown;

  it('that crashed once is started again at once', async () => {
    await server.ready('misbehave');
    assert.equal((await server.panel('misbehave/crashes')).json.error.code, 'crashed');
    assert.equal((await server.panel('misbehave/echo')).status, 200);
    assert.ok((await server.plugin('misbehave')).restarts >= 1);
    assert.ok(server.logged(/plugin\.ended plugin=misbehave/).length);
  });
  it('that fails again and again is not asked any more for a while, until somebody has it loaded anew', async () => {
    const states = new Set();
    for (let i = 0; i < 200 && !states.has('broken'); i++) {
      await server.panel('misbehave/crashes', '?refresh=true');
      states.add((await server.plugin('misbehave')).state);
      await sleep(30);
    }
    assert.ok(states.has('failing') && states.has('broken'), [...states].join());
    const { status, json } = await server.panel('misbehave/echo', '?refresh=true', 'component/default/other');
    assert.deepEqual([status, json.error.code], [503, 'broken']);
    assert.match(json.error.message, /failed again and again, the last time because it crashed|ended by itself/);
    assert.ok(new Date(json.error.nextTry) > new Date());
    assert.match((await server.get('/metrics')).text, /callboard_plugin_state\{plugin="misbehave",state="broken"\} 1/);
    assert.equal((await server.panel('skeleton/greeting', '?refresh=true')).status, 200);
    assert.equal((await server.post('/api/plugins/misbehave/reload', {})).status, 202);
    await server.ready('misbehave');
    assert.equal((await server.panel('misbehave/echo', '?refresh=true', 'component/default/other')).status, 200);
  });
  it('that hangs is killed, and comes back', async () => {
    const { pid } = await server.ready('misbehave');
    assert.equal((await server.panel('misbehave/hangs', '?refresh=true')).json.error.code, 'timeout');
    await server.ready('misbehave', p => p.pid !== pid);
    assert.ok(server.logged(/plugin\.ended plugin=misbehave .*did not come back/).length);
    await server.post('/api/plugins/misbehave/reload', {});
  });
  it('whose file is replaced is loaded anew without a dropped call', async () => {
    await server.ready('turns');
    assert.equal(await text('turns/it'), 'one');
    let stop = false, n = 0;
    const seen = new Set(), bad = [];
    const load = async ref => {
      while (!stop) {
        const answer = await server.panel('turns/it', '?refresh=true', ref);
        n++;
        if (answer.status !== 200) bad.push(answer.text);
        else seen.add(answer.json.data.markdown);
      }
    };
    const all = Promise.all(['component/default/x', 'component/default/other'].map(load));
    for (const version of ['two', 'three']) {
      compiled(plugins, 'turns', version);
      await server.ready('turns', p => p.version === version);
      await sleep(1200);
    }
    stop = true;
    await all;
    assert.deepEqual(bad, []);
    assert.deepEqual([...seen], ['one', 'two', 'three']);
    assert.ok(n > 50);
    assert.equal((await server.plugin('turns')).reloads, 2);
  });
  it('that cannot be loaded anew serves on as it was, and says why', async () => {
    const { pid } = await server.ready('turns');
    fs.writeFileSync(path.join(plugins.dir, 'turns.built'), 'no object at all');
    plugins.put('turns', path.join(plugins.dir, 'turns.built'));
    const p = await server.ready('turns', v => v.message);
    assert.equal(p.pid, pid);
    assert.match(p.message, /could not be loaded anew, the one before serves on: .*(file too short|invalid ELF header)/);
    assert.equal(await text('turns/it'), 'three');
  });
  it('whose file goes is not there any more', async () => {
    fs.rmSync(path.join(plugins.dir, 'turns.so'));
    await server.until('it is gone', async () => (await server.plugin('turns')).state === 'disabled');
    assert.equal((await server.get('/api/panels/component/default/x')).json.panels.some(p => p.plugin === 'turns'), false);
  });
  it('that comes is there within moments', async () => {
    compiled(plugins, 'fresh', 'new');
    await server.until('it is listed', async () => (await server.get('/api/plugins/fresh')).json.state === 'ready');
    assert.equal(await text('fresh/it'), 'new');
  });
  it('gets a changed configuration by SIGHUP, and a wrong one is refused with file, line and column', async () => {
    const yaml = fs.readFileSync(server.config, 'utf8');
    fs.writeFileSync(server.config, yaml.replace('  skeleton: {}', '  skeleton: {greeting: Moin}'));
    server.process.kill('SIGHUP');
    await server.until('it greets otherwise', async () => (await text('skeleton/greeting', ''))?.startsWith('Moin'));
    fs.writeFileSync(server.config, yaml.replace('  skeleton: {}', '  skeleton: {greeting: ""}'));
    server.process.kill('SIGHUP');
    const p = await server.ready('skeleton', v => v.message);
    assert.match(p.message, /callboard\.yaml:\d+:\d+: plugins\.skeleton: \/greeting /);
    fs.writeFileSync(server.config, yaml);
    server.process.kill('SIGHUP');
    await server.until('it greets as before', async () => (await text('skeleton/greeting', ''))?.startsWith('Hello'));
  });
  it('asks the catalog and remembers in the database', async () => {
    await server.ready('misbehave');
    const { json } = await server.panel('misbehave/asks', '?refresh=true');
    assert.deepEqual([json.data?.markdown, json.data?.kept, json.data?.n], ['other', 'value', 5], JSON.stringify(json));
    assert.match((await server.get('/metrics')).text, /callboard_plugin_asked\{plugin="misbehave"\} [1-9]/);
  });
  it('whose upstream is down shows its last answer with its age, and is fresh again when that is back', async () => {
    const fetch = (query = '') => server.get(`/api/plugins/misbehave/${query}`);
    assert.equal((await fetch('echo/it')).status, 200);
    const one = (await server.panel('misbehave/upstream')).json;
    assert.deepEqual([one.state, one.stale], ['ok', false], JSON.stringify(one));
    mood = 'down';
    await sleep(1500);
    const { status, json: two } = await server.panel('misbehave/upstream');
    assert.deepEqual([status, two.stale, two.data.n], [200, true, one.data.n], JSON.stringify(two));
    assert.ok(two.ageSeconds >= 1 && two.staleReason.length > 10);
    mood = 'well';
    await server.until('it is fresh', async () => !(await server.panel('misbehave/upstream')).json.stale, 3000);
  });
});

describe('what people do through a plugin', { skip: missing }, () => {
  let server, plugins;
  const tokens = {};
  const as = role => ({ headers: { authorization: `Bearer ${tokens[role]}` } });
  before(async () => {
    plugins = new Plugins('skeleton', 'misbehave');
    server = await startWith(plugins, { sections: '  misbehave: {}' });
    for (const role of ['reader', 'editor'])
      tokens[role] = (await server.post('/api/tokens', { name: role, user: `user:default/${role}`, role })).json.token;
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
  });
  const act = (body, options, action = 'act') => server.post(`/api/panels/component/default/x/misbehave/echo/actions/${action}`, body, options);

  it('is offered with its question, its schema and whether the caller may', async () => {
    for (const [role, allowed] of [['reader', false], ['editor', true]]) {
      const [action] = (await server.panel('misbehave/echo', '', 'component/default/x', as(role))).json.actions;
      assert.deepEqual([action.action, action.confirm, action.right, action.allowed, action.schema.required], ['act', 'Act on {{what}}?', 'editor', allowed, ['what']]);
    }
  });
  it('is done with its input', async () => {
    const { status, json } = await act({ input: { what: 'it' } }, as('editor'));
    assert.deepEqual([status, json], [200, { action: 'act', result: 'ok', message: 'did it' }]);
  });
  it('is a row of the audit', async () => {
    const url = server.database?.url;
    if (!url) return;
    const rows = execFileSync('psql', ['-XAtqc', "SELECT user_ref, action, subject, detail FROM audit WHERE action LIKE 'panel.%'", url]).toString();
    assert.match(rows, /user:default\/editor\|panel\.misbehave\/echo\.act\|component:default\/x\|\{"input":\{"what":"it"\},"result":"ok"\}/);
  });
  for (const [what, body, role, action, status, sentence] of [
    ['without the right', { input: { what: 'it' } }, 'reader', 'act', 403, /needs the role editor/],
    ['without its input', {}, 'editor', 'act', 400, /requires property "what"/],
    ['with an input of another type', { input: { what: 7 } }, 'editor', 'act', 400, /what/],
    ['with more than an input', { what: 'it' }, 'editor', 'act', 400, /additional properties/],
    ['that is none', { input: {} }, 'editor', 'none', 404, /has no action none/],
  ])
    it(`is refused ${what}`, async () => {
      const answer = await act(body, as(role), action);
      assert.equal(answer.status, status);
      assert.match(answer.json.error.message, sentence);
    });
  it('goes to a route of its own, with its right', async () => {
    const { status, json } = await server.get('/api/plugins/misbehave/echo/some%20thing?a=b', as('reader'));
    assert.equal(status, 200);
    assert.deepEqual([json.input.path, json.input.query, json.user], [{ what: 'some thing' }, { a: 'b' }, 'user:default/reader']);
    assert.equal(json.input.headers.authorization, undefined);
    assert.equal((await server.post('/api/plugins/misbehave/fetch', {}, as('reader'))).status, 403);
    assert.equal((await server.get('/api/plugins/misbehave/echo/x', { headers: { authorization: 'Bearer wrong' } })).status, 401);
    assert.equal((await server.get('/api/plugins/misbehave/none')).status, 404);
    assert.equal((await server.post('/api/plugins/misbehave/fetch', 'a=b', { headers: { 'content-type': 'application/x-www-form-urlencoded', ...as('editor').headers } })).status, 400);
  });
  it('is not needed for what its source emits: an entity like any, with a source of its own', async () => {
    const entity = await server.until('the group is there', async () => {
      const answer = await server.get('/api/catalog/entities/by-name/group/default/from-elsewhere');
      return answer.status === 200 && answer.json;
    });
    assert.equal(entity.metadata.annotations['backstage.io/managed-by-location'], 'plugin:misbehave/elsewhere/group/default/from-elsewhere.json');
    const source = (await server.get('/api/sources')).json.items.find(s => s.type === 'plugin');
    assert.deepEqual([source.name, source.entityCount, source.state], ['misbehave/elsewhere', 1, 'ok']);
    assert.ok(server.logged(/pass\.done source=plugin:misbehave\/elsewhere/).length);
  });
  it('that goes takes what its source brought with it', async () => {
    fs.rmSync(path.join(plugins.dir, 'misbehave.so'));
    fs.writeFileSync(server.config, fs.readFileSync(server.config, 'utf8').replace('  misbehave: {}', ''));
    server.process.kill('SIGHUP');
    await server.until('the group is gone', async () => (await server.get('/api/catalog/entities/by-name/group/default/from-elsewhere')).status === 404);
  });
  it('reload needs an administrator', async () => {
    assert.equal((await server.post('/api/plugins/skeleton/reload', {}, as('editor'))).status, 403);
    assert.equal((await server.post('/api/plugins/none/reload', {})).status, 404);
  });
});
