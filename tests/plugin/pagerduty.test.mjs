// The pagerduty plugin against a simulated PagerDuty.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { example, startPagerduty } from '../fakes/pagerduty/server.mjs';
import { started } from './host.mjs';

describe('the pagerduty plugin', () => {
  let fake, eu, host, off;
  const secret = 'hunter2-api-key';
  before(async () => {
    fake = await startPagerduty({ ...example(), token: secret });
    eu = await startPagerduty({ ...example(), token: 'eu-key-eu-key', services: [{ ...example().services[1], name: 'Europe' }] });
    const accounts = [{ name: 'us', token: secret, region: 'us', from: 'bot@example.com' }, { name: 'europe', token: 'eu-key-eu-key', region: 'eu' },
      { name: 'bound', token: secret, services: ['PCART'] }];
    const config = { accounts, us_url: `${fake.url}/`, eu_url: eu.url, fresh_s: 0 };
    const opts = { allow: [fake.url, eu.url], secrets: [secret, 'eu-key-eu-key'] };
    host = await started('pagerduty', { ...config, actions: ['acknowledge', 'create'] }, opts);
    off = await started('pagerduty', { ...config, actions: [] }, opts);
  });
  after(async () => { await host.stop(); await off.stop(); await fake.stop(); await eu.stop(); });
  beforeEach(() => { fake.override = null; fake.seen.length = 0; Object.assign(fake.world, example(), { token: secret }); });
  const entity = annotations => ({ kind: 'Component', metadata: { name: 'shop', annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`pagerduty.com/${k}`, v])) } });
  const call = (panel, annotations = { 'service-id': 'PSHOP' }, opts = {}) => (opts.host ?? host).call(panel, { entity: entity(annotations), deadline_ms: 15000, ...opts });
  const render = async (...args) => { const f = await call(...args); assert.equal(f.code, 0, f.error); return f.json; };
  const act = (name, input, opts) => call(name, { 'service-id': 'PSHOP, PCART' }, { what: 'panel_action', input, user: 'user:default/jane', ...opts });

  test('a service has its status, open incidents and escalation policy', async () => {
    const g = await render('service');
    assert.equal(g.summary, 'Shop is critical; 2 open incidents, 1 of them not acknowledged');
    assert.deepEqual([g.panels[0].items[0].state, g.panels[0].items[0].detail], ['error', 'Escalation policy: Shop first']);
    assert.deepEqual(g.panels[1].rows.map(r => [r.incident.text, r.assigned]), [['#41 Checkout is slow', 'Jane'], ['#40 Disk is full', 'nobody']]);
    assert.equal(g.source.simulated, true);
    assert.deepEqual(g.actions.map(a => [a.action, a.input.incident ?? a.input.service]), [['acknowledge', 'PINC1'], ['create', 'PSHOP']]);
  });
  test('several services are one panel, and what failed is named', async () => {
    const g = await render('service', { 'service-id': 'PSHOP, PNONE,PCART,' });
    assert.deepEqual(g.panels[0].items.map(i => i.label), ['Shop', 'Cart']);
    assert.deepEqual(g.partial.map(p => p.source), ['PNONE']);
    assert.equal(fake.seen.filter(s => s.url.startsWith('/incidents')).length, 1);
    assert.deepEqual(g.actions.filter(a => a.action === 'create').map(a => a.title), ['Create an incident for Shop', 'Create an incident for Cart']);
  });
  test('a key finds the service whose integration it is, not one that looks like it', async () => {
    assert.deepEqual((await render('service', { 'integration-key': 'a-routing-key-of-the-shop' })).panels[0].items.map(i => i.label), ['Shop']);
    const f = await call('service', { 'integration-key': 'a-routing-key' });
    assert.match(f.error, /no service of PagerDuty has the integration/);
  });
  test('an account is chosen by name, with its region', async () => {
    assert.deepEqual((await render('service', { 'service-id': 'PCART', account: 'europe' })).panels[0].items.map(i => i.label), ['Europe']);
    assert.match((await call('service', { 'service-id': 'PCART', account: 'http://evil' })).error, /no account 'http:\/\/evil' is configured/);
  });
  test('the operator bounds what an account shows', async () => {
    const f = await call('service', { 'service-id': 'PSHOP', account: 'bound' });
    assert.deepEqual([f.error_code, /not among those/.test(f.error)], [-4, true]);
  });
  for (const id of ['../users', 'PSHOP/integrations', 'PSHOP?x', 'P%2e', 'é'])
    test(`the id "${id}" is not sent`, async () => {
      assert.match((await call('service', { 'service-id': id })).error, /is no id of PagerDuty/);
      assert.equal(fake.seen.length, 0);
    });
  test('on call is the lowest level first, until when, and who is next', async () => {
    const t = await render('oncall');
    assert.deepEqual(t.rows.map(r => [r.level, r.who.text, /^John from /.test(r.next), r.schedule.text, r.until === 'always']),
      [[1, 'Jane', true, 'Shop primary', false], [2, 'Boss', false, 'direct', true]]);
    assert.equal(t.summary, 'Jane is on call');
  });
  test('changes are a timeline', async () => {
    const t = await render('changes');
    assert.deepEqual([t.events[0].title, t.events[0].actor, t.events[0].url, t.summary], ['Release 1.2', 'ci', 'https://ci.example.com/1', '1 recent changes']);
  });
  test('without annotations there is nothing', async () => { assert.equal((await call('service', {})).code, 1); });
  for (const [n, rows, pages] of [[100, 100, 1], [101, 100, 2], [600, 100, 5]])
    test(`${n} incidents are read in ${pages} pages`, async () => {
      fake.world.incidents = Array.from({ length: n }, (_, i) => ({ ...example().incidents[0], id: `P${i}`, incident_number: i }));
      const g = await render('service');
      assert.equal(g.panels[1].rows.length, rows);
      assert.equal(fake.seen.filter(s => s.url.startsWith('/incidents')).length, pages);
      assert.equal(g.partial?.[0].message, n > 500 ? 'only the first 500 are shown' : undefined);
    });
  test('a rate limit says when it is over', async () => {
    fake.override = (rq, rp, say) => { say(429, { error: { message: 'Rate Limit Exceeded', code: 2020 } }, { 'ratelimit-reset': '37', 'ratelimit-remaining': '0' }); return true; };
    const f = await call('service', { 'service-id': 'PLIMITED' });
    assert.deepEqual([f.error_code, /asked too often \(429\); again in 37 s: Rate Limit Exceeded/.test(f.error)], [-6, true]);
  });
  test('what the plan lacks is hidden', async () => {
    fake.override = (rq, rp, say, url) => url.pathname.startsWith('/oncalls') && url.search.includes('POLICY1') && (say(402, { error: { message: 'Payment Required' } }), true);
    const fresh = await started('pagerduty', { accounts: [{ name: 'us', token: secret }], us_url: fake.url, fresh_s: 0, actions: [] }, { allow: [fake.url], secrets: [secret] });
    assert.equal((await call('oncall', undefined, { host: fresh })).code, 1);
    await fresh.stop();
  });
  for (const [status, code] of [[401, -4], [403, -4], [404, -3], [500, -8]])
    test(`${status} is a sentence without the key`, async () => {
      fake.override = (rq, rp, say) => { say(status, { error: { message: `no to ${secret}` } }); return true; };
      const f = await call('service', { 'service-id': `PX${status}` });
      assert.deepEqual([f.code, f.error_code], [-1, code]);
      assert.doesNotMatch(JSON.stringify(host.frames) + host.stderr, /hunter2/);
    });
  test('incidents that cannot be read leave the service', async () => {
    fake.override = (rq, rp, say, url) => url.pathname === '/incidents' && url.search.includes('PCART') && (say(500, {}), true);
    const g = await render('service', { 'service-id': 'PCART' });
    assert.deepEqual([g.summary, g.panels.length, g.partial[0].source], ['What is open is not known', 1, 'incidents']);
  });
  test('a slow PagerDuty is shown as it was, with its age', async () => {
    await render('changes');
    await new Promise(resolve => setTimeout(resolve, 1100));
    fake.override = () => true;
    const f = await call('changes', undefined, { deadline_ms: 2500 });
    assert.ok(f.code === 0 ? f.age_s >= 1 : f.error_code === -7, f.error);
  });
  test('an incident is acknowledged once, for the configured address', async () => {
    const f = await act('acknowledge', { incident: 'PINC1', name: 'x' });
    assert.equal(f.json?.message, 'Incident #41 is acknowledged', f.error);
    assert.equal(fake.world.incidents[0].status, 'acknowledged');
    assert.deepEqual(fake.seen.filter(s => s.method === 'PUT').map(s => s.headers.from), ['bot@example.com']);
  });
  test('an incident of another service is not touched', async () => {
    assert.match((await act('acknowledge', { incident: 'PINC3' })).error, /not one of this entity's services/);
    assert.match((await act('acknowledge', { incident: '../services' })).error, /this is no id/);
    assert.match((await act('create', { service: 'POTHER', title: 'x' })).error, /not one of this entity's/);
    assert.equal(fake.seen.some(s => s.method !== 'GET'), false);
  });
  test('an incident is created with every character of its title, and says who did it', async () => {
    const f = await act('create', { service: 'PCART', title: 'a "quote" \\ and \u0001\nline é', urgency: 'low' });
    assert.match(f.json?.message ?? f.error, /^Incident #\d+ is created$/);
    const { incident } = JSON.parse(fake.seen.find(s => s.method === 'POST').body);
    assert.deepEqual([incident.title, incident.urgency, incident.service.id], ['a "quote" \\ and \u0001\nline é', 'low', 'PCART']);
    assert.match(incident.body.details, /by user:default\/jane for component:default\/x$/);
  });
  test('nothing is done that the operator did not switch on', async () => {
    assert.match((await act('acknowledge', { incident: 'PINC1' }, { host: off })).error, /not switched on/);
    assert.deepEqual((await render('service', undefined, { host: off })).actions, []);
  });
});
