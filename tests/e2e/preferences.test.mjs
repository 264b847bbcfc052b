// What a person chooses about the portal: it holds at once, before the next first paint, and wherever they sign in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, focused, portalFiles, shoot } from './browser.mjs';
import { onStage } from './stage.mjs';

const stage = onStage(() => startStub({ dist: portalFiles() }));

const open = (path = '/preferences', options = {}) => stage.open(path, options);

const looks = (page) => page.evaluate(() => ({ ...document.documentElement.dataset, lang: document.documentElement.lang }));

// What stood on <html> when there was a body to paint.
async function looksAtFirstPaint(page) {
  await page.addInitScript(() => {
    const look = new MutationObserver(() => {
      if (!document.body) return;
      window.first = { ...document.documentElement.dataset };
      look.disconnect();
    });
    look.observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  return page.evaluate(() => window.first);
}

function radio(page, group, name) {
  return page.getByRole('group', { name: group }).getByRole('radio', { name });
}

describe('looks', () => {
  test('every choice holds at once, and before the first paint of the next load', async () => {
    const page = await open();
    const main = page.getByRole('main');
    await radio(main, 'Colours', 'Dark').check();
    await radio(main, 'Contrast', 'High').check();
    await radio(main, 'Density', 'Compact').check();
    await radio(main, 'Motion', 'Keep still').check();
    const want = { mantineColorScheme: 'dark', contrast: 'more', density: 'compact', motion: 'reduced' };
    const now = await looks(page);
    assert.deepEqual({ ...now, ...want }, now);
    assert.equal(now.lang, 'en');
    assert.deepEqual(await looksAtFirstPaint(page), want);
    page.judge();
  });

  test('compact rows of the catalog stand closer, none over another', async () => {
    const page = await open();
    await radio(page.getByRole('main'), 'Density', 'Compact').check();
    await page.goto('/catalog');
    const rows = page.getByRole('region', { name: 'Entities' }).locator('[role=row][aria-rowindex]');
    await rows.nth(3).getByRole('link').first().waitFor();
    const places = await rows.evaluateAll((all) => all.slice(1, 6).map((e) => e.getBoundingClientRect()).map(({ top, height }) => [top, height]));
    places.forEach(([top, height], i) => {
      assert.equal(height, 32);
      if (i > 0) assert.equal(Math.round(top - places[i - 1][0]), 32);
    });
    page.judge();
  });

  test('a system that asks for more contrast gets it', async () => {
    const page = await open();
    await page.emulateMedia({ contrast: 'more' });
    await page.waitForFunction(() => document.documentElement.dataset.contrast === 'more');
    await radio(page, 'Contrast', 'Normal').check();
    assert.equal((await looks(page)).contrast, 'normal');
    page.judge();
  });

  for (const path of ['/preferences', '/catalog', '/catalog/default/component/payment-service', '/problems', '/plugins']) {
    test(`axe finds nothing on ${path} in high contrast, light and dark`, async () => {
      const page = await open(path);
      await page.emulateMedia({ contrast: 'more' });
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme, contrast: 'more' });
        await page.waitForLoadState('networkidle');
        await assertAccessible(page, `${path} in high contrast, ${scheme}`);
        await shoot(page, `high-contrast-${scheme}${path.replaceAll('/', '-')}`);
      }
      page.judge();
    });
  }

  test('colours that the system forces are fit', async () => {
    const page = await open();
    await page.emulateMedia({ forcedColors: 'active' });
    await assertAccessible(page, 'forced colours');
    page.judge();
  });
});

describe('language', () => {
  test('German is spoken at once, the focus stays, and it is spoken from the first paint on', async () => {
    const page = await open();
    await page.getByLabel('Language', { exact: true }).focus();
    await page.getByLabel('Language', { exact: true }).selectOption('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    assert.equal((await looks(page)).lang, 'de');
    await page.waitForFunction(() => document.activeElement?.id === 'preference-language');
    await page.getByRole('navigation', { name: 'Seiten' }).getByRole('link', { name: 'Katalog' }).waitFor();
    await assertAccessible(page, 'German');
    await shoot(page, 'preferences-german');
    await page.setViewportSize({ width: 320, height: 640 });
    await assertFits(page, 'German at 320');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    page.judge();
  });

  test('a browser that asks for German gets it', async () => {
    const context = await stage.browser.newContext({ baseURL: stage.target.url, locale: 'de-AT' });
    const page = await context.newPage();
    await page.goto('/preferences');
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    await context.close();
  });
});

describe('habits', () => {
  test('the bare address opens what was chosen, and home is a click away', async () => {
    const page = await open();
    await page.getByLabel('Start page').selectOption('Catalog');
    await page.goto('/');
    await page.waitForURL(/\/catalog$/);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click();
    await page.waitForURL(/\/home$/);
    await page.getByRole('link', { name: 'Home' }).and(page.locator('[aria-current=page]')).waitFor();
    page.judge();
  });

  test('single keys do nothing when they are off, and Ctrl K still works', async () => {
    const page = await open();
    await radio(page, 'Single keys', 'Do nothing').check();
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    assert.match(page.url(), /preferences$/);
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.keyboard.press('Control+K');
    await page.getByRole('dialog', { name: 'Find anything' }).waitFor();
    await page.keyboard.press('Escape');
    assert.match(await focused(page), /^h1/);
    page.judge();
  });
});

describe('what was chosen goes with the person', () => {
  async function signIn(page) {
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').getByLabel('Token', { exact: true }).fill('secret');
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  test('to another browser, and what callboard cannot keep is said', async () => {
    const here = await open('/preferences', { allow: /503/ });
    await signIn(here);
    await radio(here, 'Density', 'Compact').check();
    const there = await open();
    await there.waitForFunction(() => document.documentElement.dataset.density === 'compact');
    stage.target.fail('/api/user-settings', 503);
    await radio(here, 'Motion', 'Keep still').check();
    await here.getByText('Some of it is in this browser only').waitFor();
    stage.target.heal();
    await radio(here, 'Density', 'Comfortable').check();
    await here.getByText('Some of it is in this browser only').waitFor({ state: 'detached' });
    here.judge();
    there.judge();
  });
});
