import { expect, test } from 'vitest';
import { branchesOf } from './tree';

const titles = (branches: ReturnType<typeof branchesOf>): unknown[] => branches.map(({ node, branches: inner }) => [node.id, titles(inner)]);
const node = (id: string, parent?: string) => ({ id, parent, title: id });

test('children stand below their parent, in order', () => {
  expect(titles(branchesOf([node('a'), node('b', 'a'), node('c', 'a'), node('d', 'b')]))).toEqual([['a', [['b', [['d', []]]], ['c', []]]]]);
  expect(branchesOf([node('a'), node('b', 'a'), node('d', 'b')])[0]!.below).toBe(2);
});

test('who names a parent that is not there is a root, and nobody in a circle is lost', () => {
  expect(titles(branchesOf([node('lost', 'nowhere'), node('a', 'b'), node('b', 'a'), node('self', 'self')]))).toEqual([
    ['lost', []],
    ['self', []],
    ['a', [['b', []]]],
  ]);
});

test('a chain of ten thousand does not end the stack', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => node(`n${i}`, i ? `n${i - 1}` : undefined));
  expect(branchesOf(chain)[0]!.below).toBe(9_999);
});
