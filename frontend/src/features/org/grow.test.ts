import { describe, expect, test } from 'vitest';
import type { TreeItem } from '@/api/types';
import { find, grow, rowsOf, type Branch } from './grow';

function node(name: string, ...parents: string[]): TreeItem {
  return {
    ref: `group:default/${name}`, kind: 'Group', missing: false, parents: parents.map((parent) => `group:default/${parent}`),
    has: {}, below: {}, health: 'ok', healthBelow: 'ok',
  };
}

const name = ({ item }: Branch) => item.ref.split('/')[1];
/** "all(ops pay(cards))"; "~": named again; "*": in a ring. */
function told(branches: Branch[]): string {
  return branches.map((one) => `${name(one)}${one.again ? '~' : ''}${one.ring ? '*' : ''}${one.children.length > 0 ? `(${told(one.children)})` : ''}`).join(' ');
}

describe('a tree of groups', () => {
  test.each<[string, TreeItem[], string]>([
    ['has children below their parents, by title', [node('pay', 'all'), node('all'), node('ops', 'all'), node('cards', 'pay')], 'all(ops pay(cards))'],
    ['puts at the top what names a parent that is not there', [node('pay', 'gone')], 'pay'],
    ['opens what has two parents once, and names it again', [node('a'), node('b'), node('c', 'a', 'b'), node('d', 'c')], 'a(c(d)) b(c~)'],
    ['opens it nearest to the top', [node('a'), node('b', 'a'), node('c', 'b', 'a')], 'a(b(c~) c)'],
    ['breaks a group that is its own parent', [node('a', 'a')], 'a*'],
    ['breaks a ring, and says so', [node('a', 'c'), node('b', 'a'), node('c', 'b')], 'a*(b(c(a~)))'],
    ['finds the ring above what hangs below it', [node('a', 'z'), node('y', 'z'), node('z', 'y')], 'z*(a y(z~))'],
    ['is empty without groups', [], ''],
  ])('%s', (_, items, expected) => {
    expect(told(grow(items).roots)).toBe(expected);
  });

  test('of 20,000 in one line, and of all in all, has as many rows as nodes and pairs', () => {
    const line = grow(Array.from({ length: 20_000 }, (_, i) => (i === 0 ? node('g0') : node(`g${i}`, `g${i - 1}`))));
    expect(rowsOf(line.roots, () => true)).toHaveLength(20_000);
    const names = Array.from({ length: 60 }, (_, i) => `g${i}`);
    const mesh = grow(names.map((one) => node(one, ...names)));
    expect(rowsOf(mesh.roots, () => true)).toHaveLength(1 + 60 * 59);
  });
});

describe('rows', () => {
  const tree = grow([node('all'), node('pay', 'all'), node('cards', 'pay'), node('ops', 'all'), node('lone')]);
  const seen = (open: string[], text = '') => {
    const hits = find(tree, text);
    return rowsOf(tree.roots, (branch) => open.includes(name(branch)!) || (hits?.under.has(branch.item.ref) ?? false), hits)
      .map(({ branch, level }) => '-'.repeat(level - 1) + name(branch))
      .join(' ');
  };

  test.each([
    [[], '', 'all lone'],
    [['all'], '', 'all -ops -pay lone'],
    [['all', 'pay'], '', 'all -ops -pay --cards lone'],
    [['pay'], '', 'all lone'],
    [[], 'cards', 'all -pay --cards'],
    [[], 'PAY  default', 'all -pay'],
    [['pay'], 'pay', 'all -pay --cards'],
    [[], 'nobody', ''],
  ])('with %j open and the text %j', (open, text, expected) => {
    expect(seen(open, text)).toBe(expected);
  });
});
