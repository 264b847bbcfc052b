// An API's definition that a stranger wrote: wrong, huge, or full of addresses that nobody is to ask.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { company, entity } from '../support/stub-catalog.mjs';
import { startStub } from '../support/stub.mjs';
import { assertAccessible, assertFits, harmIn, HARMLESS, portalFiles, shoot } from './browser.mjs';
import { onStage } from './stage.mjs';

const OPERATIONS = 5_000;
/** Elements of a page that stays usable, however long the definition is; a person scrolls through 200 operations at a time. */
const ELEMENTS_MAX = 3_000;
const DRAWN_MAX = 200;

// Of each type: the text, the line that is wrong, and what is said of it.
const BROKEN = {
  openapi: ['openapi: 3.1.0\ninfo:\n  title: Tea\n  version: 1\npaths:\n  /tea: {get: {summary: [hot, black}}\n', 6, /flow|sequence|map|end/i],
  asyncapi: ['asyncapi: 3.0.0\ninfo:\n  title: Tea\n channels:\n  brewed: {}\n', 4, /indent|align|map|unexpected/i],
  graphql: ['type Query {\n  tea(kind: String): Tea\n}\n\ntype Tea {\n  name: \n}\n', 7, /Expected Name, found "}"/],
  grpc: ['syntax = "proto3";\n\nmessage Tea {\n  string name = ;\n}\n', 4, /The number of the field name is missing/],
};

const huge = () => `openapi: 3.1.0\ninfo: {title: Tea, version: 1}\npaths:\n${Array.from({ length: OPERATIONS }, (_, i) =>
  `  /teas/${i}:\n    get:\n      operationId: tea${i}\n      tags: [shelf-${i % 50}]\n      summary: Tea number ${i}\n      responses:\n        '200': {description: Here it is}\n`).join('')}`;

const ELSEWHERE = `openapi: 3.1.0
info: {title: Elsewhere, version: 1, description: '![tea](https://elsewhere.example/tea.png) <img src="https://elsewhere.example/x.png">'}
servers: [{url: 'https://elsewhere.example/v1', description: 'Ask me'}]
externalDocs: {url: 'https://elsewhere.example/docs'}
security: [{key: []}]
components: {securitySchemes: {key: {type: openIdConnect, openIdConnectUrl: 'https://elsewhere.example/.well-known/openid-configuration'}}}
paths:
  /tea:
    get:
      operationId: getTea
      description: '![again](https://elsewhere.example/again.png)'
      responses: {'200': {description: One, content: {application/json: {schema: {$ref: 'https://elsewhere.example/tea.json'}}}}}
`;

const apis = () => Object.entries({ ...Object.fromEntries(Object.entries(BROKEN).map(([type, [text]]) => [`broken-${type}`, [type, text]])), huge: ['openapi', huge()], elsewhere: ['openapi', ELSEWHERE] })
  .map(([name, [type, definition]]) => entity('API', name, { type, lifecycle: 'production', owner: 'team-payments', definition }));

const { open } = onStage(() => startStub({ dist: portalFiles(), entities: [...company(), ...apis()] }));
const at = (name) => `/catalog/default/api/${name}/definition`;

describe('a definition that is wrong', () => {
  for (const [type, [text, line, why]] of Object.entries(BROKEN)) {
    test(`says the line and the reason, and its text is read all the same: ${type}`, async () => {
      const page = await open(at(`broken-${type}`), { width: 320 });
      const main = page.getByRole('main');
      await main.getByText(`The definition is wrong in line ${line}`).waitFor();
      await main.getByText(why).first().waitFor();
      await page.getByRole('region', { name: 'API definition' }).getByText(text.split('\n')[line - 1].trim()).waitFor();
      assert.ok(await page.getByRole('radio', { name: 'text' }).isChecked());
      assert.equal(await page.getByRole('radio', { name: 'operations' }).count(), 0);
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
      assert.match(file.suggestedFilename(), /^broken-/);
      await assertAccessible(page, `a wrong ${type}`);
      await assertFits(page, `a wrong ${type}`);
      await shoot(page, `definition-wrong-${type}`);
      page.judge();
    });
  }
});

describe(`a definition with ${OPERATIONS} operations`, () => {
  const drawn = (page) => page.locator('main details').count();
  const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);

  test('is never blank while it is read, is drawn in part, and its filter finds what is not drawn', async (t) => {
    const page = await open('/catalog/default/api/huge');
    // Whatever the page shows from here on, seen at each frame that the browser draws.
    await page.evaluate(() => {
      window.blank = 0;
      const look = () => {
        if (document.querySelector('main')?.innerText.trim() === '') window.blank++;
        requestAnimationFrame(look);
      };
      look();
    });
    const begin = Date.now();
    await page.getByRole('link', { name: 'Definition' }).click();
    await page.getByText('5,000 entries').waitFor();
    t.diagnostic(`drawn after ${Date.now() - begin} ms`);
    assert.equal(await page.evaluate(() => window.blank), 0);
    assert.equal(await drawn(page), DRAWN_MAX);
    assert.ok((await elements(page)) <= ELEMENTS_MAX, `${await elements(page)} elements`);
    await page.getByLabel('Filter operations and types').fill('number 4999');
    await page.getByText('1 entry', { exact: true }).waitFor();
    await page.locator('main details summary').click();
    await page.getByRole('heading', { name: /Response/ }).waitFor();
    await page.waitForURL(/op=tea4999/);
    await assertAccessible(page, 'a huge definition');
    const linked = page.url();
    await page.getByLabel('Filter operations and types').fill('');
    await page.getByText('5,000 entries').waitFor();
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    await page.waitForFunction((n) => document.querySelectorAll('main details').length >= n, 2 * DRAWN_MAX);
    // Whoever is sent the link sees what was meant, and as little as anybody of the rest.
    await page.goto(linked);
    await page.locator('main details[open]').getByRole('heading', { name: /Response/ }).waitFor();
    assert.ok(await page.locator('main details[open]').evaluate((e) => e.getBoundingClientRect().top < innerHeight));
    assert.equal(await drawn(page), DRAWN_MAX + 1);
    page.judge();
  });

  test('as text is cut until all of it is wanted', async () => {
    const page = await open(at('huge'));
    await page.getByRole('radio', { name: 'text' }).check();
    await page.getByRole('button', { name: /Show all 35,00\d lines/ }).waitFor();
    assert.ok((await elements(page)) <= ELEMENTS_MAX);
    page.judge();
  });
});

test('nothing that a definition names is asked: no server, no picture, no reference', async () => {
  const page = await open(`${at('elsewhere')}?op=getTea`);
  await page.getByText('https://elsewhere.example/v1').waitFor();
  await page.locator('main details[open]').getByRole('heading', { name: /Response/ }).first().waitFor();
  for (const one of await page.locator('main summary').all()) await one.click();
  await page.waitForLoadState('networkidle');
  assert.equal(await page.getByRole('button', { name: /try|execute|send/i }).count(), 0);
  assert.deepEqual(await harmIn(page), HARMLESS);
  page.judge(); // another origin would have been seen
});
