import { expect, test } from 'vitest';
import { aligned, byUnit, figuresOf, nameOf } from './series';

test('series with other times share one axis, with gaps where they have nothing', () => {
  expect(aligned([{ points: [[1, 10], [3, 30]] }, { points: [[2, 5], [3, null]] }])).toEqual({ times: [1, 2, 3], values: [[10, null, 30], [null, 5, null]] });
});

test('a series says its last, lowest and highest value, in its unit', () => {
  expect(figuresOf({ unit: 'req/s', points: [[1, 4], [2, 9], [3, 2], [4, null]] })).toEqual({ last: '2 req/s', least: '2 req/s', most: '9 req/s' });
  expect(figuresOf({ points: [[1, null]] })).toEqual({ last: '–', least: '–', most: '–' });
});

test('a series without a name has its labels, else a number', () => {
  expect(nameOf({ labels: { job: 'a', code: 500 }, points: [] }, 0)).toBe('job=a, code=500');
  expect(nameOf({ points: [] }, 2)).toBe('series 3');
});

test('units have a chart each', () => {
  expect(byUnit([{ unit: 's', points: [] }, { points: [] }, { unit: 's', points: [] }]).map(({ unit, series }) => [unit, series.length])).toEqual([['s', 2], [undefined, 1]]);
});
