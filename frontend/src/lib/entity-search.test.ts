import { expect, test } from 'vitest';
import { readEntitySearch } from './entity-search';
import { formatSearch, parseSearch } from './search';

test('what is ours comes back from an address as it went in', () => {
  const search = { depth: 2 as const, direction: 'in' as const, relation: ['dependsOn', 'partOf'], view: 'table' as const, by: 'system' as const, from: '3', to: '12', owner: 'group:default/a', kind: 'api', page: 4 };
  expect(readEntitySearch(parseSearch(formatSearch(search)))).toEqual(search);
});

test('what makes no sense, or is so anyway, is left out', () => {
  expect(readEntitySearch({ depth: '9', direction: 'up', relation: ['a b', ''], view: 'x', by: 'none', page: '1', other: 'y' })).toEqual({});
  expect(readEntitySearch({ depth: '1', page: '-3' })).toEqual({});
});
