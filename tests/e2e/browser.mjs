// A browser that watches: every page's console, policy violations and requests are kept and judged.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = process.env.CALLBOARD_ROOT ?? fileURLToPath(new URL('../..', import.meta.url));
const build = process.env.CALLBOARD_BUILD ?? join(root, 'build');
const shots = join(build, 'screenshots');

function first(...paths) {
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`none of these is there, build the portal first: ${paths.join(', ')}`);
  return found;
}

// npm's packages lie beside the portal's sources, or where make builds it.
const require = createRequire(
  join(first(join(build, 'portal-build/frontend/node_modules'), join(root, 'frontend/node_modules')), '../package.json'),
);
const { chromium } = require('playwright-core');
const axe = require.resolve('axe-core/axe.min.js');

export function portalFiles() {
  return first(
    ...(process.env.CALLBOARD_PORTAL ? [process.env.CALLBOARD_PORTAL] : []),
    join(build, 'frontend-dist'),
    join(root, 'frontend/dist'),
  );
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
}

/**
 * A page of its own at BASE. Its `seen` keeps what went wrong; `judge()` fails on any of it but what ALLOW matches
 * (a browser writes a failed fetch to the console by itself).
 */
export async function openPage(browser, base, { scheme = 'light', width = 1280, height = 800, path, allow } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const seen = { errors: [], violations: [], foreign: [], api: [] };
  const origin = new URL(base).origin;

  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.errors.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol === 'data:') return;
    if (url.origin !== origin) seen.foreign.push(request.url());
    else if (url.pathname.startsWith('/api/')) seen.api.push(`${request.method()} ${url.pathname}${url.search}`);
  });
  await context.exposeFunction('callboardViolation', (text) => seen.violations.push(text));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      window.callboardViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });

  page.seen = seen;
  page.judge = () => {
    const errors = allow ? seen.errors.filter((text) => !allow.test(text)) : seen.errors;
    assert.deepEqual({ ...seen, errors, api: [] }, { errors: [], violations: [], foreign: [], api: [] });
  };
  if (path !== undefined) await page.goto(path);
  return page;
}

/** No rule of axe's is broken: WCAG 2.2 A and AA, and best practices. */
export async function assertAccessible(page, what) {
  await page.evaluate(await import('node:fs').then((fs) => fs.readFileSync(axe, 'utf8')));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`),
    [],
    `axe on ${what}`,
  );
}

/**
 * What of a stranger's text has run, could be pressed or was loaded; HARMLESS where nothing has. The kit's own styles
 * stand in the page too: they have the nonce.
 */
export function harmIn(page) {
  return page.evaluate(() => ({
    hacked: 'hacked' in window,
    links: [...document.links].map((a) => a.protocol).filter((one) => !['http:', 'https:', 'mailto:'].includes(one)),
    elements: [...document.querySelectorAll('main :is(img, iframe, object, embed, script, style, link, meta, base, math, details[ontoggle], form[action*=evil])')].filter((e) => !(e.tagName === 'STYLE' && e.nonce)).map((e) => e.tagName),
    handlers: [...document.querySelectorAll('*')].filter((e) => e.getAttributeNames().some((name) => name.startsWith('on'))).map((e) => e.outerHTML.slice(0, 80)),
  }));
}
export const HARMLESS = { hacked: false, links: [], elements: [], handlers: [] };

/** Nothing has to be scrolled sideways to be read, and the bar stays where it is: only what is below it moves. */
export async function assertFits(page, what) {
  const { wide, tall } = await page.evaluate(() => {
    const all = document.documentElement;
    const main = document.querySelector('main');
    return {
      wide: Math.max(all.scrollWidth - all.clientWidth, main.scrollWidth - main.clientWidth),
      tall: all.scrollHeight - all.clientHeight,
    };
  });
  assert.ok(wide <= 0, `${what} is ${wide}px too wide`);
  assert.ok(tall <= 0, `${what} makes the window ${tall}px too tall`);
}

/** From the next address on, how far what stands in the page has jumped without anybody's doing: `await shift()`. */
export async function watchShift(page) {
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => window.shift);
}

export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

export async function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    return `${e.tagName.toLowerCase()} ${e.getAttribute('aria-label') ?? e.textContent ?? ''}`.trim();
  });
}
