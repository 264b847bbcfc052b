// The language of software templates beside npm nunjitsu, which Backstage renders with: the same output, or an error where it has one.
//
//   TEMPLATE_SEED=7 TEMPLATE_N=20000 node --test tests/template/language.test.mjs
//
// written.txt   a template a line: each construct of the language, its edges, and mistakes. "CC " in front: cookiecutter; \n is a line's end
// files/        files of a template, with each setting of white space
// generate.mjs  the rest
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CONTEXT, Generator } from './generate.mjs';
import { Ours, theirs } from './renderers.mjs';
import { VALUES, WRITTEN } from './values.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const SEED = Number(process.env.TEMPLATE_SEED ?? 20261125), N = Number(process.env.TEMPLATE_N ?? 20000), AT_ONCE = 100;
const ours = new Ours();
after(() => ours.stop());

// What differs on purpose; nothing else may. docs/compatibility.md has the same rows.
const DELIBERATE = [
  { why: 'a value without ${{, {% or {# is no template, even if it has a #} that ends nothing', is: (job, a, b) => !job.text && !/\$\{\{|\{%|\{#/.test(job.source) && 'error' in a && b.value === job.source },
  { why: 'a power that is no whole number: the last digit', is: (job, a, b) => /\*\*/.test(job.source) && rounded(a) === rounded(b) },
];
const rounded = a => JSON.stringify(a).replace(/\d+\.\d{8,}/g, n => Number(n).toPrecision(14));

function differs(job, a, b) {
  if (b.died) return true;
  if ('error' in a ? 'error' in b : JSON.stringify(a) === JSON.stringify(b)) return false;
  return !DELIBERATE.some(row => row.is(job, a, b));
}
async function compare(jobs) {
  const wrong = [];
  for (let i = 0; i < jobs.length; i += AT_ONCE) {
    const some = jobs.slice(i, i + AT_ONCE), asked = some.map(job => ours.render(job)), known = some.map(theirs), got = await Promise.all(asked);
    for (let k = 0; k < some.length; k++) {
      const { called, ...answer } = got[k];
      if (differs(some[k], known[k], answer)) wrong.push(`${JSON.stringify({ ...some[k], context: undefined })}\n    nunjitsu ${JSON.stringify(known[k]).slice(0, 300)}\n    ours     ${JSON.stringify(answer).slice(0, 300)}`);
    }
  }
  assert.equal(wrong.length, 0, `${wrong.length} of ${jobs.length}:\n${wrong.slice(0, 10).join('\n')}`);
}

const lines = fs.readFileSync(path.join(here, 'written.txt'), 'utf8').split('\n').filter(Boolean);
const written = lines.map(l => ({ source: l.replace(/^CC /, '').replaceAll('\\n', '\n'), cookiecutter: l.startsWith('CC '), context: WRITTEN }));

test(`${lines.length} templates written by hand, as values`, () => compare(written));
test('the same as files', () => compare(written.map(job => ({ ...job, text: true }))));

test('files of a template, with each setting of white space', () => {
  const settings = [false, true].flatMap(trimBlocks => [false, true].map(lstripBlocks => ({ trimBlocks, lstripBlocks })));
  return compare(fs.readdirSync(path.join(here, 'files')).flatMap(name => settings.map(s => ({ ...s, source: fs.readFileSync(path.join(here, 'files', name), 'utf8'), text: true, context: VALUES }))));
});

test(`${N} templates generated from seed ${SEED}`, async () => {
  const g = new Generator(SEED);
  await compare(Array.from({ length: N }, () => ({ ...g.template(), context: CONTEXT })));
});

test('what is generated covers the language: half of it renders, and no tag, filter, test or method is left out', () => {
  const g = new Generator(SEED), all = Array.from({ length: 5000 }, () => g.template().source).join('\n');
  for (const word of ['if', 'elif', 'else', 'for', 'set', 'macro', 'call', 'filter', 'block', 'switch', 'case', 'default', 'raw']) assert.match(all, new RegExp(`\\{%-? ?${word}\\b`), word);
  for (const word of ['groupby', 'dictsort', 'urlize', 'striptags', 'selectattr', 'truncate', 'wordcount', 'divisibleby', 'mapping', 'cycler', 'joiner', 'range', 'copyWithin', 'toPrecision', 'lastIndexOf', 'setdefault']) assert.ok(all.includes(word), word);
});
