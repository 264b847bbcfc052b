// The argocd plugin's other panels, and what one may do from them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { application, applicationSet, company, managed, sha, tree } from '../fakes/argocd/data.mjs';
import { startArgo } from '../fakes/argocd/server.mjs';
import { started } from './host.mjs';

const token = 'token-of-production-argo';
const entity = annotations => ({ kind: 'Component', metadata: { name: 'x', annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`argocd/${k}`, v])) } });
const everything = ['sync', 'refresh', 'terminate', 'rollback'];

async function hostOf(instances, actions = []) {
  const list = Object.entries(instances).map(([name, i]) => ({ name, url: i.url, token: i.token ?? i.asToken }));
  return started('argocd', { instances: list, actions }, { allow: list.map(i => i.url), secrets: list.map(i => i.token) });
}
const panel = (host, name, annotations, opts = {}) => host.call(name, { entity: entity(annotations), deadline_ms: 8000, ...opts });

describe('argocd: the other panels', () => {
  let prod, host;
  before(async () => { prod = await startArgo({ ...company(), token }); host = await hostOf({ prod }); });
  after(async () => { await host.stop(); await prod.close(); });

  test('the history is newest first, with who, what commit and how long', async () => {
    const { json } = await panel(host, 'history', { 'app-name': 'inventory' });
    assert.deepEqual(json.events.map(e => e.at), ['2026-11-12T09:00:12Z', '2026-11-11T09:00:12Z', '2026-11-10T09:00:12Z']);
    assert.deepEqual(json.events.map(e => e.actor), ['automated', 'jane', 'automated']);
    assert.deepEqual([json.events[0].state, json.events[1].state], ['ok', 'info']);
    assert.equal(json.events[0].title, `inventory ${sha('inventory 3').slice(0, 7)}`);
    assert.match(json.events[0].text, /^Change .{4} \(Jane Doe\) · took 12 s · what is there now$/);
    assert.deepEqual(json.actions, []);
  });
  test('the history begins with what is under way', async () => {
    const { json } = await panel(host, 'history', { 'app-name': 'payments' });
    assert.deepEqual([json.events[0].title, json.events[0].state], ['payments: Running', 'progress']);
  });
  test('a revision that Argo CD cannot tell of is a row all the same', async () => {
    const chart = application('chart', { revisions: ['1.2.3'], sources: [{ repoURL: 'https://charts.example.com', chart: 'c', targetRevision: '1.2.3' }] });
    prod.apps.push(chart);
    prod.answer = (request, url) => (/\/(metadata|chartdetails)$/.test(url.pathname) ? [500, { message: 'no' }] : undefined);
    const { json } = await panel(host, 'history', { 'app-name': 'chart' });
    delete prod.answer;
    assert.equal(json.events[0].title, 'chart 1.2.3');
    assert.ok(!prod.requests.some(r => r.includes('/revisions/1.2.3/metadata')), 'the metadata of a chart is a 500, and not asked for');
  });
  test('the resources are a tree by owner, with what is wrong and what nobody owns', async () => {
    const { json } = await panel(host, 'resources', { 'app-name': 'checkout-us' });
    const by = Object.fromEntries(json.nodes.map(n => [`${n.kind}/${n.title}`, n]));
    const root = by['Application/checkout-us'];
    assert.deepEqual([root.parent, root.state], [undefined, 'error']);
    assert.equal(by['Deployment/checkout-us'].parent, root.id);
    assert.equal(by['ReplicaSet/checkout-us-7d9f'].parent, by['Deployment/checkout-us'].id);
    const pod = by['Pod/checkout-us-7d9f-b'];
    assert.deepEqual([pod.parent, pod.state], [by['ReplicaSet/checkout-us-7d9f'].id, 'error']);
    assert.match(pod.text, /back-off 5m0s.* · Status Reason: CrashLoopBackOff · Containers: 0\/1/);
    assert.deepEqual([by['ConfigMap/checkout-us-left-over'].parent, by['ConfigMap/checkout-us-left-over'].state], [root.id, 'warning']);
    assert.equal(new Set(json.nodes.map(n => n.id)).size, json.nodes.length);
  });
  test('owners that go round end at the application; 1,000 resources are shown of more', async () => {
    const round = (uid, parent) => ({ kind: 'Loop', name: uid, uid, parentRefs: [{ uid: parent }] });
    const nodes = [round('a', 'b'), round('b', 'a'), ...Array.from({ length: 1000 }, (_, i) => ({ kind: 'Pod', name: `p${i}`, uid: `p${i}` }))];
    prod.apps.push(application('odd'));
    prod.trees = { odd: { nodes } };
    const { json } = await panel(host, 'resources', { 'app-name': 'odd' });
    assert.equal(json.nodes.length, 1001);
    for (const n of json.nodes.filter(n => n.kind === 'Loop')) assert.equal(n.parent, 'prod/argocd/odd');
    assert.match(json.partial[0].message, /odd has 1002 resources, of which 1000 are shown/);
    prod.trees.odd = tree(prod.apps.at(-1));
  });
  test('the drift is what differs, and nothing of a Secret', async () => {
    const answer = await panel(host, 'drift', { 'app-name': 'inventory' });
    assert.deepEqual(answer.json.files.map(f => f.title), ['inventory: Deployment inventory/inventory', 'inventory: ConfigMap inventory/inventory-new (missing)',
      'inventory: ConfigMap inventory/inventory-old (to be pruned)', 'inventory: Secret inventory/inventory-key']);
    const [deployment, created, pruned] = answer.json.files;
    assert.deepEqual([/"replicas": 1/.test(deployment.before), /"replicas": 3/.test(deployment.after), created.before, pruned.after], [true, true, '', '']);
    assert.ok(!answer.body.includes('c2VjcmV0'), 'a Secret is shown');
    assert.equal(answer.json.summary, '4 resources differ from what a sync would make of them');
  });
  test('no drift is said, and is not the same as a refusal', async () => {
    prod.apps.push(application('same'));
    prod.managed = { same: { items: managed(prod.apps.at(-1)).items.slice(0, 1) } };
    assert.equal((await panel(host, 'drift', { 'app-name': 'same' })).json.summary, 'The clusters are as Git says');
    prod.apps.push(application('denied'));
    prod.answer = (request, url) => (url.pathname.endsWith('managed-resources') ? [403, { message: 'permission denied' }] : undefined);
    const { json } = await panel(host, 'drift', { 'app-name': 'denied' });
    delete prod.answer;
    assert.deepEqual([json.files, json.summary], [[], 'Nothing that could be read differs']);
    assert.match(json.partial[0].message, /no right .*\(denied\)/);
  });
  test('101 drifted resources are 100 and a word about the other', async () => {
    const item = i => ({ group: '', kind: 'ConfigMap', namespace: 'n', name: `c${i}`, normalizedLiveState: `{"a":${i}}`, predictedLiveState: '{"a":-1}' });
    prod.apps.push(application('much'));
    prod.managed = { ...prod.managed, much: { items: Array.from({ length: 101 }, (_, i) => item(i)) } };
    const { json } = await panel(host, 'drift', { 'app-name': 'much' });
    assert.deepEqual([json.files.length, json.partial.at(-1).message], [100, '1 more resources differ than can be shown']);
  });
  test('an ApplicationSet is a row with a cell for each cluster, and tells who is behind', async () => {
    const { json } = await panel(host, 'environments', { 'app-name': 'checkout-us' });
    assert.deepEqual(json.columns.map(c => c.title), ['Application', 'eu-west', 'us-east', 'ApplicationSet', 'Instance']);
    assert.equal(json.rows.length, 1);
    const { app, c0, c1 } = json.rows[0];
    assert.deepEqual([app, c0.state, c1.state], ['checkout', 'ok', 'error']);
    const text = { eu: c0.text, us: c1.text };
    assert.match(text.us, /OutOfSync · Degraded · step 2, Pending/);
    assert.match(json.summary, /2 clusters/);
  });
  test('a cluster that has an older revision than the last one deployed is behind', async () => {
    const older = sha('o'), newer = sha('n');
    const a = application('web-eu', { set: 'web', cluster: 'eu', revisions: [older, newer], project: 'web' });
    const b = application('web-us', { set: 'web', cluster: 'us', revisions: [older], project: 'web' });
    b.status.operationState.finishedAt = '2026-10-01T00:00:00Z';
    prod.apps.push(a, b);
    prod.sets.push(applicationSet('web', [{ name: 'web-eu' }, { name: 'web-us', step: 2 }], { project: 'web' }));
    const { json } = await panel(host, 'environments', { 'app-name': 'web-eu' });
    const [row] = json.rows;
    assert.deepEqual([row.c0.state, row.c1.state], ['ok', 'warning']);
    assert.match(row.c1.text, new RegExp(`^${older.slice(0, 7)} · Synced · Healthy · step 2, Healthy · behind ${newer.slice(0, 7)}$`));
    assert.equal(json.summary, '1 of 2 applications in 2 clusters are behind the newest revision');
  });
  test('a set of applications and clusters is a row for each application', async () => {
    const names = ['a', 'b'].flatMap(n => ['eu', 'us'].map(c => [`${n}-${c}`, c]));
    prod.apps.push(...names.map(([n, c]) => application(n, { set: 'matrix', cluster: c, project: 'matrix', revisions: [sha('same')] })));
    prod.sets.push({ ...applicationSet('matrix', [], { project: 'matrix', conditions: [{ type: 'ErrorOccurred', status: 'True', reason: 'ApplicationGenerationFromParamsError', message: 'a generator failed' }] }) });
    const { json } = await panel(host, 'environments', { 'app-name': 'a-eu' });
    assert.deepEqual(json.rows.map(r => [r.app, r.c0.title, r.c1.title]), [['a', 'a-eu', 'a-us'], ['b', 'b-eu', 'b-us']]);
    assert.match(json.partial[0].message, /ApplicationSet matrix: .*a generator failed/);
  });
  test('without an ApplicationSet there are no environments', async () => {
    assert.equal((await panel(host, 'environments', { 'app-name': 'inventory' })).code, 1);
  });
});

describe('argocd: what one may do', () => {
  let prod, host;
  const act = (name, input, { annotations = { 'app-name': 'inventory' }, on = host } = {}) => on.call(name, { what: 'panel_action', entity: entity(annotations), user: 'user:default/jane', input, deadline_ms: 8000 });
  before(async () => { prod = await startArgo({ token }); host = await hostOf({ prod }, everything); });
  beforeEach(() => { Object.assign(prod, company(), { requests: [], bodies: [] }); delete prod.answer; });
  after(async () => { await host.stop(); await prod.close(); });
  const inventory = () => prod.apps.find(a => a.metadata.name === 'inventory');

  test('nothing, unless the operator has switched it on', async () => {
    const off = await hostOf({ prod });
    for (const [name, input] of [['sync', { app: 'inventory' }], ['refresh', { app: 'inventory' }], ['terminate', { app: 'payments' }], ['rollback', { app: 'inventory', id: 1 }]]) {
      const answer = await act(name, input, { on: off });
      assert.deepEqual([answer.code, answer.error_code], [-1, -4]);
      assert.match(answer.error, new RegExp(`^${name} is switched off`));
    }
    assert.deepEqual(prod.requests, []);
    assert.deepEqual((await panel(off, 'app', { 'app-name': 'inventory' })).json.actions, []);
    await off.stop();
  });
  test('a panel offers what fits now, with what it needs', async () => {
    const input = { instance: 'prod', app: 'inventory', namespace: 'argocd' };
    assert.deepEqual((await panel(host, 'app', { 'app-name': 'inventory' })).json.actions.map(a => [a.action, a.input]), [['sync', input], ['refresh', input]]);
    assert.deepEqual((await panel(host, 'app', { 'app-name': 'payments' })).json.actions.map(a => a.action), ['refresh', 'terminate']);
    assert.deepEqual((await panel(host, 'history', { 'app-name': 'inventory' })).json.actions.map(a => [a.action, a.input.id]), [['rollback', 2], ['rollback', 1]]);
  });
  test('each asks before, and says which right it needs', () => {
    assert.deepEqual(host.descriptor.panel_actions.map(a => [a.panel, a.name, a.right, /\{\{app\}\}/.test(a.confirm)]),
      [['app', 'sync', 'editor', true], ['app', 'refresh', 'editor', true], ['app', 'terminate', 'admin', true], ['history', 'rollback', 'admin', true]]);
  });
  test('sync, with what was chosen and who did it', async () => {
    const { json } = await act('sync', { app: 'inventory', instance: 'prod', namespace: 'argocd', prune: true, dryRun: false });
    assert.deepEqual(json, { message: 'The sync of inventory in prod has begun, with pruning', url: `${prod.url}/applications/argocd/inventory` });
    assert.equal(prod.requests.at(-1), 'POST /api/v1/applications/inventory/sync');
    assert.deepEqual(prod.bodies.at(-1), { name: 'inventory', appNamespace: 'argocd', project: 'shop', prune: true, dryRun: false, infos: [{ name: 'callboard', value: 'user:default/jane' }] });
    assert.equal(inventory().status.operationState.phase, 'Running');
    assert.match((await panel(host, 'app', { 'app-name': 'inventory' })).json.rows[0].operation.text, /^Running/, 'the panel shows it at once');
  });
  test('a dry run, which changes nothing', async () => {
    assert.match((await act('sync', { app: 'inventory', dryRun: true, revision: 'v1 "x"' })).json.message, /^A dry run of inventory/);
    assert.deepEqual([prod.bodies.at(-1).dryRun, prod.bodies.at(-1).revision, inventory().status.operationState.phase], [true, 'v1 "x"', 'Succeeded']);
  });
  test('refresh, normal and hard', async () => {
    assert.match((await act('refresh', { app: 'inventory' })).json.message, /compared with Git anew: Synced/);
    assert.equal(prod.refreshed, 'normal');
    await act('refresh', { app: 'inventory', refresh: 'hard' });
    assert.equal(prod.refreshed, 'hard');
    assert.match(prod.requests.at(-1), /^GET \/api\/v1\/applications\/inventory\?refresh=hard&project=shop&appNamespace=argocd$/);
  });
  test('stop an operation', async () => {
    assert.match((await act('terminate', { app: 'payments' }, { annotations: { 'app-name': 'payments' } })).json.message, /is being stopped/);
    assert.equal(prod.requests.at(-1), 'DELETE /api/v1/applications/payments/operation?project=money&appNamespace=argocd');
    assert.match((await act('terminate', { app: 'inventory' })).error, /No operation is in progress/);
  });
  test('roll back to an entry of the history, and to no other', async () => {
    const answer = await act('rollback', { app: 'inventory', id: 1 });
    assert.equal(answer.json.message, `inventory in prod goes back to ${sha('inventory 1').slice(0, 7)}`);
    assert.deepEqual([prod.bodies.at(-1).id, inventory().status.operationState.phase], [1, 'Running']);
    const n = prod.requests.length, gone = await act('rollback', { app: 'inventory', id: 99 });
    assert.equal(gone.error_code, -3);
    assert.ok(prod.requests.slice(n).every(r => r.startsWith('GET ')));
  });
  test('what Argo CD refuses is told in its words', async () => {
    inventory().spec.syncPolicy = { automated: {} };
    const answer = await act('rollback', { app: 'inventory', id: 1 });
    assert.match(answer.error, /rollback cannot be initiated when auto-sync is enabled/);
    assert.equal(answer.error_code, -2);
  });
  test('nothing with a token that may only read', async () => {
    const weak = await startArgo({ ...company(), tokens: { 'token-that-reads': { projects: ['*'] } }, asToken: 'token-that-reads' });
    const reader = await hostOf({ weak }, everything);
    const answer = await act('sync', { app: 'inventory' }, { on: reader });
    assert.deepEqual([answer.code, answer.error_code], [-1, -4]);
    await reader.stop();
    await weak.close();
  });
  test('nothing to an application that the entity does not name, nor in an instance that it does not', async () => {
    for (const input of [{ app: 'payments' }, { app: 'inventory', instance: 'other' }, { app: 'inventory', namespace: 'elsewhere' }, { app: '../clusters' }]) {
      const answer = await act('sync', input);
      assert.deepEqual([answer.code, answer.error_code], [-1, -4], JSON.stringify(input));
    }
    assert.ok(prod.requests.every(r => r.startsWith('GET ')));
  });
  test('a write is never tried twice', async () => {
    prod.answer = request => (request.method === 'POST' ? [503, { message: 'busy' }] : undefined);
    assert.equal((await act('sync', { app: 'inventory' })).error_code, -8);
    assert.equal(prod.requests.filter(r => r.startsWith('POST')).length, 1);
  });
});
