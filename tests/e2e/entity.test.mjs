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
