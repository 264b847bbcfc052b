// What plugins show on an entity's page: every type, every face, and what strangers answer. The stub says what no
// callboard lets through; a real callboard with a real plugin says the rest.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { object } from '../plugin/host.mjs';
import { Plugins, startWith } from '../plugin/server.mjs';
import { gallery, strange } from '../support/panels.mjs';
import { missing } from '../support/server.mjs';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, focused, harmIn, HARMLESS, launch, openPage, portalFiles, shoot } from './browser.mjs';

const PAYMENT = '/catalog/default/component/payment-service';
const HOSTILE = '/catalog/default/component/hostile';
const FACES = '/catalog/default/component/notification-service/faces';

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

function card(page, name) {
  return page.getByRole('article', { name, exact: true });
}

describe('the panels of a plugin', () => {
  test('are a tab of the page, each type drawn', async () => {
    const page = await open(PAYMENT);
    await page.getByRole('navigation', { name: 'About this entity' }).getByRole('link', { name: 'Gallery' }).click();
    await page.waitForURL(`**${PAYMENT}/gallery`);
    const status = card(page, 'Status');
    await status.getByText('Degraded', { exact: true }).waitFor();
    await status.getByText('Simulated').waitFor();
    await status.getByRole('link', { name: 'Watcher' }).waitFor();
    await status.getByRole('link', { name: 'Runbook' }).waitFor();
    const table = card(page, 'Table').getByRole('table');
    assert.match(await table.getByRole('row').nth(2).textContent(), /payment-service-7d9f-1CrashLoopBackOff\(Error\)7299\.4 MB/);
    await card(page, 'Series').getByRole('img', { name: /Chart of GET \/payments, POST \/payments/ }).locator('canvas').waitFor();
    await card(page, 'Series').getByRole('row', { name: /GET \/payments/ }).first().waitFor();
    assert.equal(await card(page, 'Timeline').getByRole('listitem').count(), 3);
    await card(page, 'Tree').getByRole('button', { name: 'payment-service-7d9f', expanded: false }).click();
    await card(page, 'Tree').getByText('CrashLoopBackOff').waitFor();
    await card(page, 'Diff').getByRole('region', { name: 'apps/Deployment payment-service' }).getByText('replicas: 6').waitFor();
    await card(page, 'Links').getByRole('link', { name: 'The catalog' }).waitFor();
    await card(page, 'Text').getByRole('heading', { name: 'Restarting' }).waitFor();
    await card(page, 'Facts').getByText('84,331,520').waitFor();
    await card(page, 'Group').getByText('12 ready').waitFor();
    page.judge();
  });

  test('are found by their address, and look right in light, in dark and at 320 pixels', async () => {
    const page = await open(`${PAYMENT}/gallery`);
    await card(page, 'Series').locator('canvas').first().waitFor();
    await card(page, 'Text').getByRole('heading', { name: 'Restarting' }).waitFor();
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
      await assertAccessible(page, `panels in ${scheme}`);
      await shoot(page, `panels-${scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 320, height: 640 });
    await assertFits(page, 'panels');
    await assertAccessible(page, 'panels at 320');
    await shoot(page, 'panels-320');
    page.judge();
  });

  test('say in the header how the entity is, and who is on call', async () => {
    const page = await open(PAYMENT);
    const health = page.getByRole('list', { name: 'Health' });
    await health.getByText('Error', { exact: true }).waitFor();
    await health.getByText('Ana Almeida is on call').waitFor();
    await health.getByRole('link', { name: /Gallery/ }).click();
    await page.waitForURL(`**${PAYMENT}/gallery`);
    page.judge();
  });

  test('can be read without a mouse: a diff from change to change', async () => {
    const page = await open(`${PAYMENT}/gallery`);
    const diff = card(page, 'Diff');
    await diff.getByRole('button', { name: 'Next change' }).focus();
    await page.keyboard.press('Enter');
    assert.match(await focused(page), /^tbody Change 1 of 2/);
    await diff.getByRole('button', { name: 'Next change' }).press('Enter');
    assert.match(await focused(page), /^tbody Change 2 of 2/);
    await diff.getByRole('button', { name: 'Show 5 unchanged lines' }).press('Enter');
    await diff.getByText('apiVersion: apps/v1').waitFor();
    page.judge();
  });

  test('that another plugin could show are named, with what to write', async () => {
    const page = await open('/catalog/default/component/storefront');
    await page.getByText(/What \d+ more panels need/).click();
    await page.getByText('Set the annotation example.com/status.').waitFor();
    await assertAccessible(page, 'what could be shown');
    page.judge();
  });
});

describe('each face of a panel', () => {
  test('nothing, broken and old say so, and what to do', async () => {
    const page = await open(FACES, { allow: /502/ });
    await card(page, 'Absent').getByText('Set the annotation example.com/absent to something.').waitFor();
    const failed = card(page, 'Failed');
    await failed.getByRole('alert').getByText('the upstream at watch.example.com says 500').waitFor();
    await failed.getByText(/It is tried again in/).waitFor();
    await failed.getByRole('button', { name: 'Try again' }).click();
    await card(page, 'Old').getByText('This is from 3 hours ago').waitFor();
    await card(page, 'Old').getByText('did not answer within 5 s').waitFor();
    await card(page, 'Old').getByText('Degraded', { exact: true }).waitFor();
    await card(page, 'Plain').getByText('1.4.0', { exact: true }).waitFor();
    await assertAccessible(page, 'the faces of panels');
    await shoot(page, 'panel-faces');
    page.judge();
  });

  test('waiting keeps its place: an answer that is late moves nothing', async () => {
    const stub = await startStub({ dist: portalFiles() });
    running.push(stub);
    const page = await openPage(browser, stub.url);
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let release;
    const late = new Promise((resolve) => (release = resolve));
    await page.route('**/gallery/{status,table,oncall}', async (route) => {
      await late;
      await route.continue();
    });
    await page.goto(`${PAYMENT}/gallery`);
    await card(page, 'Status').getByRole('status').filter({ hasText: 'Loading Status' }).waitFor();
    await card(page, 'Text').getByRole('heading', { name: 'Restarting' }).waitFor();
    await assertAccessible(page, 'waiting panels');
    release();
    await card(page, 'Status').getByText('Degraded', { exact: true }).waitFor();
    await card(page, 'Status').getByRole('button', { name: 'Show all of it' }).waitFor();
    await page.waitForLoadState('networkidle');
    const shift = await page.evaluate(() => window.shift);
    assert.ok(shift <= 0.02, `layout shift ${shift}`);
    await card(page, 'Status').getByRole('button', { name: 'Show all of it' }).click();
    page.judge();
  });

  test('a server that does not say which panels there are leaves the page as it is', async () => {
    const stub = await startStub({ dist: portalFiles() });
    running.push(stub);
    stub.fail('/api/panels', 500);
    const page = await openPage(browser, stub.url, { path: PAYMENT, allow: /500/ });
    await page.getByText('What plugins show could not be had').waitFor();
    await page.getByRole('heading', { name: 'Relations' }).waitFor();
    page.judge();
  });
});

describe('what strangers answer', () => {
  test('runs nothing, loads nothing, and fits', async () => {
    for (const [path, width] of [[`${HOSTILE}/strange`, 1280], [`${HOSTILE}/strange`, 320]]) {
      const page = await open(path, { width });
      await card(page, 'Markdown').getByText('Picture: x').waitFor();
      assert.deepEqual(await harmIn(page), HARMLESS);
      await assertFits(page, `${path} at ${width}`);
      await assertAccessible(page, `${path} at ${width}`);
      await shoot(page, `panels-strange-${width}`);
      page.judge();
    }
  });

  test('that no callboard lets through is stood as well', async () => {
    const page = await open(`${HOSTILE}/lawless`, { allow: /Cannot read properties of null/ });
    await card(page, 'Throws').getByRole('alert').getByText('This panel could not be drawn').waitFor();
    await card(page, 'Future').getByText('does not know panels of the type "hologram" yet').waitFor();
    assert.equal(await card(page, 'Links').getByRole('link').count(), 1);
    await card(page, 'Huge').getByRole('button', { name: 'Show 500 of 10,000' }).click();
    await card(page, 'Huge').getByText('The first 500 of 10,000 are shown.').waitFor();
    await card(page, 'Many').getByText('The first 12 of 40 series are drawn.').waitFor();
    assert.deepEqual(await harmIn(page), HARMLESS);
    await assertAccessible(page, 'lawless panels');
    page.judge();
  });
});

describe('an action', () => {
  test('that the caller may not do says which role it needs', async () => {
    const page = await open(`${PAYMENT}/gallery`);
    const actions = page.getByRole('group', { name: 'Actions: Status' });
    assert.ok(await actions.getByRole('button', { name: 'Restart…' }).isDisabled());
    await actions.getByText('needs the role editor').first().waitFor();
    await actions.getByRole('button', { name: 'Look closely' }).click();
    await actions.getByRole('status').getByText('look with {}').waitFor();
    page.judge();
  });

  test('asks first, asks for what is missing, and says what came of it', async () => {
    const page = await open(`${PAYMENT}/gallery`, { allow: /400/ });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').getByLabel('Token', { exact: true }).fill('secret');
    await page.keyboard.press('Enter');
    const actions = page.getByRole('group', { name: 'Actions: Status' });
    await actions.getByRole('button', { name: 'Restart…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restart' });
    await dialog.getByText('Restart payment-service in us-east?').waitFor();
    await assertAccessible(page, 'an action that asks');
    await shoot(page, 'panel-action');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.ok(!page.stub.requests.some((one) => one.startsWith('POST /api/panels')));
    await actions.getByRole('button', { name: 'Restart…' }).click();
    await dialog.getByRole('button', { name: 'Restart' }).click();
    await actions.getByRole('status').getByText('restart with {"region":"us-east"}').waitFor();
    await actions.getByRole('link', { name: 'See it' }).waitFor();

    await actions.getByRole('button', { name: 'Scale…' }).click();
    const scale = page.getByRole('dialog', { name: 'Scale' });
    await scale.getByRole('button', { name: 'Scale' }).click();
    await scale.getByText('Pods is needed.').waitFor();
    assert.match(await focused(page), /^input/);
    await page.keyboard.type('99');
    await page.keyboard.press('Enter');
    await scale.getByText('must be at most 10').waitFor();
    await scale.getByLabel('Pods').fill('4');
    await page.keyboard.press('Enter');
    await actions.getByRole('status').getByText('scale with {"pods":4}').waitFor();
    page.judge();
  });
});

const unbuilt = missing || (!existsSync(object('gallery')) && 'the plugin gallery is not built');

describe('a real plugin of a real callboard', { skip: unbuilt }, () => {
  let server;
  let plugins;
  before(async () => {
    plugins = new Plugins('gallery');
    const answers = { ...gallery(), ...strange(), failed: { fail: 'the upstream said no' }, future: { type: 'hologram' }, script: { type: 'links', items: [{ title: 'x', url: 'javascript:1' }] } };
    server = await startWith(plugins, {
      sections: `  gallery: ${JSON.stringify({ answers })}`,
      env: { CALLBOARD_PORTAL_DIR: portalFiles() },
      catalog: {
        'all.yaml': `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: x, annotations: {example.com/gallery: 'yes'}}
spec: {type: service, lifecycle: production, owner: y}
`,
      },
    });
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
  });

  test('is drawn as it answers, and what the server refuses is an error of its own', async () => {
    const page = await openPage(browser, server.url, { path: '/catalog/default/component/x/gallery', allow: /502/ });
    await card(page, 'status').getByText('Degraded', { exact: true }).waitFor();
    await card(page, 'series').locator('canvas').first().waitFor();
    await card(page, 'failed').getByText('the upstream said no').waitFor();
    await card(page, 'absent').getByText('Say something about absent.').waitFor();
    await card(page, 'script').getByRole('alert').getByText(/answered what is no panel/).waitFor();
    await card(page, 'future').getByRole('alert').getByText(/answered what is no panel/).waitFor();
    assert.deepEqual(await harmIn(page), HARMLESS);
    await assertAccessible(page, 'a real plugin');
    page.judge();
  });

  test('is loaded anew by an administrator, and the outcome is told', async () => {
    const page = await openPage(browser, server.url, { path: '/plugins' });
    const gallery = page.locator('#gallery');
    await gallery.getByText('ready', { exact: true }).waitFor();
    await gallery.getByText('Version').waitFor();
    await gallery.getByRole('button', { name: 'Reload gallery' }).click();
    await gallery.getByText('Loaded anew: version 1.0.0.').waitFor();
    await assertAccessible(page, 'a real page of plugins');
    page.judge();
  });

  test('does what a person confirms', async () => {
    const page = await openPage(browser, server.url, { path: '/catalog/default/component/x/gallery', allow: /502/ });
    const actions = page.getByRole('group', { name: 'Actions: status' });
    await actions.getByRole('button', { name: 'Restart…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restart' });
    await dialog.getByLabel('Region').fill('us-east');
    await page.keyboard.press('Enter');
    await actions.getByRole('status').getByText('restarted us-east').waitFor();
    page.judge();
  });
});

describe('the page of plugins', () => {
  test('says how each one is, why, and what it costs; those that need somebody first', async () => {
    const page = await open('/plugins');
    await page.getByText('4 plugins, 2 need a look').waitFor();
    const names = await page.locator('main h2').allTextContents();
    assert.deepEqual(names.slice(0, 3), ['faces', 'nobody', 'gallery']);
    const faces = page.locator('#faces');
    await faces.getByText('it crashed (Segmentation fault)').waitFor();
    await faces.getByText('412, 31 failed').waitFor();
    await faces.getByText('84.2 ms').waitFor();
    await faces.getByText(/the upstream at watch\.example\.com says 500/).waitFor();
    await page.locator('#nobody').getByText('/etc/callboard/callboard.yaml:31:12: plugins/nobody/token must be string').waitFor();
    await page.locator('#gallery').getByText('What it has: 18 things').click();
    await page.locator('#gallery').getByRole('heading', { name: 'Actions of panels' }).waitFor();
    await assertAccessible(page, 'plugins');
    await shoot(page, 'plugins');
    assert.ok(await page.getByRole('button', { name: 'Reload gallery' }).isDisabled());
    page.judge();
  });
});
