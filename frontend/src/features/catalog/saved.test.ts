import { expect, test } from 'vitest';
import { readViews, VIEW_NAME_MAX, VIEWS_MAX, withView } from './saved';

const view = (name: string, query = '?kind=API') => ({ name, query });

test('what is no list has no views, and what is no view is left out', () => {
  expect(readViews('x')).toBeUndefined();
  expect(readViews([null, 1, { name: 'a' }, view(''), view('a'), view('a', '?kind=User')])).toEqual([view('a')]);
});

test('a name and a number have their edges', () => {
  expect(readViews([view('n'.repeat(VIEW_NAME_MAX)), view('n'.repeat(VIEW_NAME_MAX + 1))])).toHaveLength(1);
  expect(readViews(Array.from({ length: VIEWS_MAX + 1 }, (_, i) => view(`v${i}`)))).toHaveLength(VIEWS_MAX);
});

test('a view takes the place of the one of its name, else it is the last', () => {
  const two = [view('a'), view('b')];
  expect(withView(two, view('a', '?q=x'))).toEqual([view('a', '?q=x'), view('b')]);
  expect(withView(two, view('c')).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});
