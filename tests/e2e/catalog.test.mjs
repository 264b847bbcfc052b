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
    assert.deepEqual(await headings(page), ['Star', 'Name', 'Kind', 'Type', 'Lifecycle', 'Owner', 'Description']);
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
    assert.deepEqual(await headings(page), ['Star', 'Name', 'Kind', 'Type', 'Owner', 'Tags', 'Description']);
    await page.goto('/catalog');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Star', 'Name', 'Kind', 'Type', 'Owner', 'Tags', 'Description']);
    await page.goto('/catalog?columns=namespace');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Namespace'], 'what the address says comes first');
    await openView(page);
    await page.getByRole('button', { name: 'The usual ones' }).click();
    await table(page).getByRole('columnheader', { name: 'Lifecycle' }).waitFor();
    page.judge();
  });

  test('tell how each entity is by a word, and begin with the worst when that is asked for', async () => {
    const page = await open('/catalog?kind=Component&whose=all&columns=name,health,owner');
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Name', 'Health', 'Owner']);
    assert.ok(page.seen.api.every((one) => !one.includes('by-query') || /fields=[^&]*health/.test(one)), page.seen.api.join('\n'));
    await table(page).getByRole('cell', { name: 'Error', exact: true }).waitFor();
    await table(page).getByRole('cell', { name: 'Well', exact: true }).first().waitFor();
    await assertAccessible(page, 'the health of entities');
    await shoot(page, 'catalog-health');
    await table(page).getByRole('button', { name: 'Health' }).click();
    await page.waitForURL(/sort=health/);
    await table(page).getByRole('columnheader', { name: 'Health' }).and(page.locator('[aria-sort=ascending]')).waitFor();
    await table(page).getByRole('row').nth(1).getByRole('cell', { name: 'Error', exact: true }).waitFor();
    assert.ok(page.seen.api.some((one) => one.includes('orderField=health%2Casc')), page.seen.api.join('\n'));
    page.judge();
  });

  test('are fewer where there is less room, and none is beside the screen', async () => {
    const page = await open('/catalog', { width: 320, height: 640 });
    await table(page).waitFor();
    assert.deepEqual(await headings(page), ['Star', 'Name', 'Owner']);
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

describe('of whose entities the list is', () => {
  const signedIn = async (path, options) => {
    const page = await open('/about');
    await page.evaluate(() => fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"secret"}' }));
    page.seen.api.length = 0;
    if (options) await page.setViewportSize(options);
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };
  const whose = (page) => page.getByRole('group', { name: 'Whose' }).getByRole('radio', { checked: true }).evaluate((e) => e.closest('label').textContent);
  const settled = (page) => page.waitForLoadState('networkidle');

  test("the bare address is one's own, in two calls; all is one click, and stays all when a filter comes and goes", async () => {
    const page = await signedIn('/catalog');
    await page.waitForURL(/whose=mine/);
    await link(page, 'payment-service').waitFor();
    assert.equal(await whose(page), 'Mine');
    await settled(page);
    assert.deepEqual(page.seen.api.filter((one) => !one.includes('session')).length, 2, page.seen.api.join('\n'));
    const own = Number(await table(page).getAttribute('aria-rowcount')) - 1;
    assert.ok(own > 0 && own < 19);
    await assertAccessible(page, 'mine');
    await shoot(page, 'catalog-mine');
    await page.getByRole('group', { name: 'Whose' }).getByText('All').click();
    await page.getByText(/^2,0\d\d entities$/).waitFor();
    await page.getByRole('checkbox', { name: /^API/ }).check();
    await page.waitForURL(/whose=all.*kind=API|kind=API.*whose=all/);
    await page.getByRole('button', { name: 'Remove the filter Kind: API' }).click();
    await page.getByText(/^2,0\d\d entities$/).waitFor();
    page.judge();
  });

  test('a link with a filter, or with text, is of all', async () => {
    for (const path of ['/catalog?kind=Component', '/catalog?q=svc-000001']) {
      const page = await signedIn(path);
      await link(page, 'svc-000001').waitFor();
      assert.equal(await whose(page), 'All');
      page.judge();
    }
  });

  test('text that finds nothing of mine is looked for in all by one click', async () => {
    const page = await signedIn('/catalog');
    await link(page, 'payment-service').waitFor();
    await page.getByRole('searchbox', { name: 'Filter the catalog' }).fill('svc-000001');
    await page.getByText('Nothing of yours matches').waitFor();
    await page.getByRole('button', { name: 'Look in all' }).click();
    await link(page, 'svc-000001').waitFor();
    page.judge();
  });

  test('a star is given by keys alone, is found again, and the list of them asks for nothing else', async () => {
    const page = await signedIn('/catalog?whose=starred');
    await page.getByText('Nothing has a star').waitFor();
    await assertAccessible(page, 'no stars');
    await page.getByRole('button', { name: 'Look in all' }).click();
    await link(page, 'payment-service').waitFor();
    await page.getByRole('button', { name: 'Star payment-service' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('button[aria-pressed=true][aria-label="Star payment-service"]:focus').waitFor();
    page.seen.api.length = 0;
    await page.getByRole('group', { name: 'Whose' }).getByText('Starred').click();
    await page.getByText(/^1 entity$/).waitFor();
    await settled(page);
    assert.ok(page.seen.api.every((one) => one.startsWith('POST')), page.seen.api.join('\n'));
    assert.ok(page.seen.api.length <= 2);
    await page.getByRole('button', { name: 'Star payment-service' }).click();
    await page.locator('button[aria-pressed=false][aria-label="Star payment-service"]').waitFor();
    assert.equal(await link(page, 'payment-service').count(), 1, 'it stays until one comes again');
    await page.reload();
    await page.getByText('Nothing has a star').waitFor();
    page.judge();
  });

  test('fits at 320 pixels', async () => {
    const page = await signedIn('/catalog', { width: 320, height: 640 });
    await link(page, 'payment-service').waitFor();
    await assertFits(page, 'mine at 320');
    await assertAccessible(page, 'mine at 320');
    await shoot(page, 'catalog-mine-320');
    page.judge();
  });

  test('a guest is told why nothing is his', async () => {
    const page = await open('/about');
    await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }));
    await page.goto('/catalog?whose=mine');
    await page.getByText(/You are a guest, so nothing is yours: these are all/).waitFor();
    await page.getByText(/^2,0\d\d entities$/).waitFor();
    page.judge();
  });
});

describe('views that are kept', () => {
  test('are saved, opened, saved anew, deleted and brought back, and shared by a link that says all', async () => {
    const page = await open('/catalog?kind=API&whose=all');
    await table(page).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByText(/are kept under a name/).waitFor();
    await page.getByRole('textbox', { name: 'Keep what is shown as' }).fill('All APIs');
    await page.keyboard.press('Enter');
    const item = page.getByRole('list', { name: 'Views' }).getByRole('link', { name: 'All APIs' });
    await item.waitFor();
    await assertAccessible(page, 'the kept views');
    await shoot(page, 'catalog-views');
    await page.goto('/catalog?whose=all&sort=-name');
    await page.getByRole('button', { name: 'Views' }).click();
    await item.click();
    await page.waitForURL(/kind=API/);
    assert.match(page.url(), /sort=kind.*columns=name.*layout=table/);
    await page.goto('/catalog?kind=User&whose=all');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Keep what is shown as All APIs' }).click();
    await page.getByRole('button', { name: 'Delete the view All APIs' }).click();
    await page.getByText(/are kept under a name/).waitFor();
    await page.getByRole('button', { name: 'Bring All APIs back' }).click();
    assert.match(await item.getAttribute('href'), /kind=User/);
    page.judge();
  });

  test('fit at 320 pixels', async () => {
    const page = await open('/catalog', { width: 320, height: 640 });
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('textbox', { name: 'Keep what is shown as' }).waitFor();
    await assertFits(page, 'the kept views at 320');
    await assertAccessible(page, 'the kept views at 320');
    page.judge();
  });
});

describe('the list as CSV', () => {
  const LATER = /by-query\?.*cursor=/; // every page of it but the first

  test('is stopped in the middle: no file comes, and it can be begun anew', async () => {
    const page = await open('/catalog?whose=all');
    await table(page).waitFor();
    let downloads = 0;
    page.on('download', () => downloads++);
    await page.route(LATER, () => {}); // never answered
    await page.getByRole('button', { name: 'As CSV' }).click();
    await page.getByRole('button', { name: /^Stop \(500 of / }).click();
    await page.getByRole('button', { name: 'As CSV' }).waitFor();
    assert.equal(await page.getByText('There is no file').count(), 0, 'who stopped it knows');
    assert.equal(downloads, 0);
    await page.unroute(LATER);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'As CSV' }).click()]);
    assert.equal(download.suggestedFilename(), 'catalog.csv');
    await page.getByText(/rows are in the file/).waitFor();
    page.judge();
  });

  test('is no file when a page of it fails, and says why', async () => {
    const page = await open('/catalog?whose=all', { allow: /503/ });
    await table(page).waitFor();
    let downloads = 0;
    page.on('download', () => downloads++);
    await page.route(LATER, (route) => route.fulfill({ status: 503, json: { error: { name: 'ServiceUnavailableError', message: 'the catalog is being loaded' } } }));
    await page.getByRole('button', { name: 'As CSV' }).click();
    await page.getByRole('status').getByText('There is no file: the catalog is being loaded').waitFor();
    await page.getByRole('button', { name: 'As CSV' }).waitFor();
    assert.equal(downloads, 0, 'half a list looks like a whole one');
    page.judge();
  });
});
