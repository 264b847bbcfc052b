import { beforeEach, expect, test } from 'vitest';
import { noteRecent, readRecent, RECENT_MAX, refOfPath } from './recent';

beforeEach(() => localStorage.clear());

const ref = (name: string) => ({ kind: 'component', namespace: 'default', name });

test('the last one looked at comes first, and each stands once', () => {
  ['a', 'b', 'a'].forEach((name) => noteRecent(ref(name)));
  expect(readRecent().map(({ name }) => name)).toEqual(['a', 'b']);
});

test(`no more than ${RECENT_MAX} are kept`, () => {
  for (let i = 0; i <= RECENT_MAX; i++) noteRecent(ref(`c${i}`));
  expect(readRecent()).toHaveLength(RECENT_MAX);
  expect(readRecent()[0]?.name).toBe(`c${RECENT_MAX}`);
});

test.each(['', 'null', '{"a":1}', '[1,null,"","component:default/x"]', '["'])('what somebody else wrote is no harm: %s', (text) => {
  localStorage.setItem('callboard-recent', text);
  expect(readRecent().every(({ name }) => name === 'x')).toBe(true);
});

test('a path says which entity it is about', () => {
  expect(refOfPath('/catalog/default/api/a%20b/history')).toEqual({ kind: 'api', namespace: 'default', name: 'a b' });
  for (const path of ['/', '/catalog', '/catalog/default/api', '/problems/a/b/c', '/catalog/%E0%A4%A/b/c']) expect(refOfPath(path)).toBeUndefined();
});
