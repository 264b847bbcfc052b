import { expect, test } from 'vitest';
import { stepsFrom } from './steps';

test('steps are counted along edges of either direction, and a cycle ends', () => {
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'c', to: 'b' },
    { from: 'c', to: 'a' },
    { from: 'c', to: 'd' },
  ];
  expect(Object.fromEntries(stepsFrom('a', edges))).toEqual({ a: 0, b: 1, c: 1, d: 2 });
});
