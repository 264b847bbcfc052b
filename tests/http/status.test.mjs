// What is wrong with an entity can be asked for: its status in filters, predicates, facets and orders.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { names } from './fixture.mjs';

const QUERY = '/api/catalog/entities/by-query';
const FACETS = '/api/catalog/entity-facets';
const component = (name, more = 'owner: team-a') => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec: {type: service, lifecycle: production, ${more}}
`;
const good = component('falls') + '---' + component('stays');

let server;
before(async () => {
  if (missing) return;
  server = await startServer({
    catalog: {
      'all.yaml': `
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./gone.yaml, ./two.yaml]}
`,
      'two.yaml': good,
    },
  });
});
after(() => server?.stop());
const it = (name, fn) => test(name, { skip: missing }, fn);
const ask = async filter => names((await server.get(`${QUERY}?filter=${filter}&orderField=metadata.name,asc`)).json.items);
const post = async query => names((await server.post(QUERY, { query, orderBy: [{ field: 'metadata.name', order: 'asc' }] })).json.items);

it('status, its items and each of their fields are paths like any other', async () => {
  for (const filter of ['status', 'status.items', 'status.items.level', 'status.items.level=error', 'STATUS.items.Level=ERROR',
    'status.items.type=backstage.io/catalog-processing', 'status.items.error.name=InputError', 'status.items.message'])
    assert.deepEqual(await ask(filter), ['all'], filter);
  assert.deepEqual(await ask('status.items.level=warning'), []);
  assert.deepEqual(await post({ $all: [{ status: { $exists: false } }, { kind: 'component' }] }), ['falls', 'stays']);
  assert.deepEqual(await post({ 'status.items.message': { $hasPrefix: 'InputError: Unable to read ./gone.yaml' } }), ['all']);
  const text = await server.get(`${QUERY}?fullTextFilterTerm=gone.yaml&fullTextFilterFields=status.items.message`);
  assert.deepEqual(names(text.json.items), ['all']);
  assert.deepEqual((await server.get(`${FACETS}?facet=status.items.level`)).json.facets, { 'status.items.level': [{ value: 'error', count: 1 }] });
});

it('a document that breaks is found from that generation on, beside its sibling that is well; and no more when it is mended', async () => {
  await server.write('two.yaml', component('falls', 'owner: 7') + '---' + component('stays'));
  await server.until('its status is found', async () => (await ask('kind=component,status.items.level=error')).join() === 'falls');
  assert.deepEqual(await ask('kind=component'), ['falls', 'stays']);
  assert.deepEqual((await server.get(`${FACETS}?facet=status.items.level`)).json.facets['status.items.level'], [{ value: 'error', count: 2 }]);
  await server.write('two.yaml', good);
  await server.until('it is well again', async () => (await ask('status')).join() === 'all');
});

it('everybody has an etag', async () => {
  assert.deepEqual(await ask('metadata.etag,kind=component'), ['falls', 'stays']);
  assert.deepEqual(await post({ 'metadata.etag': { $exists: false } }), []);
});
