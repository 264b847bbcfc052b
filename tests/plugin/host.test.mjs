// The process that runs a plugin, seen from callboard's end of the socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Host, object, started } from './host.mjs';

const greeted = { kind: 'Component', metadata: { name: 'x', annotations: { 'example.com/greeting': ' Jane ' } } };
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-plugin-'));
const root = process.env.CALLBOARD_ROOT ?? process.cwd();
const sanitized = (process.env.CALLBOARD_BINARY ?? '').includes('/san/');
after(() => fs.rmSync(dir, { recursive: true, force: true }));

// Compiles a source against the header alone, as a stranger does.
function compiled(name, source, ...flags) {
  const out = path.join(dir, `${name}.so`);
  execFileSync('cc', ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-shared', '-fPIC', '-fvisibility=hidden', `-I${root}/plugins/abi`, ...flags, '-o', out, source]);
  return out;
}

describe('a plugin that is well', () => {
  let host;
  before(async () => { host = await started('skeleton', { greeting: 'Good day' }); });
  after(() => host.stop());

  test('tells what it has', () => {
    assert.equal(host.descriptor.name, 'skeleton');
    assert.deepEqual(host.descriptor.panels.map(p => [p.name, p.annotations, p.ttl_s, p.stale_s, p.deadline_ms]), [['greeting', ['example.com/greeting'], 60, 600, 10000]]);
    assert.equal(host.descriptor.config.properties.greeting.default, 'Hello');
  });
  test('answers with the annotation, trimmed, and its configuration', async () => {
    const { json } = await host.call('greeting', { entity: greeted });
    assert.deepEqual(json, { type: 'text', summary: 'Jane is greeted', markdown: 'Good day, **Jane**!' });
  });
  test('is absent for an entity without its annotation', async () => {
    assert.equal((await host.call('greeting', { entity: { metadata: {} } })).code, 1);
  });
  for (const [name, value] of [['with a control character', 'a\nb'], ['that is no text', 7], ['over 1 KiB', 'x'.repeat(1025)], ['of blanks', '   ']])
    test(`does not see an annotation ${name}`, async () => {
      assert.equal((await host.call('greeting', { entity: { metadata: { annotations: { 'example.com/greeting': value } } } })).code, 1);
    });
  test('sees an annotation of exactly 1 KiB', async () => {
    assert.equal((await host.call('greeting', { entity: { metadata: { annotations: { 'example.com/greeting': 'x'.repeat(1024) } } } })).code, 0);
  });
  test('answers a thousand calls that were sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 1000 }, () => host.call('greeting', { entity: greeted, deadline_ms: 60000 })));
    assert.equal(answers.filter(a => a.code === 0).length, 1000);
  });
});

describe('a plugin that is not', () => {
  let host;
  const fresh = async (config = { token: 'hunter2-hunter2' }, opts = {}) => { host = await started('misbehave', config, { secrets: ['hunter2-hunter2'], ...opts }); return host; };
  after(() => host?.stop());

  test('fails with its sentence, without its secret', async () => {
    await fresh();
    const f = await host.call('fails');
    assert.deepEqual([f.code, f.error_code, f.error], [-1, -8, 'upstream said no to token ***']);
  });
  test('fails with a sentence of ours when it has none', async () => {
    assert.match((await host.call('silent')).error, /failed without a word/);
  });
  test('shows no secret in a panel or log line, nor what it asked to mask', async () => {
    assert.equal((await host.call('secret')).json.markdown, '*** and ***');
    assert.equal(host.logs.at(-1).body, 'the token is ***');
  });
  test('cannot write what is no JSON', async () => {
    const { json } = await host.call('odd');
    assert.deepEqual(json, { type: 'text', markdown: 'not \ufffd UTF-8, a "quote", a \\ and a line\nend', nan: null, nothing: null, at: '2025-12-17T19:33:20.123Z' });
  });
  test('is told when it ends what it did not begin', async () => {
    assert.match((await host.call('unbalanced')).error, /an end has no begin/);
  });
  test('is told when it nests too deep', async () => {
    assert.match((await host.call('deep')).error, /nested deeper/);
  });
  test('is cut off at the limit of an answer once it returns', async () => {
    const call = host.call('floods', { deadline_ms: 1500 });
    const f = await call;
    assert.equal(f.code, -1);
    assert.match(f.error, /over CALLBOARD_ANSWER_MAX/);
  });
  test('floods its log without harm', async () => {
    const before = host.logs.length;
    assert.equal((await host.call('floods-log', { deadline_ms: 60000 })).code, 0);
    assert.equal(host.logs.length - before, 20000);
  });
  test('wakes from a sleep when nobody waits any more', async () => {
    const call = host.call('sleeps', { id: 424242, deadline_ms: 60000 });
    host.put({ op: 'cancel', id: 424242 });
    assert.match((await call).error, /woken: cancelled/);
  });
  test('wakes from a sleep at its deadline', async () => {
    assert.match((await host.call('sleeps', { deadline_ms: 200 })).error, /time is over/);
  });
  test('gets what it asks of callboard', async () => {
    const state = new Map();
    host.answers = {
      catalog_entity: h => ({ body: JSON.stringify({ metadata: { name: h.ref.split('/')[1] } }) }),
      state_put: (h, body) => { state.set(h.key, body); return {}; },
      state_get: h => ({ body: state.get(h.key) }),
    };
    const { json } = await host.call('asks');
    assert.deepEqual([json.markdown, json.kept, json.n], ['other', 'value', 5]);
    assert.deepEqual(host.metrics.at(-1), { op: 'metric', name: 'asked', add: 1 });
  });
  test('hears why callboard could not', async () => {
    host.answers = { catalog_entity: () => ({ code: -3, error: 'none' }), state_put: () => ({ code: -6, error: 'the state of this plugin is full' }) };
    assert.match((await host.call('asks')).error, /state: the state of this plugin is full/);
  });
  test('emits entities from a source, and from nowhere else', async () => {
    host.answers = { emit: () => ({}) };
    assert.equal((await host.call('elsewhere', { what: 'source' })).code, 0);
    assert.equal(JSON.parse(host.asked.at(-1).body).metadata.name, 'from-elsewhere');
  });
  test('runs a panel action with its input', async () => {
    assert.equal((await host.call('act', { what: 'panel_action', input: { what: 'it' } })).json.message, 'did it');
  });
  test('gives way to whoever else wants the processor', () => {
    assert.equal(os.getPriority(host.child.pid), 10);
  });
  test('can start no other program', async () => {
    const { json } = await host.call('executes');
    assert.deepEqual([json.fork, json.exec], [-1, -1]);
  });
  test('ends when it is told to', async () => {
    assert.deepEqual(await host.stop(), { code: 0, signal: null });
  });
  for (const [name, end] of [['crashes', { signal: 'SIGSEGV' }], ['exits', { code: 7 }]])
    test(`that ${name} takes only its own process with it`, async () => {
      await fresh();
      const f = await host.call(name);
      assert.equal(f.op, 'gone');
      const got = await host.exit;
      if (!sanitized) assert.deepEqual({ ...got, ...end }, got);
    });
  test('that leaks ends at its limit of memory', { skip: sanitized && 'address sanitizer cannot live with a limit of memory' }, async () => {
    await fresh(undefined, { args: ['--memory', '256'] });
    assert.equal((await host.call('leaks', { deadline_ms: 60000 })).op, 'gone');
  });
  test('that writes garbage to the socket is seen as what it is', async () => {
    await fresh();
    await host.call('garbage');
    assert.equal(host.broken, true);
    host.child.kill('SIGKILL');
  });
  test('that refuses its configuration says why', async () => {
    host = new Host();
    await host.load(object('misbehave'));
    const f = await host.open({ mood: 'refuse' });
    assert.deepEqual([f.op, f.error], ['refused', "mood: must not be 'refuse'"]);
  });
  test('that crashes while it starts is gone', async () => {
    host = new Host();
    await host.load(object('misbehave'));
    assert.equal((await host.open({ mood: 'crash' })).op, 'gone');
  });
  test('goes when callboard does', async () => {
    await fresh();
    host.socket.destroy();
    assert.deepEqual(await host.exit, { code: 0, signal: null });
  });
});

describe('a file that is no plugin for this callboard', () => {
  const strange = flag => compiled(`strange-${flag ?? 'not'}`, `${root}/tests/plugin/objects/strange.c`, ...(flag ? [`-DSTRANGE_${flag}`] : []));
  const rows = [
    ['of another major version', () => strange('MAJOR'), /version 2\.0 of the contract, and this callboard has 1\.0/],
    ['of a newer minor version', () => strange('NEWER'), /version 1\.1 .* a newer callboard is needed/],
    ['without the symbol', () => strange('SYMBOL'), /does not export callboard_plugin_v1/],
    ['with two panels of one name', () => strange('TWICE'), /two panels are called 'one'/],
    ['with a panel name that is none', () => strange('NAME'), /'No Name!' needs a name/],
    ['with a schema that is no JSON', () => strange('SCHEMA'), /schema is no JSON object/],
    ['that is not there', () => path.join(dir, 'nobody.so'), /cannot open shared object file/],
    ['that is a text', () => { const f = path.join(dir, 'text.so'); fs.writeFileSync(f, 'hello'); return f; }, /file too short|invalid ELF header/],
  ];
  for (const [name, file, sentence] of rows)
    test(`${name} is refused with a sentence`, async () => {
      const host = new Host(), f = await host.load(file());
      assert.equal(f.op, 'refused');
      assert.match(f.error, sentence);
      assert.equal((await host.exit).code, 1);
    });
  test('while the same without the mistake loads', async () => {
    const host = new Host();
    assert.equal((await host.load(strange())).op, 'loaded');
    await host.stop();
  });
  test('the header compiles as C++ too', () => {
    const source = path.join(dir, 'plus.cc');
    fs.writeFileSync(source, fs.readFileSync(`${root}/plugins/skeleton/plugin.c`, 'utf8').replaceAll('{0}', '{}'));
    execFileSync('c++', ['-std=c++20', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-shared', '-fPIC', '-fvisibility=hidden', `-I${root}/plugins/abi`, '-o', path.join(dir, 'plus.so'), source]);
  });
  test('the host says what it is when a person starts it', () => {
    assert.throws(() => execFileSync(path.join(path.dirname(object('skeleton')), '../../callboard-plugin-host'), { stdio: 'pipe' }), e => /callboard plugin check/.test(e.stderr));
  });
});

describe('what a plugin asks of the network', () => {
  let host, server, url, other, asked = 0, mood = 'well', odd;
  before(async () => {
    const listen = s => new Promise(resolve => s.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${s.address().port}`)));
    server = http.createServer((rq, rs) => {
      asked++;
      if (mood === 'down') return rq.socket.destroy();
      if (mood === 'odd') return rs.writeHead(odd.status).end(odd.body);
      if (rq.url === '/slow') return setTimeout(() => rs.end('{"slow":true}'), 400);
      if (rq.url === '/never') return undefined;
      if (rq.url === '/elsewhere') return rs.writeHead(302, { location: 'http://127.0.0.2:9/' }).end();
      if (rq.url === '/here') return rs.writeHead(302, { location: '/landed' }).end();
      if (rq.url === '/huge') { rs.writeHead(200); const block = Buffer.alloc(1 << 20); const more = () => { while (rs.writable && rs.write(block)); }; rs.on('drain', more); more(); return undefined; }
      if (rq.url === '/flaky') return asked % 2 ? rs.writeHead(503).end('busy') : rs.end('{"ok":true}');
      if (rq.url === '/limited') return rs.writeHead(429, { 'retry-after': '3600' }).end('later');
      return rs.end(JSON.stringify({ path: rq.url, n: asked }));
    });
    url = await listen(server);
    other = http.createServer((rq, rs) => rs.end('secret'));
    host = await started('misbehave', { url }, { allow: [url], concurrency: 8 });
    host.otherUrl = await listen(other);
  });
  after(async () => { await host.stop(); server.closeAllConnections(); server.close(); other.close(); });
  const get = (p, more = {}) => host.call('fetches', { input: { url: url + p, ...more }, deadline_ms: more.deadline ?? 10000 });

  test('is answered', async () => { assert.deepEqual((await get('/a')).json.json.path, '/a'); });
  test('is refused for an address that is not configured', async () => {
    const f = await host.call('fetches', { input: { url: host.otherUrl } });
    assert.deepEqual([f.error_code, /not among the addresses/.test(f.error)], [-4, true]);
  });
  for (const bad of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'no url', ''])
    test(`is refused for '${bad}'`, async () => { assert.equal((await host.call('fetches', { input: { url: bad } })).code, -1); });
  test('follows a redirect on the same host', async () => { assert.equal((await get('/here')).json.json.path, '/landed'); });
  test('does not follow one to another host', async () => { assert.match((await get('/elsewhere')).error, /another host/); });
  test('is given up at its time', async () => { assert.equal((await get('/never', { timeout: 300 })).error_code, -7); });
  test('is given up at the deadline of the call', async () => { assert.equal((await get('/never', { deadline: 300 })).error_code, -7); });
  test('is cut off at the limit of a body', async () => { assert.equal((await get('/huge')).error_code, -6); });
  test('is tried once more on a 503', async () => { asked = 0; assert.equal((await get('/flaky')).json.status, 200); assert.equal(asked, 2); });
  test('is not tried again when it writes', async () => { asked = 0; assert.equal((await get('/flaky', { method: 'POST' })).json.status, 503); assert.equal(asked, 1); });
  test('is not tried again when it would have to wait long', async () => { asked = 0; assert.equal((await get('/limited')).json.status, 429); assert.equal(asked, 1); });
  test('is asked once for all who want the same at the same time', async () => {
    asked = 0;
    const all = await Promise.all(Array.from({ length: 8 }, () => get('/slow', { fresh: 5, stale: 60 })));
    assert.ok(all.every(a => a.json.json.slow));
    assert.equal(asked, 1);
  });
  test('is not asked again while its answer is fresh', async () => {
    const one = await get('/cached', { fresh: 60, stale: 60 }), two = await get('/cached', { fresh: 60, stale: 60 });
    assert.equal(one.json.json.n, two.json.json.n);
  });
  test('is answered with the last answer and its age when the upstream is down', async () => {
    const one = await get('/kept', { fresh: 0, stale: 60 });
    mood = 'down';
    const two = await get('/kept', { fresh: 0, stale: 60 });
    mood = 'well';
    const three = await get('/kept', { fresh: 0, stale: 60 });
    assert.equal(two.json.json.n, one.json.json.n);
    assert.ok(two.age_s >= 1);
    assert.deepEqual([three.age_s, three.json.json.n > one.json.json.n], [0, true]);
  });
  // A good answer, then one that is STATUS and BODY, then the one of an upstream that is down, then whatever is fresh.
  const sequence = async (where, status, body) => {
    const one = await get(where, { fresh: 0, stale: 60 });
    [mood, odd] = ['odd', { status, body }];
    const two = await get(where, { fresh: 0, stale: 60 });
    mood = 'down';
    const three = await get(where, { fresh: 0, stale: 60 });
    mood = 'well';
    const four = await get(where, { fresh: 0, stale: 60 });
    return [one, two, three, four].map(a => ({ status: a.json?.status, n: a.json?.json?.n, old: a.age_s > 0 }));
  };
  test('is answered with the last answer when it is no JSON any more, and that is not kept', async () => {
    const [one, two, three, four] = await sequence('/page', 200, '<html>please log in</html>');
    assert.deepEqual([two.n, two.old, three.n, three.old], [one.n, true, one.n, true]);
    assert.deepEqual([four.n > one.n, four.old], [true, false]);
  });
  test('that is no JSON and came first is asked for again', async () => {
    [mood, odd] = ['odd', { status: 200, body: '' }];
    const one = await get('/page-first', { fresh: 60, stale: 60 });
    mood = 'well';
    const two = await get('/page-first', { fresh: 60, stale: 60 });
    assert.deepEqual([one.json.json, one.age_s, two.json.json.path, two.age_s], [null, 0, '/page-first', 0]);
  });
  for (const status of [400, 401, 403, 409, 422])
    test(`is told ${status} as it is, and keeps what was there before`, async () => {
      const [one, two, three, four] = await sequence(`/said-${status}`, status, '{"no":true}');
      assert.deepEqual([two.status, two.old], [status, false]);
      assert.deepEqual([three.status, three.n, three.old], [200, one.n, true]);
      assert.ok(four.n > one.n);
    });
  for (const status of [404, 410])
    test(`keeps ${status} as an answer`, async () => {
      const [, two, three] = await sequence(`/gone-${status}`, status, '{"n":0}');
      assert.deepEqual([two.status, two.old, three.status, three.old], [status, false, status, true]);
    });
  test('fails when the upstream is down and nothing is kept', async () => {
    mood = 'down';
    const f = await get('/nothing-kept', { fresh: 1, stale: 60 });
    mood = 'well';
    assert.equal(f.error_code, -8);
  });
});
