import { afterEach, expect, test } from 'vitest';
import { madeUp } from './made-up';
import { formatAge, formatNumber } from '@/lib/format';
import { messages, number, preferredLanguage, speak } from '@/lib/language';

const say = messages('test', {
  title: 'Plugins',
  count: (n: number) => `${number.format(n)} plugins`,
  state: { ready: 'ready', off: 'off' },
});

afterEach(() => speak('en'));

test('English stands beside what says it', () => {
  expect([say.title, say.count(3), say.state.ready]).toEqual(['Plugins', '3 plugins', 'ready']);
  expect(Object.keys(say.state)).toEqual(['ready', 'off']);
});

test('what another language has is said in it, the rest in English', () => {
  speak('de', { modules: { test: { count: (n: number) => `${number.format(n)} Erweiterungen`, state: { off: 'aus' } } } });
  expect([say.title, say.count(1234), say.state.ready, say.state.off]).toEqual(['Plugins', '1.234 Erweiterungen', 'ready', 'aus']);
  expect(document.documentElement.lang).toBe('de');
});

test('numbers and ages go with the language', () => {
  expect(formatNumber(1234.5)).toBe('1,234.5');
  speak('de');
  expect(formatNumber(1234.5)).toBe('1.234,5');
  expect(formatAge('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:03:00Z'))).toBe('vor 3 Minuten');
});

test('the made-up language marks every sentence', () => {
  speak('en-XA', { modules: {}, turn: madeUp });
  for (const said of [say.title, say.count(2), say.state.off]) expect(said).toMatch(/^⟦.*⟧$/);
});

test('a language written from the right turns the page', () => {
  speak('ar');
  expect(document.documentElement.dir).toBe('rtl');
});

test.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'de'], 'de'],
  [['fr', 'it'], 'en'],
  [[], 'en'],
])('of %j is spoken %s', (wanted, want) => expect(preferredLanguage(['en', 'de'], wanted)).toBe(want));
