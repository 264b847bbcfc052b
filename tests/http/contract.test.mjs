// openapi.yaml and the route table are the same list.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { openWatch } from '../support/watch.mjs';
import { binary, missing, startServer } from '../support/server.mjs';

const run = promisify(execFile);
const it = (name, fn) => test(name, { skip: missing }, fn);
let server, api, rows;
before(async () => {
  if (missing) return;
  server = await startServer({ config: 'http: {wait_timeout: 100ms}' });
  api = (await server.get('/api/catalog/openapi.json')).json;
  rows = (await run(binary(), ['routes'])).stdout.trim().split('\n').map(line => line.split(' '));
});
after(() => server?.stop());
const operations = () => Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })));

it('each route is described and each description is a route: method, path, right, operationId', () => {
  const routed = rows.map(r => r.join(' ')).toSorted();
  const described = operations().map(o => [o.method, o.path, o['x-callboard-right'], o.operationId].join(' ')).toSorted();
  assert.deepEqual(described, routed);
});

it('operationIds are unique, and each operation has a summary and a tag', () => {
  const ids = operations().map(o => o.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const o of operations()) assert.ok(o.summary && o.tags.every(t => api.tags.some(x => x.name === t)), o.operationId);
});

it('each reference leads somewhere', () => {
  const walk = node => {
    if (!node || typeof node !== 'object') return;
    if (typeof node.$ref === 'string') {
      let at = api;
      for (const key of node.$ref.slice(2).split('/')) at = at?.[key];
      assert.ok(at, node.$ref);
    }
    Object.values(node).forEach(walk);
  };
  walk(api);
});

it('each parameter of a path is described', () => {
  for (const o of operations())
    for (const [, name] of o.path.matchAll(/\{(\w+)\}/g)) {
      const named = (o.parameters ?? []).map(p => (p.$ref ? api.components.parameters[p.$ref.split('/').pop()] : p));
      assert.ok(named.some(p => p.in === 'path' && p.name === name && p.required), `${o.operationId} ${name}`);
    }
});

// A stream has no end: what is answered when it is one is that it began.
const beginOf = async (operation, target) => {
  if (!operation.responses['200']?.content?.['text/event-stream']) return (await server.get(target)).text;
  const stream = await openWatch(server.port, target.slice(operation.path.length));
  stream.close?.();
  return stream.text ?? '';
};

it('each query parameter that is described is known, and no other is', async () => {
  for (const o of operations()) {
    if (o.method !== 'GET' || o['x-callboard-query'] === 'any') continue;
    const path = o.path.replace(/\{\w+\}/g, '1');
    assert.match((await server.get(`${path}?no-such-parameter=1`)).text, /Unknown query parameter 'no-such-parameter'/, o.operationId);
    for (const p of o.parameters ?? []) {
      const { in: where, name } = p.$ref ? api.components.parameters[p.$ref.split('/').pop()] : p;
      if (where === 'query') assert.doesNotMatch(await beginOf(o, `${path}?${name}=1`), /Unknown query parameter/, `${o.operationId} ${name}`);
    }
  }
});
