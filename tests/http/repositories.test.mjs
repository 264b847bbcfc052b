// Repositories that callboard keeps on its own machine: registered as locations, read in place; and nothing else of that machine.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Repository } from '../fakes/git-http/repository.mjs';
import { missing, startServer } from '../support/server.mjs';

const component = (name, title = 'one') => `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}, title: ${title}}\nspec: {type: service, lifecycle: production, owner: x}\n`;

describe('a repository below the folder of repositories', { skip: missing }, () => {
  let server, own, scratch, source;
  const register = (target, query = '') => server.post(`/api/catalog/locations${query}`, { type: 'url', target });
  const entity = async name => (await server.get(`/api/catalog/entities/by-name/component/default/${name}`)).json;

  before(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-own-'));
    source = new Repository(path.join(scratch, 'source.git'));
    source.commit({ 'catalog-info.yaml': component('of-the-source'), 'more.yaml': component('more-of-the-source') });
    new Repository(path.join(scratch, 'stranger.git')).commit({ 'catalog-info.yaml': component('stranger') });
    server = await startServer({ sources: [`git: ${source.dir}`] });
    own = path.join(path.join(server.dir, 'var'), 'repositories');
  });
  after(async () => {
    await server?.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  test('is registered and visible within a second, and so is the next commit', async () => {
    const repository = new Repository(path.join(own, 'acme/shop.git'));
    repository.commit({ 'catalog-info.yaml': component('shop') });
    const begun = Date.now();
    const answer = await register(`file://${repository.dir}#main:/catalog-info.yaml`);
    assert.equal(answer.status, 201, answer.text);
    await server.until('the shop is there', async () => (await entity('shop')).metadata?.title === 'one');
    assert.ok(Date.now() - begun < 1000, `${Date.now() - begun} ms`);
    assert.equal((await entity('shop')).metadata.annotations['backstage.io/managed-by-location'], `url:file://${repository.dir}#main:catalog-info.yaml`);
    const changed = Date.now();
    repository.commit({ 'catalog-info.yaml': component('shop', 'two') });
    await server.until('the change is there', async () => (await entity('shop')).metadata?.title === 'two');
    assert.ok(Date.now() - changed < 1000, `${Date.now() - changed} ms`);
  });
  test('that was half made by a callboard that was killed is gone when it starts again', async () => {
    const left = [path.join(own, '.callboard-new-0123'), path.join(server.dir, 'var/publish/push-0123')];
    for (const dir of left) fs.mkdirSync(dir, { recursive: true });
    await server.end('SIGKILL');
    server.how = undefined;
    await server.start();
    assert.deepEqual(left.filter(dir => fs.existsSync(dir)), []);
    assert.ok(fs.existsSync(path.join(own, 'acme/shop.git')));
  });
  test('that a configured source reads may have another file registered', async () => {
    assert.equal((await register(`file://${source.dir}#main:more.yaml`)).status, 201);
    await server.until('it is there', async () => (await entity('more-of-the-source')).metadata?.name);
  });
  for (const [what, target] of [['elsewhere', () => `file://${scratch}/stranger.git#main:catalog-info.yaml`], ['by its plain path', () => `${scratch}/stranger.git#main:catalog-info.yaml`],
    ['upwards', () => `file://${own}/../../../../${scratch}/stranger.git#main:catalog-info.yaml`], ['upwards, written in percents', () => `file://${own}/%2e%2e/%2E%2E/x.git#main:catalog-info.yaml`],
    ['beside it', () => `file://${own}-not/x.git#main:catalog-info.yaml`], ['the folder itself', () => `file://${own}#main:catalog-info.yaml`], ['of callboard, a mirror', () => `file://${server.dir}/var/mirrors/x#main:x.yaml`]])
    test(`${what} is none of them`, async () => {
      const answer = await register(target());
      const ref = answer.json.location?.entityRef.split(/[:/]/);
      const status = ref && (await server.until('its status', async () => {
        const { json } = await server.get(`/api/catalog/entities/by-name/location/default/${ref[2]}`);
        return json.status?.items?.length && json.status.items;
      }));
      assert.match(status?.[0].message ?? answer.text, /is on no forge that callboard knows|leaves the repository|"\.\."/);
      assert.equal((await server.get('/api/catalog/entities/by-name/component/default/stranger')).status, 404);
    });
});
