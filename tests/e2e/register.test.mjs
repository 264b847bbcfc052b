// A repository is registered from the portal, by keyboard alone: a forge that speaks smart HTTP, and a real callboard.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents } from '../support/repo.mjs';
import { missing, startServer } from '../support/server.mjs';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, launch, openPage, portalFiles, shoot } from './browser.mjs';

const FILE = 'https://forge.test/acme/shop/src/branch/main/catalog-info.yaml';
let browser, scratch, git, server;

before(async () => {
  browser = await launch();
  if (missing) return;
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-register-'));
  fs.chmodSync(scratch, 0o755);
  const ten = Array.from({ length: 10 }, (_, i) => component(`ten-${i}`).replace('owner:', i === 4 ? 'owned:' : 'owner:'));
  new Repository(path.join(scratch, 'acme/shop.git')).commit({ 'catalog-info.yaml': documents(...ten), 'taken.yaml': component('taken') });
  git = await startGitHttp({ root: scratch });
  server = await startServer({
    catalog: { 'all.yaml': component('taken') },
    config: `integrations:\n  - {host: forge.test, type: gitea, clone: "${git.url}/"}`,
    env: { CALLBOARD_PORTAL_DIR: portalFiles() },
  });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await git?.close();
  if (scratch) fs.rmSync(scratch, { recursive: true, force: true });
});

async function tabTo(page, name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((text) => document.activeElement?.textContent?.trim() === text, name)) return;
  }
  assert.fail(`Tab never comes to ${name}`);
}

describe('registering', { skip: missing }, () => {
  test('by keyboard alone: nine of ten are good, the bad one has its line, and they come into the catalog', async () => {
    const page = await openPage(browser, server.url, { path: '/catalog-import', allow: /400/ });
    await page.waitForURL(/\/register/);
    await page.getByLabel('Address of the file').waitFor();
    for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement?.getAttribute('name') === 'target')); i++) await page.keyboard.press('Tab');
    await page.keyboard.type(FILE);
    await page.keyboard.press('Enter');
    await page.getByText('9 entities good, 1 problem').waitFor();
    await page.getByText('catalog-info.yaml:41:1').waitFor();
    assert.equal(await page.getByRole('region', { name: 'What it brings' }).getByRole('listitem').count(), 9);
    await assertAccessible(page, 'a location that is tried');
    await shoot(page, 'register-tried');
    await tabTo(page, 'Register 9 entities');
    await page.keyboard.press('Enter');
    await page.getByText('Registered: 9 entities are in the catalog.').waitFor();
    await assertAccessible(page, 'a location that is registered');
    await page.getByRole('link', { name: 'ten-0' }).click();
    await page.getByRole('heading', { level: 1, name: 'ten-0' }).waitFor();
    page.judge();
  });

  test('what is registered already says so before the last step', async () => {
    const page = await openPage(browser, server.url, { path: `/register?target=${encodeURIComponent(FILE)}`, allow: /400/ });
    await page.getByText('It is registered already').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Register/ }).count(), 0);
    page.judge();
  });

  test('a name that another location holds is told, and who holds it, before and after', async () => {
    const page = await openPage(browser, server.url, { path: `/catalog-import?target=${encodeURIComponent(FILE.replace('catalog-info', 'taken'))}`, width: 320 });
    await page.getByText('1 name is held by another location').waitFor();
    await page.getByText(/held by .*all\.yaml/).waitFor();
    await assertFits(page, 'a preview');
    await page.getByRole('button', { name: 'Register 1 entity' }).click();
    await page.getByText('nothing is new in the catalog: every name is held by another location').waitFor();
    page.judge();
    const { data } = (await server.get('/api/catalog/locations')).json.find((one) => one.data.target.includes('taken'));
    assert.equal((await fetch(`${server.url}/api/catalog/locations/${data.id}`, { method: 'DELETE' })).status, 204);
  });

  test('why an entity is not here is told from an address and from a name, in one search', async () => {
    const page = await openPage(browser, server.url, { path: '/sources' });
    await page.getByLabel('Address of its file, or its name').fill(FILE);
    await page.keyboard.press('Enter');
    const answer = page.getByRole('list', { name: 'The answer' });
    await answer.getByText(/catalog-info\.yaml:41 .*owner/).waitFor();
    assert.match(page.url(), /explain=/);
    await assertAccessible(page, 'an explanation');
    await shoot(page, 'why-not-here');
    await page.getByLabel('Address of its file, or its name').fill('taken-');
    await page.getByRole('button', { name: 'Explain' }).click();
    await answer.getByRole('link', { name: 'taken' }).waitFor();
    await page.getByLabel('Address of its file, or its name').fill('https://forge.test/acme/other/src/branch/main/catalog-info.yaml');
    await page.keyboard.press('Enter');
    await answer.getByRole('link', { name: 'Register it' }).waitFor();
    page.judge();
  });

  test('unregistering shows what disappears, asks, and says when it is gone; what a source has says so', async () => {
    const page = await openPage(browser, server.url, { path: '/catalog/default/component/ten-0', allow: /404/ });
    await page.getByRole('link', { name: 'Unregister', exact: true }).click();
    await page.getByRole('list', { name: 'What disappears' }).getByRole('link', { name: 'ten-9' }).waitFor();
    await assertAccessible(page, 'what disappears');
    await shoot(page, 'unregister');
    await page.getByRole('button', { name: 'Unregister 10 entities…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unregister 10 entities' }).click();
    await page.getByText('Gone: 10 entities').waitFor();
    assert.equal((await server.get('/api/catalog/locations')).json.length, 0);
    assert.equal((await server.get('/api/catalog/entities/by-name/component/default/ten-0')).status, 404);
    await page.goto('/unregister?of=component:default/taken');
    await page.getByText('A source of the configuration has it').waitFor();
    await page.getByText(/all\.yaml/).waitFor();
    assert.equal(await page.getByRole('button', { name: /^(Unregister|Delete)/ }).count(), 0);
    page.judge();
  });

  test('a file that is not there is a sentence, and nothing can be registered', async () => {
    const page = await openPage(browser, server.url, { path: `/register?target=${encodeURIComponent(FILE.replace('catalog-info', 'nowhere'))}`, allow: /400/, scheme: 'dark' });
    await page.getByRole('heading', { name: 'It cannot be read' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Register/ }).count(), 0);
    await assertAccessible(page, 'a location that cannot be read');
    page.judge();
  });
});

test('who may not register reads which role it takes', async () => {
  const stub = await startStub({ dist: portalFiles() });
  const page = await openPage(browser, stub.url, { path: '/register' });
  await page.getByText('Registering needs the role editor').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Look at it' }).isDisabled());
  page.judge();
  await stub.stop();
});
