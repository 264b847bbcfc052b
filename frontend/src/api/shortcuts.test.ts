import { expect, test } from 'vitest';
import { moved, placeOf, readShortcuts, SHORTCUTS_MAX } from './shortcuts';

const HERE = 'https://portal.example.com';

test.each([
  ['/catalog?kind=API', '/catalog?kind=API'],
  [' https://portal.example.com/create ', '/create'],
  ['https://grafana.example.com/d/1', 'https://grafana.example.com/d/1'],
  ['//evil.example.com', undefined],
  ['/\\evil.example.com', undefined],
  ['javascript:alert(1)', undefined],
  ['mailto:a@example.com', undefined],
  ['catalog', undefined],
  ['', undefined],
])('%j leads to %j', (text, want) => expect(placeOf(text, HERE)).toBe(want));

test('what was kept is read as far as it is good, each place once, and no more than there may be', () => {
  expect(readShortcuts({})).toBeUndefined();
  const raw = [{ title: ' A ', to: '/a' }, { title: 'again', to: '/a' }, { title: '', to: '/b' }, { title: 'x', to: 'javascript:1' }, { to: '/c' }, null, 7];
  expect(readShortcuts(raw)).toEqual([{ title: 'A', to: '/a' }, { title: '/b', to: '/b' }]);
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ title: `${i}`, to: `/${i}` }));
  expect(readShortcuts(many(SHORTCUTS_MAX))).toHaveLength(SHORTCUTS_MAX);
  expect(readShortcuts(many(SHORTCUTS_MAX + 1))).toHaveLength(SHORTCUTS_MAX);
});

test('one is moved as far as there is room', () => {
  const list = ['a', 'b', 'c'].map((title) => ({ title, to: `/${title}` }));
  const titles = (from: number, steps: number) => moved(list, from, steps).map(({ title }) => title).join('');
  expect([titles(0, 1), titles(2, -1), titles(0, -1), titles(2, 1)]).toEqual(['bac', 'acb', 'abc', 'abc']);
});
