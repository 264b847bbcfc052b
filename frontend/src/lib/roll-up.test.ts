import { expect, test } from 'vitest';
import { rollUp } from './roll-up';

const system: Record<string, string> = { a: 's1', b: 's1', c: 's2', s1: 's1', s2: 's2' };
const graph = {
  root: 'a',
  nodes: ['a', 'b', 'c', 'lib', 's1', 'team'].map((ref) => ({ ref, title: ref === 's1' ? 'System one' : undefined })),
  edges: [
    { from: 'a', to: 'b', type: 'dependsOn' },
    { from: 'a', to: 'c', type: 'dependsOn' },
    { from: 'b', to: 'c', type: 'dependsOn' },
    { from: 'b', to: 'lib', type: 'dependsOn' },
    { from: 'a', to: 's1', type: 'partOf' },
    { from: 'a', to: 'team', type: 'ownedBy' },
  ],
};

test('entities become what they belong to, and their relations are counted', () => {
  const rolled = rollUp(graph, (ref) => system[ref]);
  expect(rolled.root).toBe('s1');
  expect(rolled.nodes).toEqual([
    { ref: 's1', title: 'System one', missing: undefined, count: 3 },
    { ref: 's2', title: undefined, missing: undefined, count: 1 },
    { ref: 'lib', title: undefined, missing: undefined, count: 1 },
    { ref: 'team', title: undefined, missing: undefined, count: 1 },
  ]);
  expect(rolled.edges).toEqual([
    { from: 's1', to: 's2', type: 'dependsOn', count: 2 },
    { from: 's1', to: 'lib', type: 'dependsOn', count: 1 },
  ]);
  expect(rolled.inside).toBe(3);
});

test('who belongs to nothing stands for itself', () => {
  const rolled = rollUp(graph, () => undefined);
  expect(rolled.nodes).toHaveLength(6);
  expect(rolled.edges).toHaveLength(6);
  expect(rolled.inside).toBe(0);
});
