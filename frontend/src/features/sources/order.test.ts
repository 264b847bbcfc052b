import { expect, test } from 'vitest';
import { arranged, CARDS_MAX, lookOf, pageOf, rate, SORTS } from './order';

const source = (name: string, more: object = {}) => ({ name, url: `https://git.example.com/${name}.git`, state: 'ok', entityCount: 1, problemCount: 0, ...more });
const all = [
  source('calm', { tookMs: 900 }),
  source('failing', { state: 'failing', recentTries: 20, recentFailures: 20 }),
  source('held', { heldDeletions: 3, entityCount: 40 }),
  source('Flaky', { recentTries: 4, recentFailures: 1, tookMs: 100 }),
];
const names = (q: string | undefined, sort: (typeof SORTS)[number]) => arranged(all, q, sort).map(({ name }) => name);

test('what fails comes first, then what waits for a person, then what failed lately', () => {
  expect(names(undefined, 'trouble')).toEqual(['failing', 'held', 'Flaky', 'calm']);
});

test('slowest and biggest come first; the order of the configuration is left alone', () => {
  expect(names('', 'slow').slice(0, 2)).toEqual(['calm', 'Flaky']);
  expect(names(' ', 'size')[0]).toBe('held');
  expect(names(undefined, 'configured')).toEqual(all.map(({ name }) => name));
});

test('a source is found by a part of its name or address, capitals or not', () => {
  expect(names('fLA', 'configured')).toEqual(['Flaky']);
  expect(names('example.com/calm', 'trouble')).toEqual(['calm']);
  expect(names('nothing', 'trouble')).toEqual([]);
});

test('few are cards, and one more is a table; who has chosen gets that', () => {
  expect(lookOf(undefined, CARDS_MAX)).toBe('cards');
  expect(lookOf(undefined, CARDS_MAX + 1)).toBe('table');
  expect(lookOf('cards', 5_000)).toBe('cards');
  expect(lookOf('table', 1)).toBe('table');
});

test('the rate of errors is that of the last tries, and nothing where nothing was tried', () => {
  expect(rate({ recentTries: 20, recentFailures: 5 })).toBe(0.25);
  expect(rate({})).toBe(0);
});

test('the address of one source leads to the page it is on, unless a page is asked for', () => {
  const found = Array.from({ length: 25 }, (_, i) => ({ id: String(i) }));
  expect(pageOf(found, undefined, '9', 10)).toBe(1);
  expect(pageOf(found, undefined, '10', 10)).toBe(2);
  expect(pageOf(found, 3, '10', 10)).toBe(3);
  expect(pageOf(found, 4, undefined, 10)).toBe(3);
  expect(pageOf(found, undefined, 'gone', 10)).toBe(1);
  expect(pageOf([], undefined, 'gone', 10)).toBe(1);
});
