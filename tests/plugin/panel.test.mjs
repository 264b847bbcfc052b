// What a client sees of plugins: panels, their age, and every way in which a plugin can fail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

const sanitized = (process.env.CALLBOARD_BINARY ?? '').includes('/san/');
const it = (name, fn, more = {}) => test(name, { skip: missing || more.skip }, fn);
const secret = 'hunter2-hunter2';

describe('panels', { skip: missing }, () => {
  let server, plugins;
  before(async () => {
    plugins = new Plugins('skeleton', 'misbehave');
    server = await startWith(plugins, { sections: `  misbehave: {token: ${secret}, memory: 256}\n  skeleton: {greeting: Good day}\n  nobody: {}` });
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
  });
  const list = async (ref, query = '') => (await server.get(`/api/panels/${ref}${query}`)).json;

  it('are told at once, by the annotations and kinds of the entity', async () => {
    const { ref, panels } = await list('component/default/x');
    assert.equal(ref, 'component:default/x');
    const greeting = panels.find(p => p.plugin === 'skeleton');
    assert.deepEqual([greeting.panel, greeting.applies, greeting.href], ['greeting', true, '/api/panels/component/default/x/skeleton/greeting']);
    assert.equal((await list('component/default/other')).panels.some(p => p.plugin === 'skeleton'), false);
  });
  it('that do not apply say what to write to have them', async () => {
    const greeting = (await list('component/default/other', '?all=true')).panels.find(p => p.plugin === 'skeleton');
    assert.deepEqual([greeting.applies, greeting.help], [false, 'Set the annotation example.com/greeting to a name.']);
  });
  it('of a plugin that cannot serve are a problem with a sentence', async () => {
    const { problems } = await list('component/default/x');
    assert.deepEqual(problems.map(p => [p.plugin, p.state]), [['nobody', 'refused']]);
    assert.match(problems[0].message, /there is no file .*nobody\.so/);
  });
  it('show what the plugin says, with its configuration', async () => {
    const { status, json } = await server.panel('skeleton/greeting');
    assert.equal(status, 200);
    assert.deepEqual(json.data, { type: 'text', summary: 'Jane is greeted', markdown: 'Good day, **Jane**!' });
    assert.deepEqual([json.state, json.stale, json.error, json.ttlSeconds], ['ok', false, null, 60]);
  });
  it('are fresh until their time is over, and asked anew when somebody wants to', async () => {
    const one = (await server.panel('skeleton/greeting')).json, two = (await server.panel('skeleton/greeting')).json;
    assert.equal(one.fetchedAt, two.fetchedAt);
    await new Promise(resolve => setTimeout(resolve, 1100));
    const three = (await server.panel('skeleton/greeting', '?refresh=true')).json;
    assert.notEqual(three.fetchedAt, one.fetchedAt);
  });
  it('with nothing to show for this entity are absent, not an error', async () => {
    const { status, json } = await server.panel('misbehave/absent');
    assert.deepEqual([status, json.state, json.data, json.error], [200, 'absent', null, null]);
  });
  for (const [what, target, status] of [
    ['entity', '/api/panels/component/default/none/skeleton/greeting', 404],
    ['plugin', '/api/panels/component/default/x/none/greeting', 404],
    ['panel', '/api/panels/component/default/x/skeleton/none', 404],
    ['plugin that could ever load', '/api/panels/component/default/x/nobody/any', 503],
  ])
    it(`of no ${what} are ${status} with a sentence`, async () => {
      const answer = await server.get(target);
      assert.equal(answer.status, status);
      assert.ok(answer.json.error.message.length > 10, answer.text);
    });
  it('that are asked for by many at once are asked for once', async () => {
    const before = (await server.plugin('misbehave')).calls.total;
    const all = await Promise.all(Array.from({ length: 50 }, () => server.panel('misbehave/echo', '', 'component/default/other')));
    assert.ok(all.every(a => a.status === 200 && a.json.fetchedAt === all[0].json.fetchedAt));
    assert.equal((await server.plugin('misbehave')).calls.total, before + 1);
  });
  it('are asked anew when the entity changes', async () => {
    const { json } = await server.panel('skeleton/greeting');
    server.write('all.yaml', (await import('./server.mjs')).catalog()['all.yaml'].replace('Jane', 'John'));
    await server.until('John is greeted', async () => (await server.panel('skeleton/greeting')).json.data.markdown.includes('John'));
    assert.ok(json.data.markdown.includes('Jane'));
  });

  // A process that nothing has happened to yet.
  const anew = async () => {
    const { pid } = await server.plugin('misbehave');
    await server.post('/api/plugins/misbehave/reload', {});
    await server.ready('misbehave', p => p.pid !== pid);
  };
  // The panel, its status, code and sentence.
  const failures = [
    ['fails', 502, 'upstream', /^upstream said no to token \*\*\*$/],
    ['silent', 502, 'failed', /failed without a word/],
    ['unbalanced', 502, 'limit', /an end has no begin/],
    ['deep', 502, 'limit', /nested deeper/],
    ['floods', 502, 'limit', /over CALLBOARD_ANSWER_MAX/],
    ['executes', 502, 'shape', /answered what is no panel: markdown is missing/],
    ['sleeps', 504, 'timeout', /did not answer within 2 s|woken/],
    ['crashes', 502, 'crashed', sanitized ? /crashed|ended by itself/ : /it crashed \(Segmentation fault\)/],
    ['exits', 502, 'crashed', /ended by itself \(status 7\)/],
    ['garbage', 502, 'garbage', /it wrote garbage to its connection/],
    ['closes', 504, 'timeout', /did not answer within 2 s/], // its reader holds the socket open
    ['hangs', 504, 'timeout', /did not answer within 2 s/],
  ];
  for (const [panel, status, code, sentence] of failures)
    it(`of a plugin that ${panel} are one error with a sentence, while others are well`, async () => {
      await anew();
      const [answer, well] = await Promise.all([server.panel(`misbehave/${panel}`), server.panel('skeleton/greeting', '?refresh=true')]);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.error.code, code, answer.text);
      assert.match(answer.json.error.message, sentence);
      assert.equal(answer.json.data, null);
      assert.ok(answer.json.error.since && answer.json.error.nextTry);
      assert.equal(well.status, 200);
    });
  it('of a plugin that leaks are one error', async () => {
    await anew();
    const { status, json } = await server.panel('misbehave/leaks');
    assert.deepEqual([status, json.error.code], [502, 'crashed']);
  }, { skip: sanitized && 'address sanitizer cannot live with a limit of memory' });
  it('and log lines never have a secret', async () => {
    await anew();
    const { text } = await server.panel('misbehave/secret');
    assert.ok(text.includes('*** and ***'));
    for (const where of [text, (await server.get('/api/plugins')).text, (await server.get('/metrics')).text, server.logged(/./).join('\n')])
      assert.equal(where.includes(secret), false);
    assert.ok(server.logged(/plugin\.log plugin=misbehave/).length);
  });
});
