// An Argo CD server as far as its published API goes, from plain lists; every answer says that it is simulated (X-Simulated).
//
//   const argo = await startArgo({ apps, sets, token: 'secret' });
//   argo.url, argo.requests (texts "GET /path?query"), argo.bodies; argo.apps (change it, and the answers change); await argo.close();
//
// Options
//   apps, sets       arrays of Application and ApplicationSet objects (data.mjs)
//   tokens           {token: {projects: ['shop', '*'], write: true}}; token: 'x' is one that may do everything. None at all: open
//   users            {name: password}: POST /api/v1/session gives a token that may do everything
//   fields           false: an older server, which does not know the parameter
//   commits          {revision: {author, date, message}}; others are made up
// and, to be set at any time
//   answer           (request, url) => [status, body, headers] or undefined: instead of what it would say
//   delay            (request, url) => milliseconds before the answer; Infinity: never
//   truncate         (request, url) => bytes of the answer after which the connection is cut
//   expire()         every session's token is void from now on
// Or from a shell: node server.mjs [--port N] [--token T] [--name NAME]
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { company, managed, tree } from './data.mjs';

const grpc = { 400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 500: 13, 501: 12, 503: 14 };
class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}
const missing = name => new Refused(404, `applications.argoproj.io "${name}" not found`);
const denied = () => new Refused(403, 'permission denied');

// "a=b,c!=d,e in (f,g),!h,i": as much of Kubernetes' selectors as people write.
export function selected(labels, selector) {
  if (!selector) return true;
  return selector.split(/,(?![^(]*\))/).every(term => {
    const t = term.trim();
    let m;
    if ((m = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(t))) return m[3].split(',').map(v => v.trim()).includes(labels[m[1]]) === (m[2] === 'in');
    if ((m = /^([A-Za-z0-9./_-]+)\s*!=\s*([A-Za-z0-9._-]*)$/.exec(t))) return labels[m[1]] !== m[2];
    if ((m = /^([A-Za-z0-9./_-]+)\s*==?\s*([A-Za-z0-9._-]*)$/.exec(t))) return labels[m[1]] === m[2];
    if ((m = /^!(\S+)$/.exec(t))) return !(m[1] in labels);
    if (/^[A-Za-z0-9./_-]+$/.test(t)) return t in labels;
    throw new Refused(400, `error parsing the selector: unable to parse requirement: found '${t}'`);
  });
}

// Keeps of OBJECT what PATHS ("spec.project") name.
function trimmed(object, paths) {
  const out = {};
  for (const path of paths) {
    const keys = path.split('.');
    let from = object, to = out;
    for (const [i, key] of keys.entries()) {
      if (from === undefined || from === null || !(key in from)) break;
      if (i === keys.length - 1) to[key] = from[key];
      else to = to[key] ??= {};
      from = from[key];
    }
  }
  return out;
}

function listed(self, query, right) {
  const projects = query.getAll('projects');
  const found = self.apps.filter(a => may(right, a.spec.project) && (!projects.length || projects.includes(a.spec.project)) &&
    (!query.get('name') || a.metadata.name === query.get('name')) && (!query.get('appNamespace') || a.metadata.namespace === query.get('appNamespace')) &&
    selected(a.metadata.labels ?? {}, query.get('selector')));
  const fields = self.fields === false ? [] : (query.get('fields') ?? '').split(',').filter(f => f.startsWith('items.')).map(f => f.slice(6));
  return { metadata: { resourceVersion: '1' }, items: fields.length ? found.map(a => trimmed(a, fields)) : found };
}

const may = (right, project) => right.projects.includes('*') || right.projects.includes(project);

// As Argo CD: without a project in the question, what is not there and what one may not see are both 403.
function one(self, name, scope, right) {
  const app = self.apps.find(a => a.metadata.name === name && (!scope.appNamespace || a.metadata.namespace === scope.appNamespace));
  if (!scope.project) {
    if (!app || !may(right, app.spec.project)) throw denied();
    return app;
  }
  if (!may(right, scope.project)) throw denied();
  if (!app || app.spec.project !== scope.project) throw missing(name);
  return app;
}

function revision(self, rev, what) {
  const isCommit = /^[0-9a-f]{40}$/.test(rev);
  if (what === 'metadata' && !isCommit) throw new Refused(500, `rpc error: code = Unknown desc = failed to get revision metadata of ${rev}`);
  if (what === 'chartdetails') return { description: `A chart, ${rev}`, home: 'https://charts.example.com', maintainers: ['Jane <jane@example.com>'] };
  if (what === 'ocimetadata') return { createdAt: '2026-11-01T00:00:00Z', authors: 'Acme', version: rev, description: 'An image of manifests' };
  return self.commits?.[rev] ?? { author: 'Jane Doe <jane@example.com>', date: '2026-11-12T08:50:00Z', message: `Change ${rev.slice(0, 4)}\n\nWith a longer text.` };
}

function begin(app, operation, body, user) {
  if (['Running', 'Terminating'].includes(app.status.operationState?.phase)) throw new Refused(400, 'another operation is already in progress');
  app.status.operationState = { phase: 'Running', message: 'waiting for completion', startedAt: new Date().toISOString().replace(/\.\d+/, ''), operation: { [operation]: body, initiatedBy: { username: user } } };
  return app;
}

function write(self, app, action, body, right) {
  if (!right.write) throw denied();
  if (action === 'sync') return body.dryRun ? app : begin(app, 'sync', body, right.user);
  if (action === 'rollback') {
    if (app.spec.syncPolicy?.automated) throw new Refused(400, 'rollback cannot be initiated when auto-sync is enabled');
    if (!app.status.history.some(h => String(h.id) === String(body.id))) throw new Refused(400, `application ${app.metadata.name} does not have deployment id ${body.id} in history`);
    return begin(app, 'rollback', body, right.user);
  }
  if (app.status.operationState?.phase !== 'Running') throw new Refused(400, 'Unable to terminate operation. No operation is in progress');
  app.status.operationState.phase = 'Terminating';
  return {};
}

function applications(self, request, url, body, right) {
  const [name, ...rest] = url.pathname.slice('/api/v1/applications'.length).split('/').filter(Boolean).map(decodeURIComponent);
  const scope = request.method === 'POST' ? body : { project: url.searchParams.get('project'), appNamespace: url.searchParams.get('appNamespace') };
  if (!name) return listed(self, url.searchParams, right);
  const app = one(self, name, scope, right), path = `${request.method} ${rest[0] ?? ''}`;
  if (path === 'GET ') {
    if (url.searchParams.get('refresh')) self.refreshed = url.searchParams.get('refresh');
    return app;
  }
  if (path === 'GET resource-tree') return self.trees?.[name] ?? tree(app, { broken: app.status.health.status === 'Degraded' });
  if (path === 'GET managed-resources') return self.managed?.[name] ?? managed(app);
  if (path === 'GET revisions') return revision(self, rest[1], rest[2]);
  if (path === 'POST sync' || path === 'POST rollback') return write(self, app, rest[0], body, right);
  if (path === 'DELETE operation') return write(self, app, 'terminate', {}, right);
  throw new Refused(404, 'Not Found');
}

function sets(self, url, right) {
  const [name] = url.pathname.slice('/api/v1/applicationsets'.length).split('/').filter(Boolean).map(decodeURIComponent);
  const space = url.searchParams.get('appsetNamespace');
  const all = (self.sets ?? []).filter(s => may(right, s.spec.template.spec.project) && (!space || s.metadata.namespace === space));
  if (!name) return { metadata: {}, items: all };
  const set = all.find(s => s.metadata.name === name);
  if (!set) throw new Refused(404, `applicationsets.argoproj.io "${name}" not found`);
  return set;
}

function session(self, body) {
  if (self.users?.[body.username] === undefined || self.users[body.username] !== body.password) throw new Refused(401, 'Invalid username or password');
  const token = `session.${body.username}.${++self.sessionN}`;
  self.sessions.set(token, { projects: ['*'], write: true, user: body.username });
  return { token };
}

function rightOf(self, request) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? /argocd\.token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  if (!self.token && !self.tokens && !self.users) return { projects: ['*'], write: true, user: 'anonymous' };
  const right = token && (token === self.token ? { projects: ['*'], write: true, user: 'callboard' } : self.tokens?.[token] ?? self.sessions.get(token));
  if (!right) throw new Refused(401, token ? 'invalid session: token signature is invalid' : 'no session information');
  return right;
}

function route(self, request, url, body) {
  if (url.pathname === '/api/version') return { Version: 'v3.2.0+simulated' };
  if (url.pathname === '/api/v1/session' && request.method === 'POST') return session(self, body);
  const right = rightOf(self, request);
  if (/^\/api\/v1\/applications(\/|$)/.test(url.pathname)) return applications(self, request, url, body, right);
  if (/^\/api\/v1\/applicationsets(\/|$)/.test(url.pathname)) return sets(self, url, right);
  throw new Refused(404, 'Not Found');
}

function read(request) {
  return new Promise(done => {
    let text = '';
    request.on('data', d => { text += d; });
    request.on('end', () => { try { done(text ? JSON.parse(text) : {}); } catch { done(null); } });
  });
}

export async function startArgo(options) {
  const self = { requests: [], bodies: [], sessions: new Map(), sessionN: 0, sets: [], apps: [], ...options };
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://argocd');
    const body = await read(request);
    const say = (status, value, headers = {}) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const cut = self.truncate?.(request, url);
      response.writeHead(status, { 'content-type': 'application/json', 'x-simulated': 'Argo CD', 'content-length': Buffer.byteLength(text), ...headers });
      if (cut === undefined) return response.end(text);
      response.write(text.slice(0, cut), () => response.destroy());
    };
    self.requests.push(`${request.method} ${request.url}`);
    self.bodies.push(body);
    const wait = self.delay?.(request, url) ?? 0;
    if (wait === Infinity) return;
    if (wait) await new Promise(done => setTimeout(done, wait));
    const instead = self.answer?.(request, url);
    if (instead) return say(...instead);
    try {
      if (body === null) throw new Refused(400, 'invalid character in the body');
      say(200, route(self, request, url, body));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(error.status, { code: grpc[error.status] ?? 2, error: error.message, message: error.message, details: [] });
    }
  });
  await new Promise(done => server.listen(options.port ?? 0, '127.0.0.1', done));
  self.url = `http://127.0.0.1:${server.address().port}`;
  self.expire = () => self.sessions.clear();
  self.close = () => new Promise(done => { server.closeAllConnections(); server.close(done); });
  return self;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, token: { type: 'string' }, name: { type: 'string', default: 'prod' } } });
  const argo = await startArgo({ ...company(values.name), port: Number(values.port), token: values.token });
  console.log(`simulated Argo CD on ${argo.url}`);
}
