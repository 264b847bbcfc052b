// GET and POST /api/catalog/entities/by-query, /api/catalog/entity-facets
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError, names, small } from './fixture.mjs';

const QUERY = '/api/catalog/entities/by-query';
const FACETS = '/api/catalog/entity-facets';
let server;
before(async () => { if (!missing) server = await startServer({ catalog: small }); });
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);

it('a page has items, totalItems and pageInfo', async () => {
  const { json } = await server.get(`${QUERY}?filter=kind=component&orderField=metadata.name,asc`);
  assert.deepEqual(Object.keys(json), ['items', 'totalItems', 'pageInfo']);
  assert.deepEqual(names(json.items), ['cart', 'Checkout', 'site']);
  assert.equal(json.totalItems, 3);
  assert.deepEqual(json.pageInfo, {});
});

it('cursors lead forwards and back, by either verb', async () => {
  const first = (await server.get(`${QUERY}?filter=kind&orderField=metadata.name,desc&limit=4&fields=metadata.name`)).json;
  const all = (await server.get(`${QUERY}?filter=kind&orderField=metadata.name,desc&limit=100&fields=metadata.name`)).json;
  assert.equal(first.pageInfo.prevCursor, undefined);
  const second = (await server.get(`${QUERY}?cursor=${encodeURIComponent(first.pageInfo.nextCursor)}&limit=4&fields=metadata.name`)).json;
  const posted = (await server.post(QUERY, { cursor: first.pageInfo.nextCursor, limit: 4, fields: ['metadata.name'] })).json;
  assert.deepEqual(posted.items, second.items);
  assert.deepEqual([...names(first.items), ...names(second.items)], names(all.items).slice(0, 8));
  assert.equal(second.totalItems, all.totalItems);
  const back = (await server.post(QUERY, { cursor: second.pageInfo.prevCursor, limit: 4, fields: ['metadata.name'] })).json;
  assert.deepEqual(back.items, first.items);
});

it('limit 0 counts alone; totalItems=exclude says 0', async () => {
  assert.deepEqual((await server.get(`${QUERY}?limit=0&filter=kind=user`)).json, { items: [], totalItems: 2, pageInfo: {} });
  assert.equal((await server.get(`${QUERY}?totalItems=exclude`)).json.totalItems, 0);
});

it('full text looks into the named fields', async () => {
  const { json } = await server.get(`${QUERY}?fullTextFilterTerm=MONEY&fullTextFilterFields=metadata.title,metadata.description&fields=metadata.name`);
  assert.deepEqual(names(json.items), ['Checkout']);
});

it('predicates in a body', async () => {
  const ask = async query => names((await server.post(QUERY, { query, orderBy: [{ field: 'metadata.name', order: 'asc' }], fields: ['metadata.name'] })).json.items);
  assert.deepEqual(await ask({ $any: [{ kind: 'user' }, { 'metadata.tags': 'java' }] }), ['cart', 'guest', 'jane']);
  assert.deepEqual(await ask({ kind: { $in: ['api', 'system'] } }), ['pay', 'shop']);
  assert.deepEqual(await ask({ $all: [{ kind: 'component' }, { $not: { 'spec.type': 'service' } }] }), ['site']);
  assert.deepEqual(await ask({ 'metadata.name': { $hasPrefix: 'TEAM-' } }), ['team-a', 'team-b']);
  assert.deepEqual(await ask({ relations: { $contains: { type: 'dependsOn', targetRef: 'resource:default/db' } } }), ['Checkout']);
});

for (const [query, message] of [
  ['limit=x', 'request/query/limit must be integer'],
  ['totalItems=perhaps', 'request/query/totalItems must be equal to one of the allowed values: include, exclude'],
  ['orderField=metadata.name,up', 'Invalid order field order, must be asc or desc'],
  ['cursor=', "Empty value found for query parameter 'cursor'"],
  ['cursor=nonsense', /^Malformed cursor/],
  ['order=asc:x', "Unknown query parameter 'order'"],
  ['cursor=a&cursor=b', 'request/query/cursor must be string'],
])
  it(`GET by-query with ${query} is refused`, async () => {
    assertError(await server.get(`${QUERY}?${query}`), 400, 'InputError', message, { url: `/entities/by-query?${query}` });
  });

for (const [body, message] of [
  [{ query: 'kind' }, 'request/body/query must be object'],
  [{ query: [{ kind: 'x' }] }, 'request/body/query must be object'],
  [{ cursor: '' }, 'Cursor cannot be empty'],
  [{ cursor: 'x' }, /^Malformed cursor/],
  [{ cursor: 7 }, 'request/body/cursor must be string'],
  [{ limit: 'x' }, 'request/body/limit must be number'],
  [{ limit: -1 }, 'request/body/limit must be >= 0'],
  [{ orderBy: [{ field: 'x', order: 'up' }] }, 'request/body/orderBy/0/order must be equal to one of the allowed values: asc, desc'],
  [{ orderBy: [{ order: 'asc' }] }, "request/body/orderBy/0 must have required property 'field'"],
  [{ orderBy: ['x'] }, 'request/body/orderBy/0 must be object'],
  [{ totalItems: 'x' }, 'request/body/totalItems must be equal to one of the allowed values: include, exclude'],
  [{ fullTextFilter: 'x' }, 'request/body/fullTextFilter must be object'],
])
  it(`POST by-query with ${JSON.stringify(body)} is refused`, async () => {
    assertError(await server.post(QUERY, body), 400, 'InputError', message, { method: 'POST', url: '/entities/by-query' });
  });

it('facets count by original value, in the order asked, under a filter', async () => {
  const { json } = await server.get(`${FACETS}?facet=spec.type&facet=Metadata.Tags&filter=kind=component`);
  assert.deepEqual(json, {
    facets: {
      'spec.type': [{ value: 'service', count: 2 }, { value: 'website', count: 1 }],
      'Metadata.Tags': [{ value: 'go', count: 1 }, { value: 'java', count: 1 }, { value: 'web', count: 1 }],
    },
  });
  assert.deepEqual((await server.get(`${FACETS}?facet=no.such`)).json, { facets: { 'no.such': [] } });
  assert.deepEqual((await server.post(FACETS, { facets: ['kind'], query: { kind: 'user' } })).json, { facets: { kind: [{ value: 'User', count: 2 }] } });
});

it('a facet asked twice is told once', async () => {
  const { text } = await server.get(`${FACETS}?facet=kind&facet=kind`);
  assert.equal(text.match(/"kind":/g).length, 1);
});

it('facets that are refused', async () => {
  assertError(await server.get(FACETS), 400, 'InputError', "request/query must have required property 'facet'");
  assertError(await server.get(`${FACETS}?facet=`), 400, 'InputError', "Empty value found for query parameter 'facet'");
  assertError(await server.post(FACETS, { facets: [] }), 400, 'InputError', 'Missing or empty facets parameter', { method: 'POST' });
  assertError(await server.post(FACETS, {}), 400, 'InputError', "request/body must have required property 'facets'", { method: 'POST' });
  const fifty = Array.from({ length: 50 }, (_, i) => `facet=f${i}`).join('&');
  assert.equal((await server.get(`${FACETS}?${fifty}`)).status, 200);
  assertError(await server.get(`${FACETS}?${fifty}&facet=one-more`), 413, 'PayloadTooLargeError', '51 facets: at most 50 are counted in one request');
});
