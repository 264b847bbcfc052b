// A real Prometheus and a real Alertmanager (Debian's) on loopback, in a folder of their own, scraping what a test counts.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const found = name => { try { return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(); } catch { return null; } };
export const installed = Boolean(found('prometheus') && found('prometheus-alertmanager'));

export const freePort = () => new Promise((resolve, reject) => {
  const s = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
});

export async function until(what, test, ms = 60000) {
  for (const end = Date.now() + ms; ;) {
    const value = await Promise.resolve().then(test).catch(() => false);
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

// METRICS: () => text in the exposition format. RULES: YAML of rule groups.
export async function startPrometheus({ metrics, rules }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-prometheus-'));
  const children = [];
  const run = (command, ...args) => {
    const child = spawn(command, args, { cwd: dir, stdio: ['ignore', 'ignore', fs.openSync(path.join(dir, `${command}.log`), 'a')] });
    child.over = new Promise(resolve => child.on('exit', resolve));
    children.push(child);
    return child;
  };
  const exporter = http.createServer((rq, rp) => { rp.setHeader('Content-Type', 'text/plain; version=0.0.4'); rp.end(metrics()); });
  await new Promise(resolve => exporter.listen(0, '127.0.0.1', resolve));
  const [port, managerPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`, manager = `http://127.0.0.1:${managerPort}`;

  fs.writeFileSync(path.join(dir, 'rules.yaml'), rules);
  fs.writeFileSync(path.join(dir, 'prometheus.yaml'), `
global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {region: here}}
rule_files: [rules.yaml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${managerPort}']}]}]}
scrape_configs: [{job_name: shop, static_configs: [{targets: ['127.0.0.1:${exporter.address().port}']}]}]
`);
  fs.writeFileSync(path.join(dir, 'alertmanager.yaml'), 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
  run('prometheus-alertmanager', '--config.file=alertmanager.yaml', '--storage.path=am', `--web.listen-address=127.0.0.1:${managerPort}`, '--cluster.listen-address=');
  let server;
  const startServer = () => { server = run('prometheus', '--config.file=prometheus.yaml', '--storage.tsdb.path=tsdb', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'); };
  startServer();

  const json = async (to, options) => { const r = await fetch(to, { signal: AbortSignal.timeout(5000), ...options }); if (!r.ok) throw new Error(`${to}: ${r.status} ${await r.text()}`); return r.json(); };
  const stop = async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(child => child.over));
    exporter.closeAllConnections();
    exporter.close();
    fs.rmSync(dir, { recursive: true, force: true });
  };
  try {
    await until('Prometheus and Alertmanager are ready', async () => (await fetch(`${url}/-/ready`)).ok && (await fetch(`${manager}/-/ready`)).ok);
  } catch (e) {
    const logs = fs.readdirSync(dir).filter(f => f.endsWith('.log')).map(f => fs.readFileSync(path.join(dir, f), 'utf8')).join('\n');
    await stop();
    throw new Error(`${e.message}\n${logs}`);
  }
  return {
    url, manager, stop, json,
    query: async q => (await json(`${url}/api/v1/query?query=${encodeURIComponent(q)}`)).data.result,
    alerts: () => json(`${manager}/api/v2/alerts`),
    silence: body => json(`${manager}/api/v2/silences`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    kill: async () => { server.kill('SIGKILL'); await server.over; },
    restart: async () => { startServer(); await until('Prometheus is ready again', async () => (await fetch(`${url}/-/ready`)).ok); },
  };
}
