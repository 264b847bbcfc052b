import { expect, test } from 'vitest';
import { askedOf } from './asked';

test('an address is a file; all else names an entity, a component when nothing else is said', () => {
  for (const url of ['https://x/a.yaml', '/srv/all.yaml', 'url:https://x/a', 'git@host:a/b#main:c.yaml']) expect(askedOf(` ${url} `)).toEqual({ url });
  expect(askedOf('shop')).toEqual({ kind: 'component', namespace: 'default', name: 'shop' });
  expect(askedOf('api:pay/v1')).toEqual({ kind: 'api', namespace: 'pay', name: 'v1' });
  expect(askedOf('  ')).toBeUndefined();
  expect(askedOf(undefined)).toBeUndefined();
});
