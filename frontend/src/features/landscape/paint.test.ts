import { expect, test } from 'vitest';
import type { MapEntity } from '@/api/types';
import { HUES, paintBy } from './paint';

const entity = (owner: string | undefined, health: 'ok' | 'warning' | 'error' = 'ok') =>
  ({ ref: 'component:default/x', kind: 'Component', owner, health, box: 0, x: 0, y: 0, missing: false }) as MapEntity;

test('the most frequent comes first, those without one share a colour', () => {
  const { legend, hueOf } = paintBy([entity('group:default/b'), entity('group:default/a'), entity('group:default/a'), entity(undefined)], 'owner');
  expect(legend.map(({ label, count }) => [label, count])).toEqual([['a', 2], ['no owner', 1], ['b', 1]]);
  expect(hueOf(entity(undefined))).toBe('other');
  expect(hueOf(entity('group:default/a'))).not.toBe(hueOf(entity('group:default/b')));
});

test('more owners than colours: the rest share one', () => {
  const many = Array.from({ length: HUES + 3 }, (_, i) => entity(`group:default/g${String(i).padStart(2, '0')}`));
  expect(paintBy(many, 'owner').legend.filter(({ hue }) => hue === 'other')).toHaveLength(3);
});

test('health has its own colours', () => {
  expect(paintBy([entity('x', 'error'), entity('x')], 'health').legend.map(({ value, hue }) => [value, hue])).toEqual([['error', 'bad'], ['ok', 'good']]);
});
