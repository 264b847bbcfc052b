// Views of the catalog that a team keeps: what one member keeps is there for the others, and for nobody else to change.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertAccessible, assertFits, launch, openPage, portalFiles, shoot } from './browser.mjs';

const entity = (kind, name, spec) => `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const LONG = 'a-team-whose-name-is-as-long-as-names-may-be-in-this-catalog-63x';
const catalog = {
  'all.yaml': [
    entity('Group', 'team-a', '{type: team, children: []}'),
    entity('Group', LONG.slice(0, 63), '{type: team, children: []}'),
    entity('User', 'jane', `{memberOf: [team-a, ${LONG.slice(0, 63)}]}`),
    entity('User', 'jim', '{memberOf: [team-a]}'),
    entity('User', 'joe', '{memberOf: []}'),
    entity('Component', 'cart', '{type: service, lifecycle: production, owner: team-a}'),
  ].join('---\n'),
};

describe('views of a team', { skip: missing }, () => {
  let browser, server;
  before(async () => {
    const config = 'auth: {trusted_proxies: [127.0.0.0/8]}';
    [browser, server] = await Promise.all([
      launch(),
      startServer({ catalog, config, headers: { 'x-forwarded-user': 'jane' }, env: { CALLBOARD_PORTAL_DIR: portalFiles() } }),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const menu = async (who, path, options) => {
    const page = await openPage(browser, server.url, options);
    await page.context().setExtraHTTPHeaders({ 'x-forwarded-user': who });
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('textbox', { name: 'Keep what is shown as' }).waitFor();
    return page;
  };
  const of = (page, team) => page.getByRole('list', { name: team, exact: true });
  const views = (page) => page.seen.api.filter((one) => one.includes('/api/views'));

  test('are kept by one member, and opened, renamed and deleted by another one', async () => {
    const jane = await menu('jane', '/catalog?kind=User&whose=all', { allow: /409/ });
    assert.deepEqual(views(jane), ['GET /api/views'], 'they are asked for when the menu opens, and once');
    await jane.getByRole('combobox', { name: 'For whom' }).selectOption({ label: 'All of team-a' });
    await jane.getByRole('textbox', { name: 'Keep what is shown as' }).fill('People');
    await jane.keyboard.press('Enter');
    await of(jane, 'team-a').getByRole('link', { name: 'People' }).waitFor();
    await assertAccessible(jane, 'the views of a team');
    await shoot(jane, 'catalog-team-views');
    await jane.getByRole('textbox', { name: 'Keep what is shown as' }).fill('People');
    await jane.keyboard.press('Enter');
    await jane.getByRole('alert').getByText('Nothing was changed: group:default/team-a has a view People already').waitFor();

    const jim = await menu('jim', '/catalog?whose=all');
    await of(jim, 'team-a').getByRole('link', { name: 'People' }).click();
    await jim.waitForURL(/kind=User/);
    await jim.getByRole('button', { name: 'Views' }).click();
    await jim.getByRole('button', { name: 'Rename People' }).click();
    await jim.getByRole('textbox', { name: 'Rename People' }).fill('All people');
    await jim.keyboard.press('Enter');
    await of(jim, 'team-a').getByRole('link', { name: 'All people' }).waitFor();
    await jim.getByRole('button', { name: 'Delete the view All people' }).click();
    await jim.getByRole('button', { name: 'Bring All people back' }).click();
    await of(jim, 'team-a').getByRole('link', { name: 'All people' }).waitFor();
    jim.judge();

    await jane.reload();
    await jane.getByRole('button', { name: 'Views' }).click();
    await of(jane, 'team-a').getByRole('link', { name: 'All people' }).waitFor();
    jane.judge();
  });

  test('are not asked for by who is in no team, and cannot be written by him', async () => {
    const joe = await menu('joe', '/catalog?whose=all', { allow: /403/ });
    await joe.getByText(/are kept under a name/).waitFor();
    assert.equal(await joe.getByRole('combobox', { name: 'For whom' }).count(), 0);
    assert.deepEqual(views(joe), []);
    const status = await joe.evaluate(async () => {
      const body = JSON.stringify({ owner: 'group:default/team-a', name: 'Mine', query: '' });
      return (await fetch('/api/views', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
    });
    assert.equal(status, 403);
    joe.judge();
  });

  test('say what is wrong when they cannot be had, and are had when that is over', async () => {
    const page = await menu('jane', '/catalog?whose=all', { allow: /503/ });
    await page.route('**/api/views', (route) => route.fulfill({ status: 503, json: { error: { name: 'ServiceUnavailableError', message: 'the database does not answer' } } }));
    await page.reload();
    await page.getByRole('button', { name: 'Views' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'the database does not answer' });
    await alert.waitFor();
    await page.getByRole('textbox', { name: 'Keep what is shown as' }).waitFor();
    await page.unroute('**/api/views');
    await alert.getByRole('button').click();
    await of(page, 'team-a').waitFor();
    await page.context().close();
  });

  for (const [name, options] of [['in the dark', { scheme: 'dark' }], ['at 320 pixels', { width: 320, height: 640 }]]) {
    test(`are legible and fit, ${name}`, async () => {
      const page = await menu('jane', '/catalog?whose=all', { allow: /409/, ...options });
      await page.getByRole('combobox', { name: 'For whom' }).selectOption({ index: 2 });
      await page.getByRole('textbox', { name: 'Keep what is shown as' }).fill(`Everything ${name} that anybody would ever want to look at`);
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: new RegExp(`^Everything ${name}`) }).waitFor();
      await assertAccessible(page, `the views of a team ${name}`);
      if (options.width) await assertFits(page, `the views of a team ${name}`);
      await shoot(page, `catalog-team-views-${name.replace(/ /g, '-')}`);
      page.judge();
    });
  }
});
