// Backstage's own client, unchanged, against a running callboard: every method it has.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing, root, startServer } from '../support/server.mjs';
import { names, small } from './fixture.mjs';

const there = fs.existsSync(path.join(root, 'tests/node_modules/@backstage/catalog-client'));
const skip = missing || (there ? false : 'no @backstage/catalog-client: npm ci in tests/');
const it = (name, fn) => test(name, { skip }, fn);

let server, client;
before(async () => {
  if (skip) return;
  server = await startServer({ catalog: small });
  const { CatalogClient } = createRequire(import.meta.url)('@backstage/catalog-client');
  client = new CatalogClient({ discoveryApi: { getBaseUrl: async plugin => `${server.url}/api/${plugin}` }, fetchApi: { fetch } });
});
after(() => server?.stop());

const gather = async stream => {
  const all = [];
  for await (const page of stream) all.push(...page);
  return all;
};
const sorted = list => names(list).toSorted();
const services = ['Checkout', 'cart'];

it('getEntities: filter, fields, order, limit, offset', async () => {
  const { items } = await client.getEntities({ filter: { kind: 'component', 'spec.type': 'service' } });
  assert.deepEqual(sorted(items), services);
  assert.deepEqual(sorted((await client.getEntities({ filter: [{ kind: 'api' }, { kind: ['system', 'resource'] }] })).items), ['db', 'pay', 'shop']);
  const page = await client.getEntities({ filter: { kind: 'component' }, fields: ['metadata.name'], order: { field: 'metadata.name', order: 'desc' }, limit: 2, offset: 1 });
  assert.deepEqual(page.items, [{ metadata: { name: 'Checkout' } }, { metadata: { name: 'cart' } }]);
});

it('getEntityByRef and getEntityByName, also of nobody', async () => {
  assert.equal((await client.getEntityByRef('component:default/checkout')).metadata.title, 'The checkout');
  assert.equal((await client.getEntityByRef({ kind: 'Component', namespace: 'web', name: 'Site' })).metadata.name, 'site');
  assert.equal((await client.getEntityByName({ kind: 'API', namespace: 'default', name: 'pay' })).kind, 'API');
  assert.equal(await client.getEntityByRef('component:default/no-such'), undefined);
});

it('getEntitiesByRefs: positions kept, also of more than one request holds', async () => {
  const entityRefs = Array.from({ length: 2500 }, (_, i) => (i % 2 ? 'component:default/cart' : `component:default/nobody-${i}`));
  const { items } = await client.getEntitiesByRefs({ entityRefs, fields: ['metadata.name'] });
  assert.equal(items.length, 2500);
  assert.ok(items.every((e, i) => (i % 2 ? e.metadata.name === 'cart' : e === undefined)));
  const some = await client.getEntitiesByRefs({ entityRefs: ['component:default/cart', 'api:default/pay'], filter: { kind: 'api' } });
  assert.deepEqual(some.items.map(e => e?.metadata.name), [undefined, 'pay']);
});

it('queryEntities: pages forwards and back, full text, and a query as predicate', async () => {
  const first = await client.queryEntities({ filter: { kind: 'component' }, orderFields: { field: 'metadata.name', order: 'asc' }, limit: 1 });
  assert.deepEqual([names(first.items), first.totalItems], [['cart'], 3]);
  const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor, limit: 1 });
  assert.deepEqual(names(second.items), ['Checkout']);
  assert.deepEqual(names((await client.queryEntities({ cursor: second.pageInfo.prevCursor, limit: 1 })).items), ['cart']);
  assert.deepEqual(names((await client.queryEntities({ fullTextFilter: { term: 'money', fields: ['metadata.description'] } })).items), ['Checkout']);
  const asked = await client.queryEntities({ query: { $all: [{ kind: 'component' }, { $not: { 'spec.type': 'website' } }] }, orderFields: [{ field: 'metadata.name', order: 'desc' }], limit: 1 });
  assert.deepEqual([names(asked.items), asked.totalItems], [['Checkout'], 2]);
  assert.deepEqual(names((await client.queryEntities({ cursor: asked.pageInfo.nextCursor, limit: 1 })).items), ['cart']);
});

it('streamEntities: everything, page by page', async () => {
  assert.deepEqual(sorted(await gather(client.streamEntities({ filter: { kind: 'component' }, pageSize: 1 }))), ['Checkout', 'cart', 'site']);
});

it('getEntityFacets, by filter and by predicate', async () => {
  const want = { 'spec.type': [{ value: 'service', count: 2 }, { value: 'website', count: 1 }] };
  assert.deepEqual((await client.getEntityFacets({ facets: ['spec.type'], filter: { kind: 'component' } })).facets, want);
  assert.deepEqual((await client.getEntityFacets({ facets: ['spec.type'], query: { kind: 'component' } })).facets, want);
});

it('refreshEntity', () => client.refreshEntity('component:default/cart'));

it('getEntityAncestors', async () => {
  const { rootEntityRef, items } = await client.getEntityAncestors({ entityRef: 'component:default/cart' });
  assert.equal(rootEntityRef, 'component:default/cart');
  assert.deepEqual(items[0].entity.metadata.name, 'cart');
  assert.ok(items[0].parentEntityRefs.includes('location:default/all'));
});

it('locations: register, find in each way, change, remove', async () => {
  const target = 'https://github.com/callboard-tests/no-such-repository/blob/main/catalog-info.yaml';
  const { location } = await client.addLocation({ type: 'url', target });
  assert.equal(location.target, target);
  assert.deepEqual((await client.getLocationById(location.id)).target, target);
  assert.equal((await client.getLocationByRef(`url:${target}`)).id, location.id);
  assert.ok((await client.getLocations()).items.some(l => l.id === location.id));
  assert.deepEqual((await client.queryLocations({ query: { target } })).items.map(l => l.id), [location.id]);
  assert.deepEqual((await gather(client.streamLocations({ query: { type: 'url' } }))).map(l => l.id), [location.id]);
  const changed = await client.updateLocation(location.id, { type: 'url', target: target.replace('main', 'next') });
  assert.match(changed.target, /\/next\//);
  await client.removeLocationById(location.id);
  assert.equal(await client.getLocationById(location.id), undefined);
  assert.equal(await client.getLocationByEntity('component:default/no-such'), undefined);
});

it('validateEntity: right, and wrong with the reasons', async () => {
  const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'new-team' }, spec: { type: 'team', children: [] } };
  assert.deepEqual(await client.validateEntity(entity, 'url:https://example.com/a.yaml'), { valid: true });
  const wrong = await client.validateEntity({ ...entity, spec: { children: [] } }, 'url:https://example.com/a.yaml');
  assert.equal(wrong.valid, false);
  assert.ok(wrong.errors.length > 0);
});

it('analyzeLocation', async () => {
  const answer = await client.analyzeLocation({ location: { type: 'url', target: 'https://github.com/callboard-tests/no-such-repository' } });
  assert.deepEqual(Object.keys(answer).toSorted(), ['existingEntityFiles', 'generateEntities']);
});

it('removeEntityByUid', async () => {
  const { metadata } = await client.getEntityByRef('component:default/cart');
  await client.removeEntityByUid(metadata.uid);
});
