// What openapi.yaml promises is kept: each operation is sent what it allows and what it forbids, and answers with a status and a
// content type that it names and a body of its schema; no key is answered that the schema does not tell. Cases come from the
// description itself and from a seed: CALLBOARD_SEED=N asks others.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing as unbuilt, request, root, startServer } from '../support/server.mjs';
import { small } from './fixture.mjs';

const there = fs.existsSync(path.join(root, 'tests/node_modules/ajv'));
const missing = unbuilt || (there ? false : 'no ajv: npm ci in tests/');
const it = (name, fn) => test(name, { skip: missing, timeout: 300_000 }, fn);
const SEED = Number(process.env.CALLBOARD_SEED ?? 31) >>> 0;
const RANDOM_N = 12; // requests of several random parameters and bodies, an operation
const STREAM_MS = 60; // a stream is looked at this long
const SLOTS = 8; // requests at one time

let state = SEED;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = list => list[Math.floor(random() * list.length)];

const TEMPLATE = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: make}
spec: {type: service, steps: [{action: 'no:such'}]}
`;

let server, api, ajv, uid, generation, epoch;
const schemas = new Map();
before(async () => {
  if (missing) return;
  const { default: Ajv } = await import('ajv/dist/2020.js');
  ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
  ajv.addFormat('date-time', text => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  server = await startServer({
    catalog: { ...small, 'all.yaml': small['all.yaml'].replace('./company.yaml', './company.yaml, ./template.yaml'), 'template.yaml': TEMPLATE },
    config: 'integrations:\n  - {host: forge.test, type: gitea, clone: "http://127.0.0.1:1/", token: none}\nhttp: {wait_timeout: 100ms}',
  });
  api = (await server.get('/api/catalog/openapi.json')).json;
  const one = await server.get('/api/catalog/entities/by-name/component/default/cart');
  uid = one.json.metadata.uid;
  generation = one.headers['callboard-generation'];
  epoch = one.headers.etag.match(/"([0-9a-f]{8})-/)[1];
});
after(() => server?.stop());

// ---- the description

function whole(node, seen = []) { // without references
  if (Array.isArray(node)) return node.map(n => whole(n, seen));
  if (!node || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') {
    assert.ok(!seen.includes(node.$ref), `${node.$ref} holds itself`);
    let at = api;
    for (const key of node.$ref.slice(2).split('/')) at = at?.[key];
    assert.ok(at, node.$ref);
    return whole(at, [...seen, node.$ref]);
  }
  return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, whole(v, seen)]));
}

// An object that tells its properties has no others, unless it says so.
function closed(schema, part = false) {
  if (!schema || typeof schema !== 'object') return schema;
  const out = { ...schema };
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([k, v]) => [k, closed(v)]));
  if (out.items) out.items = closed(out.items);
  if (typeof out.additionalProperties === 'object') out.additionalProperties = closed(out.additionalProperties);
  for (const key of ['oneOf', 'anyOf']) if (out[key]) out[key] = out[key].map(s => closed(s));
  if (out.allOf) out.allOf = out.allOf.map(s => closed(s, true));
  if (!part && out.additionalProperties === undefined && (out.properties || out.allOf)) out.unevaluatedProperties = false;
  return out;
}

function operations() {
  return Object.entries(api.paths).flatMap(([pattern, item]) =>
    Object.entries(item).map(([method, operation]) => ({ pattern, method: method.toUpperCase(), ...whole(operation) })));
}

// With fields an entity has only what they name.
const partial = schema => JSON.parse(JSON.stringify(schema, (key, value) => (key === 'required' && value.length === 1 && value[0] === 'metadata' ? undefined : value)));

function checker(operation, status, type, schema, some) {
  const key = `${operation.operationId} ${status} ${type} ${some}`;
  if (!schemas.has(key)) schemas.set(key, ajv.compile(closed(some ? partial(schema) : schema)));
  return schemas.get(key);
}

// ---- what is sent

const WORDS = {
  kind: ['component', 'Component', 'api', 'group'], namespace: ['default', 'Default', 'web'], name: ['checkout', 'Checkout', 'nobody', 'pay'],
  id: ['1', '2', '999999', 'x', '0', '-1', '6f1c2f4e-0000-4000-8000-000000000000'], moment: ['1', '0', '99', 'yesterday', '2020-01-01', 'abcdef1'],
  forge: ['github', 'gitlab', 'gitea', 'bitbucket', 'generic', 'nobody'], plugin: ['nobody'], panel: ['none'], action: ['none'], bucket: ['callboard', 'a.b'], key: ['views', 'a%2Fb'], path: ['a', 'a/b'],
};
const ODD_PARTS = ['%00', '%ff', '%zz', '%', '%2F', '%25', '..%2f..', '*', 'na%C3%AFve', '%F0%9F%A6%89', 'a'.repeat(700), "';--", '%0d%0ax:%20y', 'con:tent', '%7B%7D'];
const GOOD = { // of a query parameter, beside what its schema allows
  filter: ['kind=component', 'kind=component,spec.type=service', 'metadata.tags', 'a=b'], fields: ['kind', 'kind,metadata.name'], order: ['asc:metadata.name'], template: ['template:default/make'], createdBy: ['user:default/guest'],
  orderField: ['metadata.name,desc', 'kind'], facet: ['kind', 'metadata.tags'], from: ['checkout'], to: ['resource:db'], url: ['/nowhere/all.yaml', 'https://git.example.com/a/b.git#main:c.yaml'],
  term: ['checkout', '', '%'], at: ['1', '2020-01-01'], wait: ['1'], relation: ['dependsOn', 'dependsOn,partOf'], kind: ['component', 'api'], types: undefined, filters: undefined,
  owner: ['group:default/team-a'], entity: ['component:default/cart'], source: ['1'], rule: ['x'], path: ['company'], ref: ['component:default/cart'], dryRun: ['true'], after: undefined, cursor: undefined,
  pageCursor: undefined, fullTextFilterTerm: ['cart'], fullTextFilterFields: ['metadata.name'],
};
const ODD_VALUES = ['', '%00', '%ff', '%zz', '%E2%82', '-1', '0', '1e3', '1.5', '9'.repeat(25), 'null', '%5B%5D', '%7B%22a%22%3A1%7D', '%F0%9F%A6%89', 'true', '*', ',', '=', ',,,', '..', 'a'.repeat(5000), '%27%3B--', 'kind%3D', '0x10', '+1', '%0a'];
const TEXTS = ['', 'a', 'component:default/checkout', 'Component:cart', '🦉', 'a\u0000b', '\ud800', 'x'.repeat(3000), '__proto__', 'kind', 'metadata.name', '*', '2027-01-31T00:00:00Z'];
const GOOD_BODY = {
  PutUserSetting: { value: { a: [1, 'b', null] } },
  GetUserSettings: { items: [{ bucket: 'callboard', key: 'views' }] },
  CreateView: () => ({ owner: 'group:default/team-a', name: `view ${Math.floor(random() * 1e9)}`, query: '?kind=api' }),
  UpdateView: { name: 'a view', query: '' },
  Authorize: { items: [{ id: 'a', permission: { name: 'catalog.entity.read' } }] },
  GetEntitiesByRefs: { entityRefs: ['component:default/checkout', 'component:default/nobody'] },
  QueryEntitiesByPredicate: { query: { kind: 'component' }, limit: 2, orderBy: [{ field: 'metadata.name', order: 'desc' }] },
  QueryEntityFacetsByPredicate: { facets: ['kind'], query: { kind: 'component' } },
  CreateLocation: () => ({ type: 'url', target: `https://forge.test/acme/shop/src/branch/main/${Math.floor(random() * 6)}.yaml` }),
  UpdateLocation: { type: 'url', target: 'https://forge.test/acme/shop/src/branch/main/put.yaml' },
  GetLocationsByQuery: { limit: 1 },
  ValidateEntity: { location: 'url:https://forge.test/acme/shop/src/branch/main/a.yaml', entity: { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'a' }, spec: { type: 'service', lifecycle: 'x', owner: 'team-a' } } },
  AnalyzeLocation: { location: { type: 'url', target: 'https://forge.test/acme/shop/src/branch/main/a.yaml' } },
  RefreshEntity: { entityRef: 'component:default/checkout' },
  ApplyPermissionConditions: { items: [{ id: '1', resourceRef: 'component:default/checkout', resourceType: 'catalog-entity', conditions: { rule: 'IS_ENTITY_KIND', resourceType: 'catalog-entity', params: { kinds: ['component'] } } }] },
  SignIn: { token: 'cb_nobody' },
  CreateToken: { name: 'a test', user: 'user:default/jane', role: 'reader' },
  RunPanelAction: { input: {} },
  Scaffold: { templateRef: 'template:default/make', values: {} },
  Autocomplete: { token: 't', context: {} },
  DryRun: { template: { apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'a' }, spec: { steps: [] } }, values: {}, directoryContents: [] },
};
const body = operation => structuredClone(typeof GOOD_BODY[operation.operationId] === 'function' ? GOOD_BODY[operation.operationId]() : GOOD_BODY[operation.operationId] ?? {});

const jsonOf = operation => operation.requestBody?.content?.['application/json']?.schema;
const good = ({ schema, name, description }) => {
  if (name === 'order' && schema.pattern) return ['asc:created_at', 'desc:status'];
  if (description?.includes('as at takes it')) return ['0', '1'];
  const one = schema.type === 'array' ? schema.items : schema;
  if (one.enum) return one.enum;
  if (one.type === 'integer') return [one.minimum ?? 0, Math.min(one.maximum ?? 7, 7), one.default].filter(x => x !== undefined).map(String);
  return GOOD[name] ?? [];
};

// A value that is none of SCHEMA; undefined when there is none.
function bad(schema) {
  if (schema.const !== undefined) return `not ${schema.const}`;
  if (schema.enum) return 'none-of-these';
  const types = [schema.type ?? []].flat();
  return [{ a: 1 }, 'text', 1.5, [{}], true].find(v => types.length && !types.includes(Array.isArray(v) ? 'array' : typeof v) && !(typeof v === 'number' && types.includes('integer')));
}

// Any value, by SCHEMA mostly.
function any(schema, depth = 0) {
  if (random() < 0.12 || depth > 4) return pick([null, 0, -1, 1e308, '', [], {}, true, 'x', 'x'.repeat(300), [[]], { a: { b: [null] } }]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum);
  if (schema.oneOf) return any(pick(schema.oneOf), depth + 1);
  switch ([schema.type].flat()[0]) {
    case 'string': return pick(TEXTS);
    case 'integer': case 'number': return pick([0, 1, 2, 100, -1, 1.5, 1e15, 2 ** 53]);
    case 'boolean': return random() < 0.5;
    case 'array': return Array.from({ length: pick([0, 1, 2, 30]) }, () => any(schema.items ?? {}, depth + 1));
    default: {
      const out = {};
      for (const [key, value] of Object.entries(schema.properties ?? {})) if (schema.required?.includes(key) ? random() < 0.9 : random() < 0.5) out[key] = any(value, depth + 1);
      if (!schema.properties) for (const key of ['kind', '$not', '$all', '$any', '$in', 'a.b']) if (random() < 0.3) out[key] = any({ type: pick(['string', 'array', 'object']) }, depth + 1);
      return out;
    }
  }
}

const isObject = text => {
  try {
    const json = text.trim() === '' ? {} : JSON.parse(text.replace(/^\ufeff/, ''));
    return json !== null && typeof json === 'object' && !Array.isArray(json);
  } catch {
    return false;
  }
};

const OWN_PARTS = { // where others would be refused
  GetTemplateParameterSchema: { kind: 'template', name: 'make' },
};
const NEVER_GOOD = ['Autocomplete']; // no provider is built in

function target(operation, parts = {}, query = []) {
  const values = { kind: 'component', namespace: 'default', name: 'checkout', uid, id: '1', moment: '1', forge: 'generic', plugin: 'nobody', panel: 'none', action: 'none', path: 'a', bucket: 'callboard', key: 'views', provider: 'github', resource: 'x', ...OWN_PARTS[operation.operationId], ...parts };
  const all = [...query];
  for (const p of operation.parameters ?? [])
    if (p.in === 'query' && p.required && !all.some(q => q === `!${p.name}` || q.split(/[=[]/)[0] === p.name)) all.push(`${p.name}=${encodeURIComponent(good(p)[0])}`);
  const text = all.filter(q => !q.startsWith('!')).join('&');
  return operation.pattern.replace(/\{(\w+)\}/g, (_, key) => values[key]) + (text ? `?${text}` : '');
}

// [{ what, target, method, headers, body, want }]; want: the statuses that are right, when it is known.
function* cases(operation) {
  const schema = jsonOf(operation);
  const { method } = operation;
  const known404 = operation.operationId === 'RunPanelAction'; // there is no plugin, and that comes first
  const raw = operation.operationId === 'PostWebhook' || operation['x-callboard-query'] === 'any'; // the body is not the router's to judge
  const first = { method, target: target(operation), body: schema || method === 'POST' || method === 'PUT' ? body(operation) : undefined };
  const refused = s => s >= 400 && s < 500;
  yield { what: 'what it asks for', ...first, want: s => s !== 400 || raw || NEVER_GOOD.includes(operation.operationId) };
  if (method === 'GET') yield { what: 'HEAD', ...first, method: 'HEAD' };
  for (const headers of [{ accept: 'text/nothing' }, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'nothing;q=x' }, { 'if-none-match': '*' }, { 'if-none-match': 'W/"' }, { range: 'bytes=0-1' }, { expect: '100-continue' }, { 'x-request-id': 'ö' }])
    yield { what: JSON.stringify(headers), ...first, headers };
  yield { what: 'a token that opens nothing', ...first, headers: { authorization: 'Bearer nobody' }, want: s => s === 401 || operation['x-callboard-right'] === 'open' || raw };
  yield { what: 'another Host', ...first, headers: { host: 'evil.example.com' }, want: s => s === 421 || !operation.responses['421'] };
  yield { what: 'another Origin', ...first, headers: { origin: 'https://evil.example.com' }, want: s => method === 'GET' || s === 403 };
  yield { what: 'a target too long', ...first, target: `${first.target}${first.target.includes('?') ? '&' : '?'}x=${'a'.repeat(82_000)}`, want: s => s === 414 };
  yield { what: 'headers too large', ...first, headers: { 'x-large': 'a'.repeat(17_000) }, want: s => s === 431 };
  if (operation['x-callboard-query'] !== 'any') {
    yield { what: 'an unknown parameter', ...first, target: target(operation, {}, ['no-such-parameter=1']), want: s => s === 400 };
    yield { what: 'parameters without a name', ...first, target: target(operation, {}, ['', '=', '=1', '[]=1', '%00=1']), want: refused };
    yield { what: 'too many parameters', ...first, target: target(operation, {}, Array(1001).fill('a=1')), want: s => s === 413 };
  }
  for (const p of operation.parameters ?? []) {
    if (p.in === 'path') {
      for (const part of [...(WORDS[p.name] ?? []), ...ODD_PARTS]) {
        const broken = /%ff|%zz|%$/.test(part);
        yield { what: `{${p.name}}`, ...first, target: target(operation, { [p.name]: part }), want: s => !broken || raw || refused(s) };
      }
      continue;
    }
    if (p.in !== 'query') continue;
    const list = p.schema.type === 'array', free = p.style === 'deepObject' || p.schema.default === '';
    if (p.required) yield { what: `without ${p.name}`, ...first, target: target(operation, {}, [`!${p.name}`]), want: s => s === 400 };
    for (const value of good(p)) yield { what: `${p.name}, allowed`, ...first, target: target(operation, {}, [`${p.name}${p.name === 'types' ? '[0]' : ''}=${encodeURIComponent(value)}`]), want: s => s !== 400 || value === '' || p.name === 'cursor' || p.name === 'dryRun' };
    for (const value of ODD_VALUES) {
      const text = /^%[f-z]/.test(value) ? value : decodeURIComponent(value.replace(/%E2%82|%ff|%zz/, ''));
      const number = /^-?\d+$/.test(text) ? Number(text) : NaN;
      const wrong = (p.schema.enum && !p.schema.enum.includes(text)) ||
        (p.schema.type === 'integer' && (Number.isNaN(Number(text)) || !Number.isInteger(Number(text)) || number < p.schema.minimum || number > p.schema.maximum)) ||
        (value === '' && !free && p.name !== 'pageCursor');
      yield { what: `${p.name}, odd`, ...first, target: target(operation, {}, [`${p.name}=${value}`]), want: s => !wrong || s === 400 || (p.name === 'pageLimit' && s < 500) };
    }
    const again = encodeURIComponent(good(p)[0] ?? '1');
    yield { what: `${p.name}, twice`, ...first, target: target(operation, {}, [`${p.name}=${again}`, `${p.name}=${again}`]), want: s => list || free || p.name === 'pageCursor' || s === 400 };
    for (const shape of [`${p.name}[]`, `${p.name}[0]`, `${p.name}[x]`, `${p.name}[x][y]`, `${p.name}[`, `${p.name}]`, `${p.name}%5B999999%5D`])
      yield { what: `${p.name}, as ${shape}`, ...first, target: target(operation, {}, [`${shape}=${again}`]) };
  }
  if (operation.parameters?.some(p => p.name === 'wait')) {
    yield { what: 'wait for what does not come', ...first, target: target(operation, {}, ['wait=99999999']), want: s => s === 504 };
    yield { what: 'wait in another database', ...first, target: target(operation, {}, ['wait=00000000:1']), want: s => s === 409 };
    yield { what: 'wait for what is there', ...first, target: target(operation, {}, [`wait=${epoch}:${generation}`]), want: s => ![400, 409, 504].includes(s) };
  }
  if (operation.responses['304']) yield { what: 'what is had already', ...first, etag: true, want: s => s === 304 };
  if (method === 'POST' || method === 'PUT') {
    const bytes = text => Buffer.from(text, 'latin1');
    const wrong = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '', 'application/json5', 'application/json; charset=latin1', 'application/json; charset=utf-16', 'a'.repeat(500), ';'];
    for (const type of wrong) yield { what: `content-type ${type.slice(0, 40)}`, ...first, headers: { 'content-type': type }, want: s => raw || refused(s) };
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"']) yield { what: type, ...first, headers: { 'content-type': type }, want: s => raw || s !== 415 };
    for (const text of ['null', '[]', '"a"', '1', 'true', '{', '{"a":', '{"a":1}}', '{"a":01}', "{'a':1}", '{"a":"\\ud800"}', '{"a":"\\u0000"}', '\ufeff{}', '{"a":NaN}', '[['.repeat(20_000), `${'{"a":'.repeat(10_000)}1`, '{"__proto__":{"a":1}}', '{"constructor":1}', '{"a":1,"a":2}', ' '.repeat(99_000), `{"a":${'9'.repeat(5000)}}`, '{"a":1e999}'])
      yield { what: `the body ${text.slice(0, 20)}`, ...first, body: text, want: s => raw || isObject(text) || refused(s) };
    for (const text of [bytes('{"a":"\xff"}'), bytes('\x00'), Buffer.from('{}', 'utf16le'), bytes('\x1f\x8b\x08\x00')]) yield { what: 'bytes that are no UTF-8', ...first, body: text };
    yield { what: 'content-encoding gzip', ...first, headers: { 'content-encoding': 'gzip' } };
    yield { what: 'a body over the limit', ...first, body: `{"a":"${'a'.repeat(103_000)}"}`, want: s => raw || s === 400 || s === 413 };
    if (!schema) return;
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const { [key]: gone, ...rest } = first.body;
      void gone;
      if (schema.required?.includes(key)) yield { what: `the body without ${key}`, ...first, body: rest, want: s => s === 400 };
      for (const v of [bad(value), null]) if (v !== undefined && [value.type ?? []].flat().length) yield { what: `${key}: ${JSON.stringify(v)}`, ...first, body: { ...first.body, [key]: v }, want: s => s === 400 || (known404 && s === 404) };
      for (const v of ['', '🦉', 'a'.repeat(20_000), 2 ** 53, -1, 0, [], {}, [null], false]) yield { what: `${key}, odd`, ...first, body: { ...first.body, [key]: v } };
    }
    if (schema.additionalProperties === false) yield { what: 'a key too many', ...first, body: { ...first.body, 'no-such-key': 1 }, want: s => s === 400 || (known404 && s === 404) };
    for (let i = 0; i < RANDOM_N; i++) yield { what: 'a random body', ...first, body: any(schema) };
  }
  const known = (operation.parameters ?? []).filter(p => p.in === 'query');
  for (let i = 0; known.length && i < RANDOM_N; i++)
    yield { what: 'random parameters', ...first, target: target(operation, {}, known.filter(() => random() < 0.4).map(p => `${p.name}=${random() < 0.7 && good(p).length ? encodeURIComponent(pick(good(p))) : pick(ODD_VALUES)}`)) };
}

// ---- what comes back

// As request(), but a stream is closed after a look.
function send({ target: to, method, headers = {}, body: sent }) {
  return new Promise((resolve, reject) => {
    const all = { connection: 'close', ...headers };
    const data = sent === undefined || typeof sent === 'string' || Buffer.isBuffer(sent) ? sent : JSON.stringify(sent);
    if (data !== undefined) all['content-length'] = Buffer.byteLength(data);
    if (data !== undefined && all['content-type'] === undefined) all['content-type'] = 'application/json';
    if (all['x-request-id']) all['x-request-id'] = Buffer.from(all['x-request-id']).toString('latin1');
    if (!all['content-type']) delete all['content-type'];
    const req = http.request({ host: '127.0.0.1', port: server.port, path: to, method, headers: all, agent: false, setHost: !all.host }, res => {
      const chunks = [];
      const done = () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: res.statusCode, headers: res.headers, bytes, text: bytes.toString('utf8') });
      };
      res.on('data', chunk => chunks.push(chunk));
      res.on('end', done);
      res.on('error', reject);
      if (/^text\/event-stream/.test(res.headers['content-type'] ?? '') && method !== 'HEAD') setTimeout(() => {
        res.removeListener('error', reject);
        res.on('error', () => {});
        done();
        req.destroy();
      }, STREAM_MS);
    });
    req.on('error', reject);
    req.setTimeout(20_000, () => req.destroy(new Error('no answer within 20 s')));
    req.end(data);
  });
}

// What is wrong with ANSWER, in words; undefined: nothing.
function fault(operation, sent, answer) {
  const { status, headers } = answer;
  const type = (headers['content-type'] ?? '').split(';')[0];
  const named = operation.responses[status];
  if (!named) return `status ${status} is not described`;
  if (sent.want && !sent.want(status)) return `status ${status}`;
  const content = named.content ?? {};
  if (sent.method === 'HEAD' || status === 304 || headers['content-encoding']) return undefined;
  if (answer.text === '') return type && !content[type] ? `an empty ${status} of type ${type}` : Object.keys(content).length && !type ? `an empty ${status}` : undefined;
  if (!content[type]) return `${status} of type '${type}'`;
  if (type !== 'application/json') return undefined;
  let json;
  try {
    json = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(answer.bytes));
  } catch (error) {
    return `no JSON: ${error.message}`;
  }
  const some = /[?&]fields/.test(sent.target) || sent.body?.fields !== undefined;
  const valid = checker(operation, status, type, content[type].schema, some);
  if (!valid(json)) return `${status}: ${valid.errors.slice(0, 2).map(e => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join('; ')}`;
  return undefined;
}

// All of OPERATION's cases; their faults, alike ones once.
async function tryAll(operation) {
  const faults = new Map();
  const all = cases(operation);
  let n = 0;
  const worker = async () => {
    for (let next = all.next(); !next.done; next = all.next()) {
      const sent = next.value;
      if (sent.etag) sent.headers = { 'if-none-match': (await send({ ...sent, method: 'GET' })).headers.etag };
      n++;
      let text, answer;
      try {
        answer = await send(sent);
        text = fault(operation, sent, answer);
      } catch (error) {
        text = `${error.message}`;
      }
      if (!text) continue;
      const key = `${sent.what}: ${text}`;
      if (!faults.has(text)) faults.set(text, `${sent.method} ${sent.target.slice(0, 160)}${sent.body === undefined ? '' : ` ${(Buffer.isBuffer(sent.body) ? sent.body.toString('latin1') : typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body)).slice(0, 160)}`} -> ${key} ${answer?.text.slice(0, 200) ?? ''}`);
    }
  };
  await Promise.all(Array.from({ length: operation.method === 'GET' ? SLOTS : 3 }, worker));
  return { n, faults: [...faults.values()] };
}

let sent = 0;
it('each operation keeps to its description, whatever it is sent', async t => {
  t.diagnostic(`CALLBOARD_SEED=${SEED}`);
  for (const operation of operations().toSorted((a, b) => (a.method === 'DELETE') - (b.method === 'DELETE')))
    await t.test(`${operation.method} ${operation.pattern}`, async () => {
      if (operation.pattern.includes('locations/{id}')) await server.post('/api/catalog/locations', { type: 'url', target: 'https://forge.test/acme/shop/src/branch/main/one.yaml' });
      const { n, faults } = await tryAll(operation);
      sent += n;
      assert.deepEqual(faults, []);
    });
  t.diagnostic(`${sent} requests`);
});

it('a method that a path has not is 404 without a body', async () => {
  for (const [pattern, item] of Object.entries(api.paths))
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      if (item[method.toLowerCase()] || (method === 'HEAD' && item.get)) continue;
      const to = target({ pattern });
      if (Object.entries(api.paths).some(([p, i]) => i[method.toLowerCase()] && new RegExp(`^${p.replace(/\{\w+\}/g, '[^/]+')}$`).test(to))) continue;
      const answer = await request(server.port, to, { method });
      assert.deepEqual([method, to, answer.status, answer.text], [method, to, 404, '']);
    }
});

it('and it is as well as before', async () => {
  assert.equal((await server.get('/readyz')).status, 200);
  assert.equal((await server.get('/api/catalog/entities')).status, 200);
  assert.ok(!server.how);
});
