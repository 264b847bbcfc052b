// node journeys.mjs DIST [--serve | PART OF A NAME]: what a person does in Backstage's front end, before callboard. A journey fails when the person does not
// see what it says, when the page tells of an error, or when the front end asks for something that is neither answered nor in ABSENT.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch } from '../e2e/browser.mjs';
import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';
import { component, documents } from '../support/repo.mjs';
import { missing, root, startExample, startServer } from '../support/server.mjs';
import { startFront } from './front.mjs';

const [dist, only] = process.argv.slice(2);
const shots = path.join(process.env.CALLBOARD_BUILD ?? path.join(root, 'build'), 'stock-ui');
const FILE = 'https://forge.test/acme/shop/src/branch/main/catalog-info.yaml';

// What the front end asks for and callboard has not, and why that is no fault: docs/compatibility.md, "Backstage's front end".
const ABSENT = [
  [/^GET \/api\/techdocs\//, 'documentation sites are not built'],
  [/^GET \/api\/catalog\/entities\/by-name\/user\/default\/guest$/, 'the guest is no entity of the example'],
];
const QUIET = /api\/signals|Failed to load resource|^Form validation failed/; // the console's, of what is judged elsewhere

if (missing) {
  console.error(missing);
  process.exit(3);
}
fs.mkdirSync(shots, { recursive: true });

const ends = []; // what is to be stopped, the last first
const started = async thing => {
  ends.unshift(() => (thing.stop ?? thing.close).call(thing));
  return thing;
};
let stopping;
const stop = () => (stopping ??= (async () => {
  for (const end of ends) await Promise.resolve(end()).catch(error => console.error(error.message));
})());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop().then(() => process.exit(130)));

// ---- a person at the front end: pages of one browser context, which remembers who is signed in

const unanswered = new Map();
let passed = 0, failed = 0;

class Person {
  constructor(context, front) {
    this.context = context;
    this.front = front;
  }

  async open(target) {
    const page = await this.context.newPage();
    page.setDefaultTimeout(20_000);
    page.faults = [];
    page.on('pageerror', error => page.faults.push(`uncaught: ${error.message}`));
    page.on('console', message => {
      if (message.type() === 'error' && !QUIET.test(message.text())) page.faults.push(`console: ${message.text().slice(0, 300)}`);
    });
    page.on('response', response => {
      const { pathname } = new URL(response.url()), status = response.status();
      if (!pathname.startsWith('/api/') || status < 400) return;
      const what = `${response.request().method()} ${pathname}`;
      if ([404, 405, 501].includes(status) || status >= 500) unanswered.set(`${status} ${what}`, ABSENT.find(([of]) => of.test(what))?.[1]);
      if (!ABSENT.some(([of]) => of.test(what)) && !page.expected?.test(`${status} ${what}`)) page.faults.push(`${status} ${what}`);
    });
    await page.goto(target);
    return page;
  }
}

async function journey(name, person, target, walk) {
  if (only && !name.includes(only) && !/signs? in|signed in/.test(name)) return;
  const page = await person.open(target);
  let fault;
  try {
    await walk(page);
    assert.deepEqual(page.faults, []);
    passed++;
  } catch (error) {
    fault = `${error.message.split('\n').slice(0, 12).join('\n    ')}${page.faults.length ? `\n    ${page.faults.join('\n    ')}` : ''}`;
    failed++;
  }
  await page.screenshot({ path: path.join(shots, `${name.replaceAll(/[^a-z]+/gi, '-')}.png`) }).catch(() => {});
  await page.close();
  console.log(fault ? `FAILED ${name}\n    ${fault}` : `ok     ${name}`);
}

const heading = (page, name) => page.getByRole('heading', { name, exact: true }).first().waitFor();

// ---- the example company, and its guest

async function guest(browser) {
  const example = await started(await startExample());
  const front = await started(await startFront({ dist, callboard: example.url }));
  const ask = async target => (await fetch(example.url + target)).json();
  const person = new Person(await browser.newContext({ baseURL: front.url, viewport: { width: 1400, height: 1000 } }), front);

  await journey('a guest signs in, and is asked once', person, '/settings', async page => {
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByText('user:default/guest').first().waitFor();
    await page.reload();
    await page.getByText('user:default/guest').first().waitFor();
  });

  await journey('the catalog counts, filters and finds', person, '/', async page => {
    const { totalItems } = await ask('/api/catalog/entities/by-query?filter=kind=component&limit=0');
    await heading(page, `All Components (${totalItems})`);
    await page.getByRole('link', { name: 'Checkout Service' }).waitFor();
    await page.getByPlaceholder('Search').fill('fraud');
    await page.getByRole('link', { name: 'Fraud Check' }).waitFor();
    await page.getByRole('link', { name: 'Checkout Service' }).waitFor({ state: 'detached' });
    await page.goto('/?filters[kind]=api');
    await page.getByRole('heading', { name: /^All APIs \(\d+\)$/i }).first().waitFor();
    await page.getByRole('link', { name: 'Order API' }).waitFor();
  });

  await journey('a star stays, and is the same for the portal', person, '/catalog/default/component/checkout-service', async page => {
    await page.getByRole('button', { name: /favorites/i }).first().click();
    await page.getByRole('button', { name: /remove from favorites/i }).first().waitFor();
    await page.goto('/');
    await page.getByRole('menuitem', { name: /^Starred\s*1$/ }).waitFor();
    assert.deepEqual((await ask('/api/session')).settings['default.starredEntities'].entityRefs, ['component:default/checkout-service']);
  });

  await journey('an entity says what it is, whose, and what it needs', person, '/catalog/default/component/checkout-service', async page => {
    await heading(page, 'Checkout Service');
    await page.getByText('Leads a customer from the cart to a paid order').first().waitFor();
    await page.getByRole('heading', { name: 'Consumed APIs' }).waitFor();
    await page.getByRole('link', { name: 'Order API' }).first().click();
    await page.waitForURL('**/catalog/default/api/order-api');
    await heading(page, 'Order API');
  });

  await journey('an entity is inspected: as stored, and where it comes from', person, '/catalog/default/component/checkout-service', async page => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Inspect entity' }).click();
    await page.getByRole('tab', { name: 'Raw YAML' }).click();
    await page.getByText('backstage.io/managed-by-location').first().waitFor();
    await page.getByRole('tab', { name: 'Ancestry' }).click();
    await page.getByRole('dialog').locator('svg').getByText('Checkout Service').waitFor();
  });

  await journey('an entity is read again', person, '/catalog/default/component/checkout-service', async page => {
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await page.getByText('Refresh scheduled').waitFor();
  });

  await journey('the graph has what is around an entity', person, '/catalog-graph?rootEntityRefs[]=component:default/checkout-service&maxDepth=1', async page => {
    await page.getByText('Cart Service').first().waitFor();
    await page.getByText('Team Checkout').first().waitFor();
    const nodes = await page.locator('svg g[data-testid="node"]').count();
    assert.ok(nodes > 5, `${nodes} nodes`);
  });

  await journey('an API has its documentation, of each kind', person, '/api-docs', async page => {
    await page.getByRole('link', { name: 'Order API' }).waitFor();
    await page.goto('/catalog/default/api/order-api/definition');
    await page.getByText('List orders, newest first').waitFor();
    const { items } = await ask('/api/catalog/entities/by-query?filter=kind=api&fields=metadata.name,spec.type&limit=100');
    for (const [type, seen] of [['asyncapi', /Operations|Servers/], ['graphql', /Docs|Query|Prettify/i], ['grpc', /service |rpc |message /]]) {
      const api = items.find(e => e.spec.type === type);
      if (!api) continue;
      await page.goto(`/catalog/default/api/${api.metadata.name}/definition`);
      await page.getByText(seen).first().waitFor();
    }
  });

  await journey('a group has its members and what it owns', person, '/catalog/default/group/team-checkout', async page => {
    await page.getByText('Lena Fischer').first().waitFor();
    await heading(page, 'Ownership');
    await page.getByText(/^\s*service/i).first().waitFor();
    await page.goto('/catalog/default/system/checkout');
    await page.getByRole('link', { name: 'Cart Service' }).first().waitFor();
  });

  await journey('search finds, marks and narrows', person, '/search?query=checkout', async page => {
    await page.getByRole('link', { name: 'Checkout Service' }).waitFor();
    assert.ok(await page.locator('mark').count() > 0);
    await page.getByPlaceholder(/search/i).first().fill('payment');
    await page.getByText(/payment-service|Payment API/).first().waitFor();
    await page.getByText('Software Catalog').first().click();
    await page.getByText(/Payment API/).first().waitFor();
  });

  await journey('a template asks, runs, and its log ends in the catalog', person, '/create', async page => {
    await page.getByText('A small site built with Vite').waitFor();
    await page.goto('/create/templates/default/website');
    await page.getByLabel('Name').fill('Not A Name');
    await page.getByLabel('Title').fill('A site of the stock front end');
    await page.getByLabel('Owner').fill('storefront');
    await page.getByRole('option', { name: /storefront/i }).first().click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText(/not valid|must match pattern/i).first().waitFor();
    await page.getByLabel('Name').fill('stock-site');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText('stock-site').first().waitFor();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL('**/create/tasks/*');
    await page.getByText('Publish the repository').first().waitFor();
    const link = page.getByRole('link', { name: 'Open in the catalog' }).or(page.getByRole('button', { name: 'Open in the catalog' })).first();
    await link.waitFor({ timeout: 60_000 });
    await page.reload();
    await link.waitFor();
    await link.click();
    await page.waitForURL('**/catalog/default/component/stock-site');
    await heading(page, 'stock-site');
  });

  await journey('runs are listed, with what they are of', person, '/create/tasks', async page => {
    await page.getByText('completed').first().waitFor();
    await page.getByText('Website').first().waitFor();
  });

  await journey('actions and extensions of templates are explained', person, '/create/actions', async page => {
    await page.getByText('fetch:template').first().waitFor();
    await page.goto('/create/templating-extensions');
    await page.getByText('parseRepoUrl').first().waitFor();
  });

  await journey('the inbox is empty, and no error', person, '/notifications', async page => {
    await page.getByText(/no (records|notifications)/i).first().waitFor();
  });

  await journey('docs of an entity are said not to be here', person, '/catalog/default/component/checkout-service/docs', async page => {
    await page.getByText(/404|documentation/i).first().waitFor();
  });
}

// ---- registering: a callboard with a forge

async function registering(browser) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-stock-ui-'));
  fs.chmodSync(scratch, 0o755);
  ends.unshift(() => fs.rmSync(scratch, { recursive: true, force: true }));
  new Repository(path.join(scratch, 'forge/acme/shop.git')).commit({ 'catalog-info.yaml': documents(component('shop'), component('till')) });
  new Repository(path.join(scratch, 'hub/acme/pier.git')).commit({ 'catalog-info.yaml': component('pier') });
  new Repository(path.join(scratch, 'hub/acme/bare.git')).commit({ 'README.md': '# Bare' });
  const git = await started(await startGitHttp({ root: scratch }));
  const server = await started(await startServer({
    catalog: { 'all.yaml': component('taken') },
    config: `integrations:\n  - {host: forge.test, type: gitea, clone: "${git.url}/forge/"}\n  - {host: github.test, type: github, clone: "${git.url}/hub/"}`,
  }));
  const front = await started(await startFront({ dist, callboard: server.url, integrations: { github: [{ host: 'github.test' }] } }));
  const person = new Person(await browser.newContext({ baseURL: front.url, viewport: { width: 1400, height: 1000 } }), front);

  await journey('a guest signs in where there is a forge', person, '/catalog-import', async page => {
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByLabel('URL').waitFor();
  });

  await journey('a file is analysed, registered and in the catalog', person, '/catalog-import', async page => {
    await page.getByLabel('URL').fill(FILE);
    await page.getByRole('button', { name: 'Analyze' }).click();
    await page.getByText('till').first().waitFor();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('link', { name: /view component/i }).or(page.getByRole('button', { name: /view component/i })).first().waitFor();
    await page.goto('/catalog/default/component/till');
    await heading(page, 'till');
  });

  await journey('a repository is analysed for what it has to register', person, '/catalog-import', async page => {
    await page.getByLabel('URL').fill('https://github.test/acme/pier');
    await page.getByRole('button', { name: 'Analyze' }).click();
    await page.getByText('https://github.test/acme/pier/blob/main/catalog-info.yaml').first().waitFor();
    await page.goto('/catalog-import');
    await page.getByLabel('URL').fill('https://github.test/acme/bare');
    await page.getByRole('button', { name: 'Analyze' }).click();
    await page.getByRole('button', { name: 'Create PR' }).waitFor();
    await page.getByText('acme/bare', { exact: true }).first().waitFor(); // of the entity to begin with
  });

  await journey('a file that is not there is said to be none', person, '/catalog-import', async page => {
    page.expected = /^4\d\d POST \/api\/catalog\/(locations|analyze-location)/;
    await page.getByLabel('URL').fill(FILE.replace('catalog-info', 'nothing'));
    await page.getByRole('button', { name: 'Analyze' }).click();
    await page.getByText(/nothing\.yaml/).last().waitFor();
    await page.getByText(/no file|not there|cannot|could not/i).first().waitFor();
  });

  await journey('what was registered is unregistered', person, '/catalog/default/component/till', async page => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Unregister entity' }).click();
    await page.getByText(FILE).first().waitFor();
    await page.getByRole('button', { name: 'Unregister Location' }).click();
    await page.waitForURL(/\/(\?|$)/);
    await server.until('it is gone', async () => (await server.get('/api/catalog/entities/by-name/component/default/till')).status === 404);
  });
}

// ---- behind a proxy that says who comes: a reader, who is shown what a reader may

async function reader(browser) {
  const jane = 'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: jane}\nspec: {profile: {displayName: Jane Doe}, memberOf: []}\n';
  const server = await started(await startServer({
    catalog: { 'all.yaml': documents(component('shop', { owner: 'user:jane' }), jane) },
    config: 'auth: {tokens: true, trusted_proxies: [127.0.0.0/8]}',
    headers: { 'x-forwarded-user': 'jane' },
  }));
  const front = await started(await startFront({ dist, callboard: server.url, user: 'jane' }));
  const person = new Person(await browser.newContext({ baseURL: front.url, viewport: { width: 1400, height: 1000 } }), front);

  await journey('behind a proxy a person is signed in without a question', person, '/settings', async page => {
    await page.getByText('Jane Doe').first().waitFor();
  });

  await journey('a reader owns what is his', person, '/?filters[user]=owned', async page => {
    await page.getByRole('link', { name: 'shop' }).waitFor();
  });

  await journey('a reader is shown no button that would be refused', person, '/catalog/default/component/shop', async page => {
    await heading(page, 'About');
    await page.waitForLoadState('networkidle');
    assert.equal(await page.getByRole('button', { name: 'Refresh', exact: true }).count(), 0, 'refresh');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Inspect entity' }).waitFor();
    const item = page.getByRole('menuitem', { name: 'Unregister entity' });
    assert.ok(!(await item.count()) || (await item.getAttribute('aria-disabled')) === 'true', 'unregister');
    await page.goto('/create');
    await heading(page, 'Create');
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('.MuiButton-root', { hasText: 'Register Existing Component' }).count(), 0, 'register');
  });
}

// ----

const browser = only === '--serve' ? undefined : await started(await launch());
try {
  if (browser) {
    await guest(browser);
    await registering(browser);
    await reader(browser);
  } else {
    const example = await started(await startExample());
    const front = await started(await startFront({ dist, callboard: example.url }));
    console.log(`stock-ui: ${front.url} is the front end, ${example.url} callboard and its portal; Ctrl-C ends both`);
    await new Promise(() => {});
  }
} catch (error) {
  console.error(error);
  failed++;
}
await stop();
for (const [what, why] of [...unanswered].sort()) console.log(`not answered: ${what}${why ? ` (${why})` : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
