// How long who asks for a panel waits, and what becomes of the question when he does not wait any more.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { missing, sleep } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);

describe('who asks for a panel', { skip: missing }, () => {
  let server, plugins, upstream, asked = 0, delayMs = 0;
  before(async () => {
    upstream = http.createServer((rq, rs) => {
      const n = ++asked;
      setTimeout(() => rs.end(JSON.stringify({ n })), delayMs);
    });
    await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));
    plugins = new Plugins('misbehave');
    server = await startWith(plugins, { sections: `  misbehave: {url: "http://127.0.0.1:${upstream.address().port}/", deadline: 8s, concurrency: 8}` });
    await server.ready('misbehave');
  });
  after(async () => {
    upstream?.closeAllConnections();
    upstream?.close();
    await server?.stop();
    plugins?.remove();
  });
  const timed = async promise => {
    const since = Date.now(), answer = await promise;
    return { ...answer, json: answer.json, ms: Date.now() - since };
  };
  // A request whose connection can be closed while it waits.
  const leaving = (target, method = 'GET') => {
    const agent = new http.Agent({ keepAlive: true });
    const rq = http.request({ port: server.port, host: '127.0.0.1', path: target, method, agent, headers: method === 'POST' ? { 'content-type': 'application/json', 'content-length': 2 } : {} });
    rq.on('error', () => {});
    rq.end(method === 'POST' ? '{}' : undefined);
    return () => { rq.destroy(); agent.destroy(); };
  };
  const cancelledSeen = async () => Number((await server.get('/metrics')).text.match(/^callboard_plugin_cancelled\{plugin="misbehave"\} (\d+)/m)?.[1] ?? 0);
  const codes = async () => (await server.plugin('misbehave')).calls.byCode;
  const PANEL = '/api/panels/component/default/x/misbehave';

  it('has an older answer a second later when the upstream is slow, marked, and the new one behind it', async () => {
    const one = (await server.panel('misbehave/upstream')).json;
    assert.equal(one.stale, false);
    await sleep(1100);
    delayMs = 3000;
    const before = asked;
    const two = await timed(server.panel('misbehave/upstream'));
    assert.deepEqual([two.status, two.json.stale, two.json.data.n, two.json.error], [200, true, one.data.n, null]);
    assert.ok(two.ms >= 900 && two.ms < 2500, `${two.ms} ms`);
    assert.ok(two.json.ageSeconds >= 1);
    assert.match(two.json.staleReason, /has not answered within 1 s, and is still being waited for/);
    const [three, four] = await Promise.all([timed(server.panel('misbehave/upstream')), timed(server.panel('misbehave/upstream', '?refresh=true'))]);
    assert.ok(three.ms < 700 && three.json.stale, `${three.ms} ms`);
    assert.deepEqual([four.json.stale, four.json.data.n], [false, before + 1]);
    assert.equal(asked, before + 1);
    delayMs = 0;
  });
  it('waits for the plugin when there is no older answer', async () => {
    delayMs = 1500;
    const { status, json, ms } = await timed(server.panel('misbehave/upstream', '', 'component/default/other'));
    delayMs = 0;
    assert.deepEqual([status, json.stale], [200, false]);
    assert.ok(ms >= 1500);
  });
  it('and goes is not asked for any more: the plugin hears of it', async () => {
    const seen = await cancelledSeen(), { cancelled = 0 } = await codes();
    const leave = leaving(`${PANEL}/sleeps`);
    await sleep(300);
    leave();
    await server.until('the plugin has seen it', async () => (await cancelledSeen()) === seen + 1, 4000);
    assert.equal((await codes()).cancelled, cancelled + 1);
  });
  it('and goes does not take the answer from the others', async () => {
    await sleep(1100);
    delayMs = 2500;
    const leave = leaving(`${PANEL}/upstream?refresh=true`);
    await sleep(200);
    const other = server.panel('misbehave/upstream', '?refresh=true'), before = asked;
    await sleep(100);
    leave();
    assert.deepEqual([(await other).status, (await other).json.stale, asked], [200, false, before]);
    delayMs = 0;
  });
  it('just as the question is given up is answered all the same', async () => {
    delayMs = 3000;
    await sleep(1100);
    for (let i = 0; i < 3; i++) {
      leaving(`${PANEL}/upstream?refresh=true`)();
      const leave = leaving(`${PANEL}/upstream?refresh=true`);
      setTimeout(leave, 20);
      await sleep(850 + 100 * i); // about when the first look for the client is
      delayMs = 0;
      assert.equal((await server.panel('misbehave/upstream', '?refresh=true')).status, 200);
      delayMs = 3000;
    }
    delayMs = 0;
  });
  it('and had an older answer instead has the new one made, whoever leaves', async () => {
    await server.panel('misbehave/upstream', '?refresh=true');
    await sleep(1100);
    delayMs = 2500;
    const before = asked;
    assert.equal((await server.panel('misbehave/upstream')).json.stale, true);
    leaving(`${PANEL}/upstream?refresh=true`)();
    const one = await server.until('the new one is there', async () => {
      const { json } = await server.panel('misbehave/upstream');
      return !json.stale && json;
    }, 4000);
    delayMs = 0;
    assert.ok(one.data.n > before);
  });
  it('and closes only its half counts as gone, and still hears something', async () => {
    const seen = await cancelledSeen(), { text } = await server.raw(`GET ${PANEL}/sleeps?refresh=true HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, { half: true, quietMs: 6000 });
    assert.match(text, /^HTTP\/1\.1 \d+ /);
    assert.match(text, /nobody waits for it any more/);
    await server.until('the plugin has seen it', async () => (await cancelledSeen()) === seen + 1);
  });
  it('of a route of the plugin and goes: the plugin hears of it, unless it changes something', async () => {
    const seen = await cancelledSeen(), { timeout = 0 } = await codes();
    const leave = [leaving('/api/plugins/misbehave/sleeps'), leaving('/api/plugins/misbehave/sleeps', 'POST')];
    await sleep(300);
    leave.forEach(l => l());
    await server.until('the plugin has seen it', async () => (await cancelledSeen()) === seen + 1, 4000);
    await sleep(1500);
    assert.deepEqual([await cancelledSeen(), (await codes()).timeout ?? 0], [seen + 1, timeout]);
  });
});
