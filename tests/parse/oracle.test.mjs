// The recorded catalog: what a real Backstage served of these files, and what we make of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { norm, setCatalogDir } from '../oracle/norm.mjs';
import { Probe } from './probe.mjs';

const probe = new Probe();
after(() => probe.close());

const dir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../oracle/catalog');
const answers = JSON.parse(fs.readFileSync(path.join(dir, '../answers.json')));
const inverse = { ownedBy: 'ownerOf', partOf: 'hasPart', providesApi: 'apiProvidedBy', consumesApi: 'apiConsumedBy', dependsOn: 'dependencyOf', memberOf: 'hasMember', childOf: 'parentOf' };
for (const [a, b] of Object.entries(inverse)) inverse[b] = a;

// Every whole entity that any answer has, by ref. Those that requests change are left out.
function served() {
  const out = new Map();
  const visit = v => {
    if (!v || typeof v !== 'object') return;
    if (v.apiVersion && v.kind && v.metadata?.uid && v.relations && v.spec) out.set(`${v.kind}:${v.metadata.namespace}/${v.metadata.name}`.toLowerCase(), v);
    Object.values(v).forEach(visit);
  };
  Object.values(answers).forEach(a => visit(a.body));
  return out;
}

async function read() {
  const files = ['all', 'org', 'commerce', 'platform', 'apis', 'odd', 'template', 'invalid', 'nested/location', 'nested/leaf', 'nested/leaf-globbed'];
  const entities = new Map(), problems = [];
  for (const f of files) {
    const file = path.join(dir, f + '.yaml');
    const got = await probe.read(fs.readFileSync(file), { path: f + '.yaml', location: `file:${file}`, origin: `file:${dir}/all.yaml`, type: 'file' });
    for (const e of got.entities) entities.set(e.id, e);
    problems.push(...got.problems);
  }
  return { entities, problems };
}

test('each entity that Backstage serves is the same from us, relations included', async () => {
  setCatalogDir(dir);
  const { entities } = await read();
  const relations = new Map([...entities.keys()].map(id => [id, new Set()]));
  for (const e of entities.values())
    for (const [type, target] of e.edges) {
      relations.get(e.id).add(`${type} ${target}`);
      relations.get(target)?.add(`${inverse[type]} ${e.id}`);
    }
  let n = 0;
  for (const [id, theirs] of served()) {
    if (id === 'location:default/generated-$root') continue; // made for the configuration, not read from a file
    const ours = entities.get(id);
    assert.ok(ours, `${id} is not there`);
    const body = norm({ ...ours.body, relations: [] });
    assert.deepEqual(body, norm({ ...theirs, relations: [] }), id);
    assert.deepEqual([...relations.get(id)].sort(), theirs.relations.map(r => `${r.type} ${r.targetRef}`).sort(), `relations of ${id}`);
    n++;
  }
  assert.ok(n >= 60, `only ${n} entities were compared`);
});

test('what Backstage refuses is refused, each with its place', async () => {
  const { problems } = await read();
  assert.deepEqual(
    problems.map(p => [p.line, p.rule, p.entity]),
    [
      [6, 'field-missing', 'component:default/no-owner'],
      [14, 'field-format', 'component:default/bad_tag'],
      [29, 'placeholder-read', 'api:default/text-placeholder'],
      [34, 'field-format', 'component:default/name with spaces!'],
      [48, 'ref-form', 'component:default/short-depends-on'],
      [50, 'kind-unknown', 'component:default/foreign-version'],
    ],
  );
});

test('validate-entity has the words that were recorded', async () => {
  const { requests } = JSON.parse(fs.readFileSync(path.join(dir, '../queries.json')));
  let n = 0;
  for (const q of requests.filter(r => r.path.endsWith('/validate-entity') && r.body?.location?.startsWith('url:'))) {
    const [theirs] = answers[q.id].body?.errors ?? [];
    const { problems } = await probe.entity(q.body.entity, { location: q.body.location, origin: q.body.location });
    assert.equal(problems[0]?.backstage, theirs && `${theirs.name}: ${theirs.message}`, q.id);
    n++;
  }
  assert.ok(n >= 5);
});
