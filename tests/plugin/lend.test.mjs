// Integrations that an operator lends to a plugin: their tokens and where their APIs are, and no others'.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { missing } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

describe('integrations', { skip: missing }, () => {
  let plugins, forge, seen = [];
  before(async () => {
    plugins = new Plugins('steps');
    forge = http.createServer((req, res) => { seen.push(req.headers.authorization); res.end('{}'); });
    await new Promise(done => forge.listen(0, '127.0.0.1', done));
  });
  after(async () => { forge.close(); plugins.remove(); });
  const at = () => `127.0.0.1:${forge.address().port}`;
  const config = () => `integrations:
  - {host: "${at()}", type: gitea, clone: "http://${at()}/", token: hush-hush-hush}
  - {host: ghe.example.com, type: github, token: other-secret-1}
  - {host: gl.example.com, type: gitlab, api: "https://gl.example.com/sub/api/v4/"}
  - {host: git.example.com, type: git, token: other-secret-2}
`;
  async function started(integrations) {
    const server = await startWith(plugins, { sections: integrations ? `  steps: {integrations: ${integrations}}` : '', config: config() });
    await server.until('it is loaded or refused', async () => !['loading'].includes((await server.plugin('steps')).state));
    return server;
  }
  const ask = (server, url) => server.post('/api/plugins/steps/forge', { url });

  test('that are named have their API asked with their token, which nothing that the plugin says shows', async () => {
    const server = await started(`["${at()}", ghe.example.com, gl.example.com, github.com]`);
    const { json } = await ask(server, `http://${at()}/api/v1/version`);
    assert.equal(json.status, 200);
    assert.equal(seen.at(-1), 'Bearer hush-hush-hush');
    assert.deepEqual(json.config.integrations, [
      { host: at(), type: 'gitea', web: `http://${at()}`, api: `http://${at()}/api/v1`, token: '***' },
      { host: 'ghe.example.com', type: 'github', web: 'https://ghe.example.com', api: 'https://ghe.example.com/api/v3', token: '***' },
      { host: 'gl.example.com', type: 'gitlab', web: 'https://gl.example.com', api: 'https://gl.example.com/sub/api/v4' },
      { host: 'github.com', type: 'github', web: 'https://github.com', api: 'https://api.github.com' },
    ]);
    assert.ok(!(await server.get('/api/plugins/steps')).text.includes('hush'));
    await server.stop();
  });
  test('are all those with an API when it says all', async () => {
    const server = await started('all');
    assert.deepEqual((await ask(server, 'x')).json.config.integrations.map(i => i.host), [at(), 'ghe.example.com', 'gl.example.com']);
    await server.stop();
  });
  test('that nobody lent are not there, and their hosts are not asked', async () => {
    const server = await started('');
    const before = seen.length;
    const { json } = await ask(server, `http://${at()}/api/v1/version`);
    assert.ok(json.status < 0, JSON.stringify(json));
    assert.equal(json.config.integrations, undefined);
    assert.equal(seen.length, before);
    await server.stop();
  });
  for (const [what, text, sentence] of [['is none', '[nowhere.example.com]', /callboard.yaml:\d+:\d+: plugins.steps: nowhere.example.com is no host of the configuration's integrations/],
    ['has no API', '[git.example.com]', /is of type git, which has no API/], ['is no list', 'some', /integrations is a list of hosts/], ['is no text', '[{}]', /integrations is a list of hosts/]])
    test(`of which one ${what} refuse the plugin with the line`, async () => {
      const server = await started(text);
      const { state, message } = await server.plugin('steps');
      assert.equal(state, 'refused');
      assert.match(message, sentence);
      await server.stop();
    });
});
