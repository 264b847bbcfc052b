import { expect, test } from 'vitest';
import { filterOf, orderOf, readCatalogSearch } from './catalog-search';
import { formatSearch, parseSearch } from './search';

test('a query is read and written the same', () => {
  const text = '?kind=API&type=grpc&type=rest&q=pay+me';
  expect(formatSearch(parseSearch(text))).toBe(text);
  expect(formatSearch({ q: undefined, kind: [] })).toBe('');
});

test('only what the catalog knows is taken from an address', () => {
  expect(readCatalogSearch({ kind: 'API', sort: '-owner', q: 'x', evil: '1', type: ['a', 'a'] })).toEqual({
    kind: ['API'],
    type: ['a'],
    q: 'x',
    sort: '-owner',
  });
  expect(readCatalogSearch({ sort: 'nonsense' })).toEqual({});
  expect(readCatalogSearch({ sort: 'toString' })).toEqual({});
});

test("Backstage's addresses are understood", () => {
  expect(readCatalogSearch(parseSearch('?filters[kind]=component&filters[user]=all&filters[owners][0]=team-a'))).toEqual({
    kind: ['component'],
    owner: ['team-a'],
  });
});

test('a filter is OR inside a facet and AND between facets, and may leave one out', () => {
  const search = { kind: ['API'], type: ['grpc', 'rest'], tag: ['a,b'] };
  expect(filterOf(search)).toEqual(['kind=API', 'spec.type=grpc', 'spec.type=rest']);
  expect(filterOf(search, 'type')).toEqual(['kind=API']);
});

test('columns are those that there are, in their order, and the name is always one of them', () => {
  expect(readCatalogSearch({ columns: ['owner', 'kind', 'nonsense'] })).toEqual({ columns: ['name', 'kind', 'owner'] });
  expect(readCatalogSearch({ columns: 'owner,tags' })).toEqual({ columns: ['name', 'owner', 'tags'] });
  expect(readCatalogSearch({ columns: 'name' })).toEqual({ columns: ['name'] });
  expect(readCatalogSearch({ columns: 'nonsense', layout: 'nonsense' })).toEqual({});
  expect(readCatalogSearch({ layout: 'cards' })).toEqual({ layout: 'cards' });
});

test('a minus turns the order round', () => {
  expect(orderOf({})).toEqual({ id: 'kind', field: 'kind', descending: false });
  expect(orderOf({ sort: '-owner' })).toEqual({ id: 'owner', field: 'spec.owner', descending: true });
});
