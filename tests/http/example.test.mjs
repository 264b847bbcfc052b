// The example company, started the way ./dev run starts it: what docs/examples/expected.json says is what is served.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { missing, request, root, startExample, until } from '../support/server.mjs';

const expected = JSON.parse(fs.readFileSync(path.join(root, 'docs/examples/expected.json'), 'utf8'));
const SETTLED_MS = 60000;

let example;
const output = () => fs.readFileSync(example.log, 'utf8');
const get = target => request(example.port, target);
async function ask(target) {
  const r = await get(target);
  assert.equal(r.status, 200, `${target}: ${r.status}`);
  return r.json;
}
const problems = async () => (await ask('/api/problems')).items;

before(async () => { if (!missing) example = await startExample(); });
after(() => example?.stop());

test('it says six things to try once it answers', { skip: missing }, async () => {
  await until('the six things', () => output().includes('Six things to try'));
  for (const words of [`the portal:              ${example.url}`, 'by-name/component/default/payment-service', 'git commit', 'callboard query', 'callboard check', `${example.url}/create/templates/default/go-service`])
    assert.ok(output().includes(words), words);
});

test('there are as many of each kind as the company has', { skip: missing }, async () => {
  await until('all kinds', async () => {
    const { items } = await ask('/api/catalog/entities/by-query?limit=500&fields=kind,metadata.name');
    const kinds = {};
    for (const e of items) if (!e.metadata.name.startsWith('generated-')) kinds[e.kind] = (kinds[e.kind] ?? 0) + 1;
    assert.deepEqual(kinds, expected.kinds);
    return true;
  }, SETTLED_MS);
});

test('the payment service is as its team describes it', { skip: missing }, async () => {
  const e = await ask('/api/catalog/entities/by-name/component/default/payment-service');
  assert.equal(e.metadata.description, 'Processes payments and refunds');
  assert.deepEqual(e.metadata.tags, ['go', 'grpc', 'production']);
  assert.equal(e.metadata.annotations['pagerduty.com/service-id'], 'P123ABC');
  const has = (type, targetRef) => assert.ok(e.relations.some(r => r.type === type && r.targetRef === targetRef), `${type} ${targetRef}`);
  has('ownedBy', 'group:default/team-payments');
  has('partOf', 'system:default/checkout');
  has('dependsOn', 'resource:default/production-db');
  has('dependsOn', 'component:default/notification-service');
  has('providesApi', 'api:default/payment-api');
  has('hasPart', 'component:default/payment-reconciler');
  has('dependencyOf', 'component:default/checkout-service');
});

test('an API has the text that its descriptor names', { skip: missing }, async () => {
  const e = await ask('/api/catalog/entities/by-name/api/default/payment-api');
  assert.equal(e.spec.definition, fs.readFileSync(path.join(root, 'docs/examples/repos/payment-service/api/openapi.yaml'), 'utf8'));
});

test('of two that claim a name the first source keeps it', { skip: missing }, async () => {
  const e = await ask('/api/catalog/entities/by-name/component/default/invoice-renderer');
  assert.equal(e.metadata.title, 'Invoice Renderer');
});

test('what is broken is not served', { skip: missing }, async () => {
  for (const ref of expected.absent) {
    const [, kind, space, name] = ref.match(/^(.+):(.+)\/(.+)$/);
    assert.equal((await get(`/api/catalog/entities/by-name/${kind}/${space}/${name}`)).status, 404, ref);
  }
});

for (const p of expected.problems) {
  test(`a problem says it: ${p.sense}, ${p.source}/${p.file}${p.names ? `, ${p.names}` : ''}`, { skip: missing }, async () => {
    const found = (await problems()).filter(x => x.path === p.file && `${x.repository} ${x.source}`.includes(`/${p.source}`));
    const it = found.find(x => (!p.entity || x.entityRef === p.entity) && (!p.names || x.message.includes(p.names)));
    assert.ok(it, JSON.stringify(found, null, 1));
    if (p.sense !== 'reference to nothing') assert.ok(it.line > 0, 'it has a line');
    assert.ok(it.remedy, 'it says what would be right');
  });
}

test('there are no other problems', { skip: missing }, async () => {
  const all = await problems();
  assert.equal(all.length, expected.problems.length, JSON.stringify(all.map(x => [x.source, x.path, x.rule, x.message]), null, 1));
});

test('a committed edit is served within a second', { skip: missing }, async () => {
  const repo = path.join(example.repos, 'payment-service');
  const git = (...args) => execFileSync('git', ['-C', repo, '-c', 'user.name=A', '-c', 'user.email=a@mycompany.example', ...args]);
  const took = [];
  for (let i = 0; i < 3; i++) {
    const words = `Takes money, edit ${i}`;
    const file = path.join(repo, 'catalog-info.yaml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/description: .*/, `description: ${words}`));
    git('commit', '-qam', words);
    const at = Date.now();
    await until(words, async () => (await ask('/api/catalog/entities/by-name/component/default/payment-service')).metadata.description === words);
    took.push(Date.now() - at);
  }
  assert.ok(took.sort((a, b) => a - b)[1] < 1000, `${took} ms`); // the middle one of three
});

test('a mended file is served, and its problem goes', { skip: missing }, async () => {
  const repo = path.join(example.repos, 'data-platform');
  const file = path.join(repo, 'experiments/catalog-info.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('wants next\n', 'wants next"\n'));
  execFileSync('git', ['-C', repo, '-c', 'user.name=A', '-c', 'user.email=a@mycompany.example', 'commit', '-qam', 'End the quote']);
  await until('the mended one', async () => (await get('/api/catalog/entities/by-name/component/default/recommendation-service')).status === 200);
  assert.ok(!(await problems()).some(x => x.path === 'experiments/catalog-info.yaml'));
});

test('making the repositories again keeps what I committed', { skip: missing }, () => {
  const repo = path.join(example.repos, 'payment-service');
  const head = () => execFileSync('git', ['-C', repo, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  const mine = head();
  execFileSync(path.join(root, 'docs/examples/make-repos.sh'), [path.dirname(example.repos)]);
  assert.equal(head(), mine);
});
