// A stand-in for callboard: the built portal under its real policy, and the API from a list in memory.
// Only for the portal's own development and tests; what is true of the catalog is tested on the real one.
//
//   node tests/support/stub.mjs [DIST] [PORT] [MORE-ENTITIES]
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { company, crowd, relate } from './stub-catalog.mjs';
import { difference, history, impact } from './stub-history.mjs';
import { panelAnswer, panelList, plugins, runAction } from './stub-panels.mjs';
import { tree } from './stub-tree.mjs';
import { events, scaffolder, tasks } from './stub-scaffold.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

/** Who is asking, by the token that says so. */
const PEOPLE = {
  guest: { user: { ref: 'user:default/guest', displayName: 'Guest' }, roles: ['reader'], guest: true },
  secret: { user: { ref: 'user:default/ana.almeida', displayName: 'Ana Almeida' }, roles: ['editor'], guest: false },
  'admin-secret': { user: { ref: 'user:default/root', displayName: 'Root' }, roles: ['reader', 'editor', 'admin'], guest: false },
};

/** BARE: a callboard that was installed a minute ago. */
export async function startStub({ dist, port = 0, more = 0, bare = false, entities, moreSources = 0 } = {}) {
  const state = {
    entities: entities ?? (bare ? [] : [...company(), ...crowd(more)]),
    faults: [],
    requests: [],
    session: PEOPLE.guest,
    settings: {},
    tokens: [],
    tasks: bare ? [] : tasks(),
    plugins: bare ? [] : plugins(),
    sources: bare ? [] : [...sources(), ...manySources(moreSources)],
    problems: bare ? [] : problems(),
  };
  state.byRef = relate(state.entities);
  const server = createServer((req, res) => {
    answer(state, dist, req, res).catch((error) => send(res, 500, errorBody(500, String(error))));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests: state.requests,
    tasks: state.tasks,
    /** Every path that starts with PREFIX fails with STATUS ("hang" never answers) until cleared. */
    fail: (prefix, status) => state.faults.push({ prefix, status }),
    heal: () => state.faults.splice(0),
    /** Who is signed in: the one whose token is TOKEN. */
    as: (token) => (state.session = PEOPLE[token]),
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

async function answer(state, dist, req, res) {
  const url = new URL(req.url, 'http://stub');
  if (!url.pathname.startsWith('/api/')) return asset(dist, url.pathname, res);
  state.requests.push(`${req.method} ${url.pathname}${url.search}`);
  const fault = state.faults.find(({ prefix }) => url.pathname.startsWith(prefix));
  if (fault?.status === 'hang') return;
  if (fault) return send(res, fault.status, errorBody(fault.status, 'The database does not answer; it is tried again by itself.'));
  const body = await text(req);
  return route(state, req.method, url, body ? JSON.parse(body) : {}, res);
}

async function route(state, method, url, body, res) {
  const path = url.pathname.slice('/api/'.length).split('/').map(decodeURIComponent);
  const is = (m, ...want) => method === m && want.length === path.length && want.every((w, i) => w === '*' || w === path[i]);
  const query = url.searchParams;

  if (is('GET', 'catalog', 'entities', 'by-query')) return send(res, 200, page(state, query));
  if (is('POST', 'catalog', 'entities', 'by-query')) return send(res, 200, page(state, asAddress(body), (e) => holds(e, body.query ?? {})));
  if (is('GET', 'catalog', 'entity-facets')) return send(res, 200, facets(state, query));
  if (is('POST', 'catalog', 'entity-facets')) return send(res, 200, facets(state, new URLSearchParams(body.facets.map((facet) => ['facet', facet])), (e) => holds(e, body.query ?? {})));
  if (is('GET', 'catalog', 'entities', 'by-name', '*', '*', '*')) {
    const found = state.byRef.get(`${path[3]}:${path[4]}/${path[5]}`.toLowerCase());
    if (found) return send(res, 200, found);
    return send(res, 404, errorBody(404, `No entity named '${path[5]}' found, with kind '${path[3]}' in namespace '${path[4]}'`));
  }
  if (is('POST', 'catalog', 'entities', 'by-refs')) return send(res, 200, { items: body.entityRefs.map((ref) => (state.byRef.has(ref) ? project(state.byRef.get(ref), body.fields ?? []) : null)) });
  if (is('GET', 'catalog', 'entities', 'by-name', '*', '*', '*', 'ancestry')) {
    const ref = `${path[3]}:${path[4]}/${path[5]}`.toLowerCase();
    return send(res, 200, { rootEntityRef: ref, items: [{ entity: state.byRef.get(ref), parentEntityRefs: [] }] });
  }
  if (is('GET', 'explain', '*', '*', '*')) {
    const ref = `${path[1]}:${path[2]}/${path[3]}`.toLowerCase();
    if (!state.byRef.has(ref)) {
      const failing = 'warehouse cannot be read, 7 times in a row';
      return send(res, 200, { ref, exists: false, sentence: `no file of any source has ever said ${ref}`, findings: [{ type: 'never-seen', sentence: `no file of any source has ever said ${ref}` }, { type: 'source-failing', sentence: failing, source: 'git:/srv/git/warehouse.git#main', sourceId: 'gone' }], problems: [] });
    }
    const sentence = `${ref} is served as catalog-info.yaml:1 says it`;
    const claim = { source: 'git:https://git.example.com/acme/shop.git#main', path: 'catalog-info.yaml', line: 1 };
    const claims = [{ ...claim, holds: true }, { ...claim, path: 'copy/catalog-info.yaml', holds: false }];
    return send(res, 200, { ref, exists: true, sentence, findings: [{ type: 'served', sentence }], claims, problems: state.problems.filter(({ entityRef }) => entityRef === ref), history: { versions: 1, since: { generation: 3, at: new Date(Date.now() - 7_200_000).toISOString(), commit: '0123456789abcdef0123456789abcdef01234567', author: 'Ana Almeida <ana@example.com>', subject: 'Depend on the notification service' } } });
  }
  if (is('POST', 'catalog', 'refresh')) {
    const found = state.byRef.get(body.entityRef);
    if (!found) return send(res, 404, errorBody(404, `Entity ${body.entityRef} not found`));
    setTimeout(() => (found.metadata.etag += '+'), 300);
    read(state, 'shop');
    return send(res, 200);
  }
  if (path[0] === 'catalog' && path[1] === 'locations') return locations(state, method, path.slice(2), body, res);
  if (is('GET', 'search', 'query')) return send(res, 200, search(state, query));
  if (path[0] === 'scaffolder') {
    const task = path.at(-1) === 'eventstream' && state.tasks.find(({ id }) => id === path[3]);
    if (task) return res.writeHead(200, { ...headers(), 'content-type': 'text/event-stream' }).end(events(task, Number(query.get('after') ?? 0)));
    return send(res, ...(scaffolder(state, method, path, query) ?? [404]));
  }
  if (is('GET', 'graph', 'cycles')) return send(res, 200, { totalItems: 1, entities: 2, relations: ['dependsOn'], items: [{ entities: 2, members: [], cycle: { length: 2, nodes: ['component:default/payment-service', 'component:default/cart-service'], edges: [] }, omitted: { members: 0, steps: 0 } }], omitted: {} });
  if (is('GET', 'graph', 'tree')) return send(res, 200, tree(state.entities, query.get('of')));
  if (is('GET', 'graph', 'map')) return send(res, 200, map(state));
  if (is('GET', 'graph', '*', '*', '*')) return graph(state, `${path[1]}:${path[2]}/${path[3]}`.toLowerCase(), query, res);
  if (path[0] === 'panels' && path.length >= 4) {
    const ref = `${path[1]}:${path[2]}/${path[3]}`.toLowerCase();
    if (!state.byRef.has(ref)) return send(res, 404, errorBody(404, `there is no entity ${ref}`));
    if (is('GET', 'panels', '*', '*', '*')) return send(res, 200, panelList(state, ref));
    if (is('GET', 'panels', '*', '*', '*', '*', '*')) return send(res, ...panelAnswer(state, ref, path[4], path[5]));
    if (is('POST', 'panels', '*', '*', '*', '*', '*', 'actions', '*')) return send(res, ...runAction(path[7], body.input));
  }
  if (is('GET', 'plugins')) return send(res, 200, { items: state.plugins });
  if (is('POST', 'plugins', '*', 'reload')) return send(res, 202, { name: path[1] });
  if (is('GET', 'graph', '*', '*', '*', 'impact')) {
    const root = `${path[1]}:${path[2]}/${path[3]}`.toLowerCase();
    return state.byRef.has(root) ? send(res, 200, impact(state, root, query, node)) : send(res, 404, errorBody(404, `No entity ${root}`));
  }
  if (path[0] === 'history') {
    const ref = `${path[1]}:${path[2]}/${path[3]}`.toLowerCase();
    const found = history(state, ref, query);
    if (!found) return send(res, 404, errorBody(404, `nobody ever claimed the name ${ref}`));
    if (is('GET', 'history', '*', '*', '*')) return send(res, 200, found);
    if (method === 'GET' && /^\d+$/.test(path[4] ?? '')) return send(res, 200, { ref, entity: state.byRef.get(ref) });
    if (is('GET', 'history', '*', '*', '*', 'diff')) return send(res, 200, difference(ref, query));
  }
  if (is('GET', 'problems')) {
    const items = state.problems.filter((p) => (!query.get('entity') || p.entityRef === query.get('entity')) && (!query.get('source') || p.source === query.get('source')) && (!query.get('rule') || p.rule === query.get('rule')));
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    return send(res, 200, { items: items.slice(from, from + limit), totalItems: items.length, pageInfo: from + limit < items.length ? { nextCursor: String(from + limit) } : {} });
  }
  if (is('GET', 'sources')) return send(res, 200, { items: state.sources });
  if (is('POST', 'sources', '*', 'sync')) {
    read(state, path[1]);
    return send(res, 202, { id: path[1] });
  }
  if (is('POST', 'sources', '*', 'confirm')) {
    for (const source of state.sources) if (source.id === path[1]) source.heldDeletions = 0;
    read(state, path[1]);
    return send(res, 202, { id: path[1] });
  }
  if (is('GET', 'mine')) return send(res, 200, mine(state, query));
  if (is('GET', 'about')) return send(res, 200, { version: '0.0.0', uptimeSeconds: 3600, generation: 7, entities: state.entities.length });
  if (path[0] === 'tokens') return tokens(state, method, path[1], body, res);
  if (is('GET', 'views')) return send(res, 200, { items: [], leftOut: false });
  if (is('GET', 'session')) return send(res, 200, sessionOf(state));
  if (path[0] === 'user-settings' && path[1] === 'buckets' && path[3] === 'keys' && path.length === 5) return setting(state, method, path[2], path[4], body, res);
  if (is('POST', 'session')) {
    if (!Object.hasOwn(PEOPLE, body.token)) return send(res, 401, errorBody(401, 'This token is not known, or it was revoked.'));
    state.session = PEOPLE[body.token];
    return send(res, 200, sessionOf(state));
  }
  if (is('DELETE', 'session')) {
    state.session = PEOPLE.guest;
    return send(res, 204);
  }
  return send(res, 404);
}

// What is said of an entity, the worst first: here only the processing errors and what leads nowhere.
function standing(state, entity) {
  const broken = entity.status?.items?.length > 0;
  const dangling = (entity.relations ?? []).some(({ targetRef }) => !state.byRef.has(targetRef));
  const shown = project(entity, ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'metadata.description', 'spec.profile.displayName']);
  if (!broken && !dangling) return { entity: shown };
  return { entity: shown, severity: broken ? 'error' : 'warning', rules: [...(dangling ? ['dangling-reference'] : []), ...(broken ? ['entity-invalid'] : [])] };
}

function mine(state, query) {
  const ref = state.session.user.ref;
  const me = state.byRef.get(ref);
  const groups = (me?.relations ?? []).filter(({ type }) => type === 'memberOf').map(({ targetRef }) => targetRef);
  const limit = Number(query.get('limit') ?? 8);
  const own = state.entities.filter((e) => (e.relations ?? []).some(({ type, targetRef }) => type === 'ownedBy' && [ref, ...groups].includes(targetRef))).map((e) => standing(state, e));
  const rank = ({ severity }) => ['error', 'warning', undefined].indexOf(severity);
  own.sort((a, b) => rank(a) - rank(b));
  const kinds = [...new Set(own.map(({ entity }) => entity.kind))].map((kind) => {
    const all = own.filter(({ entity }) => entity.kind === kind);
    return { kind, totalItems: all.length, problemItems: all.filter(({ severity }) => severity).length, items: all.slice(0, limit) };
  });
  return {
    user: { ref, known: me !== undefined },
    groups: groups.map((one) => ({ ref: one, title: state.byRef.get(one)?.spec.profile?.displayName })),
    totalItems: own.length,
    problemItems: own.filter(({ severity }) => severity).length,
    kinds,
    refs: query.getAll('ref').map((one) => ({ ref: one, entity: null, ...(state.byRef.has(one) ? standing(state, state.byRef.get(one)) : {}) })),
  };
}

// Tokens are for admins; the text of one is in the answer that made it, and nowhere else.
function tokens(state, method, id, body, res) {
  if (!state.session.roles.includes('admin')) return send(res, 403, errorBody(403, 'this needs the role admin'));
  if (method === 'GET') return send(res, 200, { items: state.tokens });
  if (method === 'POST') {
    const made = { id: String(state.tokens.length + 1), name: body.name, user: `user:default/${body.user.replace(/^.*[/]/, '')}`, role: body.role, prefix: 'cb_abcdefgh', createdAt: new Date().toISOString(), expiresAt: body.expiresAt ?? null, usedAt: null, revokedAt: null };
    state.tokens.push(made);
    return send(res, 201, { ...made, token: `cb_abcdefgh${'x'.repeat(35)}` });
  }
  const found = state.tokens.find((one) => one.id === id);
  if (!found) return send(res, 404, errorBody(404, `there is no token ${id}`));
  found.revokedAt = new Date().toISOString();
  return send(res, 204);
}

// Every entity but legacy-billing comes from the configuration; a file that is tried would bring one that is new and one that is here.
const BILLING = { id: 'billing', type: 'url', target: 'https://git.example.com/mycompany/legacy-billing/blob/main/catalog-info.yaml' };

function locations(state, method, path, body, res) {
  if (method === 'POST') {
    const entities = [crowd(1)[0], state.entities.find(({ metadata }) => metadata.name === 'payment-service')];
    return send(res, 201, { exists: false, location: { ...body, id: 'new', entityRef: 'location:default/generated-new' }, entities });
  }
  if (method === 'DELETE') return send(res, path[0] === BILLING.id ? 204 : 404);
  if (path[0] === 'by-entity' && path[3] === 'legacy-billing') return send(res, 200, BILLING);
  return send(res, 404, errorBody(404, 'found no location'));
}

function search(state, query) {
  const term = (query.get('term') ?? '').toLowerCase();
  const found = state.entities.filter(({ metadata }) => `${metadata.name} ${metadata.title ?? ''} ${metadata.description ?? ''}`.toLowerCase().includes(term));
  const results = found.slice(0, 25).map(({ kind, metadata, spec }) => ({
    type: 'software-catalog',
    document: { title: metadata.title ?? metadata.name, text: metadata.description ?? '', location: `/catalog/${metadata.namespace}/${kind.toLowerCase()}/${metadata.name}`, kind, namespace: metadata.namespace, type: spec.type ?? '', owner: spec.owner ?? '', lifecycle: spec.lifecycle ?? '' },
  }));
  return { results, numberOfResults: found.length };
}

function sessionOf(state) {
  const own = (state.byRef.get(state.session.user.ref)?.relations ?? []).filter(({ type }) => type === 'memberOf').map(({ targetRef }) => targetRef);
  const ownershipEntityRefs = [state.session.user.ref, ...own];
  const ownedItems = state.entities.filter((e) => holds(e, { 'relations.ownedBy': { $in: ownershipEntityRefs } })).length;
  return { ...state.session, ownershipEntityRefs, ownedItems, settings: settingsOf(state) };
}

// What each person has kept, as Backstage's user settings.
function settingsOf(state) {
  return (state.settings[state.session.user.ref] ??= {});
}

function setting(state, method, bucket, key, body, res) {
  const kept = (settingsOf(state)[bucket] ??= {});
  if (method === 'PUT') kept[key] = body.value;
  else if (!(key in kept)) return send(res, 404, errorBody(404, `Unable to find '${key}' in bucket '${bucket}'`));
  if (method === 'DELETE') {
    delete kept[key];
    return send(res, 204);
  }
  return send(res, 200, { bucket, key, value: kept[key] });
}

// A pass over a source takes a moment.
function read(state, id) {
  setTimeout(() => {
    for (const source of state.sources) if (source.id === id) source.lastTry = source.lastRead = new Date().toISOString();
  }, 350);
}

// ---- queries

const leaves = new WeakMap();

function terms(entity) {
  let out = leaves.get(entity);
  if (out) return out;
  out = [];
  const walk = (key, value) => {
    if (Array.isArray(value)) for (const v of value) walk(key, v), typeof v === 'string' && out.push([`${key}.${v}`, 'true']);
    else if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) walk(key ? `${key}.${k}` : k, v);
    else out.push([key, String(value)]);
  };
  const { relations, status, ...rest } = entity;
  walk('', rest);
  for (const { type, targetRef } of relations ?? []) out.push([`relations.${type}`, targetRef]);
  leaves.set(entity, out);
  return out;
}

function values(entity, key) {
  const lower = key.toLowerCase();
  return terms(entity).filter(([k, v]) => k.toLowerCase() === lower && v.length <= 200).map(([, v]) => v);
}

function matches(entity, filters) {
  if (filters.length === 0) return true;
  return filters.some((filter) => {
    const wanted = new Map();
    for (const statement of filter.split(',')) {
      const at = statement.indexOf('=');
      const key = at < 0 ? statement : statement.slice(0, at);
      if (at >= 0) wanted.set(key, [...(wanted.get(key) ?? []), statement.slice(at + 1).toLowerCase()]);
      else if (!wanted.has(key)) wanted.set(key, []);
    }
    return [...wanted].every(([key, any]) => {
      const have = values(entity, key).map((v) => v.toLowerCase());
      return any.length === 0 ? have.length > 0 : any.some((v) => have.includes(v));
    });
  });
}

// The part of the predicates' grammar that the portal uses.
function holds(entity, predicate) {
  return Object.entries(predicate).every(([key, wanted]) => {
    if (key === '$all') return wanted.every((one) => holds(entity, one));
    if (key === '$any') return wanted.some((one) => holds(entity, one));
    if (key === '$not') return !holds(entity, wanted);
    if (wanted.$hasPrefix) return values(entity, key).some((v) => v.toLowerCase().startsWith(wanted.$hasPrefix.toLowerCase()));
    const any = (typeof wanted === 'object' ? wanted.$in : [wanted]).map((v) => v.toLowerCase());
    return values(entity, key).some((v) => any.includes(v.toLowerCase()));
  });
}

function asAddress({ fullTextFilter, orderBy = [], fields, limit, offset, cursor }) {
  const out = new URLSearchParams(orderBy.map(({ field, order }) => ['orderField', `${field},${order}`]));
  if (fullTextFilter) (out.set('fullTextFilterTerm', fullTextFilter.term), out.set('fullTextFilterFields', fullTextFilter.fields.join()));
  for (const [key, value] of Object.entries({ fields, limit, offset, cursor })) if (value !== undefined) out.set(key, value);
  return out;
}

function page(state, query, among = () => true) {
  const term = (query.get('fullTextFilterTerm') ?? '').toLowerCase();
  const inFields = (query.get('fullTextFilterFields') ?? '').split(',');
  const orders = query.getAll('orderField').map((one) => one.split(','));
  let found = state.entities.filter((e) => among(e) && matches(e, query.getAll('filter')));
  if (term) found = found.filter((e) => inFields.some((f) => values(e, f).some((v) => v.toLowerCase().includes(term))));
  for (const [field, direction] of orders.reverse()) {
    const keyed = found.map((e) => [field === 'health' ? healthOf(e) : values(e, field)[0]?.toLowerCase(), e]).filter(([v]) => v !== undefined);
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (direction === 'desc' ? -1 : 1));
    found = keyed.map(([, e]) => e);
  }
  const offset = Number(query.get('cursor') ?? query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? 200);
  const fields = query.get('fields')?.split(',');
  const items = found.slice(offset, offset + limit);
  return { items: fields ? items.map((e) => project(e, fields)) : items, totalItems: found.length, pageInfo: offset + limit < found.length ? { nextCursor: String(offset + limit) } : {} };
}

// Who is not well.
const HEALTH = { 'payment-service': 'error', 'cart-service': 'warning' };
const healthOf = (entity) => HEALTH[entity.metadata.name] ?? 'well';

function project(entity, fields) {
  const out = {};
  for (const field of fields) {
    const parts = field.split('.');
    const value = field === 'health' ? healthOf(entity) : parts.reduce((v, part) => v?.[part], entity);
    if (value === undefined) continue;
    let at = out;
    for (const part of parts.slice(0, -1)) at = at[part] ??= {};
    at[parts.at(-1)] = value;
  }
  return out;
}

function facets(state, query, among = () => true) {
  const found = state.entities.filter((e) => among(e) && matches(e, query.getAll('filter')));
  const out = {};
  for (const facet of query.getAll('facet')) {
    const counts = new Map();
    for (const e of found) for (const v of new Set(values(e, facet))) counts.set(v, (counts.get(v) ?? 0) + 1);
    out[facet] = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => (a.value < b.value ? -1 : 1));
  }
  return { facets: out };
}

const SAID = new Set(['dependsOn', 'providesApi', 'consumesApi', 'partOf', 'ownedBy', 'memberOf', 'childOf']);

function graph(state, root, query, res) {
  const depth = Number(query.get('depth') ?? 1);
  const direction = query.get('direction') ?? 'both';
  const only = query.getAll('relation');
  const limit = Number(query.get('limit') ?? 200);
  let leftOut = 0;
  if (!state.byRef.has(root)) return send(res, 404, errorBody(404, `No entity ${root}`));
  const nodes = new Map([[root, node(state, root, 0)]]);
  const edges = [];
  for (let ring = [root], step = 0; step < depth; step++) {
    const next = [];
    for (const from of ring) {
      for (const { type, targetRef: to } of state.byRef.get(from)?.relations ?? []) {
        const out = SAID.has(type);
        if (direction !== 'both' && (direction === 'out') !== out) continue;
        const edge = out ? { from, to, type } : { from: to, to: from, type: pairOf(type) };
        if (only.length > 0 && !only.includes(edge.type)) continue;
        if (!nodes.has(to)) {
          if (nodes.size >= limit) {
            leftOut++;
            continue;
          }
          nodes.set(to, node(state, to, step + 1));
          next.push(to);
        }
        if (!edges.some((e) => e.from === edge.from && e.to === edge.to && e.type === edge.type)) edges.push(edge);
      }
    }
    ring = next;
  }
  return send(res, 200, { root, nodes: [...nodes.values()], edges, truncated: leftOut > 0, leftOut, omitted: leftOut > 0 ? { nodesOverLimit: leftOut } : {} });
}

// Everything in one box, in rows: places enough to draw.
function map(state) {
  const tiles = state.entities.filter(({ kind }) => ['Component', 'API', 'Resource'].includes(kind));
  const columns = Math.ceil(Math.sqrt(tiles.length * 1.6));
  const [width, height] = [columns * 4 + 4, Math.ceil(tiles.length / columns) * 4 + 7];
  const whole = tiles.length <= 5000;
  const entities = tiles.map((e, i) => {
    const ref = `${e.kind}:${e.metadata.namespace ?? 'default'}/${e.metadata.name}`.toLowerCase();
    return { ...node(state, ref), health: 'ok', box: 0, x: 2 + (i % columns) * 4, y: 5 + Math.floor(i / columns) * 4 };
  });
  return {
    level: whole ? 'entity' : 'system', tile: 4, x: 0, y: 0, width, height, totalItems: tiles.length,
    boxes: tiles.length === 0 ? [] : [{ ref: null, kind: '', parent: null, missing: false, health: 'ok', entities: tiles.length, x: 0, y: 0, width, height }],
    entities: whole ? entities : [], roads: [], omitted: { entities: whole ? 0 : tiles.length },
  };
}

function pairOf(type) {
  return { dependencyOf: 'dependsOn', apiProvidedBy: 'providesApi', apiConsumedBy: 'consumesApi', hasPart: 'partOf', ownerOf: 'ownedBy', hasMember: 'memberOf', parentOf: 'childOf' }[type] ?? type;
}

function node(state, ref, hop) {
  const e = state.byRef.get(ref);
  const related = (type, kind) => e?.relations?.find((r) => r.type === type && r.targetRef.startsWith(kind))?.targetRef;
  return { ref, kind: e?.kind ?? ref.split(':')[0], title: e?.metadata.title, owner: related('ownedBy', ''), system: related('partOf', 'system:'), missing: !e, hop, more: 0 };
}

// ---- what is wrong, and where everything is from

function problems() {
  const at = new Date(Date.now() - 3 * 3600e3).toISOString();
  const one = (id, entityRef, line, rule, severity, message, remedy) => ({
    id, source: 'shop', repository: 'https://git.example.com/mycompany/storefront.git', commit: '4f2a9c1e77b0d1', path: 'catalog-info.yaml', line, column: 7, viewUrl: `https://git.example.com/mycompany/storefront/src/branch/main/catalog-info.yaml#L${line}`, rule, severity, message, remedy, entityRef, firstSeen: at,
  });
  return [
    one('p1', 'component:default/storefront', 18, 'relation.missing', 'warning', 'dependsOn names component:default/search-service-that-is-not-there, which is not in the catalog.', 'Correct the name, or register the component.'),
    one('p2', 'component:default/ownerless', 9, 'relation.missing', 'warning', 'owner names group:default/team-nobody-knows, which is not in the catalog.', 'Name a team that exists, for example team-payments.'),
    one('p3', undefined, 3, 'yaml.syntax', 'error', 'A mapping value is not allowed here: <script>alert(1)</script>', 'Put the text in quotes.'),
    ...Array.from({ length: 60 }, (_, i) => one(`q${i}`, undefined, i + 1, 'field.unknown', 'info', `Unknown field number ${i}`, 'Remove it.')),
  ];
}

function sources() {
  const ago = (s) => new Date(Date.now() - s * 1000).toISOString();
  return [
    { id: 'shop', name: 'storefront', type: 'git', url: 'https://git.example.com/mycompany/payment-service.git', branch: 'main', paths: ['catalog-info.yaml', '**/catalog-info.yaml'], state: 'ok', fileCount: 6, entityCount: 17, problemCount: 63, lastCommit: { id: '4f2a9c1e77b0d1', author: 'Ana Almeida', at: ago(7200), subject: 'Depend on the search service' }, lastRead: ago(20), nextDue: ago(-40), tookMs: 840, recentTries: 20, recentFailures: 1, lastChange: { generation: 7, added: 0, changed: 2, removed: 1 }, recentChanges: { passes: 10, added: 17, changed: 9, removed: 4 } },
    { id: 'gone', name: 'warehouse', type: 'git', url: '/srv/git/warehouse.git', branch: 'main', paths: ['**/catalog-info.yaml'], state: 'failing', failures: 7, tookMs: 12_400, recentTries: 20, recentFailures: 7, fileCount: 4, entityCount: 4, problemCount: 1, lastRead: ago(86400), error: 'The repository /srv/git/warehouse.git is not there. Check the path, or take the source out of callboard.yaml.' },
    { id: 'held', name: 'org', type: 'file', url: '/etc/callboard/org/all.yaml', state: 'ok', fileCount: 1, entityCount: 40, problemCount: 1, heldDeletions: 31, lastRead: ago(60), nextDue: ago(-5) },
  ];
}

// One in ten failed once or twice, one still does, a name is long, one is a plugin's, one is being read, and one takes its time.
function manySources(n) {
  return Array.from({ length: n }, (_, i) => ({
    id: String(1000 + i), name: i === 7 ? 'a-team-with-a-long-name/a-repository-whose-name-does-not-end-before-the-column-does' : `team-${i % 12}/service-${i}`, type: 'git', url: `https://git.example.com/team-${i % 12}/service-${i}.git`, branch: 'main',
    paths: ['**/catalog-info.yaml'], state: i === 3 ? 'reading' : i === 5 ? 'failing' : 'ok', configured: true, failures: i === 5 ? 2 : 0, ...(i === 5 && { error: 'The forge refuses the credential (401). Give it another one.' }), heldDeletions: 0, fileCount: 1 + (i % 9), entityCount: 1 + (i % 23), problemCount: i % 17 === 0 ? 2 : 0,
    lastRead: new Date(Date.now() - i * 1000).toISOString(), nextDue: new Date(Date.now() + 60_000).toISOString(), tookMs: i === 42 ? 93_000 : 40 + ((i * 37) % 400), recentTries: 20, recentFailures: i % 10 === 0 ? 1 + (i % 2) : 0,
    lastChange: { generation: i + 1, added: i % 5, changed: i % 3, removed: i % 7 === 0 ? 1 : 0 },
    ...(i === 9 && { name: 'forge/repositories', type: 'plugin', url: 'forge/repositories', branch: undefined, paths: [] }),
  }));
}

// ---- plumbing

async function asset(dist, pathname, res) {
  const file = resolve(join(dist, pathname));
  if (pathname.startsWith('/assets/') && file.startsWith(resolve(dist))) {
    try {
      const data = await readFile(file);
      res.writeHead(200, { ...headers(), 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' });
      return res.end(data);
    } catch {
      return send(res, 404);
    }
  }
  const nonce = randomBytes(16).toString('base64');
  const html = (await readFile(join(dist, 'index.html'), 'utf8')).replaceAll('__CSP_NONCE__', nonce);
  res.writeHead(200, { ...headers(nonce), 'content-type': TYPES['.html'], 'cache-control': 'no-store' });
  res.end(html);
}

function headers(nonce) {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': `default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  };
}

function errorBody(status, message) {
  return { error: { name: 'Error', message }, request: {}, response: { statusCode: status } };
}

function send(res, status, body) {
  const data = body === undefined ? '' : JSON.stringify(body);
  res.writeHead(status, { ...headers(), 'content-type': 'application/json; charset=utf-8', etag: `W/"${createHash('sha1').update(data).digest('hex').slice(0, 12)}"` });
  res.end(data);
}

async function text(req) {
  let out = '';
  for await (const chunk of req) out += chunk;
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dist = 'build/frontend-dist', port = '7017', more = '0'] = process.argv.slice(2);
  const stub = await startStub({ dist: resolve(dist), port: Number(port), more: Number(more) });
  console.log(`the stub answers at ${stub.url}`);
}
