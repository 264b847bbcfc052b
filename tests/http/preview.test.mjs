// Before anything is kept: a location that is tried, an entity that is judged, a repository that is looked at. Real repositories behind
// a smart HTTP server that wants a token; another that never answers, and one that is not there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents, location } from '../support/repo.mjs';
import { freePort, missing, startServer } from '../support/server.mjs';
import { assertError } from './fixture.mjs';

const it = (name, fn) => test(name, { skip: missing }, fn);
const api = '/api/catalog';
const token = `pr3view-t0ken-${process.pid}`;
const repositories = {};
let scratch, git, slow, server, waiting = 0;

const page = (repository, file, { branch = 'main', host = 'forge.test' } = {}) => `https://${host}/${repository}/src/branch/${branch}/${file}`;
const put = (name, files, options) => (repositories[name] ??= new Repository(path.join(scratch, `${name}.git`))).commit(files, options);
const dry = (target, { type = 'url', query = '?dryRun=true', on = server, ...more } = {}) => on.post(`${api}/locations${query}`, { type, target, ...more });
const validate = (entity, where = page('acme/shop', 'catalog-info.yaml'), options) =>
  server.post(`${api}/validate-entity`, { entity, location: `url:${where}` }, options);
const analyze = (target, more = {}) => server.post(`${api}/analyze-location`, { location: { type: 'url', target }, ...more });
const refs = answer => answer.json.entities.map(e => `${e.kind}:${e.metadata.namespace}/${e.metadata.name}`.toLowerCase());
const candidate = (spec = {}, metadata = {}) => ({
  apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'candidate', ...metadata },
  spec: { type: 'service', lifecycle: 'production', owner: 'team-a', ...spec },
});
const openapi = (definition, metadata = {}) => ({
  apiVersion: 'backstage.io/v1alpha1', kind: 'API', metadata: { name: 'candidate', ...metadata },
  spec: { type: 'openapi', lifecycle: 'production', owner: 'team-a', definition },
});
// Every file below data_dir but the database's, to see that nothing is left.
const kept = () => ['mirrors', 'visits/mirrors'].flatMap(dir => {
  const at = path.join(server.dir, 'var', dir);
  return fs.existsSync(at) ? fs.readdirSync(at).filter(n => /^[0-9a-f]{32}$/.test(n)).map(n => `${dir}/${n}`) : [];
});

before(async () => {
  if (missing) return;
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-preview-'));
  fs.chmodSync(scratch, 0o755);
  git = await startGitHttp({ root: scratch, password: token });
  slow = await startGitHttp({ root: scratch, delay: () => { waiting++; return Infinity; } });
  const dead = await freePort();
  put('acme/shop', {
    'catalog-info.yaml': documents(component('shop'), location('parts', ['./parts/*.yaml', page('acme/other', 'deep/catalog-info.yaml')]), component('last')),
    'parts/a.yaml': component('a'), 'parts/b.yaml': component('b'),
    'openapi.yaml': 'openapi: 3.1.0\n', 'data.json': '{"a": [1, 2]}', 'bad.json': '{"a": ',
    'twice.yaml': documents(component('same'), location('again', ['./same.yaml'])), 'same.yaml': component('same'),
    'round.yaml': location('round', ['./round.yaml', './parts/a.yaml']),
    'broken.yaml': documents(component('good'), component('bad').replace('owner:', 'owned:'), component('worse').replace('type:', 'typ:')),
    'nine-of-ten.yaml': documents(...Array.from({ length: 10 }, (_, i) => component(`ten-${i}`).replace('owner:', i === 4 ? 'owned:' : 'owner:'))),
    'syntax.yaml': 'a: [1\nb: 2\n',
    'missing.yaml': location('missing', ['./nowhere.yaml', 'https://forge.test/acme/nobody/src/branch/main/catalog-info.yaml']),
    'optional.yaml': location('optional', ['./nowhere.yaml'], '  presence: optional\n'),
    'forbidden.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: jane}\nspec: {memberOf: []}\n',
    'include.yaml': component('include', { extra: '  text: {$text: ./openapi.yaml}\n' }),
    'etag.yaml': component('etag').replace('name: etag', 'name: etag\n  etag: mine\n  uid: not-mine'),
  });
  put('acme/shop', { 'catalog-info.yaml': component('on-branch') }, { branch: 'feature/a' });
  put('acme/other', { 'deep/catalog-info.yaml': component('deep'), 'catalog-info.yaml': component('other') });
  const chain = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`c${i}.yaml`, location(`c${i}`, [`./c${i + 1}.yaml`])]));
  put('acme/chain', { ...chain, 'c40.yaml': component('end') });
  put('acme/many', Object.fromEntries([['all.yaml', location('all', ['./m/*.yaml'])], ['some.yaml', location('some', ['./m/0*.yaml'])],
    ...Array.from({ length: 501 }, (_, i) => [`m/${String(i).padStart(3, '0')}.yaml`, component(`m${i}`)])]));
  put('acme/none', { 'README.md': 'nothing' });
  server = await startServer({
    catalog: { 'all.yaml': component('local') },
    config: `integrations:
  - {host: forge.test, type: gitea, clone: "${git.url}/", token: ${token}}
  - {host: slow.test, type: gitea, clone: "${slow.url}/"}
  - {host: dead.test, type: gitea, clone: "http://127.0.0.1:${dead}/"}
  - {host: hub.test, type: github, clone: "${git.url}/", token: ${token}}
rules: {allow: [Component, API, Location]}
locations: {types: "url, file", interval: 600s}
http: {workers: 4}`,
  });
});
after(async () => {
  await server?.stop();
  await git?.close();
  await slow?.close();
  if (scratch) fs.rmSync(scratch, { recursive: true, force: true });
});

// ---- a location that is tried

it('a dry run tells the Location and all that it leads to, over repositories, and keeps nothing', async () => {
  const target = page('acme/shop', 'catalog-info.yaml');
  const answer = await dry(target);
  assert.equal(answer.status, 201, answer.text);
  const { exists, location: row, entities } = answer.json;
  assert.equal(exists, false);
  assert.match(row.entityRef, /^location:default\/generated-[0-9a-f]{40}$/);
  assert.deepEqual(row, { type: 'url', target, id: `url:${target}`, entityRef: row.entityRef });
  assert.deepEqual(refs(answer).slice(1), ['component:default/last', 'location:default/parts', 'component:default/deep', 'component:default/b',
    'component:default/a', 'component:default/shop'], 'depth first from the last document');
  assert.equal(refs(answer)[0], row.entityRef);
  for (const e of entities) {
    assert.deepEqual([e.metadata.uid, e.metadata.etag, e.relations, e.status], [undefined, undefined, undefined, undefined]);
    assert.equal(e.metadata.annotations['backstage.io/managed-by-origin-location'], `url:${target}`);
  }
  const deep = entities.find(e => e.metadata.name === 'deep');
  assert.equal(deep.metadata.annotations['backstage.io/managed-by-location'], `url:${page('acme/other', 'deep/catalog-info.yaml')}`);
  assert.deepEqual((await server.get(`${api}/locations`)).json, []);
  assert.equal((await server.get('/api/sources')).json.items.length, 1);
  assert.equal((await server.get(`${api}/entities?filter=metadata.name=shop`)).json.length, 0);
  assert.deepEqual(kept().filter(n => n.startsWith('mirrors/')), [], 'it makes no mirror of a source');
  const mirrors = kept();
  await dry(target);
  assert.deepEqual(kept(), mirrors, 'the same ones are used again');
});

it('only yes is a dry run; all else registers', async () => {
  const target = page('acme/shop', 'parts/a.yaml');
  for (const yes of ['true', '1', 'yes', 'y', 'on', 'TRUE', 'Yes'])
    assert.equal((await dry(target, { query: `?dryRun=${yes}` })).json.location.id, `url:${target}`, yes);
  assertError(await dry(target, { query: '?dryRun=' }), 400, 'InputError', "Empty value found for query parameter 'dryRun'", { method: 'POST' });
  const answer = await dry(target, { query: '?dryRun=banana' });
  assert.equal(answer.status, 201);
  assert.match(answer.json.location.id, /^[0-9a-f-]{36}$/);
  assert.equal((await dry(target)).json.exists, true);
  await server.get(`${api}/locations/${answer.json.location.id}`, { method: 'DELETE' });
  assert.equal((await dry(target)).json.exists, false);
});

it('a branch with a slash, an include, an optional target, a circle, an own etag', async () => {
  assert.deepEqual(refs(await dry(page('acme/shop', 'catalog-info.yaml', { branch: 'feature/a' }))).slice(1), ['component:default/on-branch']);
  assert.equal((await dry(page('acme/shop', 'include.yaml'))).json.entities[1].spec.text, 'openapi: 3.1.0\n');
  assert.deepEqual(refs(await dry(page('acme/shop', 'optional.yaml'))).slice(1), ['location:default/optional']);
  assert.deepEqual(refs(await dry(page('acme/shop', 'round.yaml'))).slice(1), ['location:default/round', 'component:default/a']);
  const { metadata } = (await dry(page('acme/shop', 'etag.yaml'))).json.entities[1];
  assert.deepEqual([metadata.etag, metadata.uid], ['mine', undefined]);
});

it('whatever is wrong is told at once, with its place', async () => {
  for (const [file, ...words] of [
    ['twice.yaml', /^InputError: Duplicate nested entity: component:default\/same$/],
    ['broken.yaml', /\/spec must have required property 'owner'.*\(broken.yaml:1\d:\d+\)/, /'type'/],
    ['syntax.yaml', /YAML error/],
    ['missing.yaml', /NotFoundError: Unable to read url, NotFoundError: .*nowhere\.yaml/, /acme\/nobody/],
    ['forbidden.yaml', /NotAllowedError: Entity user:default\/jane .* is not of an allowed kind/],
    ['nowhere.yaml', /^NotFoundError: Unable to read url, NotFoundError: .*nowhere\.yaml/],
  ]) {
    const answer = await dry(page('acme/shop', file));
    for (const word of words) assertError(answer, 400, 'InputError', word, { method: 'POST', url: '/locations?dryRun=true', beside: ['preview'] });
  }
});

it('beside the refusal stands what is good, and each mistake with its file, line, column and remedy', async () => {
  const { status, json: { preview } } = await dry(page('acme/shop', 'nine-of-ten.yaml'));
  assert.equal(status, 400);
  assert.deepEqual([preview.exists, preview.location.target, preview.errorCount], [false, page('acme/shop', 'nine-of-ten.yaml'), 1]);
  assert.deepEqual(preview.entities.map(e => e.metadata.name).filter(n => n.startsWith('ten-')).sort(), [0, 1, 2, 3, 5, 6, 7, 8, 9].map(i => `ten-${i}`));
  const [{ message, remedy, rule, ...error }] = preview.errors;
  assert.match(message, /owner/);
  assert.ok(remedy && rule, JSON.stringify(preview.errors));
  const text = repositories['acme/shop'].git('show', 'main:nine-of-ten.yaml').split('\n');
  assert.deepEqual(error, { location: `url:${page('acme/shop', 'nine-of-ten.yaml')}`, path: 'nine-of-ten.yaml', line: text.indexOf('  name: ten-4') + 2, column: 1,
    field: 'spec.owner', entityRef: 'component:default/ten-4' });
});

it('a target that cannot be read is told with the line that names it; the location itself has no line', async () => {
  const { errors, errorCount, entities } = (await dry(page('acme/shop', 'missing.yaml'))).json.preview;
  assert.equal(errorCount, 2);
  assert.deepEqual(entities.map(e => e.kind), ['Location', 'Location']);
  assert.deepEqual(errors.map(e => [e.path, e.line > 1, e.rule, e.entityRef]), Array(2).fill(['missing.yaml', true, 'location-target', 'location:default/missing']));
  assert.match(errors[0].message, /nowhere\.yaml/);
  const [{ message, ...own }] = (await dry('https://git.example.invalid/a/b/catalog-info.yaml')).json.preview.errors;
  assert.match(message, /git\.example\.invalid/);
  assert.deepEqual(own, { field: 'https://git.example.invalid/a/b/catalog-info.yaml', rule: 'location-target' });
  const [twice] = (await dry(page('acme/shop', 'twice.yaml'))).json.preview.errors;
  assert.deepEqual([twice.rule, twice.path, twice.line > 0], ['entity-twice', 'twice.yaml', true]);
});

it('fifty mistakes are told one by one, the rest are counted', async () => {
  for (const [n, told] of [[50, 50], [51, 50]]) {
    put('acme/wrong', { 'catalog-info.yaml': documents(...Array.from({ length: n }, (_, i) => component(`w${i}`).replace('owner:', 'owned:'))) });
    const { error, preview } = (await dry(page('acme/wrong', 'catalog-info.yaml'))).json;
    assert.deepEqual([preview.errors.length, preview.errorCount, / and more/.test(error.message)], [told, n, n > told]);
  }
});

it('a target that is no page of a known forge is 400 with what to do', async () => {
  for (const target of ['not a url', 'https://git.example.invalid/a/b/catalog-info.yaml', 'https://forge.test/acme/shop', 'file:///etc/passwd', '/etc/passwd',
    'ext::sh -c id', '-oProxyCommand=id', page('acme/nobody', 'catalog-info.yaml'), page('acme/shop', 'catalog-info.yaml', { branch: 'no-such' }),
    page('acme/shop', '../../../etc/passwd'), `https://forge.test/${'a'.repeat(7000)}`])
    assertError(await dry(target), 400, 'InputError', /^(NotFound)?Error: Unable to read url/, { method: 'POST', beside: ['preview'] });
  assertError(await dry('x'.repeat(9000)), 400, 'InputError', /over 8192/, { method: 'POST' });
});

it('a dry run is bounded in Locations, files, and what it says', async () => {
  assertError(await dry(page('acme/chain', 'c0.yaml')), 413, 'PayloadTooLargeError', /more than 32 Locations/, { method: 'POST' });
  assert.equal((await dry(page('acme/chain', 'c20.yaml'))).status, 201);
  assert.equal(refs(await dry(page('acme/many', 'some.yaml'))).length, 102);
  assertError(await dry(page('acme/many', 'all.yaml')), 400, 'InputError', /leads to more than 500 files/, { method: 'POST', beside: ['preview'] });
});

it('a file of this machine may be tried where that type may be registered', async () => {
  const dir = path.join(scratch, 'files');
  fs.mkdirSync(dir);
  fs.writeFileSync(path.join(dir, 'all.yaml'), documents(component('here'), location('more', ['./more.yaml'])));
  fs.writeFileSync(path.join(dir, 'more.yaml'), component('more'));
  const answer = await dry(path.join(dir, 'all.yaml'), { type: 'file' });
  assert.deepEqual(refs(answer).slice(1), ['location:default/more', 'component:default/more', 'component:default/here'], answer.text);
  assertError(await dry('all.yaml', { type: 'file' }), 400, 'InputError', /no absolute path/, { method: 'POST', beside: ['preview'] });
  assertError(await dry(path.join(dir, 'nope.yaml'), { type: 'file' }), 400, 'InputError', /Unable to read file/, { method: 'POST', beside: ['preview'] });
  assertError(await dry('/x', { type: 's3' }), 400, 'InputError', 'Registered locations must be of an allowed type ["url","file"]', { method: 'POST' });
});

// ---- an entity that is judged

it('a good entity is 200 without a word', async () => {
  const answer = await validate(candidate());
  assert.deepEqual([answer.status, answer.text], [200, '']);
  const elsewhere = await server.post(`${api}/validate-entity`, { entity: candidate(), location: 'url:https://git.example.invalid/a/b/c.yaml' });
  assert.equal(elsewhere.status, 200, 'nobody is asked when nothing is included');
});

it('body, envelope, location, then the rest: the first that is wrong is told', async () => {
  const post = body => server.post(`${api}/validate-entity`, body);
  for (const [body, message] of [
    [{}, "request/body must have required property 'location'"],
    [{ location: 1, entity: {} }, 'request/body/location must be string'],
    [{ location: 'url:x' }, "request/body must have required property 'entity'"],
    [{ location: 'url:x', entity: [] }, 'request/body/entity must be object'],
    [{ location: 'url:x', entity: null }, 'request/body/entity must be object'],
  ]) assertError(await post(body), 400, 'InputError', message, { method: 'POST', url: '/validate-entity' });
  for (const [entity, where, message] of [
    [{}, 'nonsense', /must have required property 'apiVersion'/],
    [{ ...candidate(), metadata: undefined }, 'url:x', /^<root> must have required property 'metadata' - missingProperty: metadata$/],
    [candidate(), 'nonsense', /^Unable to parse location ref 'nonsense'/],
    [candidate(), 'url:', /^Unable to parse location ref 'url:'/],
    [candidate(), 'https://x', /^Invalid location ref 'https:\/\/x', please prefix it with 'url:'/],
    [candidate(), 'file:/x', /^Invalid location ref file:\/x, only 'url:<target>' is supported/],
  ]) {
    const answer = await post({ entity, location: where });
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(Object.keys(answer.json), ['errors']);
    assert.equal(answer.json.errors[0].name, 'TypeError');
    assert.match(answer.json.errors[0].message, message);
  }
});

it('every mistake is told, the first in the words of Backstage', async () => {
  const { errors } = (await validate({ ...candidate({ owner: undefined, type: 7 }), metadata: { name: 'candidate', tags: ['ok'] } })).json;
  assert.equal(errors.length, 2, JSON.stringify(errors));
  assert.equal(errors[0].name, 'InputError');
  assert.equal(errors[0].cause.name, 'TypeError');
  assert.match(errors[0].message, /^Processor BuiltinKindsEntityProcessor threw an error while validating the entity component:default\/candidate; caused by TypeError: /);
  const kind = (await validate({ ...candidate(), kind: 'User', spec: { memberOf: [] } })).json.errors[0];
  assert.equal(kind.name, 'NotAllowedError');
  assert.match((await validate(candidate({}, { name: 'Not A Name!' }))).json.errors[0].message, /metadata.name/);
});

it('placeholders are read beside the page, within its repository', async () => {
  for (const good of [{ $text: './openapi.yaml' }, { $text: page('acme/shop', 'openapi.yaml') }])
    assert.equal((await validate(openapi(good))).status, 200, JSON.stringify(good));
  for (const [bad, message] of [
    [{ $text: './nope.yaml' }, /could not read location .\/nope.yaml, NotFoundError/],
    [{ $json: './bad.json' }, /failed to parse JSON data at .\/bad.json/],
    [{ $json: './data.json' }, /spec\/definition must be string/],
    [{ $text: '../../etc/passwd' }, /could not read location/],
    [{ $text: page('acme/other', 'catalog-info.yaml') }, /another repository or branch/],
    [{ $text: 'file:///etc/passwd' }, /could not read location/],
    [{ $text: 7 }, /expected a string value parameter/],
  ]) {
    const answer = await validate(openapi(bad));
    assert.equal(answer.status, 400, JSON.stringify(bad));
    assert.match(answer.json.errors[0].message, message);
  }
  assert.match((await validate(openapi({ $text: './openapi.yaml' }), 'https://git.example.invalid/a/b/c.yaml')).json.errors[0].message, /could not read location .\/openapi.yaml, /);
});

it("the author's own annotation says where it lies", async () => {
  const own = { annotations: { 'backstage.io/managed-by-location': `url:${page('acme/shop', 'parts/a.yaml')}` } };
  assert.equal((await validate(openapi({ $text: '../openapi.yaml' }, own), 'https://git.example.invalid/a/b/c.yaml')).status, 200);
});

it('of a Location, what it leads to must be readable', async () => {
  const at = (targets, spec = {}) => ({ apiVersion: 'backstage.io/v1alpha1', kind: 'Location', metadata: { name: 'l' }, spec: { targets, ...spec } });
  assert.equal((await validate(at(['./parts/*.yaml', page('acme/other', 'catalog-info.yaml'), './broken.yaml']))).status, 200);
  assert.equal((await validate(at(['./nope.yaml'], { presence: 'optional' }))).status, 200);
  for (const [target, message] of [['./nope.yaml', /^Unable to read url, NotFoundError: /], ['./syntax.yaml', /YAML error/]])
    assert.match((await validate(at([target]))).json.errors[0].message, message);
});

// ---- a repository that is looked at

it('what a repository has is told, with whether it is registered', async () => {
  const answer = await analyze('https://forge.test/acme/other');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json.generateEntities, []);
  const files = answer.json.existingEntityFiles;
  assert.deepEqual(files.map(f => [f.entity.metadata.name, f.isRegistered, f.location]), [
    ['other', false, { type: 'url', target: page('acme/other', 'catalog-info.yaml') }],
    ['deep', false, { type: 'url', target: page('acme/other', 'deep/catalog-info.yaml') }],
  ]);
  assert.equal(files[0].entity.metadata.uid, undefined);
  const row = (await server.post(`${api}/locations`, { type: 'url', target: page('acme/other', 'catalog-info.yaml') })).json.location;
  await server.until('it is there', async () => (await server.get(`${api}/entities/by-name/component/default/other`)).status === 200);
  assert.deepEqual((await analyze('https://forge.test/acme/other.git')).json.existingEntityFiles.map(f => f.isRegistered), [true, false]);
  const named = await analyze(page('acme/shop', 'README.md'), { catalogFileName: 'include.yaml' });
  assert.deepEqual(named.json.existingEntityFiles.map(f => f.entity.metadata.name), ['include']);
  assert.deepEqual((await analyze('https://forge.test/acme/shop', { catalogFilename: 'parts/*.yaml' })).json.existingEntityFiles.length, 2);
  await server.get(`${api}/locations/${row.id}`, { method: 'DELETE' });
});

it('a repository that has none, that nobody knows, or that is not there gives an entity to begin with', async () => {
  const generated = (name, annotations) => ({ existingEntityFiles: [], generateEntities: [{
    entity: { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name, ...(annotations && { annotations }) }, spec: { type: 'other', lifecycle: 'unknown' } },
    fields: [],
  }] });
  for (const [target, name, annotations] of [
    ['https://forge.test/acme/none', 'none'],
    ['https://forge.test/acme/nobody', 'nobody'],
    ['https://dead.test/acme/dead', 'dead'],
    ['https://hub.test/acme/none/blob/main/README.md', 'none', { 'github.com/project-slug': 'acme/none' }],
    ['https://github.com/acme/some-repo', 'some-repo', { 'github.com/project-slug': 'acme/some-repo' }],
    ['https://github.com/acme/some-repo.git', 'some-repo', { 'github.com/project-slug': 'acme/some-repo' }],
    ['https://gitlab.com/group/sub/repo/-/tree/main/x', 'repo', { 'gitlab.com/project-slug': 'group/sub/repo' }],
    ['https://bitbucket.org/w/repo/src/main/', 'repo', { 'bitbucket.org/project-slug': 'w/repo' }],
    ['https://dev.azure.com/org/project/_git/repo?path=/x', 'repo', { 'dev.azure.com/project-slug': 'project/repo' }],
    ['https://git.example.invalid/alone', 'alone'],
  ]) assert.deepEqual((await analyze(target)).json, generated(name, annotations), target);
});

it('what is no URL, or a body of another shape, is refused', async () => {
  for (const target of ['nonsense', '', '//x', 'mailto:x@y.z']) assertError(await analyze(target), 400, 'InputError', 'The given location.target is not a URL', { method: 'POST' });
  assertError(await analyze('https://forge.test/'), 400, 'InputError', /names no repository/, { method: 'POST' });
  for (const [body, message] of [
    [{}, "request/body must have required property 'location'"],
    [{ location: 'x' }, 'request/body/location must be object'],
    [{ location: { target: 'https://x/y/z' } }, "request/body/location must have required property 'type'"],
    [{ location: { type: 'url' } }, "request/body/location must have required property 'target'"],
    [{ location: { type: 'url', target: 7 } }, 'request/body/location/target must be string'],
    [{ location: { type: 'url', target: 'https://x/y/z', more: 1 } }, 'request/body/location must NOT have additional properties'],
    [{ location: { type: 'url', target: 'https://x/y/z' }, catalogFilename: 1 }, 'request/body/catalogFilename must be string'],
    [{ location: { type: 'url', target: 'https://x/y/z' }, catalogFilename: 'x'.repeat(201) }, /over 200/],
  ]) assertError(await server.post(`${api}/analyze-location`, body), 400, 'InputError', message, { method: 'POST', url: '/analyze-location' });
});

// ---- rights, and servers that are dead or slow

it('a reader has no repository asked that is not a source already', async () => {
  const open = await startServer({
    sources: [`git: ${git.url}/acme/shop.git\npaths: ["parts/a.yaml"]\ninterval: 600s`],
    config: `auth: {trusted_proxies: [127.0.0.0/8]}
integrations:
  - {host: forge.test, type: gitea, clone: "${git.url}/", token: ${token}}
  - {host: ${new URL(git.url).host}, type: git, clone: "${git.url}/", token: ${token}}`,
    headers: { 'x-forwarded-user': 'jane' },
  });
  try {
    const headers = { 'x-forwarded-user': 'jane' };
    const ask = (entity, where) => open.post(`${api}/validate-entity`, { entity, location: `url:${where}` }, { headers });
    assert.equal((await ask(openapi({ $text: './openapi.yaml' }), page('acme/shop', 'catalog-info.yaml'))).status, 200);
    const refused = await ask(openapi({ $text: './catalog-info.yaml' }), page('acme/other', 'x.yaml'));
    assert.match(refused.json.errors[0].message, /is no source of this catalog: who may register locations may have it read/);
    const look = await open.post(`${api}/analyze-location`, { location: { type: 'url', target: 'https://forge.test/acme/other' } }, { headers });
    assert.equal(look.json.generateEntities.length, 1);
    assert.equal((await open.post(`${api}/locations?dryRun=true`, { type: 'url', target: page('acme/shop', 'catalog-info.yaml') }, { headers })).status, 403);
  } finally {
    await open.stop();
  }
});

it('a Git server that is not there is a sentence; one that never answers ends in one, and holds up nobody else', async () => {
  const gone = await dry(page('acme/shop', 'catalog-info.yaml', { host: 'dead.test' }));
  assertError(gone, 400, 'InputError', /^Error: Unable to read url, Error: .*127\.0\.0\.1/, { method: 'POST', beside: ['preview'] });
  assert.match((await validate(openapi({ $text: './x' }), page('acme/shop', 'c.yaml', { host: 'dead.test' }))).json.errors[0].message, /could not read location/);

  const begin = Date.now();
  const one = dry(page('acme/shop', 'catalog-info.yaml', { host: 'slow.test' }));
  const two = validate(openapi({ $text: './x' }), page('acme/other', 'c.yaml', { host: 'slow.test' }));
  await server.until('both wait', async () => waiting >= 2);
  const third = await dry(page('acme/shop', 'catalog-info.yaml'));
  assertError(third, 503, 'ServiceUnavailableError', /2 other locations are being looked at/, { method: 'POST' });
  assert.equal((await validate(candidate())).status, 200, 'what needs no repository is judged');
  assert.equal((await server.get('/api/sources')).status, 200, 'workers are left');
  for (const answer of [await one, await two]) assertError(answer, 504, 'TimeoutError', /./, { method: 'POST' });
  assert.ok(Date.now() - begin < 45_000, `${Date.now() - begin} ms`);
  assert.equal((await dry(page('acme/shop', 'catalog-info.yaml'))).status, 201);
});
