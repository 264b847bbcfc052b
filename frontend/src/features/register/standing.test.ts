import { expect, test } from 'vitest';
import { standingOf } from './standing';

test('a name is new, here by this very location, or held by another', () => {
  const here = new Map([
    ['component:default/a', 'url:https://x/a.yaml'],
    ['component:default/b', 'url:https://x/b.yaml'],
    ['component:default/c', undefined],
  ]);
  const of = (name: string) => standingOf(`component:default/${name}`, here, 'url:https://x/a.yaml');
  expect([of('a'), of('b'), of('c'), of('d')]).toEqual(['isHere', 'isHeld', 'isHeld', 'isNew']);
});
