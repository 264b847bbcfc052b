// What the caller and the caller's groups own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const component = (name, owner, more = '') => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ${name}, description: All of ${name}}
spec: {type: service, lifecycle: production, owner: ${owner}${more}}
`;
const catalog = {
  'all.yaml': [
    ...Array.from({ length: 60 }, (_, i) => component(`c${String(i).padStart(2, '0')}`, 'team-a')),
    component('zz-dangling', 'team-a', ', dependsOn: [component:nobody]'),
    component('mine-alone', 'user:jane'),
    component('others', 'team-b'),
    'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: pay}\nspec: {type: openapi, lifecycle: production, owner: team-a, definition: "{}"}\n',
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: [], profile: {displayName: The A Team}}\n',
    'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: jane}\nspec: {memberOf: [team-a, team-gone]}\n',
    'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: joe}\nspec: {memberOf: []}\n',
  ].join('---\n'),
};
const headers = { 'x-forwarded-user': 'jane' };
let server;
before(async () => {
  if (!missing) server = await startServer({ catalog, config: 'auth: {trusted_proxies: [127.0.0.0/8]}', headers });
});
after(() => server?.stop());
const mine = async (who, query = '') => (await server.get(`/api/mine${query}`, { headers: { 'x-forwarded-user': who } })).json;

it('all that a person and the groups of the person own is counted, and some of each kind is told, the worst first', async () => {
  const got = await mine('jane');
  assert.deepEqual(got.user, { ref: 'user:default/jane', known: true });
  assert.deepEqual(got.groups, [{ ref: 'group:default/team-a', title: 'The A Team' }, { ref: 'group:default/team-gone' }]);
  assert.deepEqual([got.totalItems, got.problemItems], [63, 1]);
  assert.deepEqual(got.kinds.map(({ kind, totalItems, problemItems, items }) => [kind, totalItems, problemItems, items.length]), [
    ['Component', 62, 1, 8],
    ['API', 1, 0, 1],
  ]);
  assert.deepEqual(got.kinds[0].items.map(({ entity }) => entity.metadata.name), ['zz-dangling', 'c00', 'c01', 'c02', 'c03', 'c04', 'c05', 'c06']);
  assert.deepEqual(got.kinds[0].items[0], {
    entity: { kind: 'Component', metadata: { name: 'zz-dangling', namespace: 'default', description: 'All of zz-dangling' }, spec: { type: 'service', lifecycle: 'production' } },
    severity: 'warning',
    rules: ['dangling-reference'],
  });
  assert.equal(got.kinds[0].items[1].severity, undefined);
});

it('who is in no group owns by name alone, and who is not in the catalog is not known', async () => {
  assert.deepEqual(await mine('joe'), { user: { ref: 'user:default/joe', known: true }, groups: [], totalItems: 0, problemItems: 0, kinds: [], refs: [] });
  assert.deepEqual(await mine('stranger'), { user: { ref: 'user:default/stranger', known: false }, groups: [], totalItems: 0, problemItems: 0, kinds: [], refs: [] });
});

it('the limit is of each kind, and holds at its edge', async () => {
  assert.equal((await mine('jane', '?limit=50')).kinds[0].items.length, 50);
  assert.equal((await mine('jane', '?limit=1')).kinds[0].items[0].entity.metadata.name, 'zz-dangling');
  for (const limit of ['51', '0']) assertError(await server.get(`/api/mine?limit=${limit}`, { headers }), 400, 'InputError', /limit/);
});

it('others are told of in the order asked, null where nothing is, a hundred at most', async () => {
  const refs = ['Component:default/ZZ-dangling', 'component:default/nobody', 'component:default/c00', 'component:default/c00'];
  const told = (await mine('joe', `?${refs.map((ref) => `ref=${ref}`).join('&')}`)).refs;
  assert.deepEqual(told.map(({ ref, entity, severity, rules }) => [ref, entity?.metadata.name, severity, rules]), [
    [refs[0], 'zz-dangling', 'warning', ['dangling-reference']],
    [refs[1], undefined, undefined, undefined],
    [refs[2], 'c00', undefined, undefined],
    [refs[3], 'c00', undefined, undefined],
  ]);
  assert.equal(told[1].entity, null);
  const many = (n) => `?${Array.from({ length: n }, (_, i) => `ref=a:b/${i}`).join('&')}`;
  assert.equal((await mine('joe', many(100))).refs.length, 100);
  assertError(await server.get(`/api/mine${many(101)}`, { headers }), 400, 'InputError', 'request/query/ref must NOT have more than 100 items');
});

it("it is nobody else's another time", async () => {
  const answer = await server.get('/api/mine', { headers });
  assert.equal(answer.headers['cache-control'], 'no-store');
});

it('the session says as whose own things are found, and how many there are', async () => {
  const of = async (user) => {
    const { ownershipEntityRefs, ownedItems } = (await server.get('/api/session', { headers: { 'x-forwarded-user': user } })).json;
    return [ownershipEntityRefs, ownedItems];
  };
  assert.deepEqual(await of('jane'), [['user:default/jane', 'group:default/team-a', 'group:default/team-gone'], 63]);
  assert.deepEqual(await of('joe'), [['user:default/joe'], 0]);
  assert.deepEqual(await of('nobody'), [['user:default/nobody'], 0]);
});
