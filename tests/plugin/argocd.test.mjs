// The argocd plugin against a simulated Argo CD: whom annotations mean, what the panels say, what goes wrong and how it is told.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { application, company, sha } from '../fakes/argocd/data.mjs';
import { startArgo } from '../fakes/argocd/server.mjs';
import { started } from './host.mjs';

const token = 'token-of-production-argo';
const entity = annotations => ({ kind: 'Component', metadata: { name: 'x', annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`argocd/${k}`, v])) } });

// What a host with these INSTANCES (fakes by name) answers.
async function hostOf(instances, more = {}) {
  const list = Object.entries(instances).map(([name, i]) => ({ name, url: i.url, ...(i.config ?? { token: i.token }) }));
  return started('argocd', { instances: list, actions: [], ...more }, { allow: list.map(i => i.url), secrets: list.flatMap(i => [i.token, i.password].filter(Boolean)) });
}
const panel = (host, name, annotations, opts = {}) => host.call(name, { entity: entity(annotations), deadline_ms: 8000, ...opts });
const apps = answer => answer.json.rows.map(r => `${r.instance}/${r.app.text}`);

describe('argocd: whom annotations mean', () => {
  let prod, staging, host;
  before(async () => {
    prod = await startArgo({ ...company(), token });
    staging = await startArgo({ apps: [application('checkout-eu', { labels: { 'app.kubernetes.io/part-of': 'checkout' } }), application('checkout-eu', { namespace: 'team-b', project: 'b' })], tokens: { 'token-of-staging': { projects: ['*'] } }, config: { token: 'token-of-staging' } });
    host = await hostOf({ prod, staging });
  });
  after(async () => { await host.stop(); await prod.close(); await staging.close(); });

  for (const [what, annotations, expected] of [
    ['one name, wherever it is', { 'app-name': 'payments' }, ['prod/payments']],
    ['a name that several instances and namespaces have', { 'app-name': 'checkout-eu' }, ['prod/checkout-eu', 'staging/checkout-eu', 'staging/checkout-eu']],
    ['a comma list with blanks, an empty item and one twice', { 'app-name': ' payments , inventory,,payments' }, ['prod/inventory', 'prod/payments']],
    ['a selector', { 'app-selector': 'app.kubernetes.io/part-of=checkout' }, ['prod/checkout-eu', 'staging/checkout-eu', 'prod/checkout-us']],
    ['a selector of sets', { 'app-selector': 'team in (payments, warehouse),!nothing' }, ['prod/inventory', 'prod/payments']],
    ['a namespace', { 'app-name': 'checkout-eu', 'app-namespace': 'team-b' }, ['staging/checkout-eu']],
    ['a project', { 'app-name': 'checkout-eu', 'project-name': 'shop' }, ['prod/checkout-eu', 'staging/checkout-eu']],
    ['a project alone', { 'project-name': 'money' }, ['prod/payments']],
    ['one instance', { 'app-name': 'checkout-eu', 'instance-name': 'prod' }, ['prod/checkout-eu']],
    ['a list of instances', { 'app-name': 'payments', 'instance-name': 'staging, prod' }, ['prod/payments']],
    ['a proxy path that names an instance', { 'app-name': 'checkout-eu', 'proxy-url': '/prod/api' }, ['prod/checkout-eu']],
  ])
    test(what, async () => {
      assert.deepEqual(apps(await panel(host, 'app', annotations)), expected);
    });
  test('nothing without an annotation', async () => {
    assert.equal((await host.call('app', { entity: { metadata: {} } })).code, 1);
    assert.equal((await panel(host, 'app', { 'instance-name': 'prod' })).code, 1);
  });
  for (const [what, annotations, words] of [
    ['a name and a selector', { 'app-name': 'a', 'app-selector': 'b' }, /exclude each other/],
    ['a proxy address', { 'app-name': 'a', 'proxy-url': 'http://169.254.169.254/latest' }, /names a configured instance/],
    ['a proxy path without a scheme but with a host', { 'app-name': 'a', 'proxy-url': '//evil.example.com/prod' }, /names a configured instance/],
    ['a proxy path that climbs', { 'app-name': 'a', 'proxy-url': '/prod/../../admin' }, /names a configured instance/],
    ['a proxy path of nobody', { 'app-name': 'a', 'proxy-url': '/argocd/api' }, /names a configured instance/],
    ['a proxy address, though the instance is named', { 'app-name': 'a', 'proxy-url': 'https://evil.example.com', 'instance-name': 'prod' }, /names a configured instance/],
    ['an instance of nobody', { 'app-name': 'a', 'instance-name': 'other' }, /no instance that is configured/],
    ['a name that climbs', { 'app-name': '../../clusters' }, /names no application/],
    ['a name with a query', { 'app-name': 'a?refresh=hard' }, /names no application/],
    ['a name with a line in it', { 'app-name': 'a\r\nX-Evil: 1' }, /control characters/],
    ['a project that is none', { 'app-name': 'a', 'project-name': 'a&projects=b' }, /no name of a project/],
    ['a project of 1,025 bytes', { 'app-name': 'a', 'project-name': 'x'.repeat(1025) }, /over 1 KiB/],
    ['a namespace that is none', { 'app-name': 'a', 'app-namespace': '../x' }, /no name of a namespace/],
    ['51 names', { 'app-name': Array.from({ length: 51 }, (_, i) => `a${i}`).join() }, /more than 50 names/],
    ['a selector that Argo CD cannot read', { 'app-selector': 'a=b=c;"&projects=*' }, /does not take it/],
  ])
    test(`${what} is told, and nobody is asked amiss`, async () => {
      const n = prod.requests.length;
      const answer = await panel(host, 'app', annotations);
      assert.equal(answer.code, -1, JSON.stringify(answer.json));
      assert.match(answer.error, words);
      assert.ok(prod.requests.slice(n).every(r => r.startsWith('GET /api/v1/applications?')), prod.requests.slice(n).join());
    });
  test('50 names are asked for', async () => {
    const answer = await panel(host, 'app', { 'app-name': [...Array.from({ length: 49 }, (_, i) => `a${i}`), 'payments'].join(), 'instance-name': 'prod' });
    assert.deepEqual(apps(answer), ['prod/payments']);
    assert.equal(answer.json.partial.length, 49);
  });
  test('an instance of nobody beside one that is there is told', async () => {
    const { json } = await panel(host, 'app', { 'app-name': 'payments', 'instance-name': 'prod, gone' });
    assert.equal(json.rows.length, 1);
    assert.deepEqual(json.partial, [{ source: 'argocd/instance-name', message: "no instance 'gone' is configured" }]);
  });
  test('an application that is nowhere is an empty table that says so, not an error', async () => {
    const { json } = await panel(host, 'app', { 'app-name': 'none' });
    assert.deepEqual([json.rows, json.summary], [[], 'Argo CD has no application for this']);
    assert.match(json.partial[0].message, /no application 'none'/);
  });
});

describe('argocd: the overview', () => {
  let prod, host;
  before(async () => { prod = await startArgo({ ...company(), token }); host = await hostOf({ prod }); });
  after(async () => { await host.stop(); await prod.close(); });

  test('tells sync, health, reasons, revision with its commit, images, last deploy and destination', async () => {
    const { json } = await panel(host, 'app', { 'app-name': 'checkout-us' });
    const [row] = json.rows;
    assert.deepEqual([row.sync, row.health.text, row.health.state], [{ text: 'OutOfSync', state: 'warning' }, 'Degraded', 'error']);
    assert.match(row.reason, /exceeded its progress deadline; Deployment\/checkout-us/);
    assert.equal(row.revision.text, sha('checkout-us 2').slice(0, 7));
    assert.equal(row.revision.url, `https://git.example.com/acme/deploy/commit/${sha('checkout-us 2')}`);
    assert.equal(row.commit, `Change ${sha('checkout-us 2').slice(0, 4)} (Jane Doe)`);
    assert.deepEqual([row.images, row.deployed, row.by, row.destination.text], ['registry.example.com/acme/checkout-us:1.4.2', '2026-11-11T09:00:12Z', 'jane', 'us-east/checkout-us']);
    assert.equal(row.app.url, `${prod.url}/applications/argocd/checkout-us`);
    assert.equal(json.summary, `checkout-us is OutOfSync and Degraded at ${sha('checkout-us 2').slice(0, 7)}`);
    assert.deepEqual(json.source, { name: 'Argo CD prod', url: prod.url, simulated: true });
  });
  test('tells an operation under way', async () => {
    const { json } = await panel(host, 'app', { 'app-name': 'payments' });
    assert.equal(json.rows[0].operation.state, 'progress');
    assert.match(json.rows[0].operation.text, /^Running: waiting for healthy state/);
  });
  test('of a selector has the details too, and passes the project with each question', async () => {
    const n = prod.requests.length;
    const { json } = await panel(host, 'app', { 'app-selector': 'team=warehouse' });
    assert.equal(json.rows[0].by, 'automated');
    const asked = prod.requests.slice(n);
    assert.match(asked[0], /fields=items\.metadata\.name.*selector=team%3Dwarehouse/);
    assert.ok(asked.slice(1).every(r => /project=shop&appNamespace=argocd/.test(r)), asked.join('\n'));
  });
  test('links only to what is a web address', async () => {
    prod.apps.push(application('odd', { externalURLs: ['javascript:alert(1)', 'https://odd.example.com'] }));
    assert.deepEqual((await panel(host, 'app', { 'app-name': 'odd' })).json.links, [{ title: 'https://odd.example.com', url: 'https://odd.example.com' }]);
  });
  test('shows no credential of a repository', async () => {
    const app = application('leaky');
    app.spec.source.repoURL = 'https://bot:hunter2-hunter2@git.example.com/acme/deploy.git';
    prod.apps.push(app);
    const answer = await panel(host, 'app', { 'app-name': 'leaky' });
    assert.ok(!answer.body.includes('hunter2'), answer.body);
    assert.match(answer.json.rows[0].revision.url, /^https:\/\/git\.example\.com\/acme\/deploy\/commit\//);
  });
  test('of a chart and values from Git tells both revisions, and the commit of the Git one', async () => {
    const commit = sha('values');
    prod.apps.push(application('charted', { revisions: ['1.2.3', commit], sources: [{ repoURL: 'https://charts.example.com', chart: 'app', targetRevision: '1.2.3' }, { repoURL: 'git@git.example.com:acme/values.git', path: 'prod', targetRevision: 'main' }] }));
    const [row] = (await panel(host, 'app', { 'app-name': 'charted' })).json.rows;
    assert.deepEqual([row.revision.text, row.revision.url], [`1.2.3, ${commit.slice(0, 7)}`, `https://git.example.com/acme/values/commit/${commit}`]);
    assert.match(row.commit, /Jane Doe/);
  });
  test('of 5,000 applications shows the worst 500 and says so', async () => {
    const many = await startArgo({ apps: [...Array.from({ length: 4999 }, (_, i) => application(`a${i}`, { labels: { all: 'yes' } })), application('zz', { labels: { all: 'yes' }, health: 'Degraded' })], token });
    const big = await hostOf({ many });
    try {
      const answer = await panel(big, 'app', { 'app-selector': 'all=yes' }, { deadline_ms: 15000 });
      assert.equal(answer.code, 0, answer.error);
      assert.deepEqual([answer.json.rows.length, answer.json.rows[0].app.text, answer.json.truncated], [500, 'zz', 'the worst 500 of 5000 applications']);
      assert.equal(answer.json.summary, '5000 applications: 0 not synced, 1 not healthy, 0 with an operation under way');
      assert.equal(many.requests.length, 1);
      many.fields = false;
      const older = await hostOf({ many });
      assert.equal((await panel(older, 'app', { 'app-selector': 'all=yes' }, { deadline_ms: 15000 })).json.rows.length, 500);
      await older.stop();
    } finally {
      await big.stop();
      await many.close();
    }
  });
});

describe('argocd: what goes wrong', () => {
  let prod, staging, host;
  before(async () => {
    prod = await startArgo({ ...company(), token });
    staging = await startArgo({ apps: [application('checkout-eu')], token: 'token-of-staging' });
    host = await hostOf({ prod, staging });
  });
  afterEach(() => { for (const f of [prod, staging]) { delete f.answer; delete f.delay; delete f.truncate; } });
  after(async () => { await host.stop(); await prod.close(); await staging.close(); });

  let n = 0; // a namespace of its own for each, so that no answer is kept from another
  const asked = (opts, more = {}) => panel(host, 'app', { 'app-selector': `app.kubernetes.io/part-of=checkout,n${++n}!=1`, ...more }, opts);
  for (const [what, status, code, words] of [
    ['401', 401, -4, /^prod: Argo CD does not accept the credential \(401\): because$/],
    ['403', 403, -4, /^prod: the token has no right to it, or there is no such thing \(403\)/],
    ['404', 404, -3, /^prod: there is no such thing \(404\)/],
    ['429', 429, -6, /asked too often/],
    ['500', 500, -8, /^prod: Argo CD answered 500: because$/],
    ['503', 503, -8, /answered 503/],
  ])
    test(`a ${what} is a sentence with Argo CD's own words`, async () => {
      prod.answer = () => [status, { code: 1, message: 'because' }];
      const answer = await asked({}, { 'instance-name': 'prod' });
      assert.deepEqual([answer.code, answer.error_code], [-1, code]);
      assert.match(answer.error, words);
    });
  test('a page of HTML instead of Argo CD is told', async () => {
    prod.answer = () => [200, '<html>log in</html>'];
    assert.match((await asked({}, { 'instance-name': 'prod' })).error, /cut off, or is none of its own/);
  });
  test('a list that is cut off is a failure, never a shorter list', async () => {
    prod.truncate = () => 400;
    const answer = await asked({}, { 'instance-name': 'prod' });
    assert.deepEqual([answer.code, answer.error_code], [-1, -8]);
  });
  test('one instance that fails does not hide the others', async () => {
    staging.answer = () => [500, { message: 'broken' }];
    const { json } = await panel(host, 'app', { 'app-name': 'checkout-eu' });
    assert.deepEqual(json.rows.map(r => r.instance), ['prod']);
    assert.deepEqual(json.partial, [{ source: 'staging', message: 'staging: Argo CD answered 500: broken' }]);
  });
  test('one instance that never answers does not hide the others', async () => {
    prod.delay = () => Infinity;
    const answer = await panel(host, 'app', { 'app-name': 'checkout-eu', 'app-namespace': 'argocd' }, { deadline_ms: 3000 });
    assert.equal(answer.code, 0, answer.error);
    assert.deepEqual(apps(answer), ['staging/checkout-eu']);
    assert.match(answer.json.partial[0].message, /^prod: .*did not answer in time/);
  });
  test('commits that cannot be told leave the rest', async () => {
    prod.answer = (request, url) => (url.pathname.includes('/revisions/') ? [500, { message: 'no' }] : undefined);
    const { json } = await panel(host, 'app', { 'app-name': 'inventory' });
    assert.deepEqual([json.rows[0].commit, json.partial], ['', undefined]);
  });
  test('an upstream that hangs is an older answer with its age', { timeout: 60000 }, async () => {
    const annotations = { 'app-name': 'payments', 'instance-name': 'prod' };
    assert.equal((await panel(host, 'app', annotations)).code, 0);
    prod.delay = () => Infinity;
    await new Promise(resolve => setTimeout(resolve, 11000));
    const answer = await panel(host, 'app', annotations, { deadline_ms: 2000 });
    assert.equal(answer.code, 0, answer.error);
    assert.deepEqual(apps(answer), ['prod/payments']);
    assert.ok(answer.age_s >= 11, JSON.stringify(answer));
  });
  test('a token is nowhere in what is said', async () => {
    prod.answer = () => [401, { message: `token ${token} is void` }];
    const answer = await asked({}, { 'instance-name': 'prod' });
    assert.match(answer.error, /token \*\*\* is void/);
    assert.ok(!JSON.stringify([host.frames, host.logs]).includes(token));
    assert.ok(!host.stderr.includes(token));
  });
});

describe('argocd: rights', () => {
  test('a token of a project sees that project', async () => {
    const prod = await startArgo({ ...company(), tokens: { 'token-of-money': { projects: ['money'] } }, config: { token: 'token-of-money' } });
    const host = await hostOf({ prod });
    assert.deepEqual(apps(await panel(host, 'app', { 'app-name': 'payments,inventory' })), ['prod/payments']);
    const refused = await panel(host, 'app', { 'app-name': 'inventory', 'project-name': 'shop' });
    assert.deepEqual([refused.code, refused.error_code], [-1, -4]);
    await host.stop();
    await prod.close();
  });
  test('what the operator does not allow is not there, whoever asks', async () => {
    const prod = await startArgo({ ...company(), token, config: { token, projects: ['mon*'], namespaces: ['argocd'] } });
    const host = await hostOf({ prod });
    assert.deepEqual(apps(await panel(host, 'app', { 'app-name': 'payments,inventory' })), ['prod/payments']);
    assert.deepEqual(apps(await panel(host, 'app', { 'app-selector': '!nothing' })), ['prod/payments']);
    assert.match((await panel(host, 'app', { 'app-name': 'inventory', 'project-name': 'shop' })).error, /not among those that callboard may show/);
    await host.stop();
    await prod.close();
  });
  test('a user logs in once for all calls, and again when the session is over', async () => {
    const prod = await startArgo({ ...company(), users: { callboard: 'password-of-callboard' }, config: { username: 'callboard', password: 'password-of-callboard' } });
    const host = await hostOf({ prod });
    const logins = () => prod.requests.filter(r => r.startsWith('POST /api/v1/session')).length;
    const answers = await Promise.all(['payments', 'inventory', 'checkout-eu', 'checkout-us'].map(name => panel(host, 'app', { 'app-name': name })));
    assert.ok(answers.every(a => a.code === 0 && a.json.rows.length === 1));
    assert.equal(logins(), 1);
    prod.expire();
    assert.equal((await panel(host, 'app', { 'app-selector': 'team' })).json.rows.length, 2);
    assert.equal(logins(), 2);
    await host.stop();
    await prod.close();
  });
  test('a login that fails is not tried again and again', async () => {
    const prod = await startArgo({ ...company(), users: { callboard: 'right' }, config: { username: 'callboard', password: 'wrong-password' } });
    const host = await hostOf({ prod });
    for (let i = 0; i < 3; i++) assert.match((await panel(host, 'app', { 'app-name': 'payments' })).error, /Invalid username or password \(at the login\)/);
    assert.equal(prod.requests.length, 1);
    await host.stop();
    await prod.close();
  });
  test('two instances of one name are refused', async () => {
    const prod = await startArgo({ token });
    await assert.rejects(started('argocd', { instances: [{ name: 'a', url: prod.url }, { name: 'a', url: prod.url }] }), /two of them have the name 'a'/);
    await prod.close();
  });
});
