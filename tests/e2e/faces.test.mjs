// The faces of each view that the example company does not show: waiting, broken, empty, huge, hostile.
// They come from the stub, which can fail on demand.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { RUN } from '../support/stub-scaffold.mjs';
import { assertAccessible, assertFits, launch, openPage, portalFiles, shoot } from './browser.mjs';

const LONG = 'a-component-whose-name-is-exactly-sixty-three-characters-long-x';
const PAYMENT = '/catalog/default/component/payment-service';
const FILE = 'https://git.example.com/mycompany/tea/blob/main/catalog-info.yaml';
// Name, address, what it asks, what is read there once that has answered, and whose token it takes.
const VIEWS = [
  ['home', '/', '/api/mine', 'Storefront', 'secret'],
  ['home runs', '/', '/api/scaffolder', 'Go service', 'secret'],
  ['home counts', '/', '/api/catalog/entity-facets', 'Component'],
  ['catalog', '/catalog', '/api/catalog/entities', 'payment-service'],
  ['entity', PAYMENT, '/api/catalog/entities/by-name', 'Processes payments and refunds'],
  ['dependencies', `${PAYMENT}/dependencies`, '/api/graph', 'Production PostgreSQL'],
  ['APIs', `${PAYMENT}/apis`, '/api/catalog/entities/by-refs', 'Start, follow and refund payments'],
  ['definition changes', '/catalog/default/api/payment-api/definition?from=3', '/api/history', 'No difference'],
  ['entity problems', '/catalog/default/component/storefront/problems', '/api/problems', 'Correct the name'],
  ['history', `${PAYMENT}/history`, '/api/history', 'Depend on the notification service'],
  ['where it comes from', '/catalog/default/component/payment-service/from', '/api/explain', 'https://git.example.com/acme/shop.git'],
  ['what led to it', '/catalog/default/component/payment-service/from', '/api/catalog/entities/by-name/Component/default/payment-service/ancestry', /No location led to it/],
  ['impact', '/catalog/default/resource/production-db/impact', '/api/graph/Resource/default/production-db/impact', /entities of \d+ owner/],
  ['search', '/search?q=payment', '/api/search', 'Processes payments and refunds'],
  ['landscape', '/landscape', '/api/graph/map', /^\d+ entities/],
  ['groups', '/groups', '/api/graph/tree', 'Payments Team'],
  ['people of a group', '/groups?of=group:default/team-payments', '/api/catalog/entities/by-query', 'Ana Almeida'],
  ['systems', '/systems', '/api/graph/tree', 'Checkout'],
  ['create', '/create', '/api/catalog/entities', 'A service in Go with its pipeline'],
  ['template', '/create/templates/default/go-service', '/api/scaffolder', 'What is it'],
  ['runs', '/create/tasks', '/api/scaffolder', 'Go service'],
  ['run', `/create/tasks/${RUN}`, `/api/scaffolder/v2/tasks/${RUN}`, 'Beginning step Register it'],
  ['problems', '/problems', '/api/problems', 'Correct the name'],
  ['sources', '/sources', '/api/sources', '3 sources'],
  ['loose ends', '/sources?view=loose', '/api/graph/cycles', '2 in the ring'],
  ['plugins', '/plugins', '/api/plugins', 'Every face a panel has'],
  ['register', `/register?target=${FILE}`, '/api/catalog/locations', '2 entities, no problems', 'secret'],
  ['unregister', '/unregister?of=component:default/legacy-billing', '/api/catalog/locations', 'legacy-billing', 'secret'],
  ['tokens', '/tokens', '/api/tokens', 'No tokens', 'admin-secret'],
  ['about', '/about', '/api/about', '0.0.0'],
];

let browser;
const running = [];

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await Promise.all(running.map((stub) => stub.stop()));
});

async function stubWith({ token = 'guest', ...options } = {}) {
  const stub = await startStub({ dist: portalFiles(), ...options });
  stub.as(token);
  running.push(stub);
  return stub;
}

describe('a view that is broken says so, and recovers', () => {
  for (const [name, path, api, , token] of VIEWS) {
    test(name, async () => {
      const stub = await stubWith({ token });
      stub.fail(api, 500);
      const page = await openPage(browser, stub.url, { path, allow: /500/ });
      const alert = page.getByRole('alert').first();
      await alert.getByText('The database does not answer').waitFor();
      await alert.getByText('(500)').waitFor();
      await assertAccessible(page, `broken ${name}`);
      await shoot(page, `broken-${name.replace(' ', '-')}`);
      stub.heal();
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('alert').filter({ hasText: 'The database does not answer' }).waitFor({ state: 'detached' });
      page.judge();
    });
  }

  test('a page whose files are gone says that callboard was updated', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/problems', allow: /./ });
    await page.getByText('63 problems').waitFor();
    await page.route('**/assets/SourcesPage-*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Sources' }).click();
    await page.getByRole('heading', { level: 1, name: 'callboard has been updated' }).waitFor();
    await page.getByRole('button', { name: 'Load again' }).waitFor();
    await page.unroute('**/assets/SourcesPage-*.js');
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText('3 sources').waitFor();
  });

});

describe('a view that cannot be asked again keeps what it shows, says how old that is, and recovers', () => {
  // What is filled in or was asked for by a press stays as it is, without a word.
  for (const [name, path, api, shown, token] of VIEWS.filter(([one]) => !['template', 'register'].includes(one))) {
    test(name, async () => {
      const stub = await stubWith({ token });
      const page = await openPage(browser, stub.url, { allow: /502/ });
      await page.clock.install();
      await page.goto(path);
      const there = page.getByRole('main').getByText(shown).filter({ visible: true }).first();
      await there.waitFor();
      stub.fail(api, 502);
      await page.clock.fastForward('03:00');
      await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange'))); // the window is come back to
      const alert = page.getByRole('main').getByRole('alert').filter({ hasText: 'This may be out of date' }).first();
      await alert.getByText(/It is from .* ago\. The database does not answer/).waitFor();
      await there.waitFor();
      assert.equal(await page.getByText('This could not be shown').count(), 0);
      await assertAccessible(page, `old ${name}`);
      await shoot(page, `old-${name.replace(' ', '-')}`);
      stub.heal();
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('This may be out of date').waitFor({ state: 'detached' });
      page.judge();
    });
  }
});

test('a form that is being filled in is not taken away by a callboard that is gone', async () => {
  const stub = await stubWith();
  const page = await openPage(browser, stub.url, { allow: /502/ });
  await page.clock.install();
  await page.goto('/create/templates/default/go-service');
  await page.getByLabel('Name').fill('tea-service');
  stub.fail('/api/', 502);
  await page.clock.fastForward('03:00');
  const answer = page.waitForResponse((one) => one.url().includes('parameter-schema') && one.status() === 502);
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  await answer;
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText('tea-service').waitFor();
  page.judge();
});

describe('a view that waits says so', () => {
  for (const [name, path, api, , token] of VIEWS) {
    test(name, async () => {
      const stub = await stubWith({ token });
      stub.fail(api, 'hang');
      const page = await openPage(browser, stub.url, { path });
      await page.getByRole('status').filter({ hasText: /Loading|Searching/ }).first().waitFor();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await assertAccessible(page, `waiting ${name}`);
      page.judge();
    });
  }
});

describe('no view is ever blank', () => {
  for (const [how, status] of [['waits', 'hang'], ['is broken', 500]]) {
    test(`home, where callboard ${how}`, async () => {
      const stub = await stubWith();
      stub.fail('/api/catalog', status);
      const page = await openPage(browser, stub.url, { path: '/', allow: /500/ });
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (status === 'hang') await page.getByRole('status').filter({ hasText: /Loading/ }).first().waitFor();
      else await page.getByRole('main').getByRole('alert').first().getByRole('button', { name: 'Try again' }).waitFor();
      await assertAccessible(page, `home where callboard ${how}`);
      page.judge();
    });
  }

  test('any page, where nothing of callboard answers', async () => {
    const stub = await stubWith();
    stub.fail('/api/', 'hang');
    for (const [, path] of VIEWS) {
      const page = await openPage(browser, stub.url, { path });
      await page.getByRole('banner').getByRole('link', { name: /callboard/ }).waitFor();
      await page.waitForFunction(() => document.querySelector('main')?.innerText.trim() || document.querySelector('main [role=status]'));
      await page.context().close();
    }
  });
});

describe('a view without anything says what to do', () => {
  // Of a callboard that was installed a minute ago.
  for (const [name, path, says, todo] of [
    ['the landscape', '/landscape', 'There is nothing to draw', 'as soon as there are some'],
    ['the groups', '/groups', 'There are no groups yet', 'spec.parent'],
    ['the systems', '/systems', 'There are no systems yet', 'spec.domain'],
    ['create', '/create', 'No templates', 'callboard.yaml'],
    ['the runs', '/create/tasks', 'No runs', 'Nobody has run a template yet'],
    ['the problems', '/problems', 'No problems', 'without a complaint'],
    ['the sources', '/sources', 'No sources', 'callboard.yaml'],
    ['the plugins', '/plugins', 'No plugins', 'callboard.yaml'],
    ['the tokens', '/tokens', 'No tokens', 'Make the first one'],
    ['the search', '/search?q=tea', 'Nothing has “tea”', 'Try fewer words'],
    ['unregistering nothing', '/unregister', 'Nothing was named', 'choose Unregister'],
  ]) {
    test(name, async () => {
      const stub = await stubWith({ bare: true, token: 'admin-secret' });
      const page = await openPage(browser, stub.url, { path });
      const main = page.getByRole('main');
      await main.getByText(says).first().waitFor();
      await main.getByText(todo).first().waitFor();
      await assertAccessible(page, `${name}, empty`);
      await shoot(page, `empty-${name.replaceAll(' ', '-')}`);
      page.judge();
    });
  }

  test('an empty catalog', async () => {
    const stub = await stubWith({ entities: [] });
    const page = await openPage(browser, stub.url, { path: '/catalog' });
    await page.getByText('The catalog is empty').waitFor();
    await page.getByText('callboard.yaml').waitFor();
    await assertAccessible(page, 'an empty catalog');
    await shoot(page, 'empty-catalog');
    page.judge();
  });

  test('a filter that nothing passes', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/catalog?q=nothing-is-called-so&kind=API' });
    await page.getByText('Nothing matches').waitFor();
    await shoot(page, 'no-match');
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await page.getByText('20 entities').waitFor();
    page.judge();
  });
});

describe('an entity that a stranger wrote', () => {
  test('runs nothing and loads nothing', async () => {
    const stub = await stubWith();
    for (const path of ['/catalog', '/catalog/default/component/hostile', '/catalog/default/component/hostile/source', '/problems']) {
      const page = await openPage(browser, stub.url, { path });
      await page.getByText('<img src=x onerror=alert(1)>').or(page.getByText('<script>alert(1)</script>')).first().waitFor();
      const harm = await page.evaluate(() => ({
        hacked: 'hacked' in window,
        links: [...document.links].map((a) => a.protocol).filter((p) => !['http:', 'https:', 'mailto:'].includes(p)),
        images: document.querySelectorAll('main img').length,
      }));
      assert.deepEqual(harm, { hacked: false, links: [], images: 0 });
      page.judge();
    }
  });

  test('with the longest name there may be fits', async () => {
    const stub = await stubWith();
    for (const [width, path] of [
      [320, '/catalog'],
      [320, `/catalog/payments-north/component/${LONG}`],
      [1280, `/catalog/payments-north/component/${LONG}`],
      [1280, '/catalog?q=sixty-three'],
    ]) {
      const page = await openPage(browser, stub.url, { path, width });
      await page.getByText(LONG).first().waitFor();
      await assertFits(page, `${path} at ${width}`);
      await shoot(page, `long-name-${path === '/catalog' ? 'list' : 'page'}-${width}`);
      page.judge();
    }
  });

  test('whose file is broken now shows the last good version and says so', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/catalog/default/component/broken-now' });
    await page.getByText('This is the last good version').waitFor();
    await page.getByText('spec.lifecycle must have a value').waitFor();
    await assertAccessible(page, 'a broken entity');
    page.judge();
  });

  test('that points at nothing marks it', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/catalog/default/component/storefront' });
    const item = page.getByRole('listitem').filter({ hasText: 'search-service-that-is-not-there' });
    await item.getByText('missing', { exact: true }).waitFor();
    await page.getByText("1 problem in this entity’s file").waitFor();
    page.judge();
  });
});

describe('a catalog of a hundred thousand', () => {
  test('is scrolled to its end with sixty rows at most, and back finds the place again', { timeout: 120_000 }, async () => {
    const stub = await stubWith({ more: 100_000 });
    const page = await openPage(browser, stub.url, { path: '/catalog?kind=Component' });
    page.setDefaultTimeout(60_000);
    await page.getByText(/^100,0\d\d entities$/).waitFor();
    const scroller = page.getByRole('region', { name: 'Entities' });
    await scroller.evaluate((e) => e.scrollTo(0, e.scrollHeight));
    const last = page.getByRole('link', { name: 'svc-099999' });
    await last.waitFor();
    assert.ok((await page.getByRole('row').count()) <= 60);
    const at = await scroller.evaluate((e) => e.scrollTop);
    await last.click();
    await page.waitForURL('**/svc-099999');
    await page.getByRole('heading', { level: 1, name: 'svc-099999' }).waitFor();
    await page.goBack();
    await last.waitFor();
    assert.ok(Math.abs((await scroller.evaluate((e) => e.scrollTop)) - at) < 100);
    assert.match(page.url(), /kind=Component/);
    page.judge();
  });
});

describe('what a person does', () => {
  test('signs in with a token, and out', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/catalog' });
    await page.getByText('Guest', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Token', { exact: true }).fill('secret');
    await page.keyboard.press('Enter');
    await page.getByRole('banner').getByRole('link', { name: 'Ana Almeida' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForURL(/whose=mine/);
    await page.getByRole('radio', { name: 'Mine', checked: true }).waitFor();
    await page.getByRole('link', { name: 'payment-service' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Guest', { exact: true }).waitFor();
    page.judge();
  });

  test('must sign in where nobody is a guest', async () => {
    const stub = await stubWith();
    stub.fail('/api/session', 401);
    const page = await openPage(browser, stub.url, { path: '/catalog', allow: /401/ });
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await assertAccessible(page, 'the sign-in page');
    await shoot(page, 'sign-in');
    stub.heal();
    await page.getByLabel('Token', { exact: true }).fill('secret');
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Catalog' }).waitFor();
    page.judge();
  });

  test('shows two hundred sources in a table, what fails first, and opens one in its place', async () => {
    const stub = await stubWith({ moreSources: 200 });
    const page = await openPage(browser, stub.url, { path: '/sources', width: 320 });
    await page.getByText('203 sources').waitFor();
    const table = page.getByRole('region', { name: 'All sources' });
    const first = table.getByRole('rowheader').first();
    assert.equal(await first.textContent(), 'warehouse');
    assert.equal(await table.getByRole('row').count(), 101);
    await assertFits(page, 'many sources');
    await first.getByRole('link').click();
    await table.getByText('Tried 7 times in a row. What was read before stays.').waitFor();
    assert.match(page.url(), /source=gone/);
    await assertFits(page, 'an open source');
    await assertAccessible(page, 'many sources');
    await page.getByRole('button', { name: 'Read the 2 that fail now' }).click();
    await page.getByText('2 sources are read soon.').waitFor();
    assert.deepEqual(stub.requests.filter((one) => one.startsWith('POST')), ['POST /api/sources/gone/sync', 'POST /api/sources/1005/sync']);
    await page.getByRole('link', { name: 'slowest first' }).click();
    await table.getByRole('row', { name: /service-42 .*1 min, 33 sec/ }).waitFor();
    assert.equal(await first.textContent(), 'team-6/service-42');
    await page.getByRole('navigation', { name: 'Pages of sources' }).getByRole('link', { name: 'Next' }).click();
    await page.getByText('101 to 200 of 203').waitFor();
    await page.getByRole('link', { name: 'cards' }).click();
    await page.getByText('1 to 30 of 203').waitFor();
    await page.getByLabel('Name or address').fill('forge/');
    await page.locator('main li dt').getByText('Plugin', { exact: true }).waitFor();
    assert.equal(await page.locator('main li').count(), 1);
    page.judge();
  });

  test('an entity that may be in a source which fails leads to that source', async () => {
    const stub = await stubWith({ moreSources: 200 });
    const page = await openPage(browser, stub.url, { path: '/sources?explain=component:default/nowhere&sort=size' });
    await page.getByRole('link', { name: 'Show the source' }).click();
    await page.getByText('101 to 200 of 203').waitFor(); // it is not one of the biggest
    await page.getByText('Tried 7 times in a row. What was read before stays.').waitFor();
    page.judge();
  });

  test('lets held deletions happen only after a question', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/sources' });
    await page.getByText('31 entities would be deleted').waitFor();
    await page.getByRole('button', { name: 'Delete them…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete 31 entities?' });
    await assertAccessible(page, 'the question');
    await shoot(page, 'confirm');
    await dialog.getByRole('button', { name: 'Keep them' }).click();
    assert.ok(!stub.requests.some((r) => r.includes('/confirm')));
    await page.getByRole('button', { name: 'Delete them…' }).click();
    await dialog.getByRole('button', { name: 'Delete 31 entities' }).click();
    await page.getByText('31 entities would be deleted').waitFor({ state: 'detached' });
    assert.ok(stub.requests.some((r) => r === 'POST /api/sources/held/confirm'));
    page.judge();
  });

  test('finds more problems below the first fifty', async () => {
    const stub = await stubWith();
    const page = await openPage(browser, stub.url, { path: '/problems' });
    await page.getByText('63 problems').waitFor();
    assert.equal(await page.locator('main li').count(), 50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('Unknown field number 59').waitFor();
    assert.equal(await page.locator('main li').count(), 63);
    page.judge();
  });
});
