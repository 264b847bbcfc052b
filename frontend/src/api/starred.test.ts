import { expect, test } from 'vitest';
import { readStarred, STARRED_MAX, toggled } from './starred';

test('what was kept is read as full refs, each once', () => {
  expect(readStarred(['Component:default/Shop', 'component:shop', 7, 'no ref'])).toEqual(['component:default/shop']);
  expect(readStarred({ a: 1 })).toBeUndefined();
});

test('a star is set and taken away', () => {
  expect(toggled(['api:default/a'], 'api:default/b')).toEqual(['api:default/a', 'api:default/b']);
  expect(toggled(['api:default/a', 'api:default/b'], 'api:default/a')).toEqual(['api:default/b']);
});

test('the limit is kept; with one more the oldest goes', () => {
  const refs = (n: number) => Array.from({ length: n }, (_, i) => `api:default/n${i}`);
  expect(toggled(refs(STARRED_MAX - 1), 'api:default/new')).toHaveLength(STARRED_MAX);
  const over = toggled(refs(STARRED_MAX), 'api:default/new');
  expect(over).toHaveLength(STARRED_MAX);
  expect(over[0]).toBe('api:default/n1');
  expect(readStarred(refs(STARRED_MAX + 1))).toHaveLength(STARRED_MAX);
});
