// PagerDuty's REST API v2 as published, as far as the plugin asks it, over data of a test's choice. Every answer is marked simulated.
// Usage: node server.mjs [PORT [TOKEN]]; as a module: startPagerduty({token, services, incidents, oncalls, changes}).
import http from 'node:http';
import { pathToFileURL } from 'node:url';

export const at = s => new Date(Date.now() + s * 1000).toISOString().replace(/\.\d+Z/, 'Z');
const page = 'https://acme.pagerduty.com';
const policy = { id: 'POLICY1', type: 'escalation_policy', name: 'Shop first', summary: 'Shop first', html_url: `${page}/escalation_policies/POLICY1` };
const person = (id, name) => ({ id, type: 'user', name, summary: name, html_url: `${page}/users/${id}` });
const schedule = { id: 'SCHED1', type: 'schedule_reference', summary: 'Shop primary', html_url: `${page}/schedules/SCHED1` };

export const example = () => ({
  token: 'simulated',
  services: [
    { id: 'PSHOP', name: 'Shop', status: 'critical', html_url: `${page}/services/PSHOP`, escalation_policy: policy, teams: [], integrations: [{ id: 'PINT', integration_key: 'a-routing-key-of-the-shop' }] },
    { id: 'PCART', name: 'Cart', status: 'active', html_url: `${page}/services/PCART`, escalation_policy: policy, teams: [], integrations: [{ id: 'PIN2', integration_key: 'a-routing-key-of-the-shop-cart' }] },
  ],
  incidents: [
    { id: 'PINC1', incident_number: 41, title: 'Checkout is slow', status: 'triggered', urgency: 'high', created_at: at(-600), html_url: `${page}/incidents/PINC1`, service: { id: 'PSHOP', summary: 'Shop' }, assignments: [{ assignee: person('PJANE', 'Jane') }] },
    { id: 'PINC2', incident_number: 40, title: 'Disk is full', status: 'acknowledged', urgency: 'low', created_at: at(-6000), html_url: `${page}/incidents/PINC2`, service: { id: 'PSHOP', summary: 'Shop' }, assignments: [] },
    { id: 'PINC3', incident_number: 39, title: 'Of others', status: 'triggered', urgency: 'low', created_at: at(-60), html_url: `${page}/incidents/PINC3`, service: { id: 'POTHER', summary: 'Other' }, assignments: [] },
  ],
  oncalls: [
    { user: person('PBOSS', 'Boss'), schedule: null, escalation_policy: policy, escalation_level: 2, start: null, end: null },
    { user: person('PJOHN', 'John'), schedule, escalation_policy: policy, escalation_level: 1, start: at(3600), end: at(7200) },
    { user: person('PJANE', 'Jane'), schedule, escalation_policy: policy, escalation_level: 1, start: at(-3600), end: at(3600) },
  ],
  changes: { PSHOP: [{ id: 'C1', summary: 'Release 1.2', timestamp: at(-900), source: 'ci', links: [{ href: 'https://ci.example.com/1', text: 'build' }] }] },
});

// The example company in docs/examples, by its pagerduty.com/service-id: checkout has an incident, the others are as they should be.
export function company() {
  const rows = [['P123ABC', 'Payments', 'grace.okafor', 'mateo.silva'], ['PCHK001', 'Checkout', 'lena.fischer', 'omar.haddad'], ['PIDN001', 'Identity', 'noor.rahman', 'viktor.petrov'],
    ['PMSG001', 'Messaging', 'hana.kim', 'jonas.weber'], ['PORD001', 'Orders', 'priya.nair', 'tom.baker'], ['PPLT001', 'Platform', 'ada.mwangi', 'kofi.mensah']];
  const full = login => login.split('.').map(part => part[0].toUpperCase() + part.slice(1)).join(' ');
  const policies = rows.map(([id, name]) => ({ id: `E${id}`, type: 'escalation_policy', name: `${name} first`, summary: `${name} first`, html_url: `${page}/escalation_policies/E${id}` }));
  const calls = ([id, name, first, second], i) => {
    const rota = { id: `S${id}`, type: 'schedule_reference', summary: `${name} primary`, html_url: `${page}/schedules/S${id}` };
    return [{ user: person(`U1${id}`, full(first)), schedule: rota, escalation_policy: policies[i], escalation_level: 1, start: at(-7200), end: at(36000 + 3600 * i) },
      { user: person(`U2${id}`, full(second)), schedule: rota, escalation_policy: policies[i], escalation_level: 1, start: at(36000 + 3600 * i), end: at(122400) },
      { user: person('UEVA', 'Eva Lindqvist'), schedule: null, escalation_policy: policies[i], escalation_level: 2, start: null, end: null }];
  };
  return {
    token: 'simulated',
    services: rows.map(([id, name], i) => ({ id, name, status: id === 'PCHK001' ? 'critical' : 'active', html_url: `${page}/services/${id}`, escalation_policy: policies[i], teams: [], integrations: [] })),
    incidents: [
      { id: 'PINC1', incident_number: 412, title: 'One request in twenty to checkout-service fails', status: 'triggered', urgency: 'high', created_at: at(-1500), html_url: `${page}/incidents/PINC1`, service: { id: 'PCHK001', summary: 'Checkout' }, assignments: [{ assignee: person('U1PCHK001', 'Lena Fischer') }] },
      { id: 'PINC2', incident_number: 409, title: 'Reconciling with one bank is late', status: 'acknowledged', urgency: 'low', created_at: at(-9000), html_url: `${page}/incidents/PINC2`, service: { id: 'P123ABC', summary: 'Payments' }, assignments: [{ assignee: person('U1P123ABC', 'Grace Okafor') }] },
    ],
    oncalls: rows.flatMap(calls),
    changes: Object.fromEntries(rows.map(([id, name], i) => [id, [{ id: `C${id}`, summary: `${name}: release 4.${7 + i}`, timestamp: at(-1800 * (i + 1)), source: 'ci.mycompany.example', links: [{ href: 'https://ci.mycompany.example/releases', text: 'release' }] }]])),
  };
}

export async function startPagerduty(world = example(), port = 0) {
  const seen = [];
  const fake = { seen, world, override: null };
  const server = http.createServer(async (rq, rp) => {
    const url = new URL(rq.url, 'http://x'), q = url.searchParams;
    let body = '';
    for await (const d of rq) body += d;
    seen.push({ method: rq.method, url: rq.url, headers: rq.headers, body });
    const say = (status, json, headers = {}) => { rp.writeHead(status, { 'Content-Type': 'application/json', 'X-Simulated': 'true', ...headers }); rp.end(JSON.stringify(json)); };
    const fail = (status, message, ...errors) => say(status, { error: { code: 2000 + status, message, errors } });
    const list = (key, rows) => {
      const offset = Number(q.get('offset') ?? 0), limit = Math.min(Number(q.get('limit') ?? 25), 100);
      return offset + limit > 10000 ? fail(400, 'Invalid Input Provided', 'Offset is too large') : say(200, { [key]: rows.slice(offset, offset + limit), offset, limit, more: offset + limit < rows.length, total: null });
    };
    if (fake.override?.(rq, rp, say, url)) return;
    if (rq.headers.authorization !== `Token token=${world.token}`) return fail(401, 'Unauthorized');
    if (!/^application\/vnd\.pagerduty\+json;version=2$/.test(rq.headers.accept ?? '')) return fail(400, 'Wrong Accept');
    const [, kind, id, sub] = url.pathname.split('/');
    if (rq.method !== 'GET' && !/@/.test(rq.headers.from ?? '')) return fail(400, 'Requester User Not Found');
    if (kind === 'services' && sub === 'change_events') return list('change_events', world.changes[id] ?? []);
    if (kind === 'services' && id) { const s = world.services.find(x => x.id === id); return s ? say(200, { service: s }) : fail(404, 'Not Found'); }
    if (kind === 'services') return list('services', world.services.filter(s => JSON.stringify(s).includes(q.get('query') ?? '')));
    if (kind === 'oncalls') return list('oncalls', world.oncalls.filter(o => q.getAll('escalation_policy_ids[]').includes(o.escalation_policy.id)));
    if (kind === 'incidents' && rq.method === 'POST') {
      const { incident } = JSON.parse(body);
      const made = { ...incident, id: `PNEW${world.incidents.length}`, incident_number: 100 + world.incidents.length, status: 'triggered', created_at: at(0), html_url: `${page}/incidents/PNEW` };
      world.incidents.unshift(made);
      return say(201, { incident: made });
    }
    if (kind === 'incidents' && id) {
      const i = world.incidents.find(x => x.id === id);
      if (!i) return fail(404, 'Not Found');
      if (rq.method === 'PUT') Object.assign(i, { status: JSON.parse(body).incident.status });
      return say(200, { incident: i });
    }
    if (kind === 'incidents') return list('incidents', world.incidents.filter(i => q.getAll('statuses[]').includes(i.status) && q.getAll('service_ids[]').includes(i.service.id)));
    fail(404, 'Not Found');
  });
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${server.address().port}`;
  fake.stop = () => new Promise(resolve => { server.closeAllConnections(); server.close(resolve); });
  return fake;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log((await startPagerduty({ ...example(), token: process.argv[3] ?? example().token }, Number(process.argv[2] ?? 0))).url);
