// What the example company's plugins ask: a real Prometheus and Alertmanager that read callboard's own /metrics and those of the
// company's services, which are simulated, and simulated servers of Argo CD, PagerDuty, a forge and a CI. All on free ports of 127.0.0.1.
//
//   node upstreams.mjs --dir DIR --pid PID --callboard http://127.0.0.1:7007
//
// DIR/upstreams    written when all is there: "NAME=URL" lines, for run.sh
// PID              of the server that asks: everything here ends with it
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { company as argoCompany } from '../../tests/fakes/argocd/data.mjs';
import { startArgo } from '../../tests/fakes/argocd/server.mjs';
import { startForge } from '../../tests/fakes/forge/server.mjs';
import { company as pagerdutyCompany, startPagerduty } from '../../tests/fakes/pagerduty/server.mjs';

const { values: args } = parseArgs({ options: { dir: { type: 'string' }, pid: { type: 'string' }, callboard: { type: 'string' } } });
const children = [];

// A rule group of that name for each; of how many requests a second it has, how long they take, and how many fail.
const services = {
  'payment-alerts': ['payment-service', 40, 0.08, 0.002], 'reconciler-alerts': ['payment-reconciler', 2, 0.4, 0], 'checkout-alerts': ['checkout-service', 60, 0.9, 0.09],
  'cart-alerts': ['cart-service', 110, 0.03, 0.001], 'order-alerts': ['order-service', 25, 0.12, 0.004], 'user-alerts': ['user-service', 80, 0.02, 0],
  'auth-alerts': ['auth-service', 150, 0.015, 0.01], 'notification-alerts': ['notification-service', 12, 0.2, 0.03], 'storefront-alerts': ['web-storefront', 200, 0.06, 0.001],
  'gateway-alerts': ['storefront-gateway', 310, 0.07, 0.002], 'ingest-alerts': ['clickstream-ingest', 500, 0.01, 0], 'ingress-alerts': ['ingress-gateway', 640, 0.01, 0.001],
  'postgres-alerts': ['production-db', 900, 0.004, 0], 'cluster-alerts': ['k8s-production', 30, 0.05, 0], 'kafka-alerts': ['kafka-cluster', 700, 0.006, 0],
};

// ---- the company's services, as their /metrics would be

const began = Date.now() / 1000;
const wave = (name, t) => 1 + 0.3 * Math.sin(t / 90 + name.length);
function metrics() {
  const t = Date.now() / 1000, lines = [];
  for (const [name, rate, seconds, failing] of Object.values(services)) {
    // The integral of rate * wave: a counter must never fall.
    const total = rate * ((t - began) - 0.3 * 90 * (Math.cos(t / 90 + name.length) - Math.cos(began / 90 + name.length)));
    lines.push(`requests_total{service="${name}",code="200"} ${total * (1 - failing)}`);
    if (failing) lines.push(`requests_total{service="${name}",code="500"} ${total * failing}`);
    lines.push(`request_seconds{service="${name}",quantile="0.99"} ${seconds * wave(name, t)}`);
  }
  return `${lines.join('\n')}\n`;
}

const group = (name, [service]) => `
- name: ${name}
  interval: 2s
  rules:
  - {record: requests_per_second, expr: 'sum by (code) (rate(requests_total{service="${service}"}[30s]))', labels: {service: ${service}}}
  - {record: request_seconds_p99, expr: 'max(request_seconds{service="${service}",quantile="0.99"})', labels: {service: ${service}}}
  - alert: ManyErrors
    expr: sum(rate(requests_total{service="${service}",code="500"}[30s])) / sum(rate(requests_total{service="${service}"}[30s])) > 0.05
    labels: {severity: critical, service: ${service}}
    annotations: {summary: 'One request in twenty to ${service} fails', runbook_url: 'https://wiki.mycompany.example/${service}/errors'}
  - alert: Slow
    expr: max(request_seconds{service="${service}",quantile="0.99"}) > 0.5
    for: 5m
    labels: {severity: warning, service: ${service}}
    annotations: {summary: 'One request in a hundred to ${service} takes over half a second'}`;
const rules = `groups:
- name: callboard-alerts
  interval: 2s
  rules:
  - {record: 'callboard:requests_per_second', expr: 'sum by (route) (rate(callboard_http_requests_total[30s]))', labels: {service: developer-portal}}
  - {record: 'callboard:request_seconds_p99', expr: 'histogram_quantile(0.99, sum by (le) (rate(callboard_http_request_seconds_bucket[30s])))', labels: {service: developer-portal}}
  - {record: 'callboard:resident_bytes', expr: callboard_process_resident_bytes, labels: {service: developer-portal}}
  - alert: CallboardPluginDown
    expr: max by (plugin) (callboard_plugin_state{state=~"failing|broken|refused"}) == 1
    labels: {severity: warning, service: developer-portal}
    annotations: {summary: 'The plugin {{ $labels.plugin }} is not well'}
  - alert: CallboardPassesFail
    expr: rate(callboard_passes_failed_total[5m]) > 0
    labels: {severity: warning, service: developer-portal}
    annotations: {summary: 'A source cannot be read'}
${Object.entries(services).map(([name, s]) => group(name, s)).join('')}
`;

// ---- a CI, and Prometheus as the services' panels see it: what it says of them is simulated, and so it is marked

function builds(slug) {
  const at = Math.floor(Date.now() / 3600000) * 3600, seed = [...slug].reduce((n, c) => n + c.charCodeAt(0), 0);
  return { builds: [0, 1, 2, 3, 4].map(i => ({ number: 400 + seed % 90 - i, branch: i === 2 ? 'fix/rounding' : 'main', status: i === (slug.includes('checkout') ? 1 : seed % 7) ? 'failed' : 'success', startedAt: at - i * 7000,
    seconds: 60 + (seed * (i + 3)) % 200, by: ['grace.okafor', 'mateo.silva', 'lena.fischer'][(seed + i) % 3], url: `https://ci.mycompany.example/${slug}/builds/${400 + seed % 90 - i}` })) };
}

async function forwarded(request, response, to) {
  const body = [];
  for await (const d of request) body.push(d);
  const upstream = http.request(to, { method: request.method, headers: { ...request.headers, host: new URL(to).host } }, answer => {
    response.writeHead(answer.statusCode, { ...answer.headers, 'x-simulated': 'the services of the example company' });
    answer.pipe(response);
  });
  upstream.on('error', () => { response.writeHead(502); response.end(); });
  upstream.end(Buffer.concat(body));
}

async function startServices(prometheus) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://x'), ci = /^\/ci\/(.+)\/builds$/.exec(url.pathname);
    if (url.pathname.startsWith('/prometheus/') && prometheus) return forwarded(request, response, prometheus + request.url.slice('/prometheus'.length));
    const [status, type, text] = url.pathname === '/metrics' ? [200, 'text/plain; version=0.0.4', metrics()]
      : ci ? [200, 'application/json', JSON.stringify(builds(decodeURIComponent(ci[1])))] : [404, 'application/json', '{"message":"there is no such thing"}'];
    response.writeHead(status, { 'Content-Type': type, 'X-Simulated': 'CI' });
    response.end(text);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

// ---- the real ones

const freePort = (wanted = 0) => new Promise(resolve => {
  const s = net.createServer().on('error', () => resolve(freePort())).listen(wanted, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
});
// That of the last time when it is free: the forge's address is part of what the catalog remembers.
const before = fs.existsSync(path.join(args.dir, 'ports')) ? JSON.parse(fs.readFileSync(path.join(args.dir, 'ports'), 'utf8')) : {};
const portOf = async name => { ports[name] = await freePort(before[name]); return ports[name]; };
const ports = {};
const found = name => { try { execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }); return true; } catch { return false; } };

// In a session of its own, for Ctrl-C is callboard's; and it ends with us however we end.
function run(command, ...rest) {
  const all = found('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', command, ...rest] : [command, ...rest];
  const log = fs.openSync(path.join(args.dir, `${command}.log`), 'w');
  children.push(spawn(all[0], all.slice(1), { cwd: args.dir, detached: true, stdio: ['ignore', log, log] }));
  fs.closeSync(log);
}

async function answers(url) {
  for (const end = Date.now() + 30000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 50)))
    if (await fetch(url).then(r => r.ok, () => false)) return;
  throw new Error(`${url} does not answer: the logs are in ${args.dir}`);
}

async function startPrometheus(exporter, port) {
  const managerPort = await portOf('ALERTMANAGER'), url = `http://127.0.0.1:${port}`, manager = `http://127.0.0.1:${managerPort}`;
  const job = (name, at) => `  - {job_name: ${name}, static_configs: [{targets: ['${new URL(at).host}']}]}\n`;
  fs.writeFileSync(path.join(args.dir, 'rules.yaml'), rules);
  fs.writeFileSync(path.join(args.dir, 'prometheus.yaml'), `# Written anew each time.
global: {scrape_interval: 2s, evaluation_interval: 2s}
rule_files: [rules.yaml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${managerPort}']}]}]}
scrape_configs:
${job('callboard', args.callboard)}${job('services', exporter)}`);
  fs.writeFileSync(path.join(args.dir, 'alertmanager.yaml'), 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
  run('prometheus-alertmanager', '--config.file=alertmanager.yaml', '--storage.path=alertmanager', `--web.listen-address=127.0.0.1:${managerPort}`, '--cluster.listen-address=', '--log.level=warn');
  run('prometheus', '--config.file=prometheus.yaml', '--storage.tsdb.path=prometheus', '--storage.tsdb.retention.time=2d', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn');
  await Promise.all([answers(`${url}/-/ready`), answers(`${manager}/-/ready`)]);
  return { PROMETHEUS: url, ALERTMANAGER: manager };
}

// ---- all of it

function end() {
  for (const child of children) child.kill('SIGKILL');
  process.exit(0);
}

function isGone(pid) {
  try { process.kill(pid, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
}

process.on('SIGINT', () => {}); // Ctrl-C is callboard's: it stops first, and we with it
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, end);
process.on('uncaughtException', error => { console.error(error); end(); });
setInterval(() => { if (isGone(Number(args.pid))) end(); }, 300);

fs.mkdirSync(args.dir, { recursive: true });
fs.rmSync(path.join(args.dir, 'upstreams'), { force: true });
const has = found('prometheus') && found('prometheus-alertmanager'), port = await portOf('PROMETHEUS');
const urls = { SERVICES: await startServices(has && `http://127.0.0.1:${port}`) };
Object.assign(urls, {
  ARGOCD: (await startArgo({ ...argoCompany('production'), token: 'an-example-token' })).url,
  PAGERDUTY: (await startPagerduty({ ...pagerdutyCompany(), token: 'an-example-token' })).url,
  FORGE: (await startForge({ type: 'gitea', port: await portOf('FORGE'), token: 'an-example-token', git: path.join(args.dir, 'forge'), hook: { url: `${args.callboard}/api/plugins/forge/webhook/labs`, secret: 'an-example-secret' } })).url,
  ...(has && await startPrometheus(urls.SERVICES, port)),
});
fs.writeFileSync(path.join(args.dir, 'ports'), JSON.stringify(ports));
fs.writeFileSync(path.join(args.dir, 'upstreams.new'), Object.entries(urls).map(([name, url]) => `${name}=${url}\n`).join(''));
fs.renameSync(path.join(args.dir, 'upstreams.new'), path.join(args.dir, 'upstreams'));
