// What a newcomer does with the portal, on the example company.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertAccessible, assertFits, focused, openPage, shoot } from './browser.mjs';
import { onStage } from './stage.mjs';
import { startTarget } from './target.mjs';

const PAYMENT = '/catalog/default/component/payment-service';
const PAGES = [
  ['home', '/'],
  ['catalog', '/catalog'],
  ['landscape', '/landscape?at=system:default/checkout'],
  ['landscape-list', '/landscape?view=list'],
  ['groups', '/groups'],
  ['people-of-a-group', '/groups?of=group:default/team-payments'],
  ['systems', '/systems'],
  ['search', '/search?q=payment'],
  ['catalog-filtered', '/catalog?kind=Component&type=service'],
  ['entity', PAYMENT],
  ['dependencies', `${PAYMENT}/dependencies`],
  ['history', `${PAYMENT}/history`],
  ['where-from', `${PAYMENT}/from`],
  ['impact', '/catalog/default/resource/production-db/impact'],
  ['apis', `${PAYMENT}/apis`],
  ['definition', '/catalog/default/api/payment-api/definition'],
  ['api-docs', '/api-docs'],
  ['yaml', `${PAYMENT}/source`],
  ['create', '/create'],
  ['template', '/create/templates/default/go-service'],
  ['runs', '/create/tasks'],
  ['problems', '/problems'],
  ['sources', '/sources'],
  ['source-cards', '/sources?look=cards'],
  ['loose-ends', '/sources?view=loose'],
  ['plugins', '/plugins'],
  ['register', '/register'],
  ['unregister', '/unregister?of=component:default/payment-service', /404/], // a source has it, and no location
  ['tokens', '/tokens'],
  ['about', '/about'],
  ['preferences', '/preferences'],
  ['no-page', '/no/such/page'],
];

const stage = onStage(startTarget);

const { open } = stage;

async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => e.textContent.startsWith('Loading')));
}

// The first row below the headings.
function someRow(page) {
  return page.getByRole('table', { name: 'Entities' }).getByRole('row').nth(1).getByRole('link').first();
}

function row(page, name) {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
}

describe('the catalog', () => {
  test('lists what there is, and says how much', async () => {
    const page = await open('/catalog');
    await someRow(page).waitFor();
    assert.match(await page.title(), /Catalog · callboard/);
    const count = await page.getByRole('status').filter({ hasText: /entit/ }).textContent();
    const total = Number(count.replace(/\D/g, ''));
    assert.ok(total >= 15);
    const table = page.getByRole('table', { name: 'Entities' });
    assert.equal(await table.getAttribute('aria-rowcount'), String(total + 1));
    assert.ok((await table.getByRole('row').count()) <= 60);
    page.judge();
  });

  test('asks twice for a page: the rows and the counts', async () => {
    const page = await open('/catalog');
    await settled(page);
    assert.ok(page.seen.api.length <= 3, page.seen.api.join('\n')); // and who is asking
    page.seen.api.length = 0;
    await page.getByRole('checkbox', { name: /^API/ }).check();
    await row(page, 'Payment API').waitFor();
    await settled(page);
    assert.ok(page.seen.api.length <= 2, page.seen.api.join('\n'));
    page.judge();
  });

  test('is narrowed by text, and back takes the text away', async () => {
    const page = await open('/catalog');
    await someRow(page).waitFor();
    await page.getByRole('searchbox', { name: 'Filter the catalog' }).fill('payment-serv');
    await page.waitForURL(/q=payment-serv/);
    await page.getByText(/^1 entity$/).waitFor();
    assert.equal(await row(page, 'payment-service').count(), 1);
    await page.reload();
    await page.getByText(/^1 entity$/).waitFor();
    assert.equal(await page.getByRole('searchbox', { name: 'Filter the catalog' }).inputValue(), 'payment-serv');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.waitForURL((url) => !url.search.includes('q='));
    page.judge();
  });

  test('is narrowed by facets, whose counts are true', async () => {
    const page = await open('/catalog');
    const api = page.getByRole('checkbox', { name: /^API/ });
    const told = Number((await api.evaluate((e) => e.closest('label').textContent)).replace(/\D/g, ''));
    await api.check();
    await page.waitForURL(/kind=API/);
    await page.getByText(new RegExp(`^${told} entit`)).waitFor();
    const kinds = await page.getByRole('table').getByRole('cell', { name: 'API', exact: true }).count();
    assert.equal(kinds, told);
    // the other kinds are still offered, from before the choice
    assert.ok(await page.getByRole('checkbox', { name: /^Component/ }).isVisible());
    await page.getByRole('button', { name: 'Remove the filter Kind: API' }).click();
    await page.waitForURL((url) => !url.search.includes('kind'));
    page.judge();
  });

  test('is put in order by a column, and says what has no place in it', async () => {
    const page = await open('/catalog');
    await someRow(page).waitFor();
    await page.getByRole('button', { name: 'Owner', exact: true }).click();
    await page.waitForURL(/sort=owner/);
    await page.getByText(/without an owner (is|are) not in this order/).waitFor();
    assert.equal(await page.getByRole('columnheader', { name: 'Owner' }).getAttribute('aria-sort'), 'ascending');
    await page.getByRole('button', { name: 'Owner', exact: true }).click();
    await page.waitForURL(/sort=-owner/);
    page.judge();
  });
});

describe('an entity', () => {
  test('answers who owns it, what it is part of and where its code is', async () => {
    const page = await open('/catalog?q=payment-service');
    await row(page, 'payment-service').getByRole('link', { name: 'payment-service' }).click();
    await page.waitForURL(`**${PAYMENT}`);
    const header = page.locator('main header');
    await header.getByText('Processes payments and refunds').waitFor();
    assert.equal(await page.title(), 'payment-service · callboard');
    assert.match(await focused(page), /^h1 payment-service/);
    for (const [label, value] of [
      ['Owner', /payments/i],
      ['System', /checkout/i],
      ['Type', /service/],
      ['Lifecycle', /production/],
      ['Code', /./],
    ]) {
      const fact = header.locator('dl > div').filter({ has: page.getByText(label, { exact: true }) });
      assert.match(await fact.locator('dd').textContent(), value, label);
    }
    for (const tag of ['go', 'grpc', 'production']) {
      await header.getByRole('list', { name: 'Tags' }).getByRole('link', { name: tag, exact: true }).waitFor();
    }
    assert.ok((await header.getByRole('list', { name: 'Links' }).getByRole('link').count()) >= 2);
    await page.getByRole('heading', { name: /^Depends on/ }).waitFor();
    await page.getByRole('link', { name: 'P123ABC' }).waitFor({ state: 'detached' });
    await page.getByText('pagerduty.com/service-id').waitFor();
    await settled(page);
    page.judge();
  });

  test('asks at most four times, who is asking, and each panel once', async () => {
    const page = await open(PAYMENT);
    await page.getByRole('heading', { name: 'Relations' }).waitFor();
    await settled(page);
    const panels = page.seen.api.filter((one) => /\/api\/panels\/([^/]+\/){4}/.test(one));
    assert.equal(new Set(panels).size, panels.length, panels.join('\n'));
    assert.ok(page.seen.api.length - panels.length <= 5, page.seen.api.join('\n'));
    page.judge();
  });

  test('is starred, found at home, and loses its star', async () => {
    const page = await open(PAYMENT);
    const star = page.getByRole('button', { name: 'Star', exact: true });
    await star.click();
    assert.equal(await star.getAttribute('aria-pressed'), 'true');
    await page.goto(new URL('/', page.url()).href);
    await page.getByRole('region', { name: 'Starred' }).getByRole('link', { name: 'payment-service' }).click();
    await page.locator('button[aria-label="Star"][aria-pressed="true"]').click();
    await page.goto(new URL('/', page.url()).href);
    await page.getByRole('heading', { name: 'In the catalog' }).waitFor();
    await page.getByRole('region', { name: 'Starred' }).getByText('The star on an entity’s page puts it here.').waitFor();
    page.judge();
  });

  test('shows its neighbourhood as a table, wider on demand', async () => {
    const page = await open(`${PAYMENT}/dependencies?view=table`);
    const table = page.getByRole('table');
    await table.waitFor();
    const near = await table.getByRole('row').count();
    assert.ok(near >= 5);
    await page.getByRole('radio', { name: '2' }).check();
    await page.waitForFunction((n) => document.querySelectorAll('table tr').length > n, near);
    page.judge();
  });

  test("shows what an API offers by keyboard, links to an operation, and has the text beside it", async () => {
    const page = await open('/catalog/default/api/payment-api');
    await page.getByRole('link', { name: 'Definition' }).click();
    const first = page.locator('main details').first();
    await first.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await first.getByRole('heading', { name: /Response/ }).first().waitFor();
    await page.waitForURL(/[?&]op=/);
    await assertAccessible(page, 'an open operation');
    const linked = page.url();
    await page.getByRole('radio', { name: 'text' }).check();
    await page.getByRole('region', { name: 'API definition' }).getByText(/openapi: ['"]?3/).waitFor();
    await page.goto(linked);
    await page.locator('main details[open]').first().getByRole('heading', { name: /Response/ }).first().waitFor();
    page.judge();
  });

  test('compares a definition with an earlier one, and lists APIs on both sides', async () => {
    const page = await open('/catalog/default/api/payment-api/definition');
    await page.getByRole('radio', { name: 'changes' }).check();
    await page.getByLabel('Compare with').or(page.getByText('There is no earlier version')).first().waitFor();
    await assertAccessible(page, 'changes of a definition');
    await page.goto('/catalog/default/api/payment-api/apis');
    await page.getByRole('region', { name: 'Providers' }).getByRole('link', { name: /^payment.service$/i }).waitFor();
    await assertAccessible(page, 'providers');
    await page.goto('/api-docs');
    await page.waitForURL(/\/catalog\?kind=API/);
    await page.getByRole('link', { name: 'Payment API' }).first().waitFor();
    page.judge();
  });

  for (const scheme of ['light', 'dark']) {
    test(`draws each type of API, also on a narrow screen, ${scheme}`, async () => {
      for (const [name, text] of [['order-api', 'OpenAPI'], ['order-events', 'AsyncAPI'], ['storefront-graphql', 'GraphQL'], ['auth-grpc', 'Protocol buffers']]) {
        const page = await openPage(stage.browser, stage.target.url, { path: `/catalog/default/api/${name}/definition`, scheme, width: 320 });
        await page.getByText(text, { exact: false }).first().waitFor();
        const first = page.locator('main details').first();
        await first.locator('summary').first().click();
        await assertAccessible(page, name);
        await assertFits(page, name);
        page.judge();
      }
    });
  }

  test('shows itself as YAML and as JSON', async () => {
    const page = await open(`${PAYMENT}/source`);
    await page.getByRole('region', { name: 'the entity as YAML' }).getByText('kind: Component').waitFor();
    await page.getByRole('radio', { name: 'JSON' }).check();
    await page.getByRole('region', { name: 'the entity as JSON' }).getByText('"kind": "Component"').waitFor();
    page.judge();
  });

  test('that is not there offers names like it', async () => {
    const page = await open('/catalog/default/component/paymnet-service', { allow: /404/ });
    await page.getByRole('heading', { name: 'Did you mean' }).waitFor();
    await page.getByRole('link', { name: 'payment-service', exact: true }).click();
    await page.waitForURL(`**${PAYMENT}`);
    page.judge();
  });

  test('is read again on demand, and the outcome is told', async () => {
    const page = await open(PAYMENT);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText(/Read again: (it|nothing) has changed/).waitFor();
    page.judge();
  });
});

describe('what is wrong and where it is from', () => {
  test('every problem says where it is and what would be right', async () => {
    const page = await open('/problems');
    await page.getByText(/^\d+ problems?$/).waitFor();
    await page.locator('main li').first().waitFor();
    assert.match(await page.locator('main li').first().textContent(), /catalog-info\.yaml:\d+/);
    page.judge();
  });

  test('loose ends lead to the problems of their rule; the address of ingestion is that of the sources', async () => {
    const page = await open('/ingestion?explain=component:default/checkout');
    await page.getByRole('list', { name: 'The answer' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/sources');
    await page.getByRole('link', { name: 'Loose ends' }).click();
    assert.deepEqual(await page.getByRole('navigation', { name: 'Views of reading' }).locator('[aria-current]').allTextContents(), ['Loose ends']);
    for (const name of ['Orphans', 'Contested names', 'References to nothing', 'Circles']) await page.getByRole('region', { name }).waitFor();
    await page.goto('/problems?rule=dangling-reference');
    await page.getByText(/problems? of the rule dangling-reference$/).waitFor();
    await page.getByRole('link', { name: 'All problems', exact: true }).click();
    await page.getByText(/^\d+ problems?$/).waitFor();
    await page.getByText('Errors', { exact: true }).click();
    await page.waitForURL(/severity=error/);
    await page.getByText(/that are a matter of error$/).waitFor();
    await page.getByRole('link', { name: 'name-conflict' }).first().click();
    await page.getByText(/of the rule name-conflict$/).waitFor();
    page.judge();
  });

  test('every source says how reading it went, and can be read now', async () => {
    const page = await open('/sources?look=table');
    await page.getByText(/^\d+ sources$/).waitFor();
    await page.getByRole('region', { name: 'All sources' }).getByRole('rowheader').first().getByRole('link').click();
    await page.waitForURL(/source=/);
    const card = page.locator('main li').first();
    await card.getByText('Last read').waitFor();
    await card.getByRole('button', { name: /^Read now/ }).click();
    await card.getByText(/^Read: /).waitFor();
    page.judge();
  });
});

describe('a commit', () => {
  test('is seen in the open page without a reload', async (t) => {
    if (!stage.target.repos) return t.skip('only where the journeys start the example company themselves');
    const repo = join(stage.target.repos, 'notification-service');
    const file = join(repo, 'catalog-info.yaml');
    const page = await open('/catalog/default/component/notification-service');
    await settled(page);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^( *description:).*$/m, '$1 Tells people what they want to know'));
    execFileSync('git', ['-C', repo, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-qam', 'Say it anew']);
    await page.getByText('Tells people what they want to know').waitFor();
    page.judge();
  });
});

describe('the landscape', () => {
  test('shows systems in domains, lights up an owner, and opens a part', async () => {
    const page = await open('/landscape');
    const map = page.getByRole('group', { name: /^Map of the catalog/ });
    await map.waitFor();
    await page.getByText(/^\d+ entities in \d+ systems$/).waitFor();
    await page.getByRole('button', { name: /^team-payments/ }).click();
    await page.waitForURL(/only=/);
    const { dim, lit } = await map.evaluate((e) => ({ dim: e.querySelectorAll('[data-dim=true]').length, lit: e.querySelectorAll('[data-dim=false]').length }));
    assert.equal(String(lit), (await page.getByRole('button', { name: /^team-payments/ }).textContent()).replace(/\D/g, ''));
    assert.ok(dim > 0);
    await map.locator('[data-box][data-ref="system:default/checkout"] text').click();
    await page.getByRole('region', { name: 'Selected' }).getByText(/entities inside, \d+ relations? out/).waitFor();
    await page.getByRole('button', { name: 'Only this' }).click();
    await page.waitForURL(/root=system/);
    await page.waitForFunction(() => document.querySelectorAll('[data-box]').length === 1);
    await page.getByRole('button', { name: 'All of the map' }).click();
    await page.waitForFunction(() => document.querySelectorAll('[data-box]').length > 5);
    page.judge();
  });

  test('is moved by keys, and never lost', async () => {
    const page = await open('/landscape');
    const map = page.getByRole('group', { name: /^Map of the catalog/ });
    await map.focus();
    const box = () => map.locator('svg').getAttribute('viewBox');
    const whole = await box();
    await page.keyboard.press('+');
    await page.waitForFunction((was) => document.querySelector('main [role=group] svg').getAttribute('viewBox') !== was, whole);
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('0');
    await page.waitForFunction((was) => document.querySelector('main [role=group] svg').getAttribute('viewBox') === was, whole);
    page.judge();
  });
});

describe('the search', () => {
  test('finds words, marks them, and is narrowed by kind', async () => {
    const page = await open('/search');
    await page.getByRole('searchbox', { name: 'Search for' }).fill('payment');
    await page.waitForURL(/q=payment/);
    await page.getByText(/^\d+ results$/).waitFor();
    assert.ok((await page.locator('main mark').count()) > 3);
    await page.getByRole('checkbox', { name: 'API' }).check();
    await page.waitForURL(/kind=API/);
    await page.getByText(/^1 result$/).waitFor();
    await page.getByRole('link', { name: 'Payment API' }).click();
    await page.waitForURL('**/catalog/default/api/payment-api');
    page.judge();
  });

  test('says what to do when nothing is found', async () => {
    const page = await open('/search?q=xyzzyplugh');
    await page.getByText('Nothing has “xyzzyplugh”').waitFor();
    page.judge();
  });
});

describe('a template', () => {
  test('asks page by page, says what is wrong in words, and shows all of it before anything happens', async () => {
    const page = await open('/create');
    await page.getByRole('link', { name: 'Choose Go service' }).click();
    await page.waitForURL('**/create/templates/default/go-service');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('3 fields must be mended first.').waitFor();
    const name = page.getByLabel('Name');
    await name.fill('Not A Name');
    await page.getByLabel('Description').fill('too short');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('This needs 10 characters at least.').waitFor();
    assert.equal(await name.getAttribute('aria-invalid'), 'true');
    assert.match(await name.getAttribute('aria-describedby'), /name__error/);
    await assertAccessible(page, 'a form with mistakes');
    await shoot(page, 'template-mistakes');
    await name.fill('tea-service');
    await page.getByLabel('Description').fill('Brews tea for everybody');
    await page.getByLabel('Owner').fill('payments');
    await page.getByRole('option', { name: 'team-payments' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForURL(/step=2/);
    await page.getByRole('button', { name: 'Review' }).click();
    await page.waitForURL(/step=3/);
    await page.getByText('group:default/team-payments').waitFor();
    await page.reload(); // what was filled in is still there
    await page.getByText('tea-service').waitFor();
    await assertAccessible(page, 'the review');
    await shoot(page, 'template-review');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('heading', { name: 'What would happen' }).waitFor();
    await page.getByRole('button', { name: 'catalog-info.yaml' }).click();
    await page.getByRole('region', { name: 'catalog-info.yaml' }).getByText('Brews tea for everybody').waitFor();
    await assertAccessible(page, 'a dry run');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL('**/create/tasks/*');
    await page.getByRole('link', { name: 'Open in the catalog' }).waitFor();
    const lines = page.getByText(/^\d+ lines$/);
    const told = await lines.textContent();
    await page.reload(); // the whole log, once
    await page.getByRole('link', { name: 'Open in the catalog' }).waitFor();
    assert.equal(await lines.textContent(), told);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await assertAccessible(page, `a run in ${scheme}`);
      await shoot(page, `run-${scheme}`);
    }
    await page.getByRole('link', { name: 'Open in the catalog' }).click();
    await page.waitForURL('**/catalog/default/component/tea-service');
    await page.getByText('Brews tea for everybody').waitFor();
    page.judge();
  });
});

describe('home', () => {
  test('of a guest says how owning works, and leads into the catalog', async () => {
    const page = await open('/');
    await page.getByText('You are a guest').waitFor();
    await page.getByRole('heading', { name: 'In the catalog' }).waitFor();
    await page.getByRole('link', { name: 'Component', exact: true }).click();
    await page.waitForURL(/\/catalog\?kind=Component/);
    page.judge();
  });
});

describe('everybody can use it', () => {
  test('from the first key to an entity without a mouse', async () => {
    const page = await open('/catalog');
    await someRow(page).waitFor();
    await page.keyboard.press('Tab');
    assert.match(await focused(page), /^a Skip to the content/);
    await page.keyboard.press('Enter');
    assert.match(await focused(page), /^main/);
    await page.keyboard.press('/');
    assert.match(await focused(page), /^input Filter the catalog/);
    await page.keyboard.type('payment-service');
    await page.getByText(/^1 entity$/).waitFor();
    for (let i = 0; i < 120 && !(await focused(page)).startsWith('a payment-service'); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${PAYMENT}`);
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(await focused(page), /^h1 /);
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL('**/problems');
    await page.goBack();
    await page.waitForURL(`**${PAYMENT}`);
    page.judge();
  });

  test('Ctrl K leads to an entity, to a page and back, without a mouse', async () => {
    const page = await open('/catalog');
    await someRow(page).waitFor();
    await page.keyboard.press('Control+K');
    const ask = page.getByRole('combobox', { name: 'Find anything' });
    await ask.waitFor();
    await assertAccessible(page, 'the palette');
    await page.keyboard.type('payment service');
    await page.getByRole('option', { name: /^payment-service/ }).first().waitFor();
    await shoot(page, 'palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${PAYMENT}`);
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press('Control+K');
    await page.getByRole('option', { name: /payment-service/ }).first().waitFor(); // looked at lately
    await page.keyboard.type('landsc');
    const landscape = page.getByRole('option', { name: /Landscape/ });
    await landscape.waitFor();
    while ((await landscape.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/landscape');
    await page.keyboard.press('Control+K');
    await ask.waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    page.judge();
  });

  test('single keys can be switched off', async () => {
    const page = await open('/catalog');
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('checkbox', { name: /Single keys work/ }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog').count(), 0);
    page.judge();
  });

  for (const [name, path, allow] of PAGES) {
    test(`axe finds nothing on ${name}, in light, in dark and at 320 pixels, where it fits`, async () => {
      const page = await open(path, { allow });
      await settled(page);
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForFunction((want) => document.documentElement.dataset.mantineColorScheme === want, scheme);
        await assertAccessible(page, `${name} in ${scheme}`);
        await shoot(page, `${name}-${scheme}`);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 320, height: 640 });
      await settled(page);
      await assertFits(page, name);
      await assertAccessible(page, `${name} at 320`);
      await shoot(page, `${name}-320`);
      page.judge();
    });
  }

  test('the filters open and close at 320 pixels', async () => {
    const page = await open('/catalog', { width: 320, height: 640 });
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('checkbox', { name: /^API/ }).check();
    await page.waitForURL(/kind=API/);
    await assertAccessible(page, 'open filters at 320');
    await shoot(page, 'filters-320');
    page.judge();
  });

  test('the chosen colours stand before the first paint', async () => {
    const page = await open('/catalog', { scheme: 'light' });
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
    await page.addInitScript(() => {
      const look = new MutationObserver(() => {
        if (!document.body) return;
        window.schemeAtBody = document.documentElement.getAttribute('data-mantine-color-scheme');
        look.disconnect();
      });
      look.observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    assert.equal(await page.evaluate(() => window.schemeAtBody), 'dark');
    page.judge();
  });
});

describe('the server keeps strangers out', () => {
  test('the policy is strict and its nonce is fresh', async () => {
    const [one, two] = await Promise.all([fetch(stage.target.url), fetch(stage.target.url)]);
    const policy = one.headers.get('content-security-policy');
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(part), part);
    }
    assert.ok(!/unsafe/.test(policy));
    const nonce = /'nonce-([^']+)'/.exec(policy)[1];
    assert.notEqual(nonce, /'nonce-([^']+)'/.exec(two.headers.get('content-security-policy'))[1]);
    const html = await one.text();
    assert.ok(html.includes(`content="${nonce}"`));
    assert.ok(!html.includes('__CSP_NONCE__'));
  });

  test('a file that is gone is 404 and never the page', async () => {
    const answer = await fetch(`${stage.target.url}/assets/gone-123.js`);
    assert.equal(answer.status, 404);
  });

  test('a wrong token is refused with a sentence', async () => {
    const page = await open('/catalog', { allow: /401/ });
    await page.getByRole('button', { name: 'Sign in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.getByText('Paste your token here.').waitFor();
    await dialog.getByLabel('Token', { exact: true }).fill('wrong');
    await assertAccessible(page, 'the sign-in window');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.locator('input[aria-invalid=true]').waitFor();
    await dialog.locator('.mantine-PasswordInput-error').filter({ hasNotText: 'Paste' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.match(await focused(page), /^button Sign in/);
    page.judge();
  });
});
