import { expect, test } from 'vitest';
import type { Entity } from '@/api/types';
import { byKind } from './HomePage';

const entity = (kind: string, name: string) => ({ kind, metadata: { name } }) as Entity;

test('what is broken comes first, among the kinds and within each', () => {
  const all = [entity('API', 'a'), entity('Component', 'b'), entity('Component', 'c')];
  const told = byKind(all, new Set(['component:default/c']));
  expect(told.map(([kind, list]) => [kind, list.map(({ metadata }) => metadata.name)])).toEqual([
    ['Component', ['c', 'b']],
    ['API', ['a']],
  ]);
});
