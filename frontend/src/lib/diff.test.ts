import { describe, expect, test } from 'vitest';
import { diffLines, hunksOf, parseUnified } from './diff';

function apply(before: string, after: string): [string[], string[]] {
  const lines = diffLines(before, after)!;
  return [
    lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text),
    lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text),
  ];
}

describe('what is different between two texts', () => {
  test('is nothing between equal ones', () => {
    expect(diffLines('a\nb\n', 'a\nb')!.every(({ kind }) => kind === 'same')).toBe(true);
  });

  test('is one line where one line is', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc')).toEqual([
      { kind: 'same', text: 'a', before: 1, after: 1 },
      { kind: 'removed', text: 'b', before: 2 },
      { kind: 'added', text: 'x', after: 2 },
      { kind: 'same', text: 'c', before: 3, after: 3 },
    ]);
  });

  test('is everything where one of them is empty', () => {
    expect(diffLines('', 'a\nb')!.map(({ kind }) => kind)).toEqual(['added', 'added']);
    expect(diffLines('a\nb', '')!.map(({ kind }) => kind)).toEqual(['removed', 'removed']);
    expect(diffLines('', '')).toEqual([]);
  });

  test('gives both texts back, whatever they are', () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 300; round++) {
      const a = Array.from({ length: random(25) }, () => 'abcde'[random(5)]!);
      const b = Array.from({ length: random(25) }, () => 'abcde'[random(5)]!);
      expect(apply(a.join('\n'), b.join('\n'))).toEqual([a, b]);
    }
  });

  test('is the least there is', () => {
    const lines = diffLines('a\nb\nc\na\nb\nb\na', 'c\nb\na\nb\na\nc')!;
    expect(lines.filter(({ kind }) => kind !== 'same')).toHaveLength(5);
  });

  test('is not looked for in what is too long or too different', () => {
    const many = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`).join('\n');
    expect(diffLines(many('a', 20_001), 'x')).toBeUndefined();
    expect(diffLines(many('a', 301), many('b', 301))).toBeUndefined();
    expect(diffLines(many('a', 300), many('b', 300))).toHaveLength(600);
  });

  test('is folded where nothing changed', () => {
    const text = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const hunks = hunksOf(diffLines(text.join('\n'), text.with(10, 'other').join('\n'))!);
    expect(hunks.map(({ kind, lines }) => [kind, lines.length])).toEqual([['same', 7], ['changed', 8], ['same', 6]]);
  });
});

test('a unified difference is read with its lines and their numbers', () => {
  const text = '--- a at 1\n+++ a at 2\n@@ -3,3 +3,3 @@\n spec:\n-  owner: a\n+  owner: b\n   type: x\n@@ -20 +20,2 @@\n last\n+more\n';
  expect(parseUnified(text)).toEqual([
    { kind: 'gap', lines: [] },
    {
      kind: 'changed',
      lines: [
        { kind: 'same', text: 'spec:', before: 3, after: 3 },
        { kind: 'removed', text: '  owner: a', before: 4 },
        { kind: 'added', text: '  owner: b', after: 4 },
        { kind: 'same', text: '  type: x', before: 5, after: 5 },
      ],
    },
    { kind: 'gap', lines: [] },
    { kind: 'changed', lines: [{ kind: 'same', text: 'last', before: 20, after: 20 }, { kind: 'added', text: 'more', after: 21 }] },
  ]);
  expect(parseUnified('')).toEqual([]);
});
