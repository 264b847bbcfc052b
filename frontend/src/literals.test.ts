import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { literalsIn, wrongIn } from '../scripts/literals.mjs';

const found = (source: string) => literalsIn('x.tsx', source).map(({ text }) => text);

test.each([
  ['text between tags', '<p>Nothing here</p>', ['Nothing here']],
  ['text beside a value', '<p>{n} more</p>', ['more']],
  ['text of a fragment', '<>and</>', ['and']],
  ['both branches', "<p>{ok ? 'fine' : 'broken'}</p>", ['fine', 'broken']],
  ['what stands in for nothing', "<p>{name ?? 'unknown'}</p>", ['unknown']],
  ['words of a template', '<p>{`by ${name}`}</p>', ['by …']],
  ['branches within a template', "<p>{`${a ? 'in' : 'out'}`}</p>", ['in', 'out']],
  ['what is added up', "<p>{n + ' rows'}</p>", ['rows']],
  ['what a list becomes', "<p>{all.map((one) => one ?? 'none')}</p>", ['none']],
  ['what is read aloud', '<button aria-label="Close">×</button>', ['Close']],
  ['a prop that is read', '<Empty title={`No ${kind}`} />', ['No …']],
  ['a prop whose name ends like one', '<Row emptyText="none" />', ['none']],
  ['a property of a row', "const TABS = [{ id: 'a', label: 'Overview' }]", ['Overview']],
  ['a sentence anywhere', "const why = broken ? 'It is broken' : ''", ['It is broken']],
  ['a sentence of our own', 'const late = `callboard did not answer within ${n} seconds`', ['callboard did not answer within']],
  ['what is thrown', "throw new Wrong(`${what} is missing`, 1)", ['… is missing']],
  ['the beginning of a sentence', 'throw new Error(`This needs ${n} of them`)', ['This needs']],
] as [string, string, string[]][])('%s is found', (_, source, words) => {
  expect(found(source)).toEqual(words);
});

test.each([
  ['what is asked for by name', '<p title={say.title}>{say.count(n)}</p>'],
  ['signs', '<p>· {a} → {b} ×</p>'],
  ['classes and kinds of things', '<a className="cb-quiet Big" href="/a b" role="tab" />'],
  ['what is compared', "<p>{kind === 'user' ? a : b}</p>"],
  ['what is typed', '<p><code>callboard token create</code> <kbd>Esc</kbd></p>'],
  ['what is called the same everywhere', '<b>callboard</b>'],
  ['what a function is given', "<p>{count('entities')}</p>"],
])('%s: nothing is found', (_, source) => expect(found(source)).toEqual([]));

test('a line is the line of the text', () => {
  expect(literalsIn('x.tsx', '<p>\n  {a}\n  <b title="Here" />\n</p>')).toEqual([{ line: 3, text: 'Here', kept: false }]);
});

test('a message that is taken when the file is loaded is found', () => {
  const source = "import { say } from './messages';\nconst LABELS = { a: say.a };\nconst label = () => say.b;";
  expect(literalsIn('x.ts', source)).toEqual([{ line: 2, text: 'say.a', kept: true }]);
});

test('the list of files that are not clean only shrinks', () => {
  const root = mkdtempSync(join(tmpdir(), 'literals-'));
  try {
    mkdirSync(join(root, 'ui'));
    writeFileSync(join(root, 'ui/Loud.tsx'), 'export const a = <p>Loud</p>;');
    writeFileSync(join(root, 'ui/Clean.tsx'), 'export const a = <p>{say.a}</p>;');
    writeFileSync(join(root, 'ui/messages.ts'), "export const say = messages('ui', { a: 'It may be here' });");
    expect(wrongIn(root, ['ui/Loud.tsx'])).toEqual([]);
    expect(wrongIn(root, [])).toEqual(['ui/Loud.tsx:1: "Loud" belongs into a messages.ts']);
    expect(wrongIn(root, ['ui/Loud.tsx', 'ui/Clean.tsx', 'ui/Gone.tsx'])).toEqual([
      'ui/Clean.tsx: says nothing by itself any more: take it out of literals.txt',
      'ui/Gone.tsx: is named in literals.txt, and is not there',
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
