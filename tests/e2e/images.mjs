// Makes docs/images anew: the key pages of the example company, at one size, as a person sees them.
//
//   node tests/e2e/images.mjs [NAME...]       or ./dev images [NAME...], which builds first
//
// A picture that cannot be made leaves the old one where it is, and the command ends with 1.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { missing, startExample, until } from '../support/server.mjs';
import { launch, openPage, portalFiles, root } from './browser.mjs';

const WIDTH = 1280;
const HEIGHT = 800;
const SETTLE_MS = 20_000;
const folder = join(root, 'docs/images');

const CHECKOUT = '/catalog/default/component/checkout-service';
// [name, path or what finds it, { scheme, from: what the picture begins with }]
const PICTURES = [
  ['catalog', '/catalog'],
  ['catalog-dark', '/catalog', { scheme: 'dark' }],
  ['entity', CHECKOUT],
  ['dependencies', '/catalog/default/component/payment-service/dependencies', { from: 'nav[aria-label="About this entity"]' }],
  ['landscape', '/landscape'],
  ['panel', `${CHECKOUT}/argocd`, { from: 'nav[aria-label="About this entity"]' }],
  ['create', '/create'],
  ['task', runOfTemplate],
  ['sources', '/sources'],
];

// What a newcomer would make first; the repository goes away with the example.
async function runOfTemplate(url) {
  const answer = await fetch(`${url}/api/scaffolder/v2/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      templateRef: 'template:default/go-service',
      values: {
        name: 'loyalty-service',
        description: 'Keeps the points that customers collect',
        owner: 'group:default/team-payments',
        system: 'system:default/checkout',
        port: 8080,
        database: true,
        tier: 'tier-2',
        tags: ['loyalty'],
      },
    }),
  });
  const { id } = await answer.json();
  if (!id) throw new Error(`the run is refused: ${answer.status}`);
  await until('the run is completed', async () => (await (await fetch(`${url}/api/scaffolder/v2/tasks/${id}`)).json()).status === 'completed', 60_000);
  return `/create/tasks/${id}`;
}

// Everything that loads has loaded, and nothing moves any more.
async function still(page) {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle', { timeout: SETTLE_MS }).catch(() => {}); // a page may keep asking
  await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => e.textContent.startsWith('Loading')));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(600);
}

// The example lies in a folder with a name for once, on the machine that makes the pictures.
async function sayNoPlace(page, place) {
  await page.evaluate((where) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (text.data.includes(where)) text.data = text.data.replaceAll(where, '/srv/mycompany');
    }
  }, place);
}

async function picture(browser, target, name, where, { scheme = 'light', from } = {}) {
  const path = typeof where === 'function' ? await where(target.url) : where;
  const page = await openPage(browser, target.url, { path, scheme, width: WIDTH, height: HEIGHT });
  try {
    await still(page);
    if (from) await page.locator(from).first().evaluate((e) => e.scrollIntoView({ block: 'start' }));
    await sayNoPlace(page, target.repos.replace(/\/repos$/, ''));
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    page.judge();
    console.log(`docs/images/${name}.png ${Math.round(statSync(file).size / 1024)} KB`);
  } finally {
    await page.context().close();
  }
}

async function main(names) {
  const unknown = names.filter((name) => !PICTURES.some(([one]) => one === name));
  if (missing || unknown.length > 0) {
    console.error(missing || `images: no picture ${unknown.join(', ')}; there are: ${PICTURES.map(([one]) => one).join(' ')}`);
    return missing ? 3 : 2;
  }
  mkdirSync(folder, { recursive: true });
  const [browser, target] = await Promise.all([launch(), startExample({ upstreams: true, env: { CALLBOARD_PORTAL_DIR: portalFiles() } })]);
  let bad = 0;
  try {
    for (const [name, where, options] of PICTURES) {
      if (names.length > 0 && !names.includes(name)) continue;
      await picture(browser, target, name, where, options).catch((error) => {
        bad++;
        console.error(`images: ${name}: ${error.message}`);
      });
    }
  } finally {
    await browser.close();
    await target.stop();
  }
  return bad > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
