// As much of a Backstage's back end as `callboard import` and `compare` ask: what a real one answered, from a plain list.
//
//   const bs = await startBackstage({ entities, locations, token: 'secret', busy: 1 });
//   bs.url, bs.requests, bs.entities (change it, and the answers change); await bs.close();
//
// Options
//   entities    array of entities; locations: array of {id, type, target}
//   token       bearer token that is asked for
//   busy        so many requests are answered 503 with Retry-After first
//   answer      (request) => [status, body] or undefined: instead of what it would say
import http from 'node:http';

const ref = e => `${e.kind}:${e.metadata.namespace ?? 'default'}/${e.metadata.name}`.toLowerCase();

// The keys and values that Backstage finds an entity by.
function rows(value, key = '') {
  if (Array.isArray(value)) return value.flatMap(v => [...rows(v, key), ...(typeof v === 'string' ? [[`${key}.${v}`, 'true']] : [])]);
  if (value && typeof value === 'object')
    return Object.entries(value).flatMap(([k, v]) => (!key && (k === 'relations' || k === 'status') ? [] : rows(v, key ? `${key}.${k}` : k)));
  return [[key, String(value)]];
}
const search = e => [...rows(e), ...(e.metadata.namespace ? [] : [['metadata.namespace', 'default']]),
  ...(e.relations ?? []).map(r => [`relations.${r.type}`, r.targetRef])];
const low = s => s.toLowerCase();

function matches(e, filter) {
  const wanted = new Map();
  for (const part of filter.split(',')) {
    const [k, ...v] = part.trim().split('=');
    wanted.set(low(k), [...(wanted.get(low(k)) ?? []), low(v.join('='))]);
  }
  const all = search(e);
  return [...wanted].every(([k, values]) => all.some(([key, value]) => low(key) === k && values.includes(low(value))));
}

function byQuery(entities, query) {
  const from = query.get('cursor') ? JSON.parse(Buffer.from(query.get('cursor'), 'base64')) : { at: 0, filters: query.getAll('filter'), order: query.get('orderField') };
  const limit = Number(query.get('limit') ?? 200);
  const found = entities.filter(e => from.filters.length === 0 || from.filters.some(f => matches(e, f)));
  const [field, way] = (from.order ?? '').split(',');
  if (field) found.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name) * (way === 'desc' ? -1 : 1));
  const items = found.slice(from.at, from.at + limit);
  const next = from.at + limit < found.length ? Buffer.from(JSON.stringify({ ...from, at: from.at + limit })).toString('base64') : undefined;
  return { items, totalItems: found.length, pageInfo: next ? { nextCursor: next } : {} };
}

function facets(entities, query) {
  const found = entities.filter(e => !query.has('filter') || query.getAll('filter').some(f => matches(e, f)));
  return { facets: Object.fromEntries(query.getAll('facet').map(name => {
    const counts = new Map();
    for (const e of found) for (const v of new Set(search(e).filter(([k]) => low(k) === low(name)).map(([, v]) => v))) counts.set(v, (counts.get(v) ?? 0) + 1);
    return [name, [...counts].map(([value, count]) => ({ value, count }))];
  })) };
}

export async function startBackstage(options) {
  const requests = [];
  const self = { requests, ...options };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://x');
    const say = (status, body, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const error = (status, name, message) => say(status, { error: { name, message }, request: { method: request.method, url: request.url }, response: { statusCode: status } });
    requests.push(`${request.method} ${url.pathname}`);
    const instead = self.answer?.(request);
    if (instead) return say(...instead);
    if (self.busy > 0) {
      self.busy -= 1;
      return say(503, { error: { name: 'ServiceUnavailableError', message: 'Service has not started up yet' } }, { 'retry-after': '1' });
    }
    if (self.token && request.headers.authorization !== `Bearer ${self.token}`) return error(401, 'AuthenticationError', 'Missing credentials');
    if (url.pathname === '/api/catalog/locations') return say(200, (self.locations ?? []).map(data => ({ data })));
    if (url.pathname === '/api/catalog/entities/by-query') return say(200, byQuery(self.entities ?? [], url.searchParams));
    if (url.pathname === '/api/catalog/entity-facets') return say(200, facets(self.entities ?? [], url.searchParams));
    return say(404, '');
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  self.url = `http://127.0.0.1:${server.address().port}`;
  self.close = () => new Promise(done => { server.closeAllConnections(); server.close(done); });
  self.ref = ref;
  return self;
}
