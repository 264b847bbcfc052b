// The actions on a real server: what a run makes is there when it ends, and what a failed one left behind goes again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const V2 = '/api/scaffolder/v2';
const steps = more => JSON.stringify([
  { id: 'fetch', action: 'fetch:template', input: { url: './skeleton', values: { name: '${{ parameters.name }}' } } },
  { id: 'publish', action: 'publish:file', input: { repoUrl: 'acme/${{ parameters.name }}' } },
  { id: 'register', action: 'catalog:register', input: { repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}', catalogInfoPath: '/catalog-info.yaml' } },
  ...more,
]);
const template = (name, more = []) => `---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: ${name}}
spec:
  type: service
  owner: team-a
  parameters: {properties: {name: {type: string}}}
  steps: ${steps(more)}
  output: {ref: "\${{ steps.register.output.entityRef }}", url: "\${{ steps.register.output.catalogInfoUrl }}", repository: "\${{ steps.publish.output.remoteUrl }}"}
`;
let server;
before(async () => {
  if (missing) return;
  server = await startServer({
    catalog: {
      'all.yaml': template('service') + template('broken', [{ id: 'gone', action: 'fs:rename', input: { files: [{ from: 'nothing', to: 'x' }] } }])
        + template('again', [{ id: 'again', action: 'catalog:register', input: { catalogInfoUrl: '${{ steps.register.output.catalogInfoUrl }}' } }])
        + template('crooked').replaceAll('./skeleton', './crooked') + template('crowded').replaceAll('./skeleton', './crowded')
        + template('lax').replaceAll('./skeleton', './crooked').replace('"catalogInfoPath"', '"optional":true,"catalogInfoPath"')
        + '---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: taken}\nspec: {type: service, lifecycle: production, owner: team-a}\n'
        + template('looks', [{ id: 'look', action: 'http:backstage:request', input: { method: 'GET', path: '/catalog/entities/by-name/component/default/${{ parameters.name }}' } }, { id: 'say', action: 'debug:log', input: { message: 'it is a ${{ steps.look.output.body.spec.type }}' } }]),
      'skeleton/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: "${{ values.name }}"}\nspec: {type: service, lifecycle: production, owner: team-a}\n',
      'crooked/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: "${{ values.name }}"}\nspec: {type: service, lifecycle: production}\n',
      'crowded/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: taken}\nspec: {type: service, lifecycle: production, owner: team-a}\n',
    },
    config: `scaffolder: {secrets_key: ${'0123456789abcdef'.repeat(4)}}`,
  });
  await server.until('the actions', async () => (await server.get(`${V2}/actions`)).json.some(a => a.id === 'publish:file'));
});
after(async () => { if (server) await server.stop(); });

async function run(name, values) {
  const made = await server.post(`${V2}/tasks`, { templateRef: `template:default/${name}`, values });
  assert.equal(made.status, 201, made.text);
  const { id } = made.json;
  await server.until('the end of the run', async () => ['completed', 'failed'].includes((await server.get(`${V2}/tasks/${id}`)).json.status), 60_000);
  const events = (await server.get(`${V2}/tasks/${id}/events`)).json;
  return { id, status: (await server.get(`${V2}/tasks/${id}`)).json.status, output: events.find(e => e.type === 'completion').body.output, log: events.map(e => e.body.message).join('\n') };
}
const component = async name => (await server.get(`/api/catalog/entities/by-name/component/default/${name}`)).status;
const locations = async () => (await server.get('/api/catalog/locations')).json.map(l => l.data.target);

it('a run ends with its entity in the catalog', async () => {
  const { status, output, log } = await run('service', { name: 'shop' });
  assert.equal(status, 'completed', log);
  assert.equal(output.ref, 'component:default/shop');
  assert.equal(await component('shop'), 200);
  assert.ok((await locations()).includes(output.url));
});

it('a step may ask callboard for what it has just made', async () => {
  const { status, log } = await run('looks', { name: 'seen' });
  assert.equal(status, 'completed', log);
  assert.match(log, /it is a service/);
});

// Far less than the half minute for which one waits that says nothing.
const AT_ONCE_MS = 15_000;

it('a broken descriptor fails the step as soon as it is read, in the words of its problem', async () => {
  const before = Date.now();
  const { status, log } = await run('crooked', { name: 'bent' });
  assert.equal(status, 'failed', log);
  assert.match(log, /is registered, but nothing came of it: catalog-info\.yaml:\d+ of .*owner/);
  assert.ok(Date.now() - before < AT_ONCE_MS, `it took ${Date.now() - before} ms`);
});

it('a name that another file holds fails it, too', async () => {
  const { status, log } = await run('crowded', { name: 'second' });
  assert.equal(status, 'failed', log);
  assert.match(log, /nothing came of it: component:default\/taken .*is held by another file/);
});

it('one that need not come is warned of, and the run goes on', async () => {
  const { status, log } = await run('lax', { name: 'loose' });
  assert.equal(status, 'completed', log);
  assert.match(log, /Nothing came of .*owner/);
});

it('a descriptor that is registered already is a conflict', async () => {
  const { status, log } = await run('again', { name: 'twice' });
  assert.equal(status, 'failed');
  assert.match(log, /already exists/);
});

it('the registration and the repository of a failed run go again, and the entity with them', async () => {
  const { id, status, log } = await run('broken', { name: 'half' });
  assert.equal(status, 'failed');
  assert.match(log, /nothing: there is no such file or folder in the workspace/);
  assert.equal(await component('half'), 200);
  const left = (await server.get(`/api/tasks/${id}`)).json.leftBehind;
  assert.deepEqual(left.map(l => [l.step, l.canUndo]).sort(), [['publish', true], ['register', true]]);
  const repository = left.find(l => l.step === 'publish').output.remoteUrl.replace('file://', '');
  assert.ok(fs.existsSync(repository));
  const undone = await server.post(`/api/tasks/${id}/undo`, {});
  assert.deepEqual(undone.json.leftBehind.map(l => [l.step, Boolean(l.undoneAt), l.error]).sort(), [['publish', true, undefined], ['register', true, undefined]]);
  assert.ok(!fs.existsSync(repository));
  assert.ok(!(await locations()).some(l => l.includes('half')));
  await server.until('the entity is gone', async () => await component('half') === 404);
});
