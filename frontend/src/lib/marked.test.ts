import { expect, test } from 'vitest';
import { cutMarked, markedOr } from './marked';

test('what was found is told apart from the rest', () => {
  expect(cutMarked('a <1>b</1> c<1>d</1>', '<1>', '</1>')).toEqual([
    { text: 'a ', found: false },
    { text: 'b', found: true },
    { text: ' c', found: false },
    { text: 'd', found: true },
  ]);
});

test('a mark without its end, and none at all, lose no text', () => {
  expect(cutMarked('a <1>b', '<1>', '</1>').map(({ text }) => text).join('')).toBe('a b');
  expect(cutMarked('<b>a</b>', '', '')).toEqual([{ text: '<b>a</b>', found: false }]);
});

test('what the server leaves nothing of is shown as it is', () => {
  expect(markedOr('<b>', '', '{', '}')).toEqual([{ text: '<b>', found: false }]);
  expect(markedOr('<b>', ' ', '{', '}')).toEqual([{ text: '<b>', found: false }]);
  expect(markedOr('tea', undefined, '{', '}')).toEqual([{ text: 'tea', found: false }]);
  expect(markedOr('tea', '{tea}', '{', '}')).toEqual([{ text: 'tea', found: true }]);
});
