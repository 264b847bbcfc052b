// The same texts to npm `yaml`, as Backstage calls it, and to us: the same values, the same documents refused.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import yaml from 'yaml';
import { Probe, cases, random, seed } from './probe.mjs';
import { yamlText } from './yaml_texts.mjs';

const probe = new Probe();
after(() => probe.close());

function theirs(text) {
  return yaml.parseAllDocuments(text, { merge: false, logLevel: 'silent' }).map(d => {
    if (d.errors.length) return { error: d.errors[0].code };
    try {
      return { value: JSON.parse(JSON.stringify(d.toJSON()) ?? 'null') };
    } catch (e) {
      return { error: String(e).split('\n')[0] };
    }
  });
}
const ours = async text => (await probe.yaml(text)).docs.map(d => ('broken' in d ? { error: d.broken, rule: d.rule } : { value: d.json }));
const whole = docs => docs.filter(d => 'error' in d || d.value !== null); // empty documents count for nobody
const bad = docs => docs.some(d => 'error' in d);

// Where we differ, and why that is right or does not matter. Each is about a text, or about what was said of it.
const known = [
  ['keys that are the same as text, such as 12 and "12", are two of a kind for us: one would be lost', (t, a, b) => b.some(d => d.rule === 'yaml-duplicate-key') && !bad(a)],
  ['names of anchors are letters, digits, - and _ for libyaml', t => /[&*](?![\w-]+([\n ,\]}]|\r\n|$))/.test(t)],
  ['a line that begins with % in the middle of a document', t => /(^|\n)%/.test(t)],
  ['a key that is left out, before its colon', t => /(^|[\n,{[?-])[ ]*:([\s,}\]]|$)/.test(t)],
  ['a tag in <> with a blank in it, or with a ! in its name', t => /!<[^>]*\s|!\w*!\w*!|!<[^>]*$|![^\s!]*:?!|!\S*[^\w\s!<>:.,-]/m.test(t)],
  ['tabs in the space before a line\'s text', t => /(^|\n)[ -]*\t/.test(t)],
  ['a quoted text that ends its line in \\" is closed for npm `yaml` when the next line is not indented', t => /\\"\s*\n/.test(t)],
  ['NUL characters, which PostgreSQL cannot keep', (t, a, b) => b.some(d => d.rule === 'yaml-nul')],
  ['half a surrogate pair is no character', t => /\\ud83d(?!\\ude00)|(?<!\\ud83d)\\ude00/.test(t)],
  ['a block text of blanks alone', t => /[ ]\r\n|[|>][+-]?\d[^\n]*\n[ ]+(\n|$)/.test(t)],
  ['a document that is a block text and nothing else', t => /(^|\n)(---)?[ ]*[|>]/.test(t)],
  ['a comment that is glued to what is before it', t => /["'\]},|>+-]#/.test(t)],
  ['the text of a key that is a collection, such as {{ values.name }}: quotes and line breaks in it', t => /\{\s*\{|\?\s*[^\n]*(\r?\n)?[^\n]*[:\[{-]|(^|\n)[ -]*[\[{]/.test(t)],
  ['a colon that begins a text in a flow collection', t => /[{[,]\s*:/.test(t)],
  ['carriage returns of their own, and marks of byte order: npm `yaml` is of two minds', t => /\r(?!\n)|\ufeff/.test(t)],
  ['a bug of npm `yaml`: "Map comment with trailing content"', (t, a) => a.some(d => d.error === 'IMPOSSIBLE')],
  ['an alias that is a key: npm `yaml` takes the colon for a part of its name', t => /\*\w+:/.test(t)],
  ['a colon in a flow collection that nothing follows', t => /[{[,][^\n]*:[,\]}:]/.test(t)],
  ['? before a key on one line with more', t => /\?[ ]*[^\n]*[:-]/.test(t)],
  ['a quoted text that is not closed: npm `yaml` may lose the documents behind it', (t, a, b) => bad(a) && bad(b)],
];

test(`${cases} texts from seed ${seed} mean the same to npm yaml and to us`, async () => {
  const counts = { same: 0, refused: 0, known: 0 };
  for (let i = 0; i < cases; i++) {
    const text = yamlText(random(seed + i));
    const a = whole(theirs(text)), b = whole(await ours(text));
    const same = () => assert.deepEqual(b.filter(d => 'value' in d), a.filter(d => 'value' in d));
    try {
      assert.equal(bad(b), bad(a));
      same();
      counts[bad(a) ? 'refused' : 'same']++;
    } catch (e) {
      if (known.some(([, is]) => is(text, a, b))) counts.known++;
      else assert.fail(`seed ${seed + i}: ${JSON.stringify(text)}\nnpm yaml: ${JSON.stringify(a)}\nours:     ${JSON.stringify(b)}\n${e.message}`);
    }
  }
  console.log(`# ${JSON.stringify(counts)}`);
  assert.ok(counts.same > cases * 0.4, 'most texts should be readable: is the generator broken?');
  assert.ok(counts.known < cases * 0.03, `${counts.known} known differences are too many`);
});

test('a broken document does not hide its siblings', async () => {
  const docs = await ours('a: 1\n---\nb: [\n---\nc: "\n---\nd: 4\n...\ne: 5\n---\nf: @\n---\ng: 7\n');
  assert.deepEqual(docs.map(d => d.value ?? d.rule), [{ a: 1 }, 'yaml-syntax', 'yaml-syntax', { d: 4 }, { e: 5 }, 'yaml-syntax', { g: 7 }]);
});
