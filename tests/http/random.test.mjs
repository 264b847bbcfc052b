// A thousand random questions over HTTP agree with a slow, obvious evaluation of the same entities, written here anew
// from the rules in docs/compatibility.md: no index, no cursor, no cleverness. CALLBOARD_SEED=N asks others.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing, root, startServer } from '../support/server.mjs';

const N = 5000;
const QUESTIONS = 1000;
const it = (name, fn) => test(name, { skip: missing, timeout: 600_000 }, fn);

let state = Number(process.env.CALLBOARD_SEED ?? 20) >>> 0;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const int = n => Math.floor(random() * n);
const pick = list => list[int(list.length)];
const chance = p => random() < p;
const some = (list, most) => Array.from({ length: 1 + int(most) }, () => pick(list));

// ---- odd entities beside the generated ones
const ODD = ['Alpha', 'beta', 'GAMMA', 'a_b', 'a%b', 'naïve', 'Éclair', '日本語', 'ß', 'two words', 'true', '42', '0042'];
function oddEntity(i) {
  const spec = { type: pick(['service', 'Service', 'odd']), lifecycle: pick(['production', 'Deprecated']), owner: 'nobody-knows' };
  if (chance(0.7)) spec.tier = pick([0, 1, 1.5, -3, true, false, null, '1', '', 'Two']);
  if (chance(0.6)) spec.list = some([1, 'a', 'B', 'b', true, null, { k: 'v' }, ['inner'], 'k.dot'], 4);
  if (chance(0.4)) spec.deep = { nested: { deeper: pick(ODD) }, 'dotted.key': pick(ODD), nothing: null, empty: {}, none: [] };
  const metadata = { name: `odd-${i}`, title: `${pick(ODD)} ${pick(ODD)}` };
  if (chance(0.5)) metadata.description = chance(0.3) ? `${'long '.repeat(50)}${pick(ODD)}` : pick(ODD);
  if (chance(0.5)) metadata.labels = { 'example.com/UPPER': pick(['One', 'one', 'two']) };
  if (chance(0.3)) metadata.namespace = pick(['ops', 'web']);
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata, spec };
}

let server, all, byRef;
before(async () => {
  if (missing) return;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-random-'));
  execFileSync(process.execPath, [path.join(root, 'tests/bench/gen-catalog.mjs'), '--n', String(N - 200), '--out', dir], { stdio: 'ignore' });
  const catalog = Object.fromEntries(fs.readdirSync(dir).filter(f => f.endsWith('.yaml')).map(f => [f, fs.readFileSync(path.join(dir, f), 'utf8')]));
  fs.rmSync(dir, { recursive: true });
  catalog['odd.yaml'] = Array.from({ length: 200 }, (_, i) => JSON.stringify(oddEntity(i))).join('\n---\n');
  catalog['gen.yaml'] = catalog['all.yaml'];
  catalog['all.yaml'] = JSON.stringify({ apiVersion: 'backstage.io/v1alpha1', kind: 'Location', metadata: { name: 'both' }, spec: { targets: ['./gen.yaml', './odd.yaml'] } });
  server = await startServer({ catalog });
  all = (await server.get('/api/catalog/entities')).json.map(entity => ({ entity, ref: refOf(entity), rows: rowsOf(entity) }));
  byRef = new Map(all.map(e => [e.ref, e]));
  if (all.length < N) assert.fail(`${all.length} entities; ${(await server.get('/api/problems?limit=3')).text.slice(0, 1200)}`);
});
after(() => server?.stop());

// ---- the reference: what an entity says, as pairs of a key and a value (null: it is there)
const low = s => s.toLowerCase();
const cmp = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const refOf = e => low(`${e.kind}:${e.metadata.namespace ?? 'default'}/${e.metadata.name}`);

function rowsOf(entity) {
  const rows = [];
  const visit = (key, value) => {
    if (key) rows.push([low(key), null, null]); // also an object or list is there
    if (Array.isArray(value)) {
      for (const item of value) {
        visit(key, item);
        if (typeof item === 'string') rows.push([low(`${key}.${item}`), 'true', 'true']);
      }
    } else if (value && typeof value === 'object') {
      for (const [k, v] of Object.entries(value)) if (!['attachments', 'relations', 'status'].includes(key ? '' : k) && !(key === 'metadata' && k === 'etag')) visit(key ? `${key}.${k}` : k, v);
    } else if (value !== null) rows.push([low(key), low(String(value)), String(value)]);
  };
  visit('', entity);
  for (const r of entity.relations ?? []) rows.push([low(`relations.${r.type}`), low(r.targetRef), r.targetRef]);
  return rows;
}
const valuesOf = (e, key) => e.rows.filter(([k, v]) => k === low(key) && v !== null).map(r => r[1]);

function holds(e, p) {
  const [[op, what] = []] = Object.entries(p);
  if (op === '$all') return what.every(x => holds(e, x));
  if (op === '$any') return what.some(x => holds(e, x));
  if (op === '$not') return !holds(e, what);
  return Object.entries(p).every(([key, value]) => {
    if (value === null || typeof value !== 'object') return valuesOf(e, key).includes(low(String(value)));
    if ('$exists' in value) return e.rows.some(([k]) => k === low(key)) === value.$exists;
    if ('$in' in value) return value.$in.some(x => valuesOf(e, key).includes(low(String(x))));
    if ('$hasPrefix' in value) return valuesOf(e, key).some(v => v.startsWith(low(value.$hasPrefix)));
    if (key === 'relations') return valuesOf(e, `relations.${value.$contains.type}`).some(v => v === low(value.$contains.targetRef));
    return valuesOf(e, key).includes(low(String(value.$contains)));
  });
}
function passes(e, filters) { // OR of AND of (OR of the values of one key)
  return filters.length === 0 || filters.some(statements => statements.every(([key]) => {
    const values = statements.filter(s => s[0] === key && s.length > 1).map(s => low(s[1]));
    return values.length ? values.some(v => valuesOf(e, key).includes(v)) : e.rows.some(([k]) => k === low(key));
  }));
}
const has = (e, term, fields) => fields.some(f => valuesOf(e, f).some(v => v.includes(low(term))));

function sorted(list, orders) {
  const valueOf = (e, o) => valuesOf(e, o.field).toSorted(cmp).at(o.order === 'desc' ? -1 : 0);
  return list.map(e => ({ e, v: orders.map(o => valueOf(e, o)) })).sort((x, y) => {
    for (let i = 0; i < orders.length; i++) {
      const [a, b] = [x.v[i], y.v[i]];
      if (a === b) continue;
      if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
      return orders[i].order === 'desc' ? cmp(b, a) : cmp(a, b);
    }
    return cmp(x.e.ref, y.e.ref);
  }).map(x => x.e);
}
function facet(list, key) {
  const counts = new Map();
  for (const e of list) {
    const once = new Map(); // of two casings that one entity has the first counts
    for (const [k, v, original] of e.rows) if (k === low(key) && v !== null && !once.has(v)) once.set(v, original);
    for (const value of once.values()) if (value.length <= 200) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => cmp(a.value, b.value));
}

// ---- the questions
const KEYS = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'metadata.description', 'metadata.tags', 'metadata.tags.java', 'metadata.labels.example.com/upper', 'metadata.annotations', 'spec', 'spec.type', 'spec.lifecycle', 'spec.owner', 'spec.system', 'spec.tier', 'spec.list', 'spec.list.a', 'spec.list.k', 'spec.deep', 'spec.deep.nested.deeper', 'spec.deep.dotted.key', 'spec.deep.nothing', 'spec.deep.empty', 'spec.deep.none', 'relations.ownedBy', 'relations.dependsOn', 'relations.partOf', 'no.such'];
const ORDERS = ['metadata.name', 'metadata.title', 'metadata.description', 'spec.type', 'spec.lifecycle', 'spec.tier', 'spec.list', 'metadata.tags', 'kind', 'spec.deep.nested.deeper', 'no.such'];
const valueFor = key => {
  const values = valuesOf(pick(all), key);
  return values.length && chance(0.8) ? pick(values) : pick([...ODD, 'component', 'service', 'java', '', 'odd-7']);
};
const plain = key => { const v = valueFor(key); return v.includes(',') || v !== v.trim() || v === '' ? 'component' : v; };
const filters = () => Array.from({ length: int(3) }, () => Array.from({ length: 1 + int(3) }, () => { const key = pick(KEYS); return chance(0.3) ? [key] : [key, plain(key)]; }));
function predicate(depth = 0) {
  if (depth < 3 && chance(0.4)) return chance(0.3) ? { $not: predicate(depth + 1) } : { [pick(['$all', '$any'])]: Array.from({ length: 1 + int(3) }, () => predicate(depth + 1)) };
  if (chance(0.1)) return { relations: { $contains: { type: 'ownedBy', targetRef: valueFor('relations.ownedBy') } } };
  const key = pick(KEYS);
  return { [key]: pick([() => valueFor(key), () => valueFor(key), () => ({ $exists: chance(0.5) }), () => ({ $in: [valueFor(key), valueFor(key)] }), () => ({ $hasPrefix: valueFor(key).slice(0, 1 + int(3)) }), () => ({ $contains: valueFor(key) })])() };
}

const sent = question => JSON.stringify(question).slice(0, 1500);
const refs = items => items.map(refOf);

it('filters, predicates, orders, texts and pages, followed by cursors in both directions and verbs', async () => {
  for (let i = 0; i < QUESTIONS; i++) {
    const post = chance(0.5);
    const q = post ? { query: predicate() } : { filters: filters() };
    const orders = Array.from({ length: 1 + int(2) }, () => ({ field: pick(ORDERS), order: pick(['asc', 'desc']) }));
    const text = chance(0.2) ? { term: pick(['a', 'o', 'long', '42', 'a_b', 'serv', 'é']), fields: some(ORDERS, 2) } : undefined;
    let want = all.filter(e => (post ? holds(e, q.query) : passes(e, q.filters)));
    if (text) want = want.filter(e => has(e, text.term, text.fields));
    want = sorted(want.filter(e => valuesOf(e, orders[0].field).length), orders); // by-query leaves out who lacks the first field
    const expected = want.map(e => e.ref);
    const limit = 1 + int(40);
    const offset = chance(0.3) ? int(Math.min(want.length + 2, 200)) : 0;
    const get = more => server.get(`/api/catalog/entities/by-query?${new URLSearchParams(more)}`);
    const first = post
      ? await server.post('/api/catalog/entities/by-query', { query: q.query, orderBy: orders, limit, offset, fullTextFilter: text })
      : await get([...q.filters.map(f => ['filter', f.map(s => s.join('=')).join(',')]), ...orders.map(o => ['orderField', `${o.field},${o.order}`]), ['limit', limit], ['offset', offset], ...(text ? [['fullTextFilterTerm', text.term], ['fullTextFilterFields', text.fields.join(',')]] : [])]);
    const why = () => `question ${i}: ${sent({ ...q, orders, text, limit, offset })}`;
    assert.equal(first.status, 200, `${why()} ${first.text.slice(0, 300)}`);
    let page = first.json;
    let at = offset;
    for (let step = 0; step < 6; step++) {
      assert.equal(page.totalItems, expected.length, why());
      assert.deepEqual(refs(page.items), expected.slice(at, at + limit), `${why()} at ${at}`);
      assert.equal('nextCursor' in page.pageInfo, page.items.length > 0 && at + limit < expected.length, `${why()} next at ${at}`);
      const back = page.pageInfo.prevCursor && (step > 2 || !page.pageInfo.nextCursor);
      const cursor = back ? page.pageInfo.prevCursor : page.pageInfo.nextCursor;
      if (!cursor || (back && at < limit)) break;
      at += back ? -limit : limit;
      page = (chance(0.5) ? await get([['cursor', cursor], ['limit', limit]]) : await server.post('/api/catalog/entities/by-query', { cursor, limit })).json;
    }
  }
});

it('lists with offsets, and facets under filters and predicates', async () => {
  for (let i = 0; i < QUESTIONS / 4; i++) {
    const f = filters();
    const params = f.map(x => ['filter', x.map(s => s.join('=')).join(',')]);
    const order = { field: pick(ORDERS), order: pick(['asc', 'desc']) };
    const list = sorted(all.filter(e => passes(e, f)), [order]);
    const [limit, offset] = [1 + int(30), int(50)];
    const got = (await server.get(`/api/catalog/entities?${new URLSearchParams([...params, ['order', `${order.order}:${order.field}`], ['limit', limit], ['offset', offset]])}`)).json;
    assert.deepEqual(refs(got), list.slice(offset, offset + limit).map(e => e.ref), `list ${i}: ${sent({ f, order, limit, offset })}`);

    const facets = some(KEYS.filter(k => k !== 'metadata.description'), 3);
    const query = predicate();
    const counted = chance(0.5)
      ? { of: all.filter(e => holds(e, query)), answer: await server.post('/api/catalog/entity-facets', { facets, query }) }
      : { of: all.filter(e => passes(e, f)), answer: await server.get(`/api/catalog/entity-facets?${new URLSearchParams([...params, ...facets.map(k => ['facet', k])])}`) };
    for (const key of facets) assert.deepEqual(counted.answer.json.facets[key], facet(counted.of, key), `facet ${key} ${i}: ${sent({ f, query })}`);
  }
});

it('fields cut out what they name, by-refs keeps order and gaps', async () => {
  for (let i = 0; i < 100; i++) {
    const asked = Array.from({ length: 1 + int(20) }, () => (chance(0.2) ? 'component:default/nobody' : pick(all).ref));
    const query = predicate();
    const { items } = (await server.post('/api/catalog/entities/by-refs', { entityRefs: asked, query, fields: ['metadata.name', 'spec.type', 'kind'] })).json;
    const want = asked.map(ref => byRef.get(ref)).map(e => (e && holds(e, query)
      ? { metadata: { name: e.entity.metadata.name }, ...('type' in (e.entity.spec ?? {}) ? { spec: { type: e.entity.spec.type } } : {}), kind: e.entity.kind }
      : null));
    assert.deepEqual(items, want, sent({ asked, query }));
  }
});
