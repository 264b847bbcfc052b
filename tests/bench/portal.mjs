// What a person waits for in the portal: a real browser, a callboard of its own with the bench's catalog, medians of
// five. Times are of this machine and its other work: a slow one is said, and fails nothing; counts and bytes do.
import path from 'node:path';
import { json, median, quantile } from './load.mjs';
import { Callboard } from './callboard.mjs';

const RUNS = 5;
const NAVIGATIONS = 50;
const SCROLL_MS = 3000;
const KB = 1000;

const timed = (what, figure, unit, most) => ({ what, figure, unit, budget: `≤ ${most} ${unit}`, ok: figure <= most || undefined, warn: figure > most });
const gated = (what, figure, unit, most) => ({ what, figure, unit, budget: `≤ ${most} ${unit}`.trim(), ok: figure <= most });
const told = (what, figure, unit) => ({ what, figure, unit });

// Kept by the page from its first moment.
function watch() {
  const seen = (window.seen = { lcp: 0, shift: 0, blocked: 0, worst: 0 });
  const on = (type, each, more) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
  on('largest-contentful-paint', (e) => { seen.lcp = e.startTime; });
  on('layout-shift', (e) => { if (!e.hadRecentInput) seen.shift += e.value; });
  on('longtask', (e) => { seen.blocked += Math.max(0, e.duration - 50); });
  on('event', (e) => { if (e.interactionId) seen.worst = Math.max(seen.worst, e.duration); }, { durationThreshold: 16 });
}

const bytes = (page, ext) => page.evaluate((end) => performance.getEntriesByType('resource').filter((r) => new URL(r.name).pathname.endsWith(end)).reduce((n, r) => n + r.encodedBodySize, 0), ext);
// The moment, since the address was asked for, at which SELECTOR has COUNT elements.
const momentOf = (page, selector, count = 1) =>
  page.waitForFunction(([s, n]) => document.querySelectorAll(s).length >= n && performance.now(), [selector, count], { polling: 'raf', timeout: 60_000 }).then((h) => h.jsonValue());

export async function portal(bench) {
  process.env.CALLBOARD_BUILD ??= bench.build;
  const { launch, openPage } = await import('../e2e/browser.mjs');
  const callboard = new Callboard({ binary: bench.binary, dir: path.join(bench.dir, 'portal') });
  await callboard.configure([{ git: bench.repo, paths: ['catalog-*.yaml'] }]);
  await callboard.start();
  await callboard.until('first read', 900_000, async () => (await callboard.total()) === bench.n, { every: 50 });
  const browser = await launch();
  try {
    return await measure(bench, callboard.base, async (options) => {
      const page = await openPage(browser, callboard.base, options);
      await page.addInitScript(watch);
      return page;
    });
  } finally {
    await browser.close();
    await callboard.stop();
  }
}

async function arrive(page, where) {
  page.seen.api.length = 0;
  await page.goto(where);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
}

async function measure(bench, base, fresh) {
  const [, kind, space, name] = bench.catalog.manifest.samples.components[0].match(/^(.+?):(.+?)\/(.+)$/);
  const entity = `/catalog/${space}/${kind}/${name}`;
  const rows = [];

  for (const [what, where, calls, js] of [['home', '/', 3, 150], ['catalog', '/catalog', 2, 175], ['entity', entity, 4, 220]]) {
    const runs = [];
    for (let i = 0; i < RUNS; i++) {
      const page = await fresh();
      await arrive(page, where);
      const cold = await page.evaluate(() => window.seen);
      const one = { ...cold, js: await bytes(page, '.js'), css: await bytes(page, '.css'), calls: page.seen.api.filter((c) => !c.includes('/api/session')).length };
      await arrive(page, where);
      runs.push({ ...one, warm: await page.evaluate(() => window.seen.lcp) });
      await page.context().close();
    }
    const of = (key) => median(runs.map((r) => r[key]));
    rows.push(
      timed(`portal, ${what}: largest paint, nothing cached`, of('lcp'), 'ms', 2000),
      timed('  again', of('warm'), 'ms', 1000),
      timed('  blocked by long tasks', of('blocked'), 'ms', 300),
      gated('  layout shift, the worst run', Math.max(...runs.map((r) => r.shift)), '', 0.02),
      gated('  API calls', Math.max(...runs.map((r) => r.calls)), '', calls),
      gated('  JavaScript, as sent', of('js') / KB, 'KB', js),
      gated('  CSS, as sent', of('css') / KB, 'KB', 30),
    );
  }

  const page = await fresh();
  rows.push(timed('portal, the slowest answer to a key or a press', await interactions(page), 'ms', 200));
  rows.push(timed(`portal, a frame while ${bench.n.toLocaleString('en')} rows are scrolled, p95`, await scroll(page), 'ms', 50));
  rows.push(timed('portal, the palette opens, its files cached', await palette(page), 'ms', 100));
  rows.push(timed('portal, 300 entities as a graph', await ready(page, `${entity}/dependencies?depth=3`, '[data-ref]', 250), 'ms', 1500));
  rows.push(timed('portal, the landscape', await ready(page, '/landscape', '[data-box]', 10), 'ms', 3000));
  rows.push(...(await memory(page, base)));
  return rows;
}

async function interactions(page) {
  const worst = [];
  for (let i = 0; i < RUNS; i++) {
    await arrive(page, '/catalog');
    await page.getByRole('checkbox', { name: /^Component/ }).check();
    await page.waitForURL(/kind=Component/);
    await page.getByRole('button', { name: 'Owner', exact: true }).click();
    await page.waitForURL(/sort=/);
    await page.keyboard.press('/');
    await page.keyboard.type('payment');
    await page.waitForURL(/q=payment/);
    await page.waitForLoadState('networkidle');
    await page.getByRole('region', { name: 'Entities' }).getByRole('link').first().click();
    await page.locator('h1:focus').waitFor();
    await page.waitForLoadState('networkidle');
    worst.push(await page.evaluate(() => window.seen.worst));
  }
  return median(worst);
}

async function scroll(page) {
  const p95 = [];
  for (let i = 0; i < RUNS; i++) {
    await arrive(page, '/catalog');
    const frames = await page.getByRole('region', { name: 'Entities' }).evaluate(
      (e, ms) =>
        new Promise((done) => {
          const begin = performance.now();
          const deltas = [];
          let last = begin;
          const step = (now) => {
            deltas.push(now - last);
            last = now;
            e.scrollTop += 400;
            if (now - begin < ms) requestAnimationFrame(step);
            else done(deltas.slice(1));
          };
          requestAnimationFrame(step);
        }),
      SCROLL_MS,
    );
    p95.push(quantile(frames, 0.95));
  }
  return median(p95);
}

async function palette(page) {
  const took = [];
  await arrive(page, '/catalog');
  for (let i = 0; i <= RUNS; i++) {
    await page.evaluate(() => {
      window.opened = new Promise((done) => {
        addEventListener(
          'keydown',
          () => {
            const begin = performance.now();
            const look = () => (document.querySelector('dialog[open] [role=combobox]') ? done(performance.now() - begin) : requestAnimationFrame(look));
            look();
          },
          { once: true, capture: true },
        );
      });
    });
    await page.keyboard.press('Control+K');
    const ms = await page.evaluate(() => window.opened);
    if (i > 0) took.push(ms); // the first one fetches it
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  return median(took);
}

async function ready(page, where, selector, count) {
  const took = [];
  for (let i = 0; i < RUNS; i++) {
    await page.goto(where);
    took.push(await momentOf(page, selector, count));
  }
  return median(took);
}

// From page to page as a person goes: by the links of the page, no reload.
async function memory(page, base) {
  const { items } = await json(`${base}/api/catalog/entities/by-query?filter=kind=component&limit=10&fields=metadata.name`);
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return page.evaluate(() => performance.memory.usedJSHeapSize);
  };
  const go = async (n) => {
    for (let i = 0; i < n; i++) {
      await page.keyboard.press('g');
      await page.keyboard.press(i % 2 ? 'h' : 'c');
      await page.waitForURL(i % 2 ? /\/$/ : /\/catalog/);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
    }
  };
  await arrive(page, `/catalog/default/component/${items[0].metadata.name}`);
  await go(10);
  const before = await used();
  await go(NAVIGATIONS);
  const after = await used();
  return [timed(`portal, memory after ${NAVIGATIONS} navigations more`, (after / before - 1) * 100, '% more', 20), told('  the heap then', after / 1e6, 'MB')];
}
