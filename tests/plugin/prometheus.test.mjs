// The prometheus plugin: against a real Prometheus and Alertmanager, and against one of ours for what those never answer.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { installed, startPrometheus, until } from '../support/prometheus.mjs';
import { started } from './host.mjs';

const entity = (annotations, more = {}) => ({ kind: 'Component', metadata: { name: 'shop', namespace: 'default', ...more,
  annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`prometheus.io/${k}`, v])) }, spec: { owner: 'team-a' } });
const defaults = { range_s: 3600, points: 100, series: 10, fresh_s: 0 };

const rules = `
groups:
- name: shop
  rules:
  - {record: 'shop:errors:ratio', expr: shop_errors / shop_requests}
  - alert: TooManyErrors
    expr: shop_errors > 5
    labels: {severity: critical, team: a}
    annotations: {summary: 'Errors of {{ $labels.pod }}', runbook_url: 'https://runbooks.example.com/errors'}
  - {alert: Slow, expr: shop_requests > 0, for: 1h, labels: {severity: warning, team: b}, annotations: {description: It is slow, runbook_url: 'javascript:alert(1)'}}
  - {alert: Quiet, expr: shop_errors > 1e9}
- name: shop-load
  rules:
  - {record: 'shop:load', expr: 'sum(shop_requests)', labels: {of: 'the "shop"'}}
  - {record: 'shop:load', expr: 'count(shop_requests)', labels: {of: counted}}
  - {alert: Loaded, expr: shop_requests > 1e9, labels: {severity: critical}}
- name: broken
  rules:
  - {record: 'shop:broken', expr: 'shop_errors * on () shop_requests'}
`;
const metrics = () => `shop_errors{pod="a,b",namespace="default"} 7
shop_errors{pod="c",namespace="secret"} 9
shop_requests{pod="a,b",namespace="default"} 100
shop_requests{pod="c",namespace="secret"} 100
shop_odd{kind="nan"} NaN
shop_odd{kind="inf"} +Inf
${Array.from({ length: 60 }, (_, i) => `shop_many{i="${i}"} ${i}`).join('\n')}
`;

describe('against a real Prometheus', { skip: installed ? false : 'prometheus and prometheus-alertmanager are not installed' }, () => {
  let real, host, bound;
  before(async () => {
    real = await startPrometheus({ metrics, rules });
    const instance = { name: 'main', url: `${real.url}/`, alertmanager: { url: real.manager } };
    host = await started('prometheus', { ...defaults, instances: [instance, { name: 'other', url: 'http://127.0.0.1:9' }] }, { allow: [real.url, real.manager, 'http://127.0.0.1:9'] });
    bound = await started('prometheus', { ...defaults, instances: [{ ...instance, matchers: { namespace: '{{/metadata/namespace}}' } }] }, { allow: [real.url, real.manager] });
    await until('the alert fires and is known', async () => (await real.alerts()).length >= 2 && (await real.query('shop:errors:ratio')).length === 2 && (await real.query('shop:load')).length === 2
      && (await real.json(`${real.url}/api/v1/rules`)).data.groups.find(g => g.name === 'broken').rules[0].health === 'err');
  });
  after(async () => { await host?.stop(); await bound?.stop(); await real?.stop(); });
  const render = async (panel, annotations, from = host, more) => {
    const f = await from.call(panel, { entity: entity(annotations, more), deadline_ms: 20000 });
    assert.equal(f.code, 0, f.error);
    return f.json;
  };

  test('one query is a graph, its series named by the dimension', async () => {
    const g = await render('graphs', { rule: 'shop_errors|pod' });
    assert.equal(g.type, 'series');
    assert.deepEqual(g.series.map(s => s.name), ['a,b', 'c']);
    assert.equal(g.series[0].points.at(-1)[1], 7);
    assert.match(g.summary, /^2 series, min 7, max 9 in 1 h; highest last: c with 9$/);
    assert.ok(g.step_s * 100 >= 3600 && (g.to - g.from) / g.step_s < 100);
    assert.equal(g.links[0].url, `${real.url}/graph?g0.expr=shop_errors&g0.tab=0&g0.range_input=3600s`);
  });
  test('a single series says its last, lowest and highest value', async () => {
    const g = await render('graphs', { rule: 'sum(shop_errors)' });
    assert.equal(g.summary, 'last 16, min 16, max 16 in 1 h');
    assert.equal(g.series[0].name, 'sum(shop_errors)');
  });
  for (const [form, rule] of [
    ['the list that Backstage reads', 'sum by (pod, namespace) (shop_errors{pod=~"a,b|c"}) | pod, shop_requests'],
    ['a JSON list', '["sum by (pod, namespace) (shop_errors{pod=~\\"a,b|c\\"})", {"query": "shop_requests", "dimension": "pod", "title": "Requests", "unit": "req"}]'],
    ['a YAML list', '- query: sum by (pod, namespace) (shop_errors{pod=~"a,b|c"})\n  dimension: pod\n# next\n- \'shop_requests{pod=~"c|a,b"}\'\n'],
  ])
    test(`queries with commas and bars in ${form} are as they were written`, async () => {
      const g = await render('graphs', { rule });
      assert.equal(g.type, 'group', JSON.stringify(g.partial));
      assert.equal(g.partial, undefined);
      assert.deepEqual(g.panels.map(p => p.series.length), [2, 2]);
      assert.equal(g.panels[1].title, form === 'a JSON list' ? 'Requests' : form === 'a YAML list' ? 'shop_requests{pod=~"c|a,b"}' : 'shop_requests');
    });
  test('NaN and infinities are gaps', async () => {
    const g = await render('graphs', { rule: 'shop_odd' });
    assert.deepEqual(g.series.map(s => s.points.at(-1)[1]), [null, null]);
    assert.equal(g.summary, 'no number in the last 1 h');
  });
  test('too many series are cut to those that rise highest', async () => {
    const g = await render('graphs', { rule: 'shop_many|i' });
    assert.deepEqual(g.series.map(s => Number(s.name)).sort((a, b) => a - b), [50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
    assert.match(g.summary, /^10 series of 60, those that rise highest/);
  });
  test('no data is no error', async () => {
    assert.equal((await render('graphs', { rule: 'shop_none' })).summary, 'no data in the last 1 h');
  });
  test('a wrong query says what Prometheus says', async () => {
    const f = await host.call('graphs', { entity: entity({ rule: 'sum(' }) });
    assert.deepEqual([f.code, f.error_code], [-1, -2]);
    assert.match(f.error, /^sum\(: main does not take it \(400\): .*parse error/);
  });
  test('a wrong query leaves the others', async () => {
    const g = await render('graphs', { rule: '["sum(", "shop_errors"]' });
    assert.equal(g.series.length, 2);
    assert.match(g.partial[0].message, /^sum\(: main does not take it/);
  });

  for (const query of [
    'shop_errors', 'shop_errors{}', 'shop_errors{pod=~".+",}', '{__name__="shop_errors"}', 'sum by (namespace) (shop_errors)', 'sum(shop_errors) without (pod)',
    'shop_errors{namespace="secret"} or shop_errors', 'shop_errors{pod="}"} or shop_errors', 'max_over_time(shop_errors[5m:1s])',
    'shop_errors * on (pod) group_left shop_requests', 'shop_errors # {\n or shop_requests', 'shop_errors @ end() + 1e0', "shop_errors{pod!='\\'{'}", 'count_values without () ("namespace", shop_errors) ',
    '-shop_errors unless shop_requests{pod="x"}', 'group by (namespace) (shop_errors{namespace=~"secret|default"})', 'shop_errors > bool 0x1',
  ])
    test(`"${query}" sees what the operator's matchers leave`, async () => {
      const g = await render('graphs', { rule: JSON.stringify([query]) }, bound);
      assert.ok(g.series.every(s => (s.labels.namespace ?? 'default') !== 'secret'), JSON.stringify(g.series.map(s => s.labels)));
      assert.ok(g.series.length > 0 || /secret/.test(query), g.summary);
    });
  for (const query of ['shop_errors{pod="a', 'shop_errors{pod="a" or pod="c"}', 'shop\\_errors', 'by', 'shop_errors[$range]', 'münchen', '{{}}'])
    test(`"${query}" is not sent: its selectors are not certain`, async () => {
      const f = await bound.call('graphs', { entity: entity({ rule: JSON.stringify([query]) }) });
      assert.match(f.error, /is not sent: it is written in a way/);
    });
  test('a value of a matcher cannot leave its quotes', async () => {
    for (const namespace of ['default"} or shop_errors{pod="c', 'x",namespace=~".*', 'a\\'])
      assert.deepEqual((await render('graphs', { rule: 'shop_errors' }, bound, { namespace })).series, []);
  });

  test('alerts are firing first, with severity, value, runbook and no link that is none', async () => {
    const a = await render('alerts', { alert: 'Slow, TooManyErrors' });
    assert.deepEqual(a.rows.map(r => [r.state.text, r.alert.text]), [['firing', 'TooManyErrors'], ['firing', 'TooManyErrors'], ['pending', 'Slow'], ['pending', 'Slow']]);
    const one = a.rows.find(r => /pod=c/.test(r.labels));
    assert.deepEqual([one.severity, one.value, one.summary, one.runbook.url, one.state.state], ['critical', '9', 'Errors of c', 'https://runbooks.example.com/errors', 'error']);
    assert.ok(Date.parse(one.since) > Date.now() - 600000);
    assert.equal(a.rows[2].runbook, 'javascript:alert(1)');
    assert.equal(a.summary, '2 firing, 2 pending of 2 alert rules');
  });
  test('the name of a rule group stands for its recording rules and its alerts', async () => {
    const g = await render('graphs', { rule: 'shop-load, shop_errors|pod' });
    assert.deepEqual(g.panels.map(p => [p.title, p.series.map(s => s.points.at(-1)[1])]), [['shop:load', [200]], ['shop:load', [2]], ['shop_errors', [7, 9]]]);
    assert.equal((await render('alerts', { rule: 'shop-load' })).summary, 'None of 1 alert rules fires');
    assert.equal((await render('alerts', { rule: 'shop-load', alert: 'TooManyErrors' })).summary, '2 firing, 0 pending of 2 alert rules');
    assert.deepEqual((await render('rules', { rule: 'shop-load' })).rows.map(r => r.rule.text), ['shop:load', 'shop:load', 'Loaded']);
  });
  test('a query that only looks like the name of a group is a query', async () => {
    assert.equal((await render('graphs', { rule: 'no-such-group' })).summary, 'no data in the last 1 h');
    for (const rule of ['no-such-group', 'shop_errors']) assert.equal((await host.call('alerts', { entity: entity({ rule }) })).code, 1);
  });
  test('labels pick among them, alone or with "all"', async () => {
    assert.deepEqual((await render('alerts', { labels: 'team=b, pod=c' })).rows.map(r => r.alert.text), ['Slow']);
    assert.deepEqual((await render('alerts', { alert: 'all', labels: 'team=a' })).rows.map(r => r.alert.text), ['TooManyErrors', 'TooManyErrors']);
    assert.match((await host.call('alerts', { entity: entity({ alert: 'all', labels: 'team' }) })).error, /'team' is no key=value/);
  });
  test('the operator\'s matchers hold for alerts too', async () => {
    const a = await render('alerts', { alert: 'all' }, bound);
    assert.equal(a.rows.length, 2);
    assert.ok(a.rows.every(r => /namespace=default/.test(r.labels)));
  });
  test('a name that no rule has is told', async () => {
    const a = await render('alerts', { alert: 'Quiet, Queit' });
    assert.deepEqual([a.rows, a.summary, a.partial[0].message], [[], 'None of 1 alert rules fires', "there is no alert rule 'Queit'"]);
  });
  test('a silence says who, until when and why', async () => {
    const now = Date.now();
    await real.silence({ matchers: [{ name: 'pod', value: 'c', isRegex: false, isEqual: true }], startsAt: new Date(now).toISOString(), endsAt: new Date(now + 3600000).toISOString(), createdBy: 'Jane', comment: 'known' });
    const a = await until('the silence is seen', async () => { const j = await render('alerts', { alert: 'TooManyErrors' }); return /silenced/.test(j.summary) && j; });
    const silenced = a.rows.filter(r => r.silenced);
    assert.deepEqual(silenced.map(r => /pod=c/.test(r.labels)), [true]);
    assert.match(silenced[0].silenced.text, /^Jane until .*Z: known$/);
    assert.match(silenced[0].silenced.url, /\/#\/silences\/[0-9a-f-]+$/);
    assert.equal(a.summary, '2 firing, 0 pending of 1 alert rules; 1 silenced');
  });
  test('rules are those of the alerts and the recording rules that the graphs read, with their health', async () => {
    const r = await render('rules', { alert: 'TooManyErrors', rule: 'max(shop:errors:ratio), shop:broken' });
    assert.deepEqual(r.rows.map(x => [x.rule.text, x.type, x.health.text, x.health.state]).sort(),
      [['TooManyErrors', 'alerting', 'ok', 'warning'], ['shop:broken', 'recording', 'err', 'error'], ['shop:errors:ratio', 'recording', 'ok', 'ok']].sort());
    assert.match(r.rows.find(x => x.rule.text === 'shop:broken').error, /many-to-many|duplicate|matching/);
    assert.match(r.summary, /^1 alerting and 2 recording rules, 1 of them cannot be evaluated$/);
  });
  test('an instance is chosen by name, and only among those configured', async () => {
    assert.match((await host.call('alerts', { entity: entity({ alert: 'all', 'service-name': 'http://evil' }) })).error, /no instance has the name 'http:\/\/evil'; there are: main, other/);
    const f = await host.call('alerts', { entity: entity({ alert: 'all', 'service-name': 'other' }) });
    assert.deepEqual([f.code, f.error_code], [-1, -8]);
  });
  test('without annotations there is nothing', async () => {
    for (const panel of ['graphs', 'alerts', 'rules']) assert.equal((await host.call(panel, { entity: entity({}) })).code, 1);
  });
  test('when it goes, its last answer is shown with its age; when it is back, the panel is fresh', async () => {
    await render('alerts', { alert: 'Quiet' });
    await real.kill();
    await new Promise(resolve => setTimeout(resolve, 1100));
    const f = await host.call('alerts', { entity: entity({ alert: 'Quiet' }), deadline_ms: 20000 });
    assert.equal(f.code, 0, f.error);
    assert.ok(f.age_s >= 1, JSON.stringify(f));
    await real.restart();
    assert.equal((await host.call('alerts', { entity: entity({ alert: 'Quiet' }), deadline_ms: 20000 })).age_s ?? 0, 0);
  });
});

describe('against what Prometheus never answers', () => {
  let fake, url, answer, seen, host;
  before(async () => {
    fake = http.createServer((rq, rp) => {
      let body = '';
      rq.on('data', d => { body += d; });
      rq.on('end', () => { seen.push({ method: rq.method, url: rq.url, headers: rq.headers, body }); answer(rq, rp); });
    });
    await new Promise(resolve => fake.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${fake.address().port}`;
    host = await started('prometheus', { ...defaults, instances: [
      { name: 'main', url, token: 'hunter2-token', tenant: 'team-{{/spec/owner}}' }, { name: 'basic', url, username: 'jane', password: 'hunter2-password' },
      { name: 'needs', url, matchers: { system: '{{/spec/system}}' } }] }, { allow: [url], secrets: ['hunter2-token', 'hunter2-password'] });
  });
  after(async () => { await host.stop(); fake.closeAllConnections(); fake.close(); });
  const call = (opts = {}) => { seen = []; return host.call(opts.panel ?? 'graphs', { entity: entity({ rule: 'up', ...opts.annotations }), deadline_ms: opts.ms ?? 15000 }); };
  const says = (status, body, headers = {}) => (_, rp) => { rp.writeHead(status, { 'Content-Type': 'application/json', ...headers }); rp.end(typeof body === 'string' ? body : JSON.stringify(body)); };
  const matrix = (result, more = {}) => ({ status: 'success', data: { resultType: 'matrix', result }, ...more });

  test('the token, the tenant and nothing else of the entity are sent', async () => {
    answer = says(200, matrix([]));
    assert.equal((await call()).code, 0);
    assert.equal(seen[0].headers.authorization, 'Bearer hunter2-token');
    assert.equal(seen[0].headers['x-scope-orgid'], 'team-team-a');
    await call({ annotations: { 'service-name': 'basic' } });
    assert.equal(seen[0].headers.authorization, `Basic ${Buffer.from('jane:hunter2-password').toString('base64')}`);
  });
  test('a bound that the entity has no value for is an error, not a way around it', async () => {
    const f = await call({ annotations: { 'service-name': 'needs' } });
    assert.deepEqual([f.error_code, seen.length], [-4, 0]);
    assert.match(f.error, /the matcher 'system' needs \/spec\/system of the entity/);
  });
  test('a long query is sent in a body', async () => {
    answer = says(200, matrix([]));
    await call({ annotations: { rule: `up{a=~"${'x'.repeat(3000)}"}` } });
    assert.deepEqual([seen[0].method, seen[0].url], ['POST', '/api/v1/query_range']);
    assert.ok(new URLSearchParams(seen[0].body).get('query').length > 3000);
  });
  for (const [status, body, code, words] of [
    [401, 'no', -4, /does not accept the credential \(401\)/], [403, { error: 'hunter2-token is not allowed' }, -4, /gives no right to it \(403\): \*\*\* is not allowed/],
    [404, '', -3, /no such address \(404\)/], [422, { status: 'error', errorType: 'execution', error: 'many-to-many' }, -2, /cannot evaluate it \(422\): many-to-many/],
    [429, '"slow down"', -6, /asked too often \(429\): slow down/], [500, '<html>', -8, /answered 500/], [503, { error: 'query timed out' }, -8, /gave up \(503\): query timed out/],
    [200, '{"status":"succ', -8, /no JSON/], [200, [], -8, /what no Prometheus answers/], [200, { status: 'success', data: { resultType: 'vector', result: [] } }, -8, /no series/],
  ])
    test(`${status} ${JSON.stringify(body).slice(0, 40)} is a sentence`, async () => {
      answer = says(status, body);
      const f = await call({ annotations: { rule: `q${status}_${JSON.stringify(body).length}` } });
      assert.deepEqual([f.code, f.error_code], [-1, code]);
      assert.match(f.error, words);
      assert.doesNotMatch(JSON.stringify(host.frames) + host.stderr, /hunter2/);
    });
  test('warnings and native histograms are told beside what is drawn', async () => {
    answer = says(200, matrix([{ metric: { a: 'x' }, values: [[60, '1'], [96, '2'], [240, '3']] }, { metric: { a: 'h' }, histograms: [[60, {}]] }], { warnings: ['one store is down'], infos: ['not told'] }), { 'x-simulated': 'true' });
    const { json } = await call({ annotations: { rule: 'warned|a' } });
    assert.deepEqual(json.partial.map(x => x.message), ['one store is down', 'warned: native histograms are not drawn; histogram_quantile() makes numbers of them']);
    assert.equal(json.source.simulated, true);
    assert.equal(json.series.length, 1);
    assert.deepEqual(json.series[0].points, [[60, 1], [96, 2], [96 + json.step_s, null], [240, 3]]);
  });
  test('a slow one is shown as it was, with its age; without that, an error', async () => {
    answer = says(200, { status: 'success', data: { groups: [] } });
    assert.equal((await call({ panel: 'alerts', annotations: { alert: 'all' } })).code, 0);
    answer = () => {};
    await new Promise(resolve => setTimeout(resolve, 1100));
    const late = await call({ panel: 'alerts', annotations: { alert: 'all' }, ms: 1500 });
    assert.equal(late.code, 0, late.error);
    assert.ok(late.age_s >= 1);
    const never = await call({ annotations: { rule: 'never' }, ms: 500 });
    assert.deepEqual([never.code, never.error_code], [-1, -7]);
    fake.closeAllConnections();
  });
  for (const [what, rule, words] of [
    ['JSON that is none', '["up"', /begins as a JSON list but is no JSON/], ['a number in a list', '[1]', /item 1 is neither/], ['an empty query', '[""]', /query 1 is empty/],
    ['a YAML line that is neither', '- up\nfoo: bar', /the line 'foo: bar' neither/],
  ])
    test(`${what} in the annotation is a sentence`, async () => {
      const f = await call({ annotations: { rule } });
      assert.match(f.error, words);
      assert.equal(f.error_code, -2);
    });
  for (const [what, n, left] of [['twelve queries are all drawn', 12, undefined], ['of thirteen queries one is left out, and told', 13, '1 queries behind the first 12 are left out']])
    test(what, async () => {
      answer = says(200, matrix([]));
      const { json } = await call({ annotations: { rule: JSON.stringify(Array.from({ length: n }, (_, i) => `q${i}`)) } });
      assert.deepEqual([json.panels.length, json.partial?.[0].message], [12, left]);
    });
  test('an annotation over its limit, or with control characters, is none', async () => {
    assert.equal((await call({ annotations: { rule: `up ${'+ 1'.repeat(3000)}` } })).code, 1);
    assert.equal((await call({ annotations: { rule: 'up\u0001' } })).code, 1);
  });
  test('two instances of one name are refused', async () => {
    await assert.rejects(started('prometheus', { instances: [{ name: 'a', url }, { name: 'a', url }] }, { allow: [url] }), /two of them have the name 'a'/);
  });
});
