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

it('problems: who has some, of which rule, how grave; references to nothing among them', async () => {
  assert.deepEqual(await ask('problems.rule=location-target'), ['all']);
  assert.deepEqual(await ask('problems.severity=error'), ['all']);
  assert.deepEqual(await ask('problems.rule=dangling-reference,problems.severity=warning'), ['falls', 'stays'], 'nobody has registered team-a');
  assert.deepEqual(await ask('problems'), ['all', 'falls', 'stays']);
  assert.deepEqual(await post({ 'problems.rule': { $hasPrefix: 'location-' } }), ['all']);
  assert.deepEqual(await post({ $all: [{ kind: 'component' }, { $not: { problems: { $exists: true } } }] }), []);
  const { json } = await server.get(`${FACETS}?facet=problems.rule&facet=problems.severity`);
  assert.deepEqual(json.facets['problems.rule'], [{ value: 'dangling-reference', count: 2 }, { value: 'location-target', count: 1 }]);
  assert.deepEqual(json.facets['problems.severity'], [{ value: 'error', count: 1 }, { value: 'warning', count: 2 }]);
});

it('health: in one word who has problems, of which severity, and who is well', async () => {
  const { health } = (await server.get(`${FACETS}?facet=health`)).json.facets;
  const counts = Object.fromEntries(health.map(({ value, count }) => [value, count]));
  assert.deepEqual([counts.problems, counts.error, counts.warning], [3, 1, 2]);
  assert.deepEqual(await ask('health=error'), ['all']);
  assert.deepEqual(await ask('kind=component,health=well'), []);
  assert.deepEqual(await post({ $all: [{ kind: 'component' }, { health: 'problems' }] }), ['falls', 'stays']);
  assert.equal((await server.get('/api/watch?filter=health=well')).status, 400);
});

it('health: as a field of lists it is the worst that is known, and it is told only when it is asked for', async () => {
  const told = async query => (await server.get(`/api/catalog/entities/by-query?orderField=metadata.name,asc&${query}`)).json.items;
  assert.deepEqual(await told('filter=kind=component&fields=health,metadata.name'), [
    { metadata: { name: 'falls' }, health: 'warning' },
    { metadata: { name: 'stays' }, health: 'warning' },
  ]);
  const all = await told('fields=kind,health');
  assert.ok(all.some(({ kind, health }) => kind === 'Location' && health === 'error'), JSON.stringify(all));
  assert.deepEqual(await told('filter=kind=component&fields=health'), [{ health: 'warning' }, { health: 'warning' }]);
  assert.ok((await told('filter=kind=component')).every(entity => !('health' in entity)));
  const fields = ['health', 'kind'];
  const { json } = await server.post('/api/catalog/entities/by-query', { query: { kind: 'component' }, fields, limit: 1 });
  assert.deepEqual(json.items, [{ kind: 'Component', health: 'warning' }]);
  const refs = await server.post('/api/catalog/entities/by-refs', { entityRefs: ['component:default/stays'], fields });
  assert.deepEqual(refs.json.items, [{ kind: 'Component', health: 'warning' }]);
  for (const health of ['error', 'warning', 'well'])
    assert.deepEqual((await told(`filter=health=${health}&fields=health`)).filter(one => one.health !== health), [], `who is found by ${health} says so`);
});

it('problems follow each generation: a broken document, a name that somebody else claims, and both gone again', async () => {
  await server.write('two.yaml', component('falls', 'owner: 7') + '---' + component('stays'));
  await server.until('it is found', async () => (await ask('problems.severity=error')).includes('falls'));
  const rules = (await server.get(`${FACETS}?facet=problems.rule&filter=metadata.name=falls`)).json.facets['problems.rule'].map(f => f.value);
  assert.ok(rules.length >= 2, `its own mistake beside the reference: ${rules}`);
  await server.write('two.yaml', good);
  await server.write('other.yaml', component('stays'));
  await server.write('all.yaml', `
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./two.yaml, ./other.yaml]}
`);
  await server.until('the second claim alone is left', async () => (await ask('problems.severity=error')).join() === 'stays');
  assert.deepEqual(await ask('problems.rule=name-conflict'), ['stays']);
  await server.write('other.yaml', component('new'));
  await server.until('nobody claims it any more', async () => (await ask('problems.severity=error')).length === 0);
  assert.deepEqual(await ask('problems.rule=dangling-reference'), ['falls', 'new', 'stays']);
});

it('a watch refuses problems, and says what to do', async () => {
  const { status, json } = await server.get('/api/watch?filter=problems.rule=x');
  assert.equal(status, 400);
  assert.match(json.error.message, /^a watch has no problems in its filter/);
});

it('everybody has an etag', async () => {
  assert.deepEqual(await ask('metadata.etag,kind=component'), await ask('kind=component'));
  assert.deepEqual(await post({ 'metadata.etag': { $exists: false } }), []);
});
