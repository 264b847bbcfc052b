#!/usr/bin/env node
// Asks two catalog servers the same thousands of generated questions and tells every difference: a real Backstage
// and a callboard that read the same catalog. Not part of ./dev test, for it needs that Backstage.
//
//   node differential.mjs --write DIR                   writes the catalog that both must read: DIR/all.yaml
//   node differential.mjs --backstage URL --callboard URL [--n 2000] [--seed 1] [--only FAMILY] [--verbose]
//
// The same seed asks the same. What is better on purpose is in `better` below, each with its row in
// docs/compatibility.md; exit status 0 only when nothing else differs.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diff, norm, setCatalogDir, text } from './norm.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const arg = (name, otherwise) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? otherwise : process.argv[i + 1]; };
const flag = name => process.argv.includes(`--${name}`);

let state = Number(arg('seed', '1')) >>> 0;
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

// ---------- the catalog

const WORDS = ['Alpha', 'beta', 'GAMMA', 'a_b', 'a%b', 'aXb', 'naïve', 'Éclair', '日本語', 'ß', 'İstanbul', 'x\\y', "o'neil", 'two words', 'true', 'null', '42', '0042', '-7', '1.5'];

function entity(i) {
  const spec = { type: pick(['service', 'Service', 'website', 'library']), lifecycle: pick(['production', 'experimental', 'Deprecated']), owner: pick(['team-platform', 'group:default/Team-Payments', 'user:jane.doe', 'nobody-knows']) };
  if (chance(0.5)) spec.system = pick(['checkout', 'no-such']);
  if (chance(0.6)) spec.tier = pick([0, 1, 2, 1.5, -3, true, false, null, '1', '', 'Two', 1e21, 'true']);
  if (chance(0.4)) spec.list = some([1, 'a', 'B', 'b', true, null, { k: 'v' }, ['inner'], 'two words', '50%', 'k.dot'], 4);
  if (chance(0.3)) spec.deep = { nested: { deeper: pick(WORDS) }, 'dotted.key': pick(WORDS), nothing: null, empty: {}, none: [] };
  if (chance(0.3)) spec.dependsOn = some(['component:Loop', 'resource:production-db', 'component:default/nowhere', `component:fuzz-${int(120)}`], 3);
  const metadata = { name: `fuzz-${i}` };
  if (chance(0.7)) metadata.title = `${pick(WORDS)} ${pick(WORDS)}`;
  if (chance(0.5)) metadata.description = chance(0.2) ? 'long '.repeat(39 + int(4)) + pick(['tail', 'Tail!', '']) : pick(WORDS);
  if (chance(0.5)) metadata.tags = [...new Set(some(['java', 'go', 'c++', 'a:b', 'web'], 3))];
  if (chance(0.5)) metadata.labels = { 'example.com/UPPER': pick(['One', 'one', 'two']), plain: pick(['x', 'y']) };
  if (chance(0.5)) metadata.annotations = { 'example.com/a.b': pick(WORDS), 'example.com/a': pick(WORDS), short: 'v'.repeat(198 + int(5)) };
  if (chance(0.2)) metadata.links = [{ url: 'https://example.com/x', title: pick(WORDS) }, { url: 'https://example.com/y' }];
  if (chance(0.3)) metadata.namespace = pick(['Ops', 'web']);
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata, spec };
}

function write(dir) {
  const files = ['org', 'commerce', 'platform', 'apis', 'odd'];
  fs.mkdirSync(path.join(dir), { recursive: true });
  for (const name of fs.readdirSync(path.join(here, 'catalog'), { recursive: true })) {
    const from = path.join(here, 'catalog', name);
    if (!fs.statSync(from).isFile()) continue;
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.copyFileSync(from, path.join(dir, name));
  }
  fs.writeFileSync(path.join(dir, 'fuzz.yaml'), Array.from({ length: 120 }, (_, i) => JSON.stringify(entity(i))).join('\n---\n'));
  fs.writeFileSync(path.join(dir, 'all.yaml'), JSON.stringify({ apiVersion: 'backstage.io/v1alpha1', kind: 'Location', metadata: { name: 'golden' }, spec: { type: 'file', targets: [...files, 'fuzz'].map(f => `./${f}.yaml`) } }));
}

if (arg('write')) {
  write(path.resolve(arg('write')));
  process.exit(0);
}

// ---------- the questions: each family makes one request

const KEYS = ['kind', 'Kind', 'apiVersion', 'metadata.name', 'metadata.namespace', 'metadata.title', 'metadata.description', 'metadata.tags', 'metadata.tags.java', 'metadata.tags.c++', 'metadata.labels.example.com/upper', 'metadata.labels.plain', 'metadata.annotations.example.com/a.b', 'metadata.annotations.example.com/a', 'metadata.annotations.short', 'metadata.links.url', 'metadata.links.title', 'metadata.etag', 'metadata.generation', 'spec.type', 'spec.Type', 'spec.lifecycle', 'spec.owner', 'spec.system', 'spec.tier', 'spec.list', 'spec.list.a', 'spec.list.k', 'spec.list.two words', 'spec.deep.nested.deeper', 'spec.deep.dotted.key', 'spec.deep.nothing', 'spec.custom.number', 'spec.custom.float', 'spec.custom.exponent', 'spec.custom.yes', 'spec.custom.nothing', 'spec.custom.date', 'spec.custom.list', 'spec.octal', 'spec.infinity', 'spec.profile.displayName', 'spec.profile.email', 'spec.memberOf', 'spec.children', 'spec.dependsOn', 'relations', 'relations.ownedBy', 'relations.ownerof', 'relations.dependsOn', 'relations.dependencyof', 'relations.partOf', 'relations.memberOf', 'relations.providesApi', 'relations.nosuch', 'no.such.key', 'status', 'attachments', 'name', '__proto__', 'constructor'];
const VALUES = ['component', 'API', 'group', 'default', 'ops', 'production', 'SERVICE', 'website', 'java', 'go', 'one', 'One', 'true', 'false', 'null', '', '42', '1', '1.5', '-3', '1e+21', '1000', '1.50', 'a', 'b', 'team-platform', 'group:default/team-platform', 'Group:default/Team-Payments', 'user:default/jane.doe', 'component:default/loop', 'loop', 'fuzz-7', 'Alpha', 'gamma', 'a_b', 'a%b', 'naïve', 'NAÏVE', 'éclair', '日本語', 'SS', 'ß', 'i̇stanbul', 'İSTANBUL', 'x\\y', "o'neil", 'two words', ' spaced ', 'x'.repeat(200), 'v'.repeat(200), 'v'.repeat(198), '17', '0xff', '.inf', 'Infinity', 'a=b', '"quoted"'];
const INNER = new Set(['status', 'relations', 'metadata.links', 'spec.deep', 'metadata.tags.c++']);
const FIELDS = ['kind', 'metadata', 'metadata.name', 'metadata.tags', 'metadata.tags.0', 'metadata.tags.x', 'metadata.annotations.example.com/a.b', 'metadata.annotations.example.com/a', 'metadata.labels', 'metadata.labels.example.com/UPPER', 'metadata.labels.example.com/upper', 'spec', 'spec.type', 'spec.list', 'spec.list.1', 'spec.deep.nested.deeper', 'spec.deep.dotted.key', 'spec.deep.nothing', 'spec.deep.empty', 'spec.tier', 'relations', 'relations.0', 'relations.0.type', 'relations.type', 'no.such', 'Kind', 'apiVersion', 'spec.list.0.k', 'metadata.links.0.title', 'spec.custom.list.5.k', 'status', 'metadata.name.x', 'a'.repeat(300)];
const ORDERS = ['metadata.name', 'metadata.Name', 'METADATA.NAME'];
const UUIDS = ['00000000-0000-0000-0000-000000000000', 'not-a-uuid', '00000000-0000-4000-8000-00000000000G', '0', 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA'];
const NAMES = ['fuzz-1', 'FUZZ-2', 'loop', 'Loop', 'odd-values', 'nobody', 'a%2Fb', 'x%20y', 'flow-json', '%25', 'dangling'];

const statement = () => {
  const key = pick(KEYS);
  return chance(0.25) ? key : chance(0.03) ? `${key}=` : `${chance(0.1) ? ' ' : ''}${key}${chance(0.1) ? ' ' : ''}=${pick(VALUES)}`;
};
const filterText = () => {
  if (chance(0.04)) return pick(['=x', ',', ',,', ' ', 'a,=b', '!kind=api', 'kind', 'kind=', '=', 'kind=a,,kind=b', 'kind==x']);
  return Array.from({ length: 1 + int(3) }, statement).join(',');
};
const query = pairs => pairs.length ? `?${pairs.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&')}` : '';
const filters = () => Array.from({ length: pick([0, 1, 1, 1, 2, 3]) }, () => ['filter', filterText()]);
const fieldsParam = p => chance(p) ? [['fields', chance(0.05) ? pick(['[', 'metadata.tags[0]', ',', ' kind', 'kind,', 'kind,kind']) : some(FIELDS, 3).join(',')]] : [];
const badNumber = () => pick(['-1', '1.5', 'x', '', '1e2', '0x10', ' 1', '9007199254740993', '99999999999999999999', '+1', '01', 'NaN', 'null']);
const odd = () => chance(0.03) ? [pick([['nosuch', '1'], ['filter', ''], ['limit', badNumber()], ['fields', ''], ['Filter', 'kind=api'], ['filter[]', 'kind=api'], ['filter[0]', 'kind=api'], ['filter[x]', 'kind=api'], ['', 'x'], ['limit', '1'], ['__proto__', '1']])] : [];
const post = (p, body, more = {}) => ({ method: 'POST', path: p, body, ...more });

function predicate(depth = 0) {
  const value = () => pick([...VALUES, ...VALUES, 42, 1.5, -3, true, false, 1e21]);
  if (depth < 3 && chance(0.35)) {
    const op = pick(['$all', '$any', '$not']);
    return op === '$not' ? { $not: predicate(depth + 1) } : { [op]: Array.from({ length: int(4) }, () => predicate(depth + 1)) };
  }
  if (chance(0.03)) return {};
  if (chance(0.04)) return pick([{ kind: null }, { kind: [] }, { kind: {} }, { kind: { $nosuch: 1 } }, { $nosuch: 1 }, { $all: {} }, { $any: 'x' }, { $not: [] }, { $not: 'x' }, { $all: ['x'] }, { $all: [], kind: 'api' }, { kind: { $exists: 'yes' } }, { kind: { $in: 'api' } }, { kind: { $in: [null] } }, { kind: { $in: [{}] } }, { kind: { $hasPrefix: 1 } }, { kind: { $contains: {} } }, { kind: { $contains: [] } }, { kind: { $contains: null } }, { relations: { $contains: {} } }, { relations: { $contains: { type: 1 } } }, { relations: { $contains: { type: 'ownedBy', targetRef: 1 } } }, { relations: { $contains: { type: 'ownedBy', target: 'x' } } }, { relations: { $contains: { type: 'ownedBy', targetRef: { $in: [] } } } }, { '': 'x' }, { kind: { $exists: true, $in: [] } }, { kind: { $in: ['api'], $hasPrefix: 'x' } }, { kind: { a: 'b' } }]);
  if (chance(0.12)) return { relations: { $contains: { [pick(['type', 'Type'])]: pick(['ownedBy', 'OWNEDBY', 'dependsOn', 'memberOf', 'nosuch']), ...(chance(0.6) ? { [pick(['targetRef', 'targetref'])]: chance(0.6) ? pick(VALUES) : { $in: some(VALUES, 3) } } : {}) } } };
  const entries = Array.from({ length: 1 + int(2) }, () => [pick(KEYS), pick([value, value, () => ({ $exists: chance(0.5) }), () => ({ $in: some(VALUES, 3) }), () => ({ $in: [] }), () => ({ $hasPrefix: pick([...VALUES, 'fuzz-1', 'p', 'team', 'group:', 'a', 'v']) }), () => ({ $contains: value() })])()]);
  return Object.fromEntries(entries);
}

const TERMS = ['fuzz', 'FUZZ-1', 'a_b', 'naïve', 'NAÏVE', ' java ', 'two w', '日本', 'x\\y', "o'n", 'prod', 'nothing-has-this', 'e', '1', 'team'];
const TEXT_FIELDS = ['metadata.name', 'Metadata.Title', 'metadata.title', 'metadata.description', 'spec.type', 'metadata.tags', 'no.such', 'spec.list', 'relations.ownedBy'];
const cursorOf = c => Buffer.from(JSON.stringify(c)).toString('base64');

function cursor() {
  const ordered = chance(0.7);
  const dir = pick(['asc', 'desc']);
  const at = ordered ? [pick(['fuzz-3', 'fuzz-77', 'a', 'loop', 'zzz', 'Fuzz-5']), '00000000-0000-0000-0000-000000000000'] : ['00000000-0000-0000-0000-000000000000'];
  const c = { orderFields: ordered ? [{ field: 'metadata.name', order: dir }] : [], orderFieldValues: at, isPrevious: chance(0.3), totalItems: 1 };
  if (ordered && (dir === 'desc') !== c.isPrevious) at[1] = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  if (!ordered && c.isPrevious) at[0] = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  if (chance(0.5)) c.query = predicate();
  else if (chance(0.6)) c.filter = legacy();
  if (chance(0.2)) c.fullTextFilter = { term: pick(TERMS), fields: some(TEXT_FIELDS, 2) };
  if (chance(0.6)) c.firstSortFieldValues = ordered ? ['a', 'x'] : ['x'];
  if (chance(0.1)) return pick([
    cursorOf({ ...c, orderFields: 'x' }), cursorOf({ ...c, orderFields: undefined }), cursorOf({ ...c, isPrevious: 'x' }), cursorOf({ ...c, orderFieldValues: 'x' }), cursorOf({ ...c, orderFields: [{}] }), cursorOf({ ...c, orderFields: [{ field: 'kind', order: 'up' }] }),
    cursorOf({ ...c, query: 'x' }), cursorOf({ ...c, filter: 'x' }), cursorOf({ ...c, fullTextFilter: 'x' }), cursorOf([]), cursorOf(null), cursorOf('x'), cursorOf(1), 'garbage', '%%%', '{}', cursorOf({}), cursorOf({ ...c, extra: 1 }), cursorOf({ ...c, isPrevious: undefined }), cursorOf({ ...c, totalItems: 'x' }), cursorOf(c).replace(/=+$/, ''), cursorOf(c).slice(0, 20)]);
  return cursorOf(c);
}
function legacy(depth = 0) {
  if (depth < 2 && chance(0.4)) {
    const op = pick(['allOf', 'anyOf', 'not']);
    return op === 'not' ? { not: legacy(depth + 1) } : { [op]: Array.from({ length: 1 + int(2) }, () => legacy(depth + 1)) };
  }
  return chance(0.3) ? { key: pick(KEYS) } : { key: pick(KEYS), values: some(VALUES, 3) };
}

const orderParam = () => chance(0.7) ? [['orderField', `${pick(ORDERS)},${pick(['asc', 'desc'])}`]] : chance(0.1) ? [['orderField', pick(['metadata.name,up', 'metadata.name,ASC', ',', ',asc', 'metadata.name,', 'metadata.name, asc', 'metadata.name,asc,desc', 'no.such.field,asc'])]] : [];
const TYPES = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=latin1', 'text/plain', 'application/xml', '', 'application/vnd.api+json', 'application/x-www-form-urlencoded', 'json', 'multipart/form-data; boundary=x'];
const RAW = ['', '{', '[]', 'null', '1', '"x"', '{"facets":["kind"],}', '{"entityRefs":', '\u0000', '{"entityRefs":[]} x', 'true', ' {} ', '\ufeff{"entityRefs":[],"facets":["kind"]}', '{"__proto__":{"x":1},"entityRefs":[],"facets":["kind"]}', '{"entityRefs":[],"entityRefs":["component:default/loop"],"facets":["kind"]}'];
const MISC = [{}, { nosuch: 1 }, { facets: 'kind' }, { facets: [] }, { facets: [1] }, { facets: [null] }, { facets: [''] }, { facets: null }, { entityRefs: 'x' }, { entityRefs: [1] }, { entityRefs: [null] }, { entityRefs: null }, { entityRefs: [], fields: 'x' }, { entityRefs: [], fields: [1] }, { entityRefs: [], fields: ['[' ] }, { entityRefs: ['component:default/loop'], fields: [] }, { entityRefs: [], query: 'x' }, { entityRefs: [], query: [] }, { entityRefs: [], query: null }, { limit: 'x' }, { limit: -1 }, { limit: null }, { limit: 1.5 }, { limit: '3' }, { offset: 'x' }, { offset: '2' }, { orderBy: 'x' }, { orderBy: {} }, { orderBy: [{}] }, { orderBy: ['x'] }, { orderBy: [{ field: 'kind' }] }, { orderBy: [{ field: 'kind', order: 'up' }] }, { orderBy: [{ field: 1, order: 'asc' }] }, { orderBy: [{ field: 'metadata.name', order: 'asc', x: 1 }] }, { orderBy: [] }, { fullTextFilter: 'x' }, { fullTextFilter: { term: 1 } }, { fullTextFilter: { fields: 'x', term: 'e' } }, { fullTextFilter: {} }, { totalItems: 'x' }, { totalItems: 1 }, { totalItems: 'exclude' }, { totalItems: 'include' }, { cursor: '' }, { cursor: 1 }, { cursor: null }, { query: null }, { query: 'x' }, { query: [] }, { fields: 'kind' }, { fields: ['kind'] }, { fields: [''] }, { fields: null }, { fullTextFilter: null }, { facets: ['kind'], query: null }, { facets: ['kind'], filter: 'x' }, [], [1]];

const families = {
  name: () => ({ path: `/entities/by-name/${pick(['component', 'Component', 'COMPONENT', 'user', 'nosuch', 'group'])}/${pick(['default', 'DEFAULT', 'ops', 'web', 'no'])}/${pick(NAMES)}${pick(['', '', '', '', '/', '?x=1', '?', '/more'])}` }),
  uid: () => ({ path: `/entities/by-uid/${pick(UUIDS)}${pick(['', '', '/', '?fields=kind'])}` }),
  list: () => ({ path: `/entities${query([...filters(), ...fieldsParam(0.3), ...odd()])}`, unordered: true }),
  listOrdered: () => ({ path: `/entities${query([...filters(), ['order', chance(0.06) ? pick(['up:x', 'asc', 'asc:', 'ASC:metadata.name', 'metadata.name', ':', 'asc:metadata.name:x', 'desc:no.such']) : `${pick(['asc', 'desc'])}:${pick(ORDERS)}`], ...odd()])}` }),
  page: () => ({ path: `/entities${query([...filters(), ...(chance(0.5) ? [['order', `${pick(['asc', 'desc'])}:metadata.name`]] : []), ...(chance(0.7) ? [['limit', chance(0.06) ? badNumber() : String(int(12))]] : []), ...(chance(0.5) ? [['offset', chance(0.06) ? badNumber() : String(int(30))]] : []), ...(chance(0.2) ? [['after', pick([cursorOf({ limit: 1 + int(9), offset: int(40) }), cursorOf({ limit: 3 }), cursorOf({ offset: 3 }), cursorOf({}), cursorOf([]), 'x', 'eyJ', cursorOf({ limit: 'x' }), cursorOf({ limit: 0 }), cursorOf({ limit: -1 }), cursorOf({ offset: -1 }), cursorOf({ limit: 1.5 }), cursorOf(null), cursorOf({ limit: 2, offset: 1 }).replace(/=+$/, '')])]] : []), ...fieldsParam(0.2), ...odd()])}` }),
  byQuery: () => {
    const order = orderParam();
    return { path: `/entities/by-query${query([...filters(), ...order, ...(chance(0.7) ? [['limit', chance(0.06) ? badNumber() : String(int(12))]] : []), ...(chance(0.3) ? [['offset', chance(0.06) ? badNumber() : String(int(30))]] : []), ...(chance(0.2) ? [['totalItems', pick(['include', 'exclude', 'x', 'Include'])]] : []), ...fieldsParam(0.2), ...odd()])}`, unordered: !order.length, counted: !order.length };
  },
  text: () => ({ path: `/entities/by-query${query([...(chance(0.3) ? filters() : []), ['orderField', `metadata.name,${pick(['asc', 'desc'])}`], ['fullTextFilterTerm', pick(TERMS)], ...(chance(0.7) ? [['fullTextFilterFields', some(TEXT_FIELDS, 3).join(',')]] : []), ['limit', '20'], ...odd()])}` }),
  postQuery: () => {
    const ordered = chance(0.7);
    return post('/entities/by-query', { query: predicate(), ...(ordered ? { orderBy: [{ field: pick(ORDERS), order: pick(['asc', 'desc']) }] } : {}), ...(chance(0.6) ? { limit: int(12) } : {}), ...(chance(0.2) ? { offset: int(20) } : {}), ...(chance(0.2) ? { fields: some(FIELDS, 3) } : {}), ...(chance(0.15) ? { fullTextFilter: { term: pick(TERMS), fields: some(TEXT_FIELDS, 2) } } : {}), ...(chance(0.1) ? { totalItems: pick(['include', 'exclude']) } : {}) }, { unordered: !ordered, counted: !ordered });
  },
  cursor: () => {
    const c = cursor();
    const limit = chance(0.9) ? 1 + int(9) : 0;
    let json = null;
    try { json = JSON.parse(Buffer.from(c, 'base64')); } catch {}
    const more = { cursor: json, unordered: !json?.orderFields?.length, counted: !json?.orderFields?.length };
    return chance(0.5) ? { path: `/entities/by-query${query([['cursor', c], ['limit', String(limit)], ...(chance(0.1) ? [['filter', '=x'], ['orderField', 'x,up']] : []), ...fieldsParam(0.1)])}`, ...more } : post('/entities/by-query', { cursor: c, limit, ...(chance(0.1) ? { query: { kind: 'api' } } : {}) }, more);
  },
  refs: () => post(`/entities/by-refs${chance(0.2) ? query(filters()) : ''}`, { entityRefs: Array.from({ length: int(6) }, () => pick(['component:default/loop', 'component:default/fuzz-1', 'component:web/fuzz-2', 'user:default/jane.doe', 'group:default/team-platform', 'api:payments/orphan-api', 'nobody:default/x', '', 'component:default/odd-values', '::', 'a:b/c/d', 'component:', 'x'.repeat(500)])), ...(chance(0.3) ? { fields: some(FIELDS, 3) } : {}), ...(chance(0.3) ? { query: predicate() } : {}) }),
  facets: () => ({ path: `/entity-facets${query([...some(KEYS, 3).map(k => ['facet', k]), ...(chance(0.4) ? filters() : []), ...odd()].filter(() => chance(0.98)))}` }),
  postFacets: () => post('/entity-facets', { facets: some(KEYS, 3), ...(chance(0.5) ? { query: predicate() } : {}) }),
  bodies: () => post(pick(['/entities/by-query', '/entities/by-refs', '/entity-facets']), chance(0.5) ? pick(MISC) : { ...pick(MISC), ...pick(MISC) }, { unordered: true, counted: true }),
  raw: () => ({ method: 'POST', path: pick(['/entities/by-query', '/entities/by-refs', '/entity-facets']), raw: pick(RAW), type: pick(TYPES), unordered: true, counted: true }),
  types: () => post(pick(['/entities/by-query', '/entities/by-refs', '/entity-facets']), { entityRefs: ['component:default/loop'], facets: ['kind'], limit: 0 }, { type: pick(TYPES) }),
  route: () => ({ method: pick(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']), path: pick(['/nosuch', '/entities/nosuch', '/entities/by-name/a/b', '/entities/by-query/x', '/Entities/BY-Name/component/default/loop', '/entities/by-name/component/default/loop/', '//entities', '/entities//by-query', '/entity-facets/', '/ENTITY-FACETS?facet=kind', '/entities/by-uid', '/entities/by-uid/', '/', '', '/entities/by-name/component/default/%ZZ', '/entities/by-name/component/default/%C3%28', '/entities/by-name/component//loop']), body: undefined }),
  strings: () => ({ path: pick(['/entities', '/entities/by-query', '/entity-facets']) + '?' + pick(['filter=kind=user&', '&&filter=kind=user', 'filter=kind%3Duser', 'filter=kind=user&filter=kind=group', 'filter=kind=us%65r', 'filter=kind=user+', 'filter=%', 'filter=%ZZ', 'filter=%C3%28', 'filter', 'filter&limit=1', 'filter[]=kind=user', 'filter[]=kind=user&filter[]=kind=api', 'filter%5B%5D=kind=user', 'filter[0]=kind=user&filter[1]=kind=api', 'filter[a][b]=x', 'FILTER=kind=user', 'filter=kind=user#x', 'limit=1&limit=2', 'limit=3&offset=1&offset=2', 'fields=kind&fields=metadata.name', 'fields[]=kind', 'facet=kind&facet=kind', 'facet=kind,spec.type', 'facet[]=kind', 'facet=kind&filter[]=kind=user', 'x=1&y=2', 'filter=kind=user;kind=api', 'filter=kind=user%00', 'filter=a%2Cb', 'facet=kind&limit=1', 'facet=%20kind', 'after=', 'cursor=', 'cursor=x&filter=', 'filter=kind=user&filter=', 'limit=', 'order=', 'orderField=', 'facet=', 'fullTextFilterTerm=', 'fullTextFilterFields=', 'totalItems=', 'fullTextFilterTerm=a&fullTextFilterTerm=b', 'totalItems=include&totalItems=exclude', 'cursor=a&cursor=b', 'after=a&after=b', '?filter=kind=user', 'filter=kind=user&filter[]=kind=api', 'limit[]=1', 'limit[a]=1', 'hasOwnProperty=1']), unordered: true }),
};

// ---------- asking

const bases = { backstage: arg('backstage', ''), callboard: arg('callboard', '') };

async function ask(base, q) {
  const headers = { ...(q.headers ?? {}) };
  let body;
  if (q.raw !== undefined) body = q.raw;
  else if (q.body !== undefined) body = JSON.stringify(q.body);
  if (q.type !== undefined) { if (q.type) headers['content-type'] = q.type; else body = Buffer.from(body); }
  else if (body !== undefined) headers['content-type'] = 'application/json';
  const res = await fetch(`${base}/api/catalog${q.path}`, { method: q.method ?? 'GET', headers, body, redirect: 'manual' });
  const raw = await res.text();
  const type = (res.headers.get('content-type') ?? '').replace(/;\s+/g, ';').toLowerCase() || null;
  let json = raw === '' ? undefined : raw;
  if (type?.includes('json') && raw !== '') json = JSON.parse(raw);
  return { status: res.status, type, link: res.headers.get('link'), body: json };
}

const refOf = e => e?.metadata?.name ? `${e.kind}:${e.metadata.namespace ?? 'default'}/${e.metadata.name}`.toLowerCase() : JSON.stringify(e);
const text1 = e => `${refOf(e)} ${JSON.stringify(e)}`; // with `fields` there may be no name
const byRef = list => [...list].sort((x, y) => (text1(x) < text1(y) ? -1 : 1));
const namesakes = new Set(); // names that several entities have: those stand by uid there, by ref here
const nameOf = e => (namesakes.has(e?.metadata?.name?.toLowerCase()) ? e.metadata.name.toLowerCase() : e);

function view(q, r) {
  const out = { status: r.status, type: r.type, ...(r.link ? { link: text(r.link) } : {}) };
  let body = norm(r.body);
  const limited = q.counted;
  if (q.unordered && Array.isArray(body)) body = byRef(body);
  if (body?.items && q.unordered) body = { ...body, items: limited ? body.items.length : byRef(body.items) };
  if (!q.unordered && Array.isArray(body)) body = body.map(nameOf);
  if (!q.unordered && Array.isArray(body?.items) && q.path.startsWith('/entities/by-query')) body = { ...body, items: body.items.map(nameOf) };
  if (q.cursor !== undefined && body?.pageInfo) body = { items: body.items }; // totals are counted anew, prevCursor says what is there
  if (body !== undefined) out.body = body;
  return out;
}

// Why a difference is meant: rows of docs/compatibility.md.
const said = q => decodeURIComponent(q.path.replace(/\+/g, ' ').replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/%C3%28/g, '')) + JSON.stringify(q.body ?? q.cursor ?? '');
const refused = (b, c) => b.status === 400 && c.status === 400 && b.body?.error?.name === 'InputError' && c.body?.error?.name === 'InputError';
const existence = /(?:^|[^.\w])(status|relations|metadata\.(links|tags|labels|annotations)|spec\.(children|memberOf|list|deep|deep\.(empty|none)|custom|custom\.list|dependsOn))\s*([,&?]|$|":\{"\$exists")/i;
const better = [
  { why: 'a term is what was typed: %, _ and \\ are themselves', when: q => /(fullTextFilterTerm=|"term":")[^&"]*[%_\\]/.test(said(q)) },
  { why: 'who has a list, an object or an empty one is found by its path', when: q => existence.test(said(q)) },
  { why: 'values over 200 characters are found', when: q => /v{190}|"\$hasPrefix":"v"/.test(said(q)) || (/description|short/i.test(said(q)) && /fullText/.test(said(q))) },
  { why: 'a refusal in our own words: the JSON parser\'s, the validator\'s', when: (q, b, c) => refused(b, c) && /JSON|Malformed (cursor|request body)|Expected |Invalid at .*Expected|Required at/.test(b.body.error.message) },
  { why: 'a body without a content type is refused, not passed over', when: (q, b, c) => c.status === 400 && /send Content-Type/.test(c.body?.error?.message) },
  { why: 'a body that says a key twice is refused', when: (q, b, c) => /is there twice/.test(c.body?.error?.message) },
  { why: 'a limit below 1 in an after cursor is refused: its Link went nowhere', when: (q, b, c) => /after=/.test(q.path) && c.status === 400 && /"limit":(0|-1)/.test(Buffer.from(/after=([^&]*)/.exec(q.path)[1], 'base64').toString()) },
  { why: 'a wrong question is refused even when nothing is asked for', when: (q, b, c) => c.status === 400 && b.status === 200 && !(b.body.items ?? [1]).length },
  { why: 'İ is searched as i, not as i and a combining dot', when: q => /i̇stanbul/i.test(said(q)) || /i̇stanbul/.test(JSON.stringify(q.cursor ?? '')) },
  { why: 'two slashes are not one', when: q => q.path.startsWith('//') },
  { why: 'a NUL in a filter: no answer at all', when: q => q.path.includes('%00') },
  { why: 'no number is too big, and no cursor an internal error', when: (q, b, c) => b.status === 500 && c.status < 500 },
];

async function main() {
  const entity = await (await fetch(`${bases.callboard}/api/catalog/entities/by-name/component/default/loop`)).json();
  setCatalogDir(path.posix.dirname(entity.metadata.annotations['backstage.io/managed-by-location'].replace(/^file:/, '')));
  const seen = new Set();
  for (const { metadata } of await (await fetch(`${bases.callboard}/api/catalog/entities?fields=metadata.name`)).json()) {
    if (seen.has(metadata.name.toLowerCase())) namesakes.add(metadata.name.toLowerCase());
    seen.add(metadata.name.toLowerCase());
  }
  const only = arg('only', '');
  const names = Object.keys(families).filter(f => !only || only.split(',').includes(f));
  const n = Number(arg('n', '2000'));
  const meant = {};
  let same = 0, differ = 0;
  for (let i = 0; i < n; i++) {
    const family = names[i % names.length];
    const q = families[family]();
    if (q.path.startsWith('/entities?') || q.path === '/entities') q.unordered ||= !/[?&](limit|offset|after|order)=/.test(q.path);
    let b, c;
    try {
      [b, c] = await Promise.all([ask(bases.backstage, q), ask(bases.callboard, q)]);
    } catch (error) {
      console.log(`BROKEN ${family} ${q.method ?? 'GET'} ${q.path} ${error.cause?.message ?? error.message}`);
      differ++;
      continue;
    }
    const why = diff(view(q, b), view(q, c));
    if (!why.length) { same++; continue; }
    const row = better.find(r => r.when(q, b, c));
    if (row) { meant[row.why] = (meant[row.why] ?? 0) + 1; continue; }
    differ++;
    console.log(`DIFF ${family} ${q.method ?? 'GET'} ${q.path} ${q.raw ?? JSON.stringify(q.body ?? '')} ${q.type ?? ''} ${JSON.stringify(q.cursor ?? '')}`);
    for (const line of why.slice(0, flag('verbose') ? 50 : 3)) console.log(`     ${line}`);
  }
  for (const [why, count] of Object.entries(meant)) console.log(`better: ${count} ${why}`);
  console.log(`${same} passed, ${differ} failed, ${Object.values(meant).reduce((s, x) => s + x, 0)} skipped`);
  process.exit(differ ? 1 : 0);
}
await main();
