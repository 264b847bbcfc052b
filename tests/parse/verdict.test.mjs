// The same entities to Backstage's published validators and to us: the same verdict in the same words, the same
// entity, the same relations, the same searchable rows.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hasTemplates, judge, parseRef, stringifyRef } from './backstage.mjs';
import { entity, refTexts, urlTexts } from './entities.mjs';
import { Probe, cases, random, seed } from './probe.mjs';

const probe = new Probe();
after(() => probe.close());

const location = 'backstage.io/managed-by-location', origin = 'backstage.io/managed-by-origin-location';

// What the author wrote, of what we serve.
function withoutOurs(body, theirs) {
  const out = structuredClone(body);
  delete out.metadata.uid;
  if (out.metadata.etag === '0'.repeat(40)) delete out.metadata.etag;
  delete out.metadata.annotations[location];
  delete out.metadata.annotations[origin];
  if (!theirs.metadata.annotations) delete out.metadata.annotations;
  return out;
}

// The rows of Backstage's search table, limits apart; ours have inner paths beside them.
function rows(e) {
  const special = ['attachments', 'relations', 'status', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.etag'];
  const out = new Map();
  const add = (key, value) => {
    const row = [value === null ? 'null' : 'value', key.toLowerCase(), value === null ? '' : String(value)];
    const id = JSON.stringify([row[0], row[1], row[2].toLowerCase()]);
    if (!out.has(id)) out.set(id, row);
  };
  const visit = (path, v) => {
    if (special.includes(path)) return;
    if (v === null || typeof v !== 'object') return add(path, v);
    if (Array.isArray(v))
      for (const item of v) {
        visit(path, item);
        if (typeof item === 'string') add(`${path}.${item}`, true);
      }
    else for (const [k, inner] of Object.entries(v)) visit(path ? `${path}.${k}` : k, inner);
  };
  visit('', e);
  for (const k of ['name', 'namespace', 'uid']) add(`metadata.${k}`, e.metadata[k]);
  return [...out.values()];
}
const byText = list => list.map(row => JSON.stringify(row)).sort();

// Keys that differ only in case: a good entity for the validators, refused when it is put together.
function clashes(e) {
  const raw = new Map();
  let found = false;
  const add = key => {
    const lower = key.toLowerCase();
    if (raw.has(lower) && raw.get(lower) !== key) found = true;
    raw.set(lower, raw.get(lower) ?? key);
  };
  const items = new Set();
  const visit = (path, v) => {
    if (v === null || typeof v !== 'object') return add(path);
    if (Array.isArray(v))
      for (const item of v) {
        visit(path, item);
        const key = `${path}.${item}`;
        if (typeof item === 'string' && !items.has(key.toLowerCase())) items.add(key.toLowerCase()), add(key);
      }
    else for (const [k, inner] of Object.entries(v)) visit(path ? `${path}.${k}` : k, inner);
  };
  visit('', e);
  return found;
}

test(`${cases} entities from seed ${seed} get the same verdict in the same words`, async () => {
  const counts = { good: 0, bad: 0 };
  for (let i = 0; i < cases; i++) {
    const input = entity(random(seed + i), hasTemplates);
    const theirs = await judge(input), ours = await probe.entity(input);
    const say = `seed ${seed + i}: ${JSON.stringify(input)}`;
    if (theirs.words) {
      assert.equal(ours.problems[0]?.backstage, theirs.words, say);
      assert.equal(ours.entities.length, 0, say);
      for (const p of ours.problems) assert.ok(p.message && p.remedy && p.rule, `${say}\n${JSON.stringify(p)}`);
      counts.bad++;
    } else if (clashes(theirs.entity)) {
      assert.equal(ours.problems[0]?.rule, 'key-case', say);
    } else {
      assert.equal(ours.entities.length, 1, `${say}\n${JSON.stringify(ours.problems)}`);
      const [{ body, edges, terms }] = ours.entities;
      assert.deepEqual(withoutOurs(body, theirs.entity), { ...theirs.entity, metadata: (({ uid, ...m }) => m)(theirs.entity.metadata) }, say);
      assert.deepEqual(edges.map(e => e.join(' ')).sort(), theirs.relations, say);
      assert.deepEqual(byText(terms.filter(t => t[0] !== 'inner')), byText(rows(body)), say);
      counts.good++;
    }
  }
  console.log(`# ${JSON.stringify(counts)}`);
  assert.ok(counts.good > cases / 5 && counts.bad > cases / 5);
});

test('a URL is one for us where it is one for `new URL`', async () => {
  for (const text of urlTexts) assert.equal((await probe.ask({ do: 'url', text })).ok, URL.canParse(text), text);
});

test('a ref is split as Backstage splits it, with the same words where it cannot be', async () => {
  for (const text of refTexts)
    for (const kind of [undefined, 'Group'])
      for (const namespace of [undefined, 'payments']) {
        const ours = await probe.ask({ do: 'ref', text, ...(kind && { kind }), ...(namespace && { namespace }) });
        let theirs;
        try {
          const ref = parseRef(text, { defaultKind: kind, defaultNamespace: namespace });
          theirs = { ...ref, id: stringifyRef(ref) };
        } catch (e) {
          theirs = { error: e.message };
        }
        assert.deepEqual(ours, theirs, `${text} ${kind} ${namespace}`);
      }
});
