import { expect, test } from 'vitest';
import { COLUMNS } from '@/lib/catalog-search';
import { cardsAbreast, COLUMNS_FIRST, fitting, template } from './columns';

test('the usual columns but the system have room beside the filters at 1280 pixels', () => {
  const { shown, left } = fitting(COLUMNS_FIRST, 844);
  expect(shown).toContain('description');
  expect(left).toEqual(['system']);
});

test('all columns have room on a wide screen', () => {
  expect(fitting(COLUMNS, 1600)).toEqual({ shown: [...COLUMNS], left: [] });
});

test('the star, the name and the owner stay at 320 pixels, and share what is there', () => {
  const { shown } = fitting(COLUMNS, 320);
  expect(shown).toEqual(['starred', 'name', 'owner']);
  expect(template(shown)).toBe('24px minmax(0, 176fr) minmax(0, 112fr)');
});

test('columns come in their order, in whichever they were asked for', () => {
  expect(fitting(['tags', 'name', 'kind'], 900).shown).toEqual(['name', 'kind', 'tags']);
});

test('cards stand beside each other as they have room, and never fewer than one', () => {
  expect([0, 320, 600, 844, 1600].map(cardsAbreast)).toEqual([1, 1, 2, 2, 5]);
});
