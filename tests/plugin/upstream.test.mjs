// The panels of Argo CD, PagerDuty and Prometheus through a real callboard: every answer as panel.schema.json and openapi.yaml have it, and what
// becomes of it when the process behind it is killed and comes back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { installed, startPrometheus } from '../support/prometheus.mjs';
import { freePort, missing as unbuilt, request, root, sleep, until } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

const there = fs.existsSync(path.join(root, 'tests/node_modules/ajv'));
const missing = unbuilt || (there ? false : 'no ajv: npm ci in tests/') || (installed ? false : 'prometheus and prometheus-alertmanager are not installed');

// A fake as a process of its own, which can be killed and started again on its port.
class Upstream {
  constructor(script, args) { Object.assign(this, { script: path.join(root, 'tests/fakes', script), args }); }
  async start() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    this.child = spawn(process.execPath, [this.script, ...this.args(this.port)], { stdio: 'ignore' });
    this.over = new Promise(resolve => this.child.on('exit', resolve));
    await until(`${this.script} answers`, async () => (await request(this.port, '/')).status > 0);
    return this;
  }
  restart() { return this.start(); }
  async kill() { this.child.kill('SIGKILL'); await this.over; }
}

const CATALOG = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: x
  annotations:
    argocd/app-name: payments
    pagerduty.com/service-id: PSHOP
    prometheus.io/rule: shop_errors
    prometheus.io/alert: TooManyErrors
spec: {type: service, lifecycle: production, owner: y}
`;
const RULES = `
groups:
- name: shop
  rules:
  - {alert: TooManyErrors, expr: shop_errors > 5, labels: {severity: critical}, annotations: {summary: Errors}}
`;

describe('a panel', { skip: missing }, () => {
  const ups = {};
  let server, plugins, ajv, data, envelope, found;
  before(async () => {
    ups.argocd = await new Upstream('argocd/server.mjs', port => ['--port', port, '--token', 'argo-token']).start();
    ups.pagerduty = await new Upstream('pagerduty/server.mjs', port => [port, 'pagerduty-token']).start();
    ups.prometheus = await startPrometheus({ metrics: () => 'shop_errors{pod="a"} 7\n', rules: RULES });
    plugins = new Plugins('argocd', 'pagerduty', 'prometheus');
    server = await startWith(plugins, {
      catalog: { 'all.yaml': CATALOG },
      sections: `  argocd: {instances: [{name: prod, url: "${ups.argocd.url}", token: argo-token}], actions: [sync, refresh]}
  pagerduty: {accounts: [{name: us, token: pagerduty-token, from: bot@example.com}], us_url: "${ups.pagerduty.url}", fresh_s: 1, actions: [acknowledge]}
  prometheus: {instances: [{name: main, url: "${ups.prometheus.url}", alertmanager: {url: "${ups.prometheus.manager}"}}], fresh_s: 1}`,
    });
    for (const name of ['argocd', 'pagerduty', 'prometheus']) await server.ready(name);
    const { default: Ajv } = await import('ajv');
    ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    data = ajv.compile(JSON.parse(fs.readFileSync(path.join(root, 'plugins/abi/panel.schema.json'))));
    const api = (await server.get('/api/catalog/openapi.json')).json;
    ajv.addSchema({ $id: 'api', components: api.components });
    const { schema } = api.paths['/api/panels/{kind}/{namespace}/{name}/{plugin}/{panel}'].get.responses['200'].content['application/json'];
    envelope = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')));
    found = (await server.get('/api/panels/component/default/x')).json.panels;
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
    await ups.argocd?.kill();
    await ups.pagerduty?.kill();
    await ups.prometheus?.stop();
  });
  const ask = async (name, query = '') => (await server.panel(name, query)).json;
  const holds = (validate, value, what) => assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors, { separator: '\n' })}\n${JSON.stringify(value).slice(0, 1500)}`);

  test('of each plugin is listed', () => {
    assert.deepEqual(found.map(p => `${p.plugin}/${p.panel}`).toSorted(), ['argocd/app', 'argocd/drift', 'argocd/environments', 'argocd/history', 'argocd/resources',
      'pagerduty/changes', 'pagerduty/oncall', 'pagerduty/service', 'prometheus/alerts', 'prometheus/graphs', 'prometheus/rules']);
  });
  test('answers as its contract says: its data, how old it is, where it is from, and where more is to be seen', async () => {
    await until('Prometheus has scraped and judged', async () => (await ask('prometheus/alerts', '?refresh=true')).data?.summary?.includes('firing'), 60000);
    for (const { plugin, panel, ttlSeconds } of found) {
      const name = `${plugin}/${panel}`, answer = await ask(name);
      holds(envelope, answer, name);
      if (answer.state === 'absent') continue; // the simulated payments are of no ApplicationSet
      holds(data, answer.data, name);
      assert.deepEqual([answer.state, answer.stale, answer.staleReason, answer.error, answer.ttlSeconds], ['ok', false, null, null, ttlSeconds ?? answer.ttlSeconds], `${name}: ${JSON.stringify(answer.error)}`);
      assert.ok(answer.ageSeconds >= 0 && answer.ageSeconds <= answer.ttlSeconds, name);
      assert.ok(Math.abs(new Date(answer.fetchedAt) - Date.now()) < 60000, name);
      assert.deepEqual([answer.source, answer.links], [answer.data.source ?? null, answer.data.links ?? []], name);
      assert.ok(answer.source.name, name);
      assert.equal(answer.simulated, plugin !== 'prometheus', `${name}: ${JSON.stringify(answer).slice(0, 600)}`);
      assert.ok(answer.data.summary.length > 3, name);
      for (const link of answer.links) assert.match(link.url, /^https?:\/\//, name);
    }
  });
  for (const [plugin, name] of [['argocd', 'argocd/app'], ['pagerduty', 'pagerduty/service'], ['prometheus', 'prometheus/graphs']])
    test(`whose upstream is killed shows its last answer with its age, and is fresh within its ttl when that is back: ${name}`, async () => {
      const one = await ask(name, '?refresh=true');
      assert.deepEqual([one.state, one.stale], ['ok', false], JSON.stringify(one.error));
      await ups[plugin].kill();
      await sleep(1100);
      const two = await until('it is stale', async () => {
        const answer = await ask(name, '?refresh=true');
        return answer.stale && answer;
      }, 30000);
      holds(envelope, two, name);
      assert.equal(two.state, 'ok');
      assert.deepEqual(two.data.type, one.data.type);
      assert.ok(two.ageSeconds >= 1, `${two.ageSeconds}`);
      assert.ok(two.staleReason.length > 10);
      assert.ok(Math.abs(Date.now() - new Date(two.fetchedAt) - two.ageSeconds * 1000) < 3000, 'its age is from when it was fetched');
      await sleep(1100);
      const three = await ask(name);
      assert.ok(three.stale && three.ageSeconds > two.ageSeconds - 1, 'it grows older');
      await ups[plugin].restart();
      const back = Date.now();
      const four = await until('it is fresh', async () => {
        const answer = await ask(name);
        return answer.state === 'ok' && !answer.stale && answer;
      }, one.ttlSeconds * 1000);
      assert.ok(new Date(four.fetchedAt) >= back - 1000 && four.ageSeconds < 5, JSON.stringify(four).slice(0, 300));
    });
});
