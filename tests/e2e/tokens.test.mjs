// Who is let in with what: made once, shown once, revoked after a question.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, focused, portalFiles } from './browser.mjs';
import { onStage } from './stage.mjs';

const stage = onStage(() => startStub({ dist: portalFiles() }));

async function openAs(token, options = {}) {
  const page = await stage.open('/tokens', options);
  if (!token) return page;
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('dialog').getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

test('who is no admin reads what each role may do, and how a token is had, and asks for none', async () => {
  const page = await openAs();
  await page.getByText('callboard token create', { exact: false }).waitFor();
  const rows = page.getByRole('region', { name: 'Who may do what' }).getByRole('listitem');
  assert.equal(await rows.filter({ hasText: ', you may not' }).count(), 5);
  assert.equal(await page.getByRole('button', { name: 'New token' }).count(), 0);
  assert.equal(page.seen.api.filter((one) => one.includes('/api/tokens')).length, 0);
  page.judge();
});

test('an admin makes a token, sees it once, and revokes it after a question', async () => {
  const page = await openAs('admin-secret');
  await page.getByText('No tokens').waitFor();
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByText('Say what it is for.').waitFor();
  assert.match(await focused(page), /input/);
  await dialog.getByLabel('What it is for').fill('the nightly import');
  await dialog.getByLabel('Acts as').fill('ana.almeida');
  await dialog.getByLabel('Role').selectOption('editor');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const secret = await dialog.getByLabel('Token', { exact: true }).textContent();
  assert.match(secret, /^cb_/);
  await assertAccessible(page);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  const row = page.getByRole('row').filter({ hasText: 'the nightly import' });
  await row.getByText('editor').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the text of the token is nowhere on the page');
  await assertAccessible(page);
  await row.getByRole('button', { name: 'Revoke the nightly import' }).click();
  assert.match(await focused(page), /Keep it/);
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('button', { name: 'Show 1 that is over' }).click();
  await page.getByRole('row').filter({ hasText: 'the nightly import' }).getByText(/^revoked/).waitFor();
  page.judge();
});

// Still signed in: the stub has one session.
test('the table of tokens fits a narrow window, and is legible in the dark', async () => {
  const page = await openAs(undefined, { width: 320, scheme: 'dark' });
  await page.getByRole('region', { name: 'Tokens' }).or(page.getByText('No tokens')).first().waitFor();
  await assertFits(page);
  await assertAccessible(page);
  page.judge();
});
