// The made-up language marks every message with brackets: what a page says without them is neither a message nor data,
// so no other language could say it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startStub } from '../support/stub.mjs';
import { assertFits, portalFiles } from './browser.mjs';
import { onStage } from './stage.mjs';

const PAYMENT = '/catalog/default/component/payment-service';
const PAGES = [
  ['home', '/'],
  ['catalog', '/catalog'],
  ['a filtered catalog', '/catalog?kind=Component&type=service'],
  ['a catalog with nothing in it', '/catalog?q=there-is-no-such-thing'],
  ['landscape', '/landscape?at=system:default/checkout'],
  ['landscape in words', '/landscape?view=list'],
  ['groups', '/groups?of=group:default/team-payments&text=team'],
  ['systems', '/systems'],
  ['search', '/search?q=payment'],
  ['search for nothing', '/search'],
  ['search in vain', '/search?q=there-is-no-such-thing'],
  ['entity', PAYMENT],
  ['dependencies', `${PAYMENT}/dependencies`],
  ['dependencies as a table', `${PAYMENT}/dependencies?view=table`],
  ['APIs', `${PAYMENT}/apis`],
  ['panels', `${PAYMENT}/gallery`],
  ['problems of an entity', `${PAYMENT}/problems`],
  ['history', `${PAYMENT}/history`],
  ['impact', '/catalog/default/resource/production-db/impact'],
  ['definition', '/catalog/default/api/payment-api/definition'],
  ['source', `${PAYMENT}/source`],
  ['no entity', '/catalog/default/component/payment-servise'],
  ['create', '/create'],
  ['template', '/create/templates/default/go-service'],
  ['runs', '/create/tasks'],
  ['register', '/register'],
  ['problems', '/problems'],
  ['sources', '/sources'],
  ['sources in a table', '/sources?look=table&source=gone'],
  ['loose ends', '/sources?view=loose'],
  ['plugins', '/plugins'],
  ['tokens', '/tokens'],
  ['preferences', '/preferences'],
  ['about', '/about'],
  ['no page', '/no/such/page'],
];

const stage = onStage(() => startStub({ dist: portalFiles() }));

/** A page in the made-up language, everything on it unfolded; `page.told` is what the server has said to it. */
async function open(path) {
  const page = await stage.open('/about');
  page.told = [];
  page.on('response', async (response) => {
    if (!new URL(response.url()).pathname.startsWith('/api/')) return;
    await response.text().then((text) => page.told.push(text), () => {}); // a stream has no text
  });
  await page.evaluate(() =>
    localStorage.setItem('callboard-setting/callboard/language', JSON.stringify({ value: 'en-XA', who: '', at: 1, pending: false })),
  );
  await page.goto(path);
  page.told.push(...new URL(page.url()).searchParams.values()); // what was asked for is said again
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled(page);
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
  await settled(page);
  return page;
}

async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => e.textContent.startsWith('⟦Lóád')));
}

/** Every text on PAGE that is seen or read aloud, without what is typed, pressed, read as it is, or a moment. */
function texts(page) {
  return page.evaluate(() => {
    const out = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      if (!parentElement.closest('script, noscript, style, kbd, code, pre, time, [aria-hidden=true]')) out.push(textContent);
    }
    for (const element of document.querySelectorAll('body *'))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-valuetext'])
        if (element.tagName !== 'TIME' && element.hasAttribute(name)) out.push(element.getAttribute(name));
    return [...new Set(out)];
  });
}

/** Whether a text is what TOLD, answers of the server, say: a value, refs and paths made of such, or some of a long one. */
function dataOf(told) {
  const whole = new Set();
  const take = (value, isMap) => {
    if (typeof value === 'string') {
      whole.add(value.toLowerCase());
      // a ref's parts, and the words of a definition
      if (!/\s/.test(value) || value.includes('\n')) value.toLowerCase().split(/[/:@#=,\s]+/).forEach((part) => whole.add(part));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        if (isMap) whole.add(key.toLowerCase());
        take(one, ['annotations', 'labels'].includes(key));
      }
    }
  };
  for (const text of told) {
    try {
      take(JSON.parse(text));
    } catch {
      take(text);
    }
  }
  const all = [...whole].join('\n');
  const isValue = (text) => whole.has(text) || (text.length >= 8 && all.includes(text));
  return (text) => isValue(text) || (!/\s/.test(text) && text.split(/[/:=]/).every((part) => whole.has(part) || /^\d+$/.test(part)));
}

// What a browser writes by itself: "1.4 MB", "2 hr, 5 min", "Jan 3, 2026, 4:05 PM", "in 3 days".
const BY_INTL =
  /^([\d.,:/ ]|\b(byte|[kMGTP]B|ms|sec|min|hr|days?|AM|PM|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|in|(second|minute|hour|day|month|year)s?|ago|now|yesterday|tomorrow)\b)+$/;
const NAMES = /^(callboard|JSON|YAML|English|Deutsch|(OpenAPI|AsyncAPI|GraphQL)( [\d.]+)?)$/;

/** What of TEXTS is no message, no data and no name. */
function bare(texts, told) {
  const isData = dataOf(told);
  const isFine = (part) => !/\p{L}/u.test(part) || BY_INTL.test(part) || NAMES.test(part) || isData(part.toLowerCase());
  const isSaid = (text, [separator, ...finer]) => {
    const part = text.replace(/^[\s(:,]+|[\s):,]+$/g, '').replace(/^([\d.,]+|[\da-f]{7,40}) /, ''); // of a measure the unit, of a commit the subject
    return isFine(part) || (separator !== undefined && part.split(separator).every((one) => isSaid(one, finer)));
  };
  return texts.filter((text) => {
    let rest = text;
    for (let before; before !== rest; ) [before, rest] = [rest, rest.replace(/⟦[^⟦⟧]*⟧/g, ' · ')]; // one may hold another
    return !isSaid(rest, [' · ', / \(|\)$/, /: |, | → /]);
  });
}

describe('in the made-up language, everything that is said has its brackets', () => {
  for (const [name, path] of PAGES) {
    test(name, async () => {
      const page = await open(path);
      const found = bare(await texts(page), page.told);
      await page.context().close();
      assert.deepEqual(found, []);
    });
  }

  test('the list of keys', async () => {
    const page = await open('/about');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(bare(await texts(page), page.told), []);
  });

  test('the palette', async () => {
    const page = await open('/about');
    await page.keyboard.press('Control+K');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(bare(await texts(page), page.told), []);
  });

});

describe('a language that needs more room, and who has a long name, fit at 320 pixels', () => {
  for (const [name, path] of PAGES) {
    test(name, async () => {
      stage.target.as(path === '/tokens' ? 'admin-secret' : 'secret');
      const page = await open(path);
      await page.setViewportSize({ width: 320, height: 640 });
      await assertFits(page, name);
      await page.context().close();
    });
  }
});

test('a text without brackets is found, beside data and names', () => {
  const told = ['{"metadata":{"name":"payment-service","annotations":{"a.example/b":"x"}},"ref":"group:default/team-a","about":"Pays for what was bought"}'];
  assert.deepEqual(
    bare(['⟦Ówñér··⟧', '⟦á ⟦b⟧ ç⟧: payment-service', 'team-a · Pays for what was bought', 'a.example/b', 'payment-service:18:7', '1.4 MB', 'callboard', '3 · ⟦x⟧', 'Owner', '⟦x⟧ more'], told),
    ['Owner', '⟦x⟧ more'],
  );
});
