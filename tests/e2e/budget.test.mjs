// What the portal may weigh and how still it must stand. Times are told by the bench; these gate.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { RUN } from '../support/stub-scaffold.mjs';
import { launch, openPage, portalFiles, root, watchShift } from './browser.mjs';

const SHIFT_MAX = 0.02;

// What a plugin shows is asked for once each, beside what the page itself needs.
const isPanel = (one) => /\/api\/panels\/([^/]+\/){4}/.test(one);

let browser;
let stub;

before(async () => {
  [browser, stub] = await Promise.all([launch(), startStub({ dist: portalFiles(), more: 20_000 })]);
});
after(async () => {
  await browser?.close();
  await stub?.stop();
});

test('scripts and styles are within their bytes', () => {
  const run = spawnSync(process.execPath, [join(root, 'frontend/scripts/sizes.mjs'), portalFiles()], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

for (const [name, path, calls, token = 'guest'] of [
  ['the home', '/', 3],
  ['the catalog', '/catalog', 2],
  ['the landscape', '/landscape', 1],
  ['the groups', '/groups', 1],
  ['the people of a group', '/groups?of=group:default/team-payments', 2],
  ['the systems', '/systems', 1],
  ['an entity', '/catalog/default/component/payment-service', 4],
  ['the APIs of an entity', '/catalog/default/component/payment-service/apis', 5],
  ['the definition of an API', '/catalog/default/api/payment-api/definition', 4],
  ['Backstage’s list of APIs', '/api-docs', 2],
  ['the search', '/search?q=payment', 2],
  ['the templates', '/create', 1],
  ['the form of a template', '/create/templates/default/go-service', 1],
  ['the runs', '/create/tasks', 1],
  ['a run', `/create/tasks/${RUN}`, 3],
  ['the problems', '/problems', 1],
  ['the sources', '/sources', 1],
  ['loose ends', '/sources?view=loose', 4],
  ['the plugins', '/plugins', 1],
  ['the registration', '/register', 0],
  ['a location that is tried', '/register?target=https://git.example.com/mycompany/tea/blob/main/catalog-info.yaml', 2, 'secret'],
  ['what is unregistered', '/unregister?of=component:default/legacy-billing', 3, 'secret'],
  ['the tokens', '/tokens', 1, 'admin-secret'],
  ['the page about callboard', '/about', 1],
  ['the preferences', '/preferences', 0],
]) {
  test(`${name} asks ${calls} times at most, and who is asking, and does not jump`, async () => {
    stub.as(token);
    const page = await openPage(browser, stub.url);
    const shifted = await watchShift(page);
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const asked = page.seen.api.filter((one) => !one.includes('/api/session') && !isPanel(one));
    assert.ok(asked.length <= calls, asked.join('\n'));
    const shift = await shifted();
    assert.ok(shift <= SHIFT_MAX, `layout shift ${shift}`);
    page.judge();
  });
}

test('a run that is over does not jump when its log is late', async () => {
  stub.as('guest');
  const page = await openPage(browser, stub.url);
  const shifted = await watchShift(page);
  await page.route('**/eventstream*', async (route) => {
    await new Promise((later) => setTimeout(later, 700));
    await route.continue();
  });
  await page.goto(`/create/tasks/${RUN}`);
  await page.getByRole('heading', { level: 1, name: 'Go service' }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'What came of it' }).waitFor();
  const shift = await shifted();
  assert.ok(shift <= SHIFT_MAX, `layout shift ${shift}`);
  page.judge();
});
