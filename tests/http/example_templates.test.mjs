// The templates of the example company, run the way a newcomer runs them: without an account anywhere.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { missing, request, startExample, until } from '../support/server.mjs';

const SETTLED_MS = 60000, RUN_MS = 60000;
let example;
before(async () => { if (!missing) example = await startExample(); });
after(() => example?.stop());

const ask = (target, body) => request(example.port, target, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const git = (...args) => execFileSync('git', args, { encoding: 'utf8', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });

async function run(template, values) {
  await until(`the template ${template}`, async () => (await ask(`/api/catalog/entities/by-name/template/default/${template}`)).status === 200, SETTLED_MS);
  const made = await ask('/api/scaffolder/v2/tasks', { templateRef: `template:default/${template}`, values });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  let task;
  await until('the end of the run', async () => {
    task = (await ask(`/api/scaffolder/v2/tasks/${made.json.id}`)).json;
    return ['completed', 'failed', 'cancelled'].includes(task.status);
  }, RUN_MS);
  const events = (await ask(`/api/scaffolder/v2/tasks/${made.json.id}/events`)).json;
  const end = events.find(e => e.type === 'completion');
  assert.equal(task.status, 'completed', events.map(e => e.body.message).join('\n'));
  return { output: end.body.output, ended: Date.parse(end.createdAt), events };
}

test('a new service is published on this machine, and in the catalog when its last step has ended', { skip: missing }, async () => {
  const { output } = await run('go-service', { name: 'gift-cards', description: 'Sells and redeems gift cards', owner: 'group:default/team-payments', port: 9090, database: true, tier: 'tier-2', tags: ['gifts'] });
  const entity = await ask('/api/catalog/entities/by-name/component/default/gift-cards');
  assert.equal(entity.status, 200);
  assert.equal(entity.json.spec.owner, 'group:default/team-payments');
  assert.deepEqual(entity.json.metadata.tags, ['go', 'tier-2', 'gifts']);
  assert.equal(output.links.find(l => l.icon === 'catalog').entityRef, 'component:default/gift-cards');
  const repository = output.links.find(l => l.title === 'Repository').url.replace('file://', '');
  const files = git('-C', repository, 'ls-tree', '-r', '--name-only', 'main').trim().split('\n');
  for (const f of ['.github/workflows/ci.yaml', 'catalog-info.yaml', 'cmd/gift-cards/main.go', 'go.mod']) assert.ok(files.includes(f), f);
  assert.match(git('-C', repository, 'show', 'main:.github/workflows/ci.yaml'), /\$\{\{ github\.sha \}\}/);
  assert.match(git('-C', repository, 'show', 'main:cmd/gift-cards/main.go'), /DATABASE_URL/);
});

test('a service without tags has those of every service', { skip: missing }, async () => {
  await run('go-service', { name: 'plain-cards', description: 'Nothing more', owner: 'group:default/team-payments', port: 9091, tier: 'tier-3' });
  assert.deepEqual((await ask('/api/catalog/entities/by-name/component/default/plain-cards')).json.metadata.tags, ['go', 'tier-3']);
});

test('a change to a repository that exists is a branch with one commit more', { skip: missing }, async () => {
  const { output } = await run('runbook', { component: 'component:default/payment-service', alerts: ['Payments fail'], channel: '#payments' });
  const repository = output.text[0].content.match(/git -C (\S+)/)[1];
  assert.match(git('-C', repository, 'show', 'runbook-payment-service:docs/runbook.md'), /# Runbook of payment-service\n\nOwner: .*#payments\.\n\n## Payments fail\n/);
  assert.equal(git('-C', repository, 'rev-list', '--count', 'main..runbook-payment-service').trim(), '1');
  assert.equal(git('-C', repository, 'rev-parse', 'runbook-payment-service^'), git('-C', repository, 'rev-parse', 'main'));
});
