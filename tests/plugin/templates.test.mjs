// The actions of software templates that need no Git, run as the engine runs them.
import assert from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  answerWith, begin, came, end, ECANCELLED, ECONFLICT, EDENIED, EINVAL, ELIMIT, ENOTFOUND, ESCAPE, EUPSTREAM, FAILED, fails, FILES, host, OK, run, tree, workspace,
} from './steps.mjs';

before(begin);
after(end);

/* ---- what each of them says about itself */

test('every action has schemas that forbid what they do not know, and examples that are steps', () => {
  for (const action of host.descriptor.actions) {
    for (const schema of action.input.anyOf ?? [action.input]) assert.equal(schema.additionalProperties, false, action.name);
    assert.ok(action.examples.length > 0, action.name);
    for (const { description, example } of action.examples) {
      assert.match(description, /\w/);
      assert.ok(example.includes(`action: ${action.name}\n`), `${action.name}: ${example}`);
    }
  }
});

/* ---- debug */

test('debug:log writes its input, then its message', async () => {
  const { code, log } = await run('debug:log', { message: 'hello' });
  assert.equal(code, OK);
  assert.deepEqual(log, ['{\n  "message": "hello"\n}', 'hello']);
});

test('debug:log lists the files of the workspace, in order, without empty folders', async () => {
  for (const listWorkspace of [true, 'with-filenames']) {
    const { log } = await run('debug:log', { listWorkspace }, { files: FILES });
    assert.equal(log[1], 'Workspace:\n  - .dot\n  - a.txt\n  - d/.h\n  - d/b.txt');
  }
  assert.equal((await run('debug:log', { listWorkspace: false }, { files: FILES })).log.length, 1);
});

test('debug:log shows what is in the files, but not behind a link and not of what is no text', async () => {
  const { log } = await run('debug:log', { listWorkspace: 'with-contents' }, { files: { a: 'one\n', b: 'x\0y', c: { link: '/etc/passwd' } } });
  assert.equal(log[1], 'Workspace:\n - a:\n\n  one\n\n - b:\n\n  (not text)\n - c:\n\n  (a symbolic link)');
});

test('a listing that is longer than one line of the log comes as several, none of it lost', async () => {
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a-file-with-a-name-${String(i).padStart(4, '0')}`, '']));
  const { log } = await run('debug:log', { listWorkspace: true }, { files });
  assert.ok(log.length > 3);
  assert.equal(log.slice(1).join('\n').split('\n').length, 1001);
});

test('debug:wait waits as long as it is told, and not longer than ten minutes', async () => {
  const since = Date.now();
  assert.equal((await run('debug:wait', { milliseconds: 120 })).code, OK);
  assert.ok(Date.now() - since >= 119);
  await fails(EINVAL, 'Waiting duration is longer than the maximum threshold of 0 hours, 10 minutes, 0 seconds', 'debug:wait', { minutes: 10, milliseconds: 1 });
  assert.equal((await run('debug:wait', {})).code, OK);
});

test('debug:wait wakes when its task is cancelled', async () => {
  const since = Date.now(), id = 70001;
  const waiting = run('debug:wait', { minutes: 10 }, { call: { id, deadline_ms: 600000 } });
  await new Promise(resolve => setTimeout(resolve, 100));
  host.put({ op: 'cancel', id });
  const done = await waiting;
  assert.equal(done.error_code, ECANCELLED);
  assert.ok(Date.now() - since < 5000);
});

/* ---- fs */

const deletes = [
  [['a.txt'], ['.dot', 'd/', 'd/.h', 'd/b.txt', 'e/']],
  [['*'], ['d/', 'd/.h', 'd/b.txt', 'e/']],
  [['**/*.txt'], ['.dot', 'd/', 'd/.h', 'e/']],
  [['d'], ['.dot', 'a.txt', 'd/', 'e/']],
  [['.'], ['d/', 'e/']],
  [['nope'], ['.dot', 'a.txt', 'd/', 'd/.h', 'd/b.txt', 'e/']],
  [['{a.txt,.dot}'], ['d/', 'd/.h', 'd/b.txt', 'e/']],
  [['d/*', '?.txt'], ['.dot', 'd/', 'e/']],
  [['!(a).txt'], ['.dot', 'a.txt', 'd/', 'd/.h', 'd/b.txt', 'e/']],
  [['[a-c].txt'], ['.dot', 'd/', 'd/.h', 'd/b.txt', 'e/']],
  [['./d/../a.txt'], ['.dot', 'd/', 'd/.h', 'd/b.txt', 'e/']],
  [['+(a|b).txt', 'd/@(b|c).*'], ['.dot', 'd/', 'd/.h', 'e/']],
];
for (const [files, left] of deletes) {
  test(`fs:delete ${files} leaves ${left.length} of seven`, async () => {
    const done = await run('fs:delete', { files }, { files: FILES });
    assert.equal(done.code, OK, done.error);
    assert.deepEqual(done.tree(), left);
  });
}

test('fs:delete takes a link away, never what it points at', async () => {
  const other = workspace({ keep: 'me' });
  const done = await run('fs:delete', { files: ['**'] }, { files: { l: { link: other }, f: '' } });
  assert.equal(done.code, OK, done.error);
  assert.deepEqual(done.tree(), []);
  assert.deepEqual(tree(other), ['keep']);
});

test('a pattern that would take for ever is refused', async () => {
  await fails(ELIMIT, /takes too long/, 'fs:delete', { files: [`${'*(a|aa)'.repeat(12)}b`] }, { files: { ['a'.repeat(60)]: '' } });
});

test('fs:rename moves files and folders, and makes the folders above', async () => {
  const done = await run('fs:rename', { files: [{ from: 'a.txt', to: 'z/y/q.txt' }, { from: 'd', to: 'f' }] }, { files: FILES });
  assert.equal(done.code, OK, done.error);
  assert.deepEqual(done.tree(), ['.dot', 'e/', 'f/', 'f/.h', 'f/b.txt', 'z/', 'z/y/', 'z/y/q.txt']);
});

test('fs:rename takes the place of what is there only when it is told to', async () => {
  await fails(ECONFLICT, /^dest already exists/, 'fs:rename', { files: [{ from: 'a.txt', to: 'd/b.txt' }] }, { files: FILES });
  const done = await run('fs:rename', { files: [{ from: 'd', to: 'e', overwrite: true }] }, { files: { ...FILES, 'e/old': '' } });
  assert.deepEqual(done.tree(), ['.dot', 'a.txt', 'e/', 'e/.h', 'e/b.txt']);
});

test('fs:rename says what is missing or cannot be', async () => {
  await fails(ENOTFOUND, 'nope: there is no such file or folder in the workspace', 'fs:rename', { files: [{ from: 'nope', to: 'x' }] });
  await fails(EINVAL, "Cannot move 'd' to a subdirectory of itself, 'd/x'.", 'fs:rename', { files: [{ from: 'd', to: 'd/x' }] }, { files: FILES });
  await fails(ECONFLICT, /lies in/, 'fs:rename', { files: [{ from: 'd/b.txt', to: 'd', overwrite: true }] }, { files: FILES });
  await fails(EINVAL, /workspace itself/, 'fs:rename', { files: [{ from: '.', to: 'x' }] }, { files: FILES });
});

test('fs:readdir tells files and folders apart', async () => {
  const { json, folder } = await run('fs:readdir', { paths: ['.'] }, { files: FILES });
  assert.deepEqual(json, {
    files: [{ name: '.dot', path: '.dot', fullPath: `${folder}/.dot` }, { name: 'a.txt', path: 'a.txt', fullPath: `${folder}/a.txt` }],
    folders: [{ name: 'd', path: 'd', fullPath: `${folder}/d` }, { name: 'e', path: 'e', fullPath: `${folder}/e` }],
  });
  const all = (await run('fs:readdir', { paths: ['.', 'd'], recursive: true }, { files: FILES })).json;
  assert.deepEqual(all.files.map(f => f.path), ['.dot', 'a.txt', 'd/.h', 'd/b.txt', 'd/.h', 'd/b.txt']);
  assert.deepEqual((await run('fs:readdir', { paths: [`${folder}/d`] }, { workspace: folder })).json.files.map(f => f.name), ['.h', 'b.txt']);
  await fails(ENOTFOUND, /^nope: /, 'fs:readdir', { paths: ['nope'] });
  await fails(EINVAL, 'a.txt is no folder, or lies below a file', 'fs:readdir', { paths: ['a.txt'] }, { files: FILES });
});

/* ---- nobody leaves the workspace */

const outside = ['../x', 'd/../../x', '/etc/passwd', '..', `${'../'.repeat(20)}etc/passwd`, '/', './../task-1'];
for (const to of outside) {
  test(`no action takes the path ${to}`, async () => {
    for (const [action, input] of [
      ['fs:delete', { files: [to] }], ['fs:rename', { files: [{ from: to, to: 'x' }] }], ['fs:rename', { files: [{ from: 'a.txt', to }] }],
      ['fs:readdir', { paths: [to] }], ['catalog:write', { entity: { metadata: {} }, filePath: to }],
    ]) await fails(EDENIED, ESCAPE, action, input, { files: FILES });
  });
}

test('no link is followed out of the workspace, nor within it', async () => {
  const other = workspace({ 'secret.txt': 's' });
  for (const link of [other, '/etc', '..', 'd']) {
    const files = { ...FILES, l: { link } };
    await fails(EDENIED, /symbolic link/, 'fs:readdir', { paths: ['l'] }, { files });
    await fails(EDENIED, /symbolic link/, 'catalog:write', { entity: { metadata: {} }, filePath: 'l/x.yaml' }, { files });
    await fails(EDENIED, /symbolic link/, 'fs:rename', { files: [{ from: 'a.txt', to: 'l/a.txt' }] }, { files });
  }
  await fails(EDENIED, /symbolic link/, 'catalog:write', { entity: { metadata: {} }, filePath: 'l' }, { files: { l: { link: path.join(other, 'secret.txt') } } });
  assert.equal(fs.readFileSync(path.join(other, 'secret.txt'), 'utf8'), 's');
});

test('paths have limits: at the edge they work, one past it they are refused', async () => {
  const name = 'n'.repeat(255), deep = n => Array(n).fill('d').join('/');
  assert.equal((await run('catalog:write', { entity: { metadata: {} }, filePath: name })).code, OK);
  await fails(ELIMIT, /too long/, 'catalog:write', { entity: { metadata: {} }, filePath: `${name}n` });
  assert.equal((await run('catalog:write', { entity: { metadata: {} }, filePath: deep(64) })).code, OK);
  await fails(ELIMIT, /too long/, 'catalog:write', { entity: { metadata: {} }, filePath: deep(65) });
  const long = n => Array(5).fill('p'.repeat(200)).join('/') + '/' + 'q'.repeat(n); // 5 * 201 + n
  assert.equal((await run('catalog:write', { entity: { metadata: {} }, filePath: long(1024 - 1005) })).code, OK);
  await fails(ELIMIT, /too long/, 'catalog:write', { entity: { metadata: {} }, filePath: long(1025 - 1005) });
});

/* ---- catalog */

const entities = { 'component:default/x': { kind: 'Component', metadata: { name: 'x' } }, 'system:ns/x': { kind: 'System', metadata: { name: 'x', namespace: 'ns' } } };
function catalog() {
  host.answers.catalog_entity = head => (entities[head.ref.toLowerCase()] ? { body: JSON.stringify(entities[head.ref.toLowerCase()]) } : { code: ENOTFOUND, error: 'No entity' });
}

test('catalog:fetch gives one entity, several, or null where it may be missing', async () => {
  catalog();
  const get = async input => (await run('catalog:fetch', input)).json;
  assert.deepEqual(await get({ entityRef: 'component:x' }), { entity: entities['component:default/x'] });
  assert.deepEqual(await get({ entityRef: 'x', defaultKind: 'System', defaultNamespace: 'ns' }), { entity: entities['system:ns/x'] });
  assert.deepEqual(await get({ entityRefs: ['component:x', 'component:nope'], optional: true }), { entities: [entities['component:default/x'], null] });
  assert.deepEqual(await get({ entityRef: 'component:nope', optional: true }), { entity: null });
  assert.deepEqual(await get({ entityRefs: [] }), { entities: [] });
  await fails(EINVAL, 'Missing entity reference or references', 'catalog:fetch', {});
  await fails(ENOTFOUND, 'Entity component:nope not found', 'catalog:fetch', { entityRefs: ['component:x', 'component:nope'] });
  await fails(EINVAL, /missing or empty kind/, 'catalog:fetch', { entityRef: 'x' });
  for (const ref of [':', ':x', 'component:', 'component:/x', 'component:default/'])
    await fails(EINVAL, /was not on the form/, 'catalog:fetch', { entityRef: ref });
});

test('a catalog that cannot be asked is no missing entity', async () => {
  host.answers.catalog_entity = () => ({ code: EUPSTREAM, error: 'the catalog is being loaded' });
  await fails(FAILED, /being loaded/, 'catalog:fetch', { entityRef: 'component:x', optional: true });
  catalog();
});

// KNOWN is what /api/explain answers, one after the other and the last one from then on.
const registered = (items, register = () => ({}), known = [{ findings: [] }]) => {
  let asked = 0, explained = 0;
  host.answers.api_get = (head, body) => {
    assert.match(body, /^\/api\/explain\?url=/);
    const answer = known[Math.min(explained++, known.length - 1)];
    return answer.code ? answer : { body: JSON.stringify(answer) };
  };
  host.answers.location_register = register;
  host.answers.catalog_query = (head, body) => {
    assert.match(body, /^filter=metadata.annotations.backstage.io\/managed-by-origin-location=url%3A/);
    return { body: JSON.stringify({ items: asked++ < 2 ? [{ kind: 'Location', metadata: { name: 'generated-1' } }] : items }) };
  };
};
const ITEMS = [{ kind: 'Location', metadata: { name: 'generated-1' } }, { kind: 'API', metadata: { name: 'a' } }, { kind: 'Component', metadata: { name: 'C', namespace: 'ns' } }];

test('catalog:register waits until the catalog has what was registered, and names the component', async () => {
  registered(ITEMS);
  const { json, log } = await run('catalog:register', { catalogInfoUrl: 'https://git.example.com/x.yaml' });
  assert.deepEqual(json, { catalogInfoUrl: 'https://git.example.com/x.yaml', entityRef: 'component:ns/c' });
  assert.deepEqual(log, ['Registering https://git.example.com/x.yaml in the catalog']);
  registered(ITEMS.slice(0, 2));
  assert.equal((await run('catalog:register', { catalogInfoUrl: 'https://git.example.com/x.yaml' })).json.entityRef, 'api:default/a');
});

test('catalog:register finds the descriptor in the repository that a publish action tells', async () => {
  const cases = [
    ['https://github.com/o/r/blob/main', undefined, 'https://github.com/o/r/blob/main/catalog-info.yaml'],
    ['https://github.com/o/r/tree/main/', '/a/b.yaml', 'https://github.com/o/r/blob/main/a/b.yaml'],
    ['https://gitlab.com/g/s/r/-/blob/main', '/catalog-info.yaml', 'https://gitlab.com/g/s/r/-/blob/main/catalog-info.yaml'],
    ['https://gitea.example.com/o/r/src/branch/main/', './catalog-info.yaml', 'https://gitea.example.com/o/r/src/branch/main/catalog-info.yaml'],
    ['/srv/repositories/r.git#main', '/.callboard/x.yaml', '/srv/repositories/r.git#main:.callboard/x.yaml'],
    ['/srv/repositories/r.git#main:', 'x.yaml', '/srv/repositories/r.git#main:x.yaml'],
    ['https://git.example.com/files', 'x.yaml', 'https://git.example.com/files/x.yaml'],
  ];
  for (const [repoContentsUrl, catalogInfoPath, url] of cases) {
    registered(ITEMS);
    assert.equal((await run('catalog:register', { repoContentsUrl, catalogInfoPath })).json.catalogInfoUrl, url);
  }
});

test('what is registered already is a conflict, unless it is optional', async () => {
  registered(ITEMS, () => ({ code: ECONFLICT, error: 'Location url:https://x already exists' }));
  await fails(ECONFLICT, 'Location url:https://x already exists', 'catalog:register', { catalogInfoUrl: 'https://x' });
  assert.equal((await run('catalog:register', { catalogInfoUrl: 'https://x', optional: true })).json.entityRef, 'component:ns/c');
});

test('a registration is taken back, unless it may have been there before', async () => {
  const removed = [];
  host.answers.location_remove = head => { removed.push(head.target); return {}; };
  const output = { catalogInfoUrl: 'https://x' };
  const undo = input => host.call('catalog:register', { what: 'undo', input: { input, output } });
  assert.deepEqual((await undo({ catalogInfoUrl: 'https://x' })).json, { message: 'https://x is not registered any more' });
  assert.equal((await undo({ catalogInfoUrl: 'https://x', optional: true })).code, OK);
  assert.deepEqual(removed, ['https://x']);
});

test('what brings nothing is no error when it is optional', async () => {
  registered([]);
  assert.deepEqual((await run('catalog:register', { catalogInfoUrl: 'https://x', optional: true })).json, { catalogInfoUrl: 'https://x' });
});

test('what a reading finds wrong with the descriptor fails the step at once, in three sentences at most', async () => {
  const findings = [{ type: 'problem', sentence: 'c.yaml:3: no owner' }, { type: 'gives', sentence: 'it gives much' }, { type: 'problem', sentence: 'c.yaml:9: no type' },
                    { type: 'lost-claim', sentence: 'x is held' }, { type: 'problem', sentence: 'never told' }];
  registered([], () => ({}), [{ findings: [] }, { source: { lastTry: '2026-01-01T00:00:00.000Z' }, findings }]);
  const before = Date.now();
  await fails(EUPSTREAM, 'https://x is registered, but nothing came of it: c.yaml:3: no owner; c.yaml:9: no type; x is held', 'catalog:register', { catalogInfoUrl: 'https://x' });
  assert.ok(Date.now() - before < 10_000);
});

test('what was wrong before the registration, or only for a moment, is waited for', async () => {
  const wrong = lastTry => ({ source: { lastTry }, findings: [{ type: 'not-there', sentence: 'no such file' }] });
  for (const known of [[wrong('2026-01-01T00:00:00.000Z')], [wrong('2026-01-01T00:00:00.000Z'), wrong('2026-01-02T00:00:00.000Z')], [{ code: EUPSTREAM, error: 'the database does not answer' }]]) {
    registered(ITEMS, () => ({}), known);
    assert.equal((await run('catalog:register', { catalogInfoUrl: 'https://x' })).json.entityRef, 'component:ns/c');
  }
});

test('catalog:write says which template a descriptor came from, and keeps what was there', async () => {
  const yaml = async entity => {
    const done = await run('catalog:write', { entity });
    assert.equal(done.code, OK, done.error);
    return fs.readFileSync(path.join(done.folder, 'catalog-info.yaml'), 'utf8');
  };
  assert.equal(await yaml({ kind: 'Component', metadata: { name: 'x', annotations: { a: '1' } }, spec: { type: 's' } }),
    'kind: Component\nmetadata:\n  name: x\n  annotations:\n    a: "1"\n    backstage.io/source-template: template:default/new-service\nspec:\n  type: s\n');
  for (const metadata of [{}, { annotations: {} }, { annotations: null }, { annotations: { 'backstage.io/source-template': 'mine' } }])
    assert.equal(await yaml({ metadata }), 'metadata:\n  annotations:\n    backstage.io/source-template: template:default/new-service\n');
  await fails(EINVAL, /no metadata/, 'catalog:write', { entity: { kind: 'Component' } });
});

// Texts that a careless writer would give back as something else.
const odd = ['1', 'yes', 'true', 'null', '~', '', 'two\nlines\n', 'two\nlines', ' lead', 'trail ', '# c', 'a # b', 'a: b', 'a:b', '- x', '-x', '@x', '`x', '%x', '&x', '*x', '!x', '{x', '[x', "it's", '"q"', '1.5', '0x1f',
  '1e3', '2020-01-01', '.inf', 'long '.repeat(60), 'tab\there', 'é ü', '\x01', '?', '? x', ':', ':x', 'x:', '\\n', 'a\n\nb\n\n', '\n', '  two\n lines', '\n\nfirst', 'x\r\ny', "'q'", 'a "b" \'c\': d', '0o17', '+1', 'NaN', '.5', ',x', 'x\n# y', '\ttab',
  'é\n', '😀', 'x\u2028y', '\u0085', '\ufeffx', '---', '...', '--- a', 'a\n--- b', '|x', '>x', '=', '<<', 'a\\', '\x7f', 'a\n\tb', ' \n x', 'a \nb'];
let yaml = null;
try { yaml = createRequire(new URL('../package.json', import.meta.url))('yaml'); } catch { /* npm was not asked */ }
test('catalog:write writes what npm yaml reads as the same values', { skip: yaml ? false : 'npm ci --prefix tests' }, async () => {
  const entity = { kind: 'Component', metadata: { name: 'x', texts: Object.fromEntries(odd.map((t, i) => [`k${i}`, t])), list: odd }, spec: {
    empty: {}, none: [], n: null, num: 1, f: 1.5, big: 1e21, t: true, list: ['a', { b: 1, c: [1, 2] }, ['x', ['y', []]], [], {}, [{ a: [{ b: null }] }]], 'key with: colon': 1, 'true': 3, '- k': 5, 'multi\nkey': 6, '#': 7, deep: { a: { b: [{ c: { d: 'x\ny' } }] } } } };
  const done = await run('catalog:write', { entity });
  assert.equal(done.code, OK, done.error);
  const text = fs.readFileSync(path.join(done.folder, 'catalog-info.yaml'), 'utf8');
  const read = yaml.parse(text);
  assert.deepEqual(read.metadata.annotations, { 'backstage.io/source-template': 'template:default/new-service' });
  for (const [i, t] of odd.entries()) assert.equal(read.metadata.texts[`k${i}`], t, text.split('\n').find(l => l.includes(`k${i}:`)));
  assert.deepEqual(read.metadata.list, odd);
  assert.deepEqual(read.spec, entity.spec);
});

/* ---- http and notifications */

test('http:backstage:request reads as every reader does, through callboard itself', async () => {
  const asked = [];
  host.answers.api_get = (head, body) => { asked.push(body); return { body: '{"nodes":[]}' }; };
  came.length = 0;
  for (const [path, params, target] of [['/graph/cycles', undefined, '/api/graph/cycles'], ['/api/graph/cycles', { a: 'b c', d: '&' }, '/api/graph/cycles?a=b%20c&d=%26'], ['catalog/entities?x=1', { y: '2' }, '/api/catalog/entities?x=1&y=2']]) {
    const { json } = await run('http:backstage:request', { method: 'GET', path, params });
    assert.deepEqual(json, { code: '200', headers: {}, body: { nodes: [] } });
    assert.equal(asked.pop(), target);
  }
  assert.equal(came.length, 0);
  host.answers.api_get = () => ({ code: ENOTFOUND, error: 'no such path' });
  await fails(EUPSTREAM, 'Unable to complete request: no such path', 'http:backstage:request', { method: 'GET', path: '/x' });
  assert.deepEqual((await run('http:backstage:request', { method: 'GET', path: '/x', continueOnBadResponse: true })).json.body, { error: { message: 'no such path' } });
});

test('http:backstage:request writes with the token it was given, and with no other right', async () => {
  came.length = 0;
  await fails(EDENIED, /callboard lends a step no rights/, 'http:backstage:request', { method: 'POST', path: '/catalog/refresh', body: { entityRef: 'x' } });
  assert.equal(came.length, 0);
  const { json } = await run('http:backstage:request', { method: 'POST', path: '/catalog/refresh', headers: { authorization: 'Bearer t', host: 'elsewhere', cookie: 'a=b' }, body: { entityRef: 'x' } });
  assert.deepEqual(json, { code: '200', headers: { 'content-type': 'application/json' }, body: { ok: true } });
  const [{ method, url, headers, body }] = came;
  assert.deepEqual([method, url, headers.authorization, headers.cookie, headers['content-type'], body], ['POST', '/api/catalog/refresh', 'Bearer t', undefined, 'application/json', '{"entityRef":"x"}']);
  assert.match(headers.host, /^127/);
  answerWith({ status: 409, body: '{"error":{"message":"no"}}' });
  await fails(EUPSTREAM, /was answered with 409: .*no/, 'http:backstage:request', { method: 'DELETE', path: '/x', headers: { Authorization: 'Bearer t' } });
  assert.equal((await run('http:backstage:request', { method: 'DELETE', path: '/x', headers: { Authorization: 'Bearer t' }, continueOnBadResponse: true })).json.code, '409');
  answerWith();
});

test('a dry run writes nothing', async () => {
  came.length = 0;
  const done = await run('http:backstage:request', { method: 'POST', path: '/x', headers: { authorization: 'Bearer t' } }, { call: { task: { id: 't', step: 's', dryRun: true } } });
  assert.deepEqual([done.json.code, came.length], ['200', 0]);
});

test('notification:send posts what it was told, signed', async () => {
  came.length = 0;
  const done = await run('notification:send', { recipients: 'entity', entityRefs: ['group:default/a'], title: 'The "shop"', info: 'is there', link: 'https://x', severity: 'high' });
  assert.equal(done.code, OK, done.error);
  const [{ method, url, headers, body }] = came;
  assert.deepEqual([method, url], ['POST', '/hook']);
  assert.deepEqual(JSON.parse(body), {
    recipients: { type: 'entity', entityRef: ['group:default/a'] }, sender: 'callboard', text: 'The "shop"\nis there\nhttps://x',
    payload: { title: 'The "shop"', description: 'is there', link: 'https://x', severity: 'high', scope: null },
  });
  assert.equal(headers['x-callboard-signature-256'], `sha256=${crypto.createHmac('sha256', 'signing secret').update(body).digest('hex')}`);
  await fails(EINVAL, /entityRefs must name somebody/, 'notification:send', { recipients: 'entity', title: 't' });
  answerWith({ status: 500, body: '' });
  await fails(EUPSTREAM, /answered with 500/, 'notification:send', { recipients: 'broadcast', title: 't' });
  const optional = await run('notification:send', { recipients: 'broadcast', title: 't', optional: true });
  assert.equal(optional.code, OK);
  assert.match(optional.log.join(), /was not sent: it was answered with 500/);
  answerWith();
});
