// ./dev run's plugins: each has something to show of the example company, says what of it is simulated, and leaves nothing behind.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { installed } from '../support/prometheus.mjs';
import { missing, request, startExample, until } from '../support/server.mjs';

// Of processes that this run started: those whose folder or command line names its folder.
function leftovers(folder) {
  return fs.readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && Number(pid) !== process.pid).flatMap(pid => {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(folder) || fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ? [`${pid} ${command}`] : [];
    } catch { return []; }
  });
}

describe('the example company', { skip: missing || (installed ? false : 'prometheus and prometheus-alertmanager are not installed') }, () => {
  let example, folder;
  before(async () => {
    example = await startExample({ upstreams: true });
    folder = path.resolve(example.repos, '../..');
  });
  after(() => example?.stop());
  const shown = (panel, test = () => true, ref = 'component/default/checkout-service') => until(`${panel} of ${ref} has data`, async () => {
    const { json } = await request(example.port, `/api/panels/${ref}/${panel}?refresh=true`);
    if (json.data && test(json.data)) return json;
    throw new Error(JSON.stringify(json).slice(0, 600));
  }, 60000);

  for (const [panel, what, test] of [
    ['argocd/app', 'an application in trouble', d => d.rows.length === 1 && /Degraded/.test(d.summary)],
    ['argocd/history', 'its deployments'],
    ['argocd/resources', 'its resources'],
    ['argocd/drift', 'how it drifted'],
    ['pagerduty/service', 'an open incident', d => /1 open/.test(d.summary)],
    ['pagerduty/oncall', 'who is on call', d => /Lena Fischer/.test(d.summary)],
    ['pagerduty/changes', 'what changed', d => d.events.length > 0],
    ['prometheus/graphs', 'its graphs', d => d.panels?.length === 2 && d.panels.every(p => p.series.length > 0)],
    ['prometheus/alerts', 'an alert that fires', d => /1 firing/.test(d.summary)],
    ['prometheus/rules', 'its rules', d => d.rows.length === 4],
  ])
    test_(panel, what, test);
  function test_(panel, what, ok) {
    test(`${panel} shows ${what}, marked as simulated`, async () => { assert.equal((await shown(panel, ok)).simulated, true); });
  }

  test('http/facts shows the builds, simulated, and what callboard itself remembers, which is not', async () => {
    const { data } = await shown('http/facts', d => d.panels?.length === 3 && d.panels[2].events.length > 0);
    assert.deepEqual(data.panels.map(p => [p.type, p.title, p.source.simulated ?? false]), [['status', 'Last build', true], ['timeline', 'Builds', true], ['timeline', 'Changes of this entry', false]]);
    assert.match(data.summary, /^Last build: Build \d+: success$/);
    assert.equal(data.partial ?? data.panels.find(p => p.partial), undefined);
  });
  test('a real Prometheus reads callboard\'s own metrics: requests, time and memory', async () => {
    const json = await shown('prometheus/graphs', d => d.panels?.length === 3 && d.panels.every(p => p.series.some(s => s.points.some(([, v]) => v > 0))), 'component/default/developer-portal');
    assert.equal(json.simulated, false);
    assert.deepEqual(json.data.panels.map(p => p.title), ['callboard:requests_per_second', 'callboard:request_seconds_p99', 'callboard:resident_bytes']);
  });
  test('what a forge has is in the catalog, and a new repository is at once', async () => {
    const has = name => until(`${name} is in the catalog`, async () => (await request(example.port, `/api/catalog/entities/by-name/${name}`)).status === 200, 60000);
    await has('component/default/edge-gateway');
    await has('group/default/edge');
    const forge = /^FORGE=(.*)$/m.exec(fs.readFileSync(path.join(example.repos, '../upstreams/upstreams'), 'utf8'))[1];
    assert.ok((await fetch(`${forge}/-/create?name=brand-new`, { method: 'POST' })).ok);
    await has('component/default/brand-new');
  });
  test('no plugin is unwell', async () => {
    const { json } = await request(example.port, '/api/plugins');
    for (const p of json.items.filter(p => p.name !== 'skeleton')) assert.equal(p.state, 'ready', `${p.name}: ${p.message}`);
  });
  test('it says what to open', async () => {
    await until('what to try', () => /What its plugins know[^]*Prometheus is real/.test(fs.readFileSync(example.log, 'utf8')));
  });
  test('what the plugins asked ends with the server, however that ends', async () => {
    assert.ok(leftovers(folder).length >= 4, leftovers(folder).join('\n'));
    process.kill(example.pid, 'SIGKILL');
    await until('all have ended', () => !leftovers(folder).some(line => /prometheus|upstreams/.test(line)), 15000);
  });
});
