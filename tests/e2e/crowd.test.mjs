// A newcomer's ten journeys through a company of 20,000 entities: a real callboard, a real repository of generated
// descriptors. What the pages say is held beside what was generated and what the API answers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bare, generate } from '../bench/repo.mjs';
import { missing, startServer } from '../support/server.mjs';
import { assertAccessible, assertFits, launch, openPage, portalFiles, shoot, watchShift } from './browser.mjs';

const MANY = 20_000;
const ROWS_MAX = 60;
const SHIFT_MAX = 0.02;
const WITHIN_MS = 180_000;

let browser;
let dir;
let manifest;
let server;

describe('among 20,000 entities', { skip: missing, timeout: WITHIN_MS }, () => {
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'callboard-crowd-'));
    const catalog = generate(dir, MANY);
    manifest = catalog.manifest;
    const repo = bare(join(dir, 'catalog.git'), catalog.files.map((file) => [file, readFileSync(join(catalog.dir, file))]));
    [browser, server] = await Promise.all([
      launch(),
      startServer({ sources: [`git: ${repo}\nbranch: main\npaths: ["catalog-*.yaml"]`], env: { CALLBOARD_PORTAL_DIR: portalFiles() } }),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    if (dir) rmSync(dir, { recursive: true, force: true });
  });

  async function open(path, options = {}) {
    const page = await openPage(browser, server.url, options);
    page.shifted = await watchShift(page);
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  // Nothing went wrong, and nothing jumped.
  async function judge(page) {
    page.judge();
    const shift = await page.shifted();
    assert.ok(shift <= SHIFT_MAX, `layout shift ${shift}`);
  }

  // What the page asked for by itself, but who is asking.
  function asked(page) {
    return page.seen.api.filter((one) => !one.includes('/api/session'));
  }

  const ask = async (path) => (await server.get(path)).json;
  const pathOf = (ref) => ref.replace(/^(.+?):(.+?)\/(.+)$/, '/catalog/$2/$1/$3');
  const number = (n) => n.toLocaleString('en');
  const entities = (page) => page.getByRole('region', { name: 'Entities' });
  const total = (page, n) => page.getByRole('status').filter({ hasText: `${number(n)} entit` }).waitFor();

  async function settled(page) {
    await page.waitForLoadState('networkidle');
    await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => e.textContent.startsWith('Loading')));
  }

  test('the home leads into the catalog, in three calls', async () => {
    const page = await open('/');
    await settled(page);
    assert.ok(asked(page).length <= 3, asked(page).join('\n'));
    await page.getByRole('main').getByRole('link', { name: 'Component', exact: true }).click();
    await page.waitForURL(/\/catalog\?kind=Component/);
    await total(page, manifest.kinds.Component);
    await judge(page);
  });

  test('the catalog counts all of them, and is scrolled to its end with sixty rows', async () => {
    const page = await open('/catalog');
    await total(page, MANY);
    await settled(page);
    assert.ok(asked(page).length <= 2, asked(page).join('\n'));
    assert.equal(await page.getByRole('table', { name: 'Entities' }).getAttribute('aria-rowcount'), String(MANY + 1));
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await entities(page).evaluate((e, to) => e.scrollTo(0, e.scrollHeight * to), part);
      const near = await entities(page).evaluate((e) => Math.floor((e.scrollTop / e.scrollHeight) * 20_000));
      await page.waitForFunction((row) => [...document.querySelectorAll('[role=row][aria-rowindex]')].some((e) => Math.abs(e.getAttribute('aria-rowindex') - row) < 100 && e.querySelector('a')), near);
      assert.ok((await page.getByRole('row').count()) <= ROWS_MAX);
    }
    await page.locator(`[role=row][aria-rowindex="${MANY + 1}"] a`).first().waitFor();
    await judge(page);
  });

  test('the counts of the filters are those of what was generated, and two calls show what they leave', async () => {
    const page = await open('/catalog');
    await total(page, MANY);
    for (const [kind, n] of Object.entries(manifest.kinds)) {
      const told = await page.getByRole('checkbox', { name: new RegExp(`^${kind}`) }).first().evaluate((e) => e.closest('label').textContent);
      assert.equal(told.replace(/\D/g, ''), String(n), kind);
    }
    await settled(page);
    page.seen.api.length = 0;
    await page.getByRole('checkbox', { name: /^Component/ }).check();
    await total(page, manifest.kinds.Component);
    await settled(page);
    assert.ok(asked(page).length <= 2, asked(page).join('\n'));
    await page.getByRole('checkbox', { name: /^service/ }).check();
    await page.waitForURL(/type=service/);
    await total(page, manifest.componentTypes.service);
    await judge(page);
  });

  test('a list leaves as a file, whole though nobody scrolled, and only what is filtered', async () => {
    const page = await open('/catalog?kind=Component&type=service&sort=-owner');
    await total(page, manifest.componentTypes.service);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'As CSV' }).click()]);
    const [head, ...lines] = readFileSync(await download.path(), 'utf8').split('\r\n').slice(0, -1);
    assert.equal(head, '\uFEFFref,kind,namespace,name,title,type,lifecycle,owner,system,tags,description');
    assert.equal(new Set(lines.map((line) => line.split(',')[0])).size, manifest.componentTypes.service);
    assert.equal(lines.length, manifest.componentTypes.service);
    await page.getByRole('status').filter({ hasText: `${number(lines.length)} rows` }).waitFor();
    await judge(page);
  });

  test('how they are is a filter with the counts the API tells', async () => {
    const page = await open('/catalog');
    await total(page, MANY);
    const { facets } = await ask('/api/catalog/entity-facets?facet=health');
    const told = facets.health;
    const names = { well: 'Well', problems: 'With problems', error: 'With errors', warning: 'With warnings', orphan: 'Orphan' };
    const group = page.getByRole('region', { name: 'Health' });
    assert.equal(await group.getByRole('checkbox').count(), told.length);
    for (const { value, count } of told) {
      await group.getByRole('checkbox', { name: new RegExp(`^${names[value]}`) }).check();
      await total(page, count);
      await group.getByRole('checkbox', { name: new RegExp(`^${names[value]}`) }).uncheck();
      await total(page, MANY);
    }
    await judge(page);
  });

  test('back from an entity finds the filters and the place again', async () => {
    const page = await open('/catalog?kind=Component&type=service');
    await total(page, manifest.componentTypes.service);
    await entities(page).evaluate((e) => e.scrollTo(0, e.scrollHeight / 2));
    const middle = await entities(page).evaluate((e) => e.scrollTop + e.clientHeight / 2);
    await page.waitForFunction(
      (at) => [...document.querySelectorAll('[role=region][aria-label=Entities] [role=row] a')].some((a) => Math.abs(a.getBoundingClientRect().top - innerHeight / 2) < 200 && at > 0),
      middle,
    );
    const at = await entities(page).evaluate((e) => e.scrollTop);
    const name = await page.evaluate(() => {
      const region = document.querySelector('[role=region][aria-label=Entities]').getBoundingClientRect();
      const link = [...document.querySelectorAll('[role=row] a[href*="/component/"]')].find((a) => {
        const { top, bottom } = a.getBoundingClientRect();
        return top > region.top + 80 && bottom < region.bottom - 80;
      });
      return link.getAttribute('href');
    });
    await page.locator(`[role=row] a[href="${name}"]`).first().click();
    await page.waitForURL(`**${name}`);
    await page.locator('h1:focus').waitFor();
    await page.goBack();
    await page.locator(`[role=row] a[href="${name}"]`).first().waitFor();
    assert.ok(Math.abs((await entities(page).evaluate((e) => e.scrollTop)) - at) < 100);
    assert.match(page.url(), /kind=Component&type=service/);
    await judge(page);
  });

  test('typing finds one by its name', async () => {
    const ref = manifest.samples.components[3];
    const name = ref.split('/')[1];
    const page = await open('/catalog');
    await total(page, MANY);
    await page.getByRole('searchbox', { name: 'Filter the catalog' }).pressSequentially(name);
    await page.getByRole('status').filter({ hasText: /^1 entity/ }).waitFor();
    await entities(page).locator(`a[href="${pathOf(ref)}"]`).click();
    await page.waitForURL(`**${pathOf(ref)}`);
    await judge(page);
  });

  test('an entity says who owns it, in four calls', async () => {
    const ref = manifest.samples.components[0];
    const page = await open(pathOf(ref));
    await page.getByRole('heading', { name: 'Relations' }).waitFor();
    await settled(page);
    assert.ok(asked(page).length <= 4, asked(page).join('\n'));
    const owner = (await ask(`/api/catalog/entities/by-name/${ref.replace(':', '/')}`)).relations.find(({ type }) => type === 'ownedBy').targetRef;
    await page.locator('main header dl').locator(`a[href="${pathOf(owner)}"]`).click();
    await page.waitForURL(`**${pathOf(owner)}`);
    await judge(page);
  });

  test('three steps around an entity are drawn as far as can be read, and the rest is counted', async () => {
    const ref = manifest.samples.components[0];
    const page = await open(`${pathOf(ref)}/dependencies?depth=3`);
    await page.getByText(/^Showing \d+ of [\d,]+$/).waitFor();
    await page.locator(`[data-ref="${ref}"]`).waitFor();
    const boxes = await page.locator('[data-ref]').count();
    assert.ok(boxes > 100 && boxes <= 300, String(boxes));
    await page.locator(`[data-ref="${ref}"]`).focus();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await page.evaluate(() => document.activeElement.dataset.ref), ref);
    await judge(page);
  });

  test('the impact of a resource is as large as the API says', async () => {
    const { items } = await ask('/api/catalog/entities/by-query?filter=kind=resource,relations.dependencyOf&limit=20');
    const counts = await Promise.all(items.map(async ({ metadata }) => (await ask(`/api/graph/resource/default/${metadata.name}/impact`)).totalItems));
    const most = counts.indexOf(Math.max(...counts));
    const page = await open(`/catalog/default/resource/${items[most].metadata.name}/impact`);
    await page.getByRole('heading', { name: new RegExp(`^${number(counts[most])} entit.* would break`) }).waitFor();
    await settled(page);
    await judge(page);
  });

  test('the landscape shows every system, and lists them too', async () => {
    const page = await open('/landscape');
    await page.getByRole('group', { name: /^Map of the catalog/ }).waitFor();
    const { boxes, totalItems } = await ask('/api/graph/map');
    await page.getByText(new RegExp(`${number(totalItems)} entities`)).first().waitFor();
    assert.ok(boxes.length > 1000);
    await page.getByRole('group', { name: /^Map of the catalog/ }).focus();
    const box = await page.locator('main [role=group] svg').getAttribute('viewBox');
    await page.keyboard.press('+');
    await page.waitForFunction((was) => document.querySelector('main [role=group] svg').getAttribute('viewBox') !== was, box);
    await judge(page);
  });

  test('the search ranks, and the palette leads to what was typed', async () => {
    const ref = manifest.samples.components[5];
    const name = ref.split('/')[1];
    const page = await open('/search?q=fraud+gateway');
    await page.getByText(/results?$/).first().waitFor();
    assert.match(await page.locator('main mark').first().textContent(), /fraud|gateway/i);
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox', { name: 'Find anything' }).waitFor();
    await page.keyboard.type(name);
    await page.getByRole('option', { name: /Component/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${pathOf(ref)}`);
    await judge(page);
  });

  for (const [name, where] of [
    ['home', () => '/'],
    ['catalog', () => '/catalog'],
    ['entity', () => pathOf(manifest.samples.components[0])],
    ['graph', () => `${pathOf(manifest.samples.components[0])}/dependencies?depth=2`],
    ['group', () => pathOf(manifest.samples.groups[0])],
    ['groups', () => '/groups'],
    ['systems', () => '/systems'],
    ['landscape', () => '/landscape'],
    ['search', () => '/search?q=payment'],
  ]) {
    test(`axe finds nothing on ${name}, in light, in dark and at 320 pixels, where it fits`, async () => {
      const page = await open(where());
      await settled(page);
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
        await assertAccessible(page, `${name} in ${scheme}`);
        await shoot(page, `crowd-${name}-${scheme}`);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 320, height: 640 });
      await settled(page);
      await assertFits(page, name);
      await assertAccessible(page, `${name} at 320`);
      await shoot(page, `crowd-${name}-320`);
      page.judge();
    });
  }
});
