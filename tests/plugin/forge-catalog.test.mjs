// What the forge plugin finds, in the catalog of a real callboard: a simulated Gitea whose repositories are cloned, and its webhooks.
// The sources' intervals are minutes, so that whatever is seen sooner is a webhook's doing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { company, descriptor, repository } from '../fakes/forge/data.mjs';
import { startForge } from '../fakes/forge/server.mjs';
import { missing, request, sleep } from '../support/server.mjs';
import { Plugins, startWith } from './server.mjs';

const opts = { skip: missing, timeout: 120_000 };
const it = (name, fn) => test(name, opts, fn);
const secret = 'a-secret-of-webhooks', token = 'hunter2-hunter2';

describe('a forge in the catalog', opts, () => {
  let dir, fake, plugins, server;
  before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-forge-'));
    const mono = repository('mono', { files: { 'services/a/catalog-info.yaml': descriptor('mono-a'), 'services/b/deep/catalog-info.yaml': descriptor('mono-b') } }), world = company();
    world.repositories.push(mono);
    fake = await startForge({ type: 'gitea', token, git: dir, world });
    plugins = new Plugins('forge');
    server = await startWith(plugins, {
      sections: `  forge:
    organizations:
      - {name: labs, type: gitea, url: "${fake.url}", organization: acme-labs, token: ${token}, webhook_secret: ${secret}, repositories: {exclude: [mono]}, people: {group_namespace: labs}}
      - {name: mono, type: gitea, url: "${fake.url}", organization: acme-labs, token: ${token}, repositories: {include: [mono], descriptors: ["services/**/catalog-info.yaml"]}, people: {enabled: false}}`,
      config: `rules: {allow: [Component, Location]}\nintegrations: [{host: "127.0.0.1:${fake.port}", type: gitea, clone: "${fake.url}/"}]`,
    });
    fake.hook = { url: `${server.url}/api/plugins/forge/webhook/labs`, secret };
  });
  after(async () => {
    await server?.stop();
    await fake?.close();
    plugins?.remove();
    if (dir) fs.rmSync(dir, { recursive: true, force: true });
  });
  const entity = async ref => { const a = await server.get(`/api/catalog/entities/by-name/${ref}`); return a.status === 200 ? a.json : undefined; };
  const comes = (ref, ms) => server.until(`${ref} is there`, () => entity(ref), ms);
  const goes = (ref, ms) => server.until(`${ref} is gone`, async () => !(await entity(ref)), ms);
  const source = async (name = 'repositories') => (await server.get('/api/sources')).json.items.find(s => s.name === `forge/${name}`);
  const lists = () => fake.requests.filter(r => r.includes('/orgs/acme-labs/repos')).length;

  it('repositories are followed to what is in them, and teams and people are Groups and Users whatever the rules are for descriptors', async () => {
    const found = await comes('component/default/edge-gateway', 30_000);
    assert.equal(found.metadata.annotations['backstage.io/managed-by-location'], `url:${fake.url}/acme-labs/edge-gateway/src/branch/main/catalog-info.yaml`);
    await comes('component/default/status-page');
    for (const name of ['old-monolith', 'left-pad']) assert.equal(await entity(`component/default/${name}`), undefined, name);
    for (const name of ['mono-a', 'mono-b']) await comes(`component/default/${name}`);
    const user = await comes('user/default/yuki');
    assert.deepEqual(user.relations.map(r => [r.type, r.targetRef]), [['memberOf', 'group:labs/edge']]);
    assert.deepEqual([(await source()).entityCount, (await source('people')).entityCount], [5, 8]);
  });
  it('a repository that comes is in the catalog at once', async () => {
    const began = Date.now();
    await fake.put(repository('brand-new'));
    assert.equal(fake.heard.status, 200, fake.heard.text);
    await comes('component/default/brand-new');
    console.log(`# visible ${Date.now() - began} ms after the webhook`);
  });
  it('one that is empty first comes with the push that brings its descriptor', async () => {
    await fake.put(repository('slow-start', { files: {} }));
    await sleep(1000);
    await fake.push('slow-start', { 'catalog-info.yaml': descriptor('slow-start') });
    assert.match(fake.heard.text, /"result":"refreshing"/);
    await comes('component/default/slow-start', 25_000);
  });
  it('a flood of webhooks is one reading, and one behind it', async () => {
    await sleep(500);
    const before = lists(), text = JSON.stringify({ action: 'created', repository: { id: 1 } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => request(server.port, '/api/plugins/forge/webhook/labs', { method: 'POST', body: text, headers: fake.signed('repository', text, secret).headers })));
    assert.deepEqual(answers.map(a => a.status).filter(s => s !== 200), []);
    await sleep(12_000);
    assert.ok(lists() - before <= 4 && lists() > before, `${(lists() - before) / 2} readings`);
  });
  it('a webhook without a good signature is refused, and none is needed for one that there is not', async () => {
    const text = '{"action":"created"}', send = (name, key) => request(server.port, `/api/plugins/forge/webhook/${name}`, { method: 'POST', body: text, headers: fake.signed('repository', text, key).headers });
    assert.deepEqual([(await send('labs', 'wrong')).status, (await send('other', secret)).status], [403, 404]);
    assert.equal((await server.get('/api/plugins/forge/organizations')).json.items[0].repositories.state, 'ok');
  });
  it('a forge that is down takes nothing away, and says so', async () => {
    const { id } = await source();
    fake.answer = (rq, url) => (url.pathname.startsWith('/api/v1') ? [500, { message: 'on fire' }] : undefined);
    await server.post(`/api/sources/${id}/sync`, {});
    const failing = await server.until('it fails', async () => { const s = await source(); return s.state === 'failing' && s; });
    assert.match(failing.error, /labs: Gitea answered 500 to \/orgs\/acme-labs\/repos: on fire/);
    for (const name of ['edge-gateway', 'brand-new']) assert.ok(await entity(`component/default/${name}`), name);
    assert.equal((await server.get('/api/plugins/forge/organizations')).json.items[0].repositories.state, 'failing');
    fake.answer = undefined;
    await server.post(`/api/sources/${id}/sync`, {});
    await server.until('it is well', async () => (await source()).state === 'ok');
  });
  it('a repository that vanished goes with what was in it, and so does one that is archived', async () => {
    await fake.drop('brand-new');
    await goes('component/default/brand-new', 25_000);
    await fake.put({ ...fake.find('status-page'), archived: true });
    await goes('component/default/status-page', 25_000);
    assert.ok(await entity('component/default/edge-gateway'));
  });
  it('nothing of the token or the secret is in the log', () => {
    assert.doesNotMatch(fs.readFileSync(server.log, 'utf8'), /hunter2|a-secret-of/);
  });
});

describe('a forge\'s configuration', opts, () => {
  for (const [what, row, sentence] of [
    ['without an organisation', 'name: a, type: github', /organizations\/0/],
    ['of a forge that there is not', 'name: a, type: sourceforge, organization: x', /\/organizations\/0\/type/],
    ['with an address that is none', 'name: a, type: gitea, url: "ftp://x", organization: x', /\/organizations\/0\/url/],
    ['with a key that there is not', 'name: a, type: github, organization: x, repositories: {archive: true}', /archive/],
  ])
    it(`${what} is refused with its line`, async () => {
      const plugins = new Plugins('forge'), server = await startWith(plugins, { sections: `  forge:\n    organizations:\n      - {${row}}` });
      const p = await server.until('it is refused', async () => { const v = await server.plugin('forge'); return v.state === 'refused' && v; });
      await server.stop();
      plugins.remove();
      assert.match(p.message, /callboard\.yaml:\d+:\d+: plugins\.forge: /);
      assert.match(p.message, sentence);
    });
});
