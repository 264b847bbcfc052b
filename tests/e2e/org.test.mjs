// The trees of groups and people, of domains and systems, on the example company.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { focused } from './browser.mjs';
import { onStage } from './stage.mjs';
import { startTarget } from './target.mjs';

const { open } = onStage(startTarget);

const rowOf = (page, name) => page.getByRole('treegrid').locator('tr[aria-level]').filter({ has: page.locator(`a[href="/catalog/default/${name}"]`) });
const numberIn = (text) => Number(/\d[\d.,]*/.exec(text)[0].replace(/\D/g, ''));

describe('groups and people', () => {
  test('stand as a tree, and what is said of a group is what the catalog lists of it', async () => {
    const page = await open('/groups');
    const team = rowOf(page, 'group/team-payments');
    await team.waitFor();
    assert.match(await page.title(), /^Groups · callboard$/);
    assert.equal(page.seen.api.filter((one) => !one.includes('/api/session')).length, 1, page.seen.api.join('\n'));
    const above = await team.evaluate((row) => {
      let at = row.previousElementSibling;
      while (at && Number(at.ariaLevel) >= Number(row.ariaLevel)) at = at.previousElementSibling;
      return at?.querySelector('a').textContent;
    });
    assert.ok(above, 'a team stands below something');
    const components = team.getByRole('link', { name: /of kind Component$/ });
    const told = numberIn(await components.getAttribute('aria-label'));
    await components.click();
    await page.waitForURL(/\/catalog\?/);
    await page.getByText(new RegExp(`^${told} entit`)).waitFor();
    page.judge();
  });

  test('a group opens its people, and the address keeps that', async () => {
    const page = await open('/groups');
    await rowOf(page, 'group/team-payments').getByRole('button', { name: /^\d+ (person|people) in/ }).click();
    const people = page.getByRole('list', { name: /^\d+ (person|people) in/ });
    await people.waitFor();
    const names = await people.getByRole('listitem').allTextContents();
    assert.ok(names.length > 0);
    await page.waitForURL(/of=group/);
    await page.reload();
    await people.waitFor();
    assert.deepEqual(await people.getByRole('listitem').allTextContents(), names);
    page.judge();
  });

  test('a text finds a group below whatever is closed, and a person with the groups they are in', async () => {
    const page = await open('/groups');
    await page.getByRole('button', { name: 'Close all' }).click();
    await rowOf(page, 'group/team-payments').waitFor({ state: 'detached' });
    const find = page.getByRole('searchbox', { name: 'Find a group or a person' });
    await find.fill('payments');
    await rowOf(page, 'group/team-payments').waitFor();
    await page.waitForURL(/text=payments/);
    const someone = (await (await fetch(new URL('/api/catalog/entities/by-query?filter=kind=user,relations.memberOf=group:default/team-payments&limit=1', page.url()))).json()).items[0];
    await find.fill(someone.metadata.name);
    const found = page.getByRole('region', { name: 'People' });
    await found.getByRole('link', { name: someone.spec.profile.displayName }).waitFor();
    await found.locator('a[href="/catalog/default/group/team-payments"]').waitFor();
    page.judge();
  });

  test('the arrow keys go along the tree: down, open, close, and to what is above', async () => {
    const page = await open('/groups');
    await rowOf(page, 'group/team-payments').waitFor();
    const rows = page.getByRole('treegrid').locator('tr[aria-level]');
    const all = await rows.count();
    const top = rows.first();
    await top.getByRole('button', { name: /^Close / }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((n) => document.querySelectorAll('tr[aria-level]').length < n, all);
    assert.equal(await top.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((n) => document.querySelectorAll('tr[aria-level]').length === n, all);
    const here = await focused(page);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await focused(page), here, 'into what it holds');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const below = await focused(page);
    for (let i = 0; i < 3 && (await focused(page)) === below; i++) await page.keyboard.press('ArrowLeft');
    assert.notEqual(await focused(page), below, 'back to what is above');
    page.judge();
  });
});

describe('systems and domains', () => {
  test('stand as a tree with their owners, and lead to their parts in the catalog', async () => {
    const page = await open('/systems');
    const checkout = rowOf(page, 'system/checkout');
    await checkout.waitFor();
    assert.ok(Number(await checkout.getAttribute('aria-level')) > 1, 'a system stands below its domain');
    const parts = checkout.getByRole('link', { name: /of kind Component$/ });
    const told = numberIn(await parts.getAttribute('aria-label'));
    await parts.click();
    await page.waitForURL(/\/catalog\?/);
    await page.getByText(new RegExp(`^${told} entit`)).waitFor();
    page.judge();
  });
});
