// What a template asks for, which actions there are, and tasks as the API takes and tells them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const V2 = '/api/scaffolder/v2';
const KEY = '0123456789abcdef'.repeat(4);
const catalog = {
  'all.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: service, title: A service, description: Makes one}
spec:
  type: service
  owner: team-a
  presentation: {buttonLabels: {createButtonText: Go}}
  formDecorators: [{id: token}]
  secrets: {schema: {type: object, required: [token], properties: {token: {type: string, minLength: 4}}}}
  parameters:
    - title: First
      description: About it
      required: [name]
      properties:
        name: {type: string, maxLength: 5, ui:autofocus: true}
        list: {type: array, items: {type: object, properties: {"odd key": {type: integer}}}}
    - properties: {more: {type: integer}}
  steps:
    - {action: 'debug:log', input: {message: hi}}
    - {id: second, name: The second, action: 'debug:log'}
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: plain, namespace: ops}
spec:
  type: task
  parameters: {title: One page, properties: {x: {type: string}}}
  EXPERIMENTAL_recovery: {EXPERIMENTAL_strategy: startOver}
  steps: [{action: 'debug:log'}]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: guest}
spec: {memberOf: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: x}
spec: {type: service, lifecycle: production, owner: y}
`,
};

let server;
before(async () => {
  if (missing) return;
  server = await startServer({ catalog, config: `scaffolder: {secrets_key: ${KEY}, concurrent_tasks: 0}` });
});
after(() => server?.stop());
const create = (templateRef, values, secrets) => server.post(`${V2}/tasks`, { templateRef, values, ...(secrets && { secrets }) });
const good = () => create('service', { name: 'abc' }, { token: 'a-secret' });

it('a form has its pages, each with a title, and what else the template says to the portal', async () => {
  const { status, json } = await server.get(`${V2}/templates/default/template/service/parameter-schema`);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['title', 'presentation', 'description', 'steps', 'formDecorators', 'EXPERIMENTAL_formDecorators']);
  assert.equal(json.title, 'A service');
  assert.deepEqual(json.steps.map(s => [s.title, s.description]), [['First', 'About it'], ['Please enter the following information', undefined]]);
  assert.equal(json.steps[0].schema.properties.name['ui:autofocus'], true);
});

it('a template with one page, in capitals and another namespace', async () => {
  const { json } = await server.get(`${V2}/templates/OPS/Template/Plain/parameter-schema`);
  assert.deepEqual(json, { title: 'plain', steps: [{ title: 'One page', schema: { title: 'One page', properties: { x: { type: 'string' } } } }] });
});

it('what is no template has no form', async () => {
  assertError(await server.get(`${V2}/templates/default/template/nope/parameter-schema`), 404, 'NotFoundError', 'Template template:default/nope not found', { url: '/v2/templates/default/template/nope/parameter-schema' });
  assertError(await server.get(`${V2}/templates/default/component/x/parameter-schema`), 400, 'InputError', /Only templates can be run: the kind of this entity is Component/);
});

it('every page is checked against all values, and the first that fails is told in npm\'s words', async () => {
  const { status, json } = await create('service', { name: 'toolong', list: [{ 'odd key': 'x' }], more: 'x' }, { token: 'abcd' });
  assert.equal(status, 400);
  assert.deepEqual(json.errors.map(e => [e.path, e.property, e.message, e.name, e.argument, e.stack]), [
    [['name'], 'instance.name', 'does not meet maximum length of 5', 'maxLength', 5, 'instance.name does not meet maximum length of 5'],
    [['list', 0, 'odd key'], 'instance.list[0]["odd key"]', 'is not of a type(s) integer', 'type', 'integer', 'instance.list[0]["odd key"] is not of a type(s) integer'],
  ]);
  assert.equal((await create('service', { name: 'ok', more: 'x' }, { token: 'abcd' })).json.errors[0].property, 'instance.more');
});

it('secrets are checked as well, and never told', async () => {
  assert.deepEqual((await create('service', { name: 'ok' })).json.errors.map(e => [e.property, e.message, e.instance]), [['secrets', 'requires property "token"', {}]]);
  const { status, text } = await create('service', { name: 'ok' }, { token: 'xyz' });
  assert.equal(status, 400);
  assert.match(text, /secrets\.token/);
  assert.doesNotMatch(text, /xyz/);
});

it('a body that makes no sense is told as such', async () => {
  for (const [body, message] of [
    [{}, /required property 'templateRef'/],
    [{ templateRef: 'service' }, /required property 'values'/],
    [{ templateRef: 'service', values: [] }, /values must be object/],
    [{ templateRef: 'service', values: {}, secrets: { a: 1 } }, /secrets\/a must be string/],
    [{ templateRef: ':::', values: {} }, /./],
    [{ templateRef: 'component:x', values: {} }, /Only templates can be run/],
  ])
    assertError(await server.post(`${V2}/tasks`, body), 400, 'InputError', message, { method: 'POST', url: '/v2/tasks' });
  assertError(await create('nope', {}), 404, 'NotFoundError', 'Template template:default/nope not found', { method: 'POST' });
});

it('a task is told with its steps filled in, its user and where it came from, but without its secret', async () => {
  const made = await good();
  assert.equal(made.status, 201);
  assert.match(made.json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const { json: task, text } = await server.get(`${V2}/tasks/${made.json.id}`);
  assert.equal(task.status, 'open');
  assert.equal(task.createdBy, 'user:default/guest');
  assert.deepEqual(task.spec.steps, [
    { action: 'debug:log', input: { message: 'hi' }, id: 'step-1', name: 'debug:log' },
    { id: 'second', name: 'The second', action: 'debug:log' },
  ]);
  assert.deepEqual(task.spec.parameters, { name: 'abc' });
  assert.equal(task.spec.user.ref, 'user:default/guest');
  assert.equal(task.spec.user.entity.metadata.name, 'guest');
  assert.equal(task.spec.templateInfo.entityRef, 'template:default/service');
  assert.match(task.spec.templateInfo.baseUrl, /^file:\/\/\/.*all\.yaml$/);
  assert.equal(task.spec.templateInfo.entity.metadata.name, 'service');
  assert.doesNotMatch(text, /a-secret/);
});

it('no task of that id', async () => {
  for (const id of ['00000000-0000-0000-0000-000000000000', 'x'])
    assertError(await server.get(`${V2}/tasks/${id}`), 404, 'NotFoundError', `No task with id '${id}' found`);
});

it('a list is the newest first, and is filtered, ordered and paged', async () => {
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await create('template:ops/plain', {})).json.id);
  const list = async query => (await server.get(`${V2}/tasks?${query}`)).json;
  const of = answer => answer.tasks.map(t => t.id);
  const mine = await list('template=template:ops/plain');
  assert.deepEqual([of(mine), mine.totalTasks], [[...ids].reverse(), 3]);
  assert.deepEqual(of(await list('template=template:ops/plain&order=asc:created_at&limit=1&offset=1')), [ids[1]]);
  assert.deepEqual(await list('template=template:ops/plain&limit=0'), { tasks: [], totalTasks: 3 });
  assert.equal((await list('status=open&status=failed&createdBy=user:default/guest')).totalTasks, (await list('')).totalTasks);
  assert.equal((await list('status=completed')).totalTasks, 0);
  assert.equal((await list('createdBy=user:default/jane')).totalTasks, 0);
  for (const [query, message] of [['order=x', /Invalid order parameter/], ['order=asc:id', /Invalid order/], ['status=gone', /allowed values/], ['limit=-1', /./]])
    assertError(await server.get(`${V2}/tasks?${query}`), 400, 'InputError', message);
});

it('a body over 100 kB is read where values are sent; one over the limit is not', async () => {
  const send = n => create('template:ops/plain', { x: 'a'.repeat(n) });
  assert.equal((await send(1_000_000)).status, 201);
  assertError(await send(10_000_000), 400, 'InputError', 'request entity too large', { method: 'POST' });
});

it('actions, extensions and completion without a plugin that has any', async () => {
  assert.deepEqual((await server.get(`${V2}/actions`)).json.filter(a => a.id.startsWith('test:')), []);
  assertError(await server.post(`${V2}/autocomplete/github/repos`, { token: 't', context: {} }), 400, 'InputError', 'Unsupported provider: github', { method: 'POST' });
  assertError(await server.post(`${V2}/autocomplete/github/repos`, { token: 't' }), 400, 'InputError', /required property 'context'/, { method: 'POST' });
  const { permissions } = (await server.get('/api/scaffolder/.well-known/backstage/permissions/metadata')).json;
  assert.ok(permissions.some(p => p.name === 'scaffolder.task.create'));
});

test('without a key no secret is kept', { skip: missing || (process.env.CALLBOARD_TEST_DATABASE ? false : 'the private PostgreSQL has a key'), timeout: 120_000 }, async () => {
  const other = await startServer({ catalog });
  try {
    const answer = await other.post(`${V2}/tasks`, { templateRef: 'service', values: { name: 'a' }, secrets: { token: 'a-secret' } });
    assert.equal(answer.status, 501, answer.text);
    assert.match(answer.json.error.message, /set scaffolder\.secrets_key/);
    assert.equal((await other.post(`${V2}/tasks`, { templateRef: 'template:ops/plain', values: {} })).status, 201);
  } finally {
    await other.stop();
  }
});
