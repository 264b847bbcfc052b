// What stands behind the tabs of an entity's page: its neighbourhood drawn and listed, what became of it, what breaks with it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { company, crowd } from '../support/stub-catalog.mjs';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, launch, openPage, portalFiles, shoot } from './browser.mjs';

const PAYMENT = '/catalog/default/component/payment-service';

let browser;
const running = [];

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await Promise.all(running.map((one) => one.stop()));
});

async function open(path, options = {}, stubOptions) {
  const stub = await startStub({ dist: portalFiles(), ...stubOptions });
  running.push(stub);
  const page = await openPage(browser, stub.url, { path, ...options });
  await page.getByRole('heading', { level: 1 }).waitFor();
  page.stub = stub;
  return page;
}

function box(page, ref) {
  return page.locator(`[data-ref="${ref}"]`);
}

function owned(n) {
  return [...company(), ...crowd(n).map((one) => ({ ...one, spec: { ...one.spec, owner: 'team-payments' } }))];
}

describe('the dependencies of an entity', () => {
  test('are drawn, as far, in the direction and by the relations that are chosen; the address says so', async () => {
    const page = await open(`${PAYMENT}/dependencies`);
    await box(page, 'resource:default/production-db').waitFor();
    assert.equal(await box(page, 'component:default/storefront').count(), 0);
    await page.getByRole('radio', { name: '2', exact: true }).check();
    await page.waitForURL(/depth=2/);
    await box(page, 'component:default/storefront').waitFor();
    await page.getByRole('radio', { name: 'who needs it' }).check();
    await page.waitForURL(/direction=in/);
    await page.getByText('Nothing is connected with it in this way').waitFor();
    await page.getByRole('radio', { name: 'what it needs' }).check();
    await page.getByText('All relations').click();
    await page.getByRole('checkbox', { name: 'Depends on' }).check();
    await page.waitForURL(/relation=dependsOn/);
    await box(page, 'component:default/notification-service').waitFor();
    await box(page, 'group:default/team-payments').waitFor({ state: 'detached' });
    await page.reload();
    await box(page, 'component:default/notification-service').waitFor();
    assert.ok(await page.getByRole('radio', { name: 'what it needs' }).isChecked());
    assert.ok(await page.getByRole('checkbox', { name: 'Depends on' }).isChecked());
    page.judge();
  });

  test('are the same as a table, one key away', async () => {
    const page = await open(`${PAYMENT}/dependencies`);
    await box(page, 'resource:default/production-db').focus();
    await page.keyboard.press('t');
    await page.waitForURL(/view=table/);
    await page.getByRole('region', { name: 'Relations' }).getByRole('row').filter({ hasText: 'Production PostgreSQL' }).filter({ hasText: 'depends on' }).waitFor();
    await assertAccessible(page, 'the table of dependencies');
    page.judge();
  });

  test('are walked with the arrow keys, and a box leads to its own', async () => {
    const page = await open(`${PAYMENT}/dependencies?depth=2`);
    await box(page, 'component:default/payment-service').focus();
    await page.keyboard.press('ArrowRight');
    const ref = () => page.evaluate(() => document.activeElement.dataset.ref);
    const first = await ref();
    assert.notEqual(first, 'component:default/payment-service');
    await page.keyboard.press('ArrowDown');
    const second = await ref();
    assert.notEqual(second, first);
    await page.keyboard.press('ArrowUp');
    assert.equal(await ref(), first);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/dependencies\?depth=2/);
    await page.waitForURL((url) => !url.pathname.includes('payment-service'));
    page.judge();
  });

  test('are rolled up to systems and domains', async () => {
    const page = await open(`${PAYMENT}/dependencies?depth=3&by=system`);
    await box(page, 'system:default/checkout').waitFor();
    await page.getByText(/within the boxes/).waitFor();
    assert.equal(await box(page, 'component:default/payment-service').count(), 0);
    await page.getByRole('radio', { name: 'domain' }).check();
    await page.waitForURL(/by=domain/);
    await box(page, 'domain:default/commerce').waitFor();
    assert.equal(await box(page, 'system:default/checkout').count(), 0);
    await assertAccessible(page, 'a graph of domains');
    page.judge();
  });

  test('look right in light, in dark and at 320 pixels', async () => {
    const page = await open(`${PAYMENT}/dependencies?depth=2`);
    await box(page, 'component:default/storefront').waitFor();
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
      await assertAccessible(page, `a graph in ${scheme}`);
      await shoot(page, `graph-${scheme}`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await assertFits(page, 'a graph');
    await assertAccessible(page, 'a graph at 320');
    await shoot(page, 'graph-320');
    page.judge();
  });

  test('of hundreds are cut, and what is left out is counted', async () => {
    const page = await open('/catalog/default/group/team-payments/dependencies', {}, { entities: owned(400) });
    await page.getByText(/^Showing 300 of [\d,]+$/).waitFor();
    assert.ok((await page.locator('[data-ref]').count()) <= 300);
    page.judge();
  });
});

describe('the history of an entity', () => {
  test('says who changed what, when, in which commit, and where that stands', async () => {
    const page = await open(`${PAYMENT}/history`);
    const newest = page.locator('main ol > li').first();
    await newest.getByText('by Ana Almeida').waitFor();
    await newest.getByText('Depend on the notification service').waitFor();
    assert.equal(await newest.getByRole('link', { name: 'catalog-info.yaml:1' }).getAttribute('href'), 'https://git.example.com/mycompany/payment-service/blob/main/catalog-info.yaml#L1');
    await newest.getByText('spec.dependsOn', { exact: true }).waitFor();
    await newest.getByRole('button', { name: 'What changed' }).click();
    const fields = newest.getByRole('region', { name: /Fields that are different/ });
    await fields.getByRole('row').filter({ hasText: 'spec.dependsOn.0' }).filter({ hasText: 'old-db' }).filter({ hasText: 'production-db' }).waitFor();
    await newest.getByRole('region', { name: /As YAML/ }).getByText('- component:default/notification-service').waitFor();
    await page.getByRole('button', { name: 'Earlier changes' }).click();
    await page.getByText('generation 3', { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
    await assertAccessible(page, 'a history');
    page.judge();
  });

  test('compares any two versions, and the address says which', async () => {
    const page = await open(`${PAYMENT}/history`);
    await page.getByRole('button', { name: 'Earlier changes' }).click();
    await page.getByRole('radio', { name: 'Newer side of the comparison: generation 3', exact: true }).check();
    await page.getByRole('radio', { name: 'Older side of the comparison: generation 44' }).check();
    await page.waitForURL(/from=44/);
    await page.getByRole('heading', { name: 'Generation 3 against 44' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Generation 3 against 44' }).waitFor();
    for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [320, 'light']]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
      await assertFits(page, 'a comparison');
      await assertAccessible(page, `a comparison in ${scheme} at ${width}`);
      await shoot(page, `history-${scheme}-${width}`);
    }
    page.judge();
  });

  test('of one that is gone is still there', async () => {
    const page = await open('/catalog/default/component/retired-service', { allow: /404/ });
    await page.getByRole('heading', { name: 'It was here' }).waitFor();
    await page.getByText('Retire it').waitFor();
    await assertAccessible(page, 'an entity that is gone');
    page.judge();
  });
});

describe('the impact of an entity', () => {
  const DB = '/catalog/default/resource/production-db/impact';

  test('says who breaks if it breaks: how many, how far, whose, and each by which way', async () => {
    const page = await open(DB);
    await page.getByRole('heading', { name: '3 entities of 1 owner would break' }).waitFor();
    assert.match(await page.getByRole('region', { name: 'By steps' }).textContent(), /1 step1.*2 steps1.*3 steps1/);
    const rows = page.getByRole('region', { name: 'Everything that is reached' }).getByRole('row');
    assert.match(await rows.nth(3).textContent(), /3Storefront.*Payment API/);
    assert.match(await page.getByRole('link', { name: 'As CSV' }).getAttribute('href'), /^\/api\/graph\/Resource\/default\/production-db\/impact\?direction=in&format=csv/);
    await page.getByRole('region', { name: 'By kind' }).getByRole('link', { name: 'API' }).click();
    await page.waitForURL(/kind=api/);
    await page.getByRole('heading', { name: '1 entity of 1 owner would break' }).waitFor();
    assert.match(await page.getByRole('link', { name: 'As CSV' }).getAttribute('href'), /kind=api/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('heading', { name: '3 entities of 1 owner would break' }).waitFor();
    await page.getByRole('radio', { name: 'what must be up for this' }).check();
    await page.waitForURL(/direction=out/);
    await page.getByText('It needs nothing to work').waitFor();
    page.judge();
  });

  test('of hundreds comes in pages that the address keeps', async () => {
    const entities = [...company(), ...crowd(180).map((one) => ({ ...one, spec: { ...one.spec, dependsOn: ['resource:production-db'] } }))];
    const page = await open(DB, {}, { entities });
    await page.getByText('1–50 of 183').waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL(/page=2/);
    await page.getByText('51–100 of 183').waitFor();
    await page.reload();
    await page.getByText('51–100 of 183').waitFor();
    await page.getByRole('region', { name: 'By owner' }).getByText(/and \d+ more/).waitFor();
    page.judge();
  });

  test('looks right in light, in dark and at 320 pixels', async () => {
    const page = await open(DB);
    await page.getByRole('heading', { name: /would break/ }).waitFor();
    for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [320, 'light']]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
      await assertFits(page, 'an impact');
      await assertAccessible(page, `an impact in ${scheme} at ${width}`);
      await shoot(page, `impact-${scheme}-${width}`);
    }
    page.judge();
  });
});
