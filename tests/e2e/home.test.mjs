// What a person sees first: what is theirs, the worst first, their runs, stars and shortcuts; each part by itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, focused, portalFiles, shoot } from './browser.mjs';
import { onStage } from './stage.mjs';

const stage = onStage(() => startStub({ dist: portalFiles() }));
const ANA = 'user:default/ana.almeida';

async function signIn(page, token = 'secret') {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('dialog').getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

async function home(options, token) {
  const page = await stage.open('/about', options);
  if (await page.getByRole('button', { name: 'Sign in' }).count()) await signIn(page, token);
  page.seen.api.length = 0;
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const region = (page, name) => page.getByRole('region', { name });

async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
}

const run = (id, status) => ({
  id: `0a1b2c3d-0000-4000-8000-00000000000${id}`, status, createdBy: ANA, createdAt: new Date(Date.now() - id * 60_000).toISOString(),
  spec: { steps: [], templateInfo: { entityRef: 'template:default/go-service', entity: { metadata: { name: 'go-service', title: `Go service ${id}` } } } },
});

describe('what is mine', () => {
  test('stands by kind, the worst first, with its teams, in three calls, and leads on', async () => {
    const page = await home();
    const own = region(page, 'Owned by you and your teams');
    await own.getByRole('heading', { level: 3, name: /^Component/ }).waitFor();
    await page.waitForLoadState('networkidle');
    const asked = page.seen.api.filter((one) => !one.includes('/api/session'));
    assert.ok(asked.length <= 3, asked.join('\n'));
    await page.getByRole('heading', { level: 1, name: 'Hello, Ana Almeida' }).waitFor();
    const first = own.getByRole('list').nth(1).getByRole('listitem').first();
    assert.match(await first.textContent(), /Storefront.*dangling-reference.*warning/);
    await own.getByRole('list', { name: 'Your teams' }).getByRole('link', { name: 'Payments Team' }).waitFor();
    await own.getByRole('link', { name: /^\d+ with problems$/ }).click();
    await page.waitForURL(/\/catalog\?owner=.*health=problems/);
    await page.goBack();
    await own.getByRole('link', { name: 'warning Storefront' }).click();
    await page.waitForURL('**/catalog/default/component/storefront/problems');
    await signOut(page);
    page.judge();
  });

  test('is nothing for whom the catalog does not know, and how owning works is said', async () => {
    const page = await home({}, 'admin-secret');
    await page.getByText('The catalog does not know you').waitFor();
    await page.getByText(/Have a User of that name registered/).waitFor();
    await assertAccessible(page, 'the home of somebody unknown');
    await signOut(page);
    page.judge();
  });

  for (const [what, path, part] of [
    ['what is owned', '/api/mine', 'Owned by you and your teams'],
    ['the runs', '/api/scaffolder', 'Your runs'],
  ])
    test(`${what}: broken, it alone says so, waiting too, and it recovers`, async () => {
      const page = await home({ allow: /500/ });
      await region(page, 'Your runs').getByRole('listitem').first().waitFor();
      stage.target.fail(path, 500);
      await page.reload();
      const alert = region(page, part).getByRole('alert');
      await alert.getByText('The database does not answer').waitFor();
      assert.equal(await page.getByRole('main').getByRole('alert').count(), 1);
      await assertAccessible(page, `home without ${what}`);
      stage.target.heal();
      await alert.getByRole('button', { name: 'Try again' }).click();
      await alert.waitFor({ state: 'detached' });
      stage.target.fail(path, 'hang');
      await page.reload();
      await region(page, part).getByRole('status').filter({ hasText: /Loading/ }).waitFor();
      stage.target.heal();
      await page.reload();
      await region(page, part).getByRole('status').filter({ hasText: /Loading/ }).waitFor({ state: 'detached' });
      await signOut(page);
      page.judge();
    });
});

describe('my runs', () => {
  test('stand with those that run first, and change in the open page', async () => {
    const before = stage.target.tasks.splice(0);
    stage.target.tasks.push(run(1, 'failed'), run(2, 'completed'), run(3, 'processing'), run(4, 'completed'));
    const page = await home();
    const runs = region(page, 'Your runs');
    await runs.getByRole('listitem').filter({ hasText: 'running' }).waitFor();
    const said = (await runs.getByRole('listitem').allTextContents()).map((one) => one.replace(/\d+ minutes? ago|now/, '').trim());
    assert.deepEqual(said, ['Go service 3running', 'Go service 1failed', 'Go service 2done']);
    stage.target.tasks[2].status = 'completed';
    await runs.getByText('running').waitFor({ state: 'detached' });
    assert.equal(await runs.getByRole('link', { name: 'Go service 1' }).getAttribute('href'), '/create/tasks/0a1b2c3d-0000-4000-8000-000000000001');
    await runs.getByRole('link', { name: 'All 4 runs of yours' }).click();
    await page.waitForURL(/\/create\/tasks\?mine=yes/);
    await signOut(page);
    stage.target.tasks.splice(0, 4, ...before);
    page.judge();
  });
});

describe('what is starred and looked at', () => {
  test('has its title and says when something is wrong with it or it is gone, without the whole catalog', async () => {
    const page = await stage.open('/about');
    await page.evaluate(() => {
      const refs = ['component:default/storefront', 'api:default/payment-api', 'component:default/gone'];
      localStorage.setItem('callboard-setting/default.starredEntities/entityRefs', JSON.stringify({ value: refs, who: '', at: 1, pending: false }));
      localStorage.setItem('callboard-recent', JSON.stringify(['resource:default/production-db']));
    });
    page.seen.api.length = 0;
    await page.goto('/');
    const starred = region(page, 'Starred');
    await starred.getByRole('link', { name: 'Payment API' }).waitFor();
    assert.deepEqual(await starred.getByRole('listitem').allTextContents(), ['gonemissing', 'Payment API', 'Storefrontwarning Storefront']);
    await region(page, 'Looked at lately').getByRole('link', { name: 'Production PostgreSQL' }).waitFor();
    await page.waitForLoadState('networkidle');
    const asked = page.seen.api.filter((one) => !one.includes('/api/session'));
    assert.ok(asked.length <= 3 && !asked.some((one) => one.includes('entities/by-query')), asked.join('\n'));
    page.judge();
  });
});

describe('my own shortcuts', () => {
  test('are put there from any page, and taken away there', async () => {
    const page = await stage.open('/catalog?kind=API');
    await page.keyboard.press('Control+K');
    const keep = page.getByRole('option', { name: 'Add this page to your shortcuts' });
    await keep.click();
    await page.getByRole('option', { name: 'Remove this page from your shortcuts' }).waitFor();
    await page.getByText('It is among your shortcuts now.').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.goto('/');
    await region(page, 'Shortcuts').getByRole('link', { name: 'Catalog', exact: true }).click();
    await page.waitForURL(/\/catalog\?kind=API$/);
    await page.keyboard.press('Control+K');
    await page.getByRole('option', { name: 'Remove this page from your shortcuts' }).click();
    await keep.waitFor();
    page.judge();
  });

  test('are added by an address, put in order and removed without a mouse, and what is no address is told', async () => {
    const page = await stage.open('/');
    const part = region(page, 'Shortcuts');
    await part.getByRole('button', { name: 'Edit shortcuts' }).click();
    const add = async (title, address) => {
      await part.getByLabel('Name').fill(title);
      await part.getByLabel('Address').fill(address);
      await page.keyboard.press('Enter');
    };
    await add('Wrong', 'javascript:alert(1)');
    await part.getByText(/neither a page of the portal/).waitFor();
    assert.match(await focused(page), /^input/);
    await assertAccessible(page, 'an address that is none');
    await add('Board', 'https://grafana.example.com/d/1');
    await part.getByRole('list', { name: 'Your shortcuts' }).getByText('Board').waitFor();
    await add('', '/problems');
    await part.getByRole('list', { name: 'Your shortcuts' }).getByText('/problems').first().waitFor();
    await add('Again', `${stage.target.url}/problems`);
    await part.getByText('This is among your shortcuts already.').waitFor();
    await part.getByRole('button', { name: 'Move /problems up' }).press('Enter');
    await part.getByText('/problems is number 1 now.').waitFor({ state: 'attached' });
    assert.deepEqual((await part.getByRole('listitem').allTextContents()).slice(3, 5), ['/problems', ' Board']);
    await page.reload();
    assert.equal(await part.getByRole('link', { name: 'Board' }).getAttribute('href'), 'https://grafana.example.com/d/1');
    await part.getByRole('button', { name: 'Edit shortcuts' }).click();
    await part.getByRole('button', { name: 'Remove Board' }).press('Enter');
    await part.getByRole('link', { name: 'Board' }).waitFor({ state: 'detached' });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await assertAccessible(page, `editing in ${scheme}`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await assertFits(page, 'editing at 320');
    await shoot(page, 'home-shortcuts-320');
    page.judge();
  });
});

test('with much that is mine, and with long names, it fits in light, in dark and at 320 pixels', async () => {
  const page = await home();
  await region(page, 'Owned by you and your teams').getByRole('heading', { level: 3 }).first().waitFor();
  const apart = await page.evaluate(() => {
    document.querySelector('section[aria-labelledby=own] li > span:nth-child(2)').textContent = 'What a long description says. '.repeat(20);
    const right = document.querySelector('section[aria-labelledby=own]').getBoundingClientRect().right;
    return document.querySelector('section[aria-labelledby=runs]').getBoundingClientRect().left - right;
  });
  assert.ok(apart > 0, `the columns overlap by ${-apart} px`);
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await assertAccessible(page, `home in ${scheme}`);
    await shoot(page, `home-mine-${scheme}`);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await assertFits(page, 'home at 320');
  await assertAccessible(page, 'home at 320');
  await shoot(page, 'home-mine-320');
  await signOut(page);
  page.judge();
});
