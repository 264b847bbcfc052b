// /api/graph: neighbourhood, impact, paths
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const entity = (kind, name, spec, more = '') => `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${more}}\nspec: ${spec}\n`;
const component = (name, spec = '', more = '') => entity('Component', name, `{type: service, lifecycle: production, owner: ${spec.includes('owner') ? '' : 'team-a'}${spec}}`.replace('owner: owner:', 'owner:'), more);
const catalog = {
  'all.yaml': [
    entity('Group', 'team-a', '{type: team, parent: all, children: []}'), entity('Group', 'team-b', '{type: team, children: []}'),
    entity('Group', 'all', '{type: department, profile: {displayName: All of us}, children: []}'),
    entity('User', 'ana', '{memberOf: [team-a]}'), entity('User', 'ben', '{memberOf: []}'),
    entity('System', 'shop', '{owner: team-a}'),
    entity('API', 'pay', '{type: openapi, lifecycle: production, owner: team-a, system: shop, definition: "{}"}'),
    entity('Resource', 'db', '{type: database, owner: team-b}'),
    component('payer', ', providesApis: [pay], dependsOn: [resource:db], system: shop', ', title: "=1+1, \\"quoted\\""'),
    component('web', 'owner: team-b, consumesApis: [pay]'),
    component('mobile', ', dependsOn: [component:web, component:nobody]'),
    component('lonely'),
    component('hen', ', dependsOn: [component:egg], system: shop'),
    component('egg', ', consumesApis: [chick], dependsOn: [component:lonley]'),
    component('typist', 'owner: team-b, dependsOn: [component:lonley]'),
    entity('API', 'chick', '{type: openapi, lifecycle: production, owner: team-a, definition: "{}"}'),
    component('shell', 'owner: team-b, providesApis: [chick], dependsOn: [component:hen, component:shell]'),
  ].join('---\n'),
};
const it = (name, fn) => test(name, { skip: missing }, fn);
let server;
before(async () => { if (!missing) server = await startServer({ catalog }); });
after(() => server?.stop());
const ask = async target => {
  const r = await server.get(`/api/graph/${target}`);
  assert.equal(r.status, 200, r.text);
  return r.json;
};
const refs = list => list.map(e => e.ref.replace(/^.*\//, ''));

it('impact: who breaks, by hop, through an API to its consumers', async () => {
  const json = await ask('resource/default/db/impact');
  assert.equal(json.root.ref, 'resource:default/db');
  assert.equal(json.direction, 'in');
  assert.deepEqual(json.relations, ['providesApi', 'consumesApi', 'dependsOn']);
  assert.deepEqual(json.items.map(e => [e.ref, e.hop, e.via, e.relation]), [
    ['component:default/payer', 1, 'resource:default/db', 'dependsOn'],
    ['api:default/pay', 2, 'component:default/payer', 'apiProvidedBy'],
    ['component:default/web', 3, 'api:default/pay', 'consumesApi'],
    ['component:default/mobile', 4, 'component:default/web', 'dependsOn'],
  ]);
  assert.deepEqual(json.hops.map(h => h.entities), [1, 1, 1, 1]);
  assert.deepEqual(json.kinds, [{ kind: 'component', entities: 3 }, { kind: 'api', entities: 1 }]);
  assert.deepEqual(json.owners, [{ ref: 'group:default/team-a', entities: 3 }, { ref: 'group:default/team-b', entities: 1 }]);
  assert.deepEqual(json.systems, [{ ref: 'system:default/shop', entities: 2 }]);
  assert.equal(json.withoutSystem, 2);
  assert.equal(json.withoutOwner, 0);
  assert.deepEqual(json.omitted, { before: 0, behind: 0, furtherHops: false });
  const web = json.items[2];
  assert.deepEqual([web.kind, web.type, web.lifecycle, web.owner, web.missing], ['Component', 'service', 'production', 'group:default/team-b', false]);
});

it('impact the other way: what it needs, with what nobody has registered', async () => {
  const json = await ask('component/default/mobile/impact?direction=out');
  assert.deepEqual(refs(json.items), ['nobody', 'web', 'pay', 'payer', 'db']);
  assert.deepEqual(json.items[0], { ref: 'component:default/nobody', kind: 'component', missing: true, hop: 1, via: 'component:default/mobile', relation: 'dependencyOf' });
});

it('impact: relations, depth, kind, owner; what is left out is told', async () => {
  assert.deepEqual(refs((await ask('component/default/web/impact?relation=dependencyOf')).items), ['mobile']);
  assert.deepEqual(refs((await ask('resource/default/db/impact?relation=dependsOn,partOf')).items), ['payer', 'shop']);
  const shallow = await ask('resource/default/db/impact?depth=2');
  assert.deepEqual([refs(shallow.items), shallow.omitted.furtherHops], [['payer', 'pay'], true]);
  assert.deepEqual(refs((await ask('resource/default/db/impact?kind=API')).items), ['pay']);
  const own = await ask('resource/default/db/impact?owner=Group:default/team-b');
  assert.deepEqual([refs(own.items), own.totalItems], [['web'], 1]);
  assert.equal((await ask('resource/default/db/impact?owner=group:default/none')).totalItems, 0);
  const page = await ask('resource/default/db/impact?limit=1&offset=2');
  assert.deepEqual([refs(page.items), page.totalItems, page.omitted.before, page.omitted.behind], [['web'], 4, 2, 1]);
  assert.deepEqual((await ask('resource/default/db/impact?limit=0')).items, []);
  assert.deepEqual((await ask('resource/default/db/impact?offset=9')).items, []);
  assert.equal((await ask('component/default/lonely/impact')).totalItems, 0);
});

it('impact as CSV: a list to act on, with nothing that a spreadsheet would run', async () => {
  const r = await server.get('/api/graph/resource/default/db/impact?format=csv');
  assert.match(r.headers['content-type'], /^text\/csv/);
  assert.match(r.headers['content-disposition'], /^attachment; filename="impact\.csv"$/);
  assert.equal(r.headers['callboard-total-items'], '4');
  const lines = r.text.split('\r\n');
  assert.equal(lines[0], 'ref,kind,title,type,lifecycle,owner,system,hop,via,relation,missing');
  assert.equal(lines[1], `component:default/payer,Component,"'=1+1, ""quoted""",service,production,group:default/team-a,system:default/shop,1,resource:default/db,dependsOn,false`);
  assert.equal(lines.length, 6);
});

it('path: the shortest way, its relations as they are said', async () => {
  const { paths } = await ask('path?from=mobile&to=Resource:default/DB');
  assert.equal(paths.length, 1);
  assert.equal(paths[0].length, paths[0].edges.length);
  const out = await ask('path?from=mobile&to=resource:db&relation=dependsOn,consumesApi,apiProvidedBy');
  assert.deepEqual(refs(out.paths[0].nodes), ['mobile', 'web', 'pay', 'payer', 'db']);
  assert.deepEqual(out.paths[0].edges[2], { from: 'component:default/payer', to: 'api:default/pay', type: 'providesApi' });
});

it('path: no way is an answer, so is none at all to go', async () => {
  assert.deepEqual(await ask('path?from=web&to=mobile&direction=out'), { from: 'component:default/web', to: 'component:default/mobile', paths: [], truncated: false });
  assert.equal((await ask('path?from=web&to=mobile&direction=in')).paths[0].length, 1);
  assert.equal((await ask('path?from=web&to=web')).paths[0].length, 0);
  const many = await ask('path?from=web&to=payer&limit=20');
  assert.deepEqual(many.paths.map(p => p.length), many.paths.map(p => p.length).toSorted((x, y) => x - y));
  assert.equal(new Set(many.paths.map(p => refs(p.nodes).join())).size, many.paths.length);
});

it('neighbourhood: kinds, and what each node has besides', async () => {
  const json = await ask('component/default/web?kind=api,component');
  assert.deepEqual(refs(json.nodes).toSorted(), ['mobile', 'pay', 'web']);
  assert.equal(json.omitted.nodesOfOtherKinds, 1);
  assert.equal(json.omitted.edgesToOmitted, 1);
  const more = Object.fromEntries(json.nodes.map(n => [n.ref.split('/')[1], n.more]));
  assert.deepEqual(more, { web: 1, mobile: 2, pay: 3 });
  assert.equal(json.omitted.edgesBeyondDepth, 5);
});

it('cycles: who needs himself in the end, with a way round', async () => {
  const json = await ask('cycles');
  assert.deepEqual([json.totalItems, json.entities, json.relations], [1, 4, ['providesApi', 'consumesApi', 'dependsOn']]);
  const [ring] = json.items;
  assert.deepEqual(ring.members.map(m => m.ref), ['api:default/chick', 'component:default/egg', 'component:default/hen', 'component:default/shell']);
  assert.deepEqual([ring.members[3].owner, ring.members[3].missing], ['group:default/team-b', false]);
  assert.deepEqual(ring.cycle, {
    length: 4,
    nodes: ['api:default/chick', 'component:default/shell', 'component:default/hen', 'component:default/egg'],
    edges: [
      { from: 'component:default/shell', to: 'api:default/chick', type: 'providesApi' },
      { from: 'component:default/shell', to: 'component:default/hen', type: 'dependsOn' },
      { from: 'component:default/hen', to: 'component:default/egg', type: 'dependsOn' },
      { from: 'component:default/egg', to: 'api:default/chick', type: 'consumesApi' },
    ],
  });
  assert.deepEqual(ring.omitted, { members: 0, steps: 0 });
});

it('cycles: relations, kind, owner, pages', async () => {
  const depends = await ask('cycles?relation=dependencyOf');
  assert.deepEqual(depends.items.map(i => i.cycle), [{ length: 1, nodes: ['component:default/shell'], edges: [{ from: 'component:default/shell', to: 'component:default/shell', type: 'dependsOn' }] }]);
  assert.equal((await ask('cycles?kind=API')).totalItems, 1);
  assert.equal((await ask('cycles?relation=dependsOn&kind=api')).totalItems, 0);
  assert.equal((await ask('cycles?owner=Group:default/team-b&kind=component')).totalItems, 1);
  assert.equal((await ask('cycles?owner=group:default/team-b&kind=api')).totalItems, 0);
  assert.equal((await ask('cycles?owner=group:default/none')).totalItems, 0);
  const none = await ask('cycles?limit=0');
  assert.deepEqual([none.totalItems, none.items, none.omitted], [1, [], { before: 0, behind: 1 }]);
  assert.deepEqual((await ask('cycles?offset=7')).omitted, { before: 1, behind: 0 });
});

it('dangling: each missing ref once, who names it, what may have been meant', async () => {
  const json = await ask('dangling');
  assert.deepEqual([json.totalItems, json.references], [2, 3]);
  assert.deepEqual(json.items, [
    { ref: 'component:default/lonley', kind: 'component', references: 2, namedBy: [
      { ref: 'component:default/egg', relation: 'dependsOn' }, { ref: 'component:default/typist', relation: 'dependsOn' },
    ], didYouMean: ['component:default/lonely'], omitted: { namedBy: 0 } },
    { ref: 'component:default/nobody', kind: 'component', references: 1, namedBy: [{ ref: 'component:default/mobile', relation: 'dependsOn' }],
      didYouMean: [], omitted: { namedBy: 0 } },
  ]);
});

it('dangling: relation, kind, owner, pages', async () => {
  assert.equal((await ask('dangling?relation=ownedBy')).totalItems, 0);
  assert.equal((await ask('dangling?relation=dependencyOf&kind=Component')).totalItems, 2);
  assert.equal((await ask('dangling?kind=api')).totalItems, 0);
  const own = await ask('dangling?owner=group:default/team-b');
  assert.deepEqual(own.items.map(i => [i.ref, i.references]), [['component:default/lonley', 1]]);
  const page = await ask('dangling?limit=1&offset=1');
  assert.deepEqual([page.totalItems, page.items.length, page.omitted], [2, 1, { before: 1, behind: 0 }]);
});

for (const [target, status, name, message] of [
  ['dangling?limit=501', 400, 'InputError', 'request/query/limit must be <= 500'],
  ['cycles?limit=101', 400, 'InputError', 'request/query/limit must be <= 100'],
  ['cycles?relation=likes', 400, 'InputError', /there is no relation/],
  ['resource/default/db/impact?depth=65', 400, 'InputError', 'request/query/depth must be <= 64'],
  ['resource/default/db/impact?limit=20001', 400, 'InputError', 'request/query/limit must be <= 20000'],
  ['resource/default/db/impact?direction=both', 400, 'InputError', /allowed values: in, out/],
  ['resource/default/db/impact?format=xml', 400, 'InputError', /allowed values: json, csv/],
  ['resource/default/db/impact?relation=%00', 400, 'InputError', /there is no relation/],
  ['resource/default/none/impact', 404, 'NotFoundError', 'No entity with ref resource:default/none in the catalog'],
  ['component/default/nobody/impact', 404, 'NotFoundError', 'No entity with ref component:default/nobody in the catalog'],
  ['path?from=web', 400, 'InputError', /to/],
  ['path?from=web&to=none', 404, 'NotFoundError', 'No entity with ref component:default/none in the catalog'],
  [`path?from=web&to=${'a'.repeat(5000)}`, 400, 'InputError', /^request\/query\/to: /],
  ['path?from=:x&to=web', 400, 'InputError', /^request\/query\/from: /],
  ['path?from=a:b:c/d/e&to=web', 404, 'NotFoundError', 'No entity with ref a:b:c/d/e in the catalog'],
  ['path?from=%ff%fe&to=web', 404, 'NotFoundError', /^No entity with ref component:default\//],
  ['path?from=web&to=db&limit=21', 400, 'InputError', 'request/query/limit must be <= 20'],
  ['tree', 400, 'InputError', /of/],
  ['tree?of=users', 400, 'InputError', /allowed values: groups, systems/],
  ['tree?of=groups&limit=20001', 400, 'InputError', 'request/query/limit must be <= 20000'],
  ['map?limit=20001', 400, 'InputError', 'request/query/limit must be <= 20000'],
  ['map?kind=component,system', 400, 'InputError', /^request\/query\/kind: domains and systems/],
  ['map?root=system:none', 404, 'NotFoundError', 'system:default/none is no domain or system of the map'],
  ['map?root=component:web', 404, 'NotFoundError', 'component:default/web is no domain or system of the map'],
])
  it(`${target.slice(0, 60)} is refused`, async () => assertError(await server.get(`/api/graph/${target}`), status, name, message));

it('map: systems with what is in them, and the relations between them', async () => {
  const json = await ask('map');
  assert.equal(json.level, 'entity');
  assert.deepEqual(json.boxes.map(b => [b.ref, b.kind, b.parent, b.entities, b.health]), [[null, '', null, 8, 'ok'], ['system:default/shop', 'System', null, 3, 'ok']]);
  const of = i => json.entities.filter(e => e.box === i).map(e => e.ref.replace(/:default/, ''));
  assert.deepEqual(of(1), ['component/hen', 'component/payer', 'api/pay']);
  assert.deepEqual(of(0), ['component/egg', 'component/lonely', 'component/mobile', 'component/shell', 'component/typist', 'component/web', 'api/chick', 'resource/db']);
  assert.deepEqual(json.roads, [{ from: 0, to: 1, relations: 2 }, { from: 1, to: 0, relations: 2 }]);
  assert.equal(json.entities.find(e => e.ref === 'component:default/mobile').health, 'warning', 'it names what nobody has registered');
  for (const e of json.entities) {
    const b = json.boxes[e.box];
    assert.ok(e.x >= b.x && e.y >= b.y && e.x + json.tile <= b.x + b.width && e.y + json.tile <= b.y + b.height, e.ref);
  }
});

it('map: a part of it lies where it lies in the whole; of too many tiles none is told', async () => {
  const [all, part] = [await ask('map'), await ask('map?root=system:shop')];
  const box = all.boxes.find(b => b.ref === 'system:default/shop');
  assert.deepEqual(part.boxes, [box]);
  assert.deepEqual([part.x, part.y, part.width, part.height, part.totalItems], [box.x, box.y, box.width, box.height, 3]);
  assert.deepEqual(refs(part.entities), ['hen', 'payer', 'pay']);
  const few = await ask('map?limit=10');
  assert.deepEqual([few.level, few.entities, few.omitted, few.totalItems, few.boxes.length], ['system', [], { entities: 11 }, 11, 2]);
  assert.deepEqual(few.roads, all.roads);
  assert.equal((await ask('map?limit=11')).level, 'entity');
  assert.deepEqual(refs((await ask('map?kind=api&root=shop')).entities), ['pay']);
});

it('tree: groups with their people and what they own', async () => {
  const json = await ask('tree?of=groups');
  assert.deepEqual([json.totalItems, json.people, json.peopleAlone, json.alone, json.omitted], [3, 2, 1, {}, { behind: 0 }]);
  assert.deepEqual(json.items, [
    { ref: 'group:default/all', kind: 'Group', title: 'All of us', type: 'department', missing: false, parents: [], people: 0, peopleBelow: 1,
      has: {}, below: { component: 5, api: 2, system: 1 }, health: 'ok', healthBelow: 'warning' },
    { ref: 'group:default/team-a', kind: 'Group', type: 'team', missing: false, parents: ['group:default/all'], people: 1, peopleBelow: 1,
      has: { component: 5, api: 2, system: 1 }, below: { component: 5, api: 2, system: 1 }, health: 'warning', healthBelow: 'warning' },
    { ref: 'group:default/team-b', kind: 'Group', type: 'team', missing: false, parents: [], people: 0, peopleBelow: 0,
      has: { component: 3, resource: 1 }, below: { component: 3, resource: 1 }, health: 'warning', healthBelow: 'warning' },
  ]);
});

it('tree: systems with what is in them, and what is in none', async () => {
  const json = await ask('tree?of=systems');
  assert.deepEqual([json.totalItems, json.people, json.alone], [1, undefined, { component: 6, api: 1, resource: 1 }]);
  assert.deepEqual(json.items.map(i => [i.ref, i.owner, i.has, i.people]), [['system:default/shop', 'group:default/team-a', { component: 2, api: 1 }, undefined]]);
  const none = await ask('tree?of=systems&limit=0');
  assert.deepEqual([none.totalItems, none.items, none.omitted], [1, [], { behind: 1 }]);
});

it('the same catalog is answered with 304', async () => {
  for (const target of ['resource/default/db/impact', 'path?from=web&to=payer', 'cycles', 'dangling', 'tree?of=groups']) {
    const { etag } = (await server.get(`/api/graph/${target}`)).headers;
    assert.ok(etag);
    assert.equal((await server.get(`/api/graph/${target}`, { headers: { 'if-none-match': etag } })).status, 304);
  }
});
