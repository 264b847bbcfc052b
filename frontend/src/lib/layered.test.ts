import { describe, expect, test } from 'vitest';
import { BOX_HEIGHT, BOX_WIDTH, layered, neighbourBy } from './layered';

const edge = (from: string, to: string) => ({ from, to });

describe('a neighbourhood', () => {
  const edges = [edge('me', 'db'), edge('me', 'api'), edge('web', 'me'), edge('db', 'disk'), edge('app', 'web')];
  const refs = ['me', 'db', 'api', 'web', 'disk', 'app'];
  const places = layered('me', refs, edges);

  test('has what is needed on the right, who needs it on the left, a column a step', () => {
    expect(Object.fromEntries([...places].map(([ref, { column }]) => [ref, column]))).toEqual({ me: 0, db: 1, api: 1, disk: 2, web: -1, app: -2 });
    expect(places.get('me')).toEqual({ x: 0, y: 0, column: 0 });
    expect(places.get('disk')!.x).toBeGreaterThan(places.get('db')!.x);
    expect(places.get('app')!.x).toBeLessThan(places.get('web')!.x);
  });

  test('is walked along its edges with the arrows', () => {
    expect(neighbourBy('ArrowRight', 'db', places, edges)).toBe('disk');
    expect(neighbourBy('ArrowLeft', 'db', places, edges)).toBe('me');
    expect(neighbourBy('ArrowLeft', 'app', places, edges)).toBeUndefined();
    const [above, below] = places.get('db')!.y < places.get('api')!.y ? ['db', 'api'] : ['api', 'db'];
    expect(neighbourBy('ArrowDown', above!, places, edges)).toBe(below);
    expect(neighbourBy('ArrowUp', above!, places, edges)).toBeUndefined();
    expect(neighbourBy('Enter', 'db', places, edges)).toBeUndefined();
  });
});

test('no two boxes stand on each other, of hundreds', () => {
  const refs = ['root', ...Array.from({ length: 400 }, (_, i) => `n${i}`)];
  const edges = refs.slice(1).map((ref, i) => (i % 3 ? edge('root', ref) : edge(ref, refs[Math.max(0, i - 5)]!)));
  const places = [...layered('root', refs, edges).values()];
  expect(places).toHaveLength(401);
  for (let i = 0; i < places.length; i++)
    for (let j = i + 1; j < places.length; j++) {
      const apart = Math.abs(places[i]!.x - places[j]!.x) >= BOX_WIDTH || Math.abs(places[i]!.y - places[j]!.y) >= BOX_HEIGHT;
      if (!apart) expect([places[i], places[j]]).toEqual('apart');
    }
});

test('rings, and nodes that nothing leads to, have a place each', () => {
  const places = layered('a', ['a', 'b', 'c', 'alone'], [edge('a', 'b'), edge('b', 'c'), edge('c', 'a')]);
  expect([...places.keys()].sort()).toEqual(['a', 'alone', 'b', 'c']);
});
