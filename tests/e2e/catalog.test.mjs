// The catalog's list: what of each entity it shows, and how.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, focused, portalFiles, shoot } from './browser.mjs';
import { onStage } from './stage.mjs';

const { open } = onStage(() => startStub({ dist: portalFiles(), more: 2_000 }));

const table = (page) => page.getByRole('table', { name: 'Entities' });
const cards = (page) => page.getByRole('list', { name: 'Entities' });
const headings = (page) => table(page).getByRole('columnheader').allTextContents();
const link = (page, name) => page.getByRole('region', { name: 'Entities' }).getByRole('link', { name, exact: true });

async function openView(page) {
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('radio', { name: 'Cards' }).waitFor({ state: 'attached' });
}

describe('the columns', () => {
  test('that are usual are all on a screen of 1280 pixels, the description too, and the menu says what has no room', async () => {
    const page = await open('/catalog');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Kind', 'Type', 'Lifecycle', 'Owner', 'Description']);
    const box = await table(page).getByRole('columnheader', { name: 'Description' }).boundingBox();
    assert.ok(box.x + box.width <= 1280 && box.width >= 150, JSON.stringify(box));
    await openView(page);
    await page.getByText('There is no room on this screen for: System.').waitFor();
    await assertAccessible(page, 'the view menu');
    await shoot(page, 'catalog-view-menu');
    page.judge();
  });

  test('are chosen, stand in the address, and are there again at the bare address', async () => {
    const page = await open('/catalog');
    await openView(page);
    await page.getByRole('checkbox', { name: 'Lifecycle' }).uncheck();
    await page.getByRole('checkbox', { name: 'Tags' }).check();
    await page.waitForURL(/columns=tags/);
    assert.deepEqual(await headings(page), ['Name', 'Kind', 'Type', 'Owner', 'Tags', 'Description']);
    await page.goto('/catalog');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Kind', 'Type', 'Owner', 'Tags', 'Description']);
    await page.goto('/catalog?columns=namespace');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Namespace'], 'what the address says comes first');
    await openView(page);
    await page.getByRole('button', { name: 'The usual ones' }).click();
    await table(page).getByRole('columnheader', { name: 'Lifecycle' }).waitFor();
    page.judge();
  });

  test('are fewer where there is less room, and none is beside the screen', async () => {
    const page = await open('/catalog', { width: 320, height: 640 });
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Owner']);
    await openView(page);
    await assertFits(page, 'the view menu at 320');
    await assertAccessible(page, 'the view menu at 320');
    await shoot(page, 'catalog-view-menu-320');
    page.judge();
  });
});

describe('cards', () => {
  test('show the same entities, many or few, with sixty of them in the page at most', async () => {
    const page = await open('/catalog?layout=cards&kind=Component&columns=kind&columns=type&columns=owner&columns=description&columns=tags');
    await cards(page).getByRole('listitem').first().waitFor();
    assert.ok((await cards(page).getByRole('listitem').count()) <= 60);
    await assertAccessible(page, 'cards');
    await shoot(page, 'catalog-cards');
    const scroller = page.getByRole('region', { name: 'Entities' });
    await scroller.evaluate((e) => e.scrollTo(0, e.scrollHeight));
    await link(page, 'svc-001999').waitFor();
    assert.ok((await cards(page).getByRole('listitem').count()) <= 60);
    const places = await cards(page)
      .getByRole('listitem')
      .evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map(({ left, top, right, bottom }) => [left, top, right, bottom]));
    for (const [i, a] of places.entries())
      for (const b of places.slice(i + 1)) assert.ok(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], `${a} over ${b}`);
    const at = await scroller.evaluate((e) => e.scrollTop);
    await link(page, 'svc-001999').click();
    await page.getByRole('heading', { level: 1, name: 'svc-001999' }).waitFor();
    await page.goBack();
    await link(page, 'svc-001999').waitFor();
    assert.ok(Math.abs((await scroller.evaluate((e) => e.scrollTop)) - at) < 100);
    page.judge();
  });

  test('are chosen by keys alone, are there again at the bare address, and are put in order in the menu', async () => {
    const page = await open('/catalog');
    await table(page).waitFor();
    await page.getByRole('button', { name: 'View', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/layout=cards/);
    await page.keyboard.press('Escape');
    assert.match(await focused(page), /^button View/);
    assert.equal(await page.getByRole('radio', { name: 'Cards' }).count(), 0);
    await page.goto('/catalog');
    await cards(page).getByRole('listitem').first().waitFor();
    await openView(page);
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
    await page.getByRole('checkbox', { name: 'Last first' }).check();
    await page.waitForURL(/sort=-name/);
    await page.getByRole('heading', { level: 1 }).click();
    assert.equal(await page.getByRole('radio', { name: 'Cards' }).count(), 0, 'a click beside the menu closes it');
    page.judge();
  });

  test('fit at 320 pixels, one below the other', async () => {
    const page = await open('/catalog?layout=cards', { width: 320, height: 640 });
    await cards(page).getByRole('listitem').first().waitFor();
    await assertFits(page, 'cards at 320');
    await assertAccessible(page, 'cards at 320');
    await shoot(page, 'catalog-cards-320');
    page.judge();
  });
});

test('how dense the list is can be chosen beside it, and holds in the preferences', async () => {
  const page = await open('/catalog');
  await table(page).waitFor();
  await openView(page);
  await page.getByText('Compact', { exact: true }).click();
  await page.waitForFunction(() => document.documentElement.dataset.density === 'compact');
  await page.goto('/preferences');
  assert.ok(await page.getByRole('radio', { name: 'Compact' }).isChecked());
  page.judge();
});
