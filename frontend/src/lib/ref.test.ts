import { expect, test } from 'vitest';
import { formatRef, parseRef, shortRef } from './ref';

test.each([
  ['component:default/checkout', { kind: 'component', namespace: 'default', name: 'checkout' }],
  ['Component:Shop/Check', { kind: 'Component', namespace: 'Shop', name: 'Check' }],
  ['checkout', { kind: 'group', namespace: 'here', name: 'checkout' }],
  ['api:pay', { kind: 'api', namespace: 'here', name: 'pay' }],
  ['shop/pay', { kind: 'group', namespace: 'shop', name: 'pay' }],
  ['shop/a:b', { kind: 'group', namespace: 'shop', name: 'a:b' }],
])('%s is split at its first colon and slash', (text, parts) => {
  expect(parseRef(text, { kind: 'group', namespace: 'here' })).toEqual(parts);
});

test.each(['', ':x', 'component:', 'component:/x', 'component:default/'])('%s has an empty part', (text) => {
  expect(parseRef(text)).toBeUndefined();
});

test('a ref is compared in lower case', () => {
  expect(formatRef({ kind: 'API', namespace: 'Default', name: 'Pay' })).toBe('api:default/pay');
});

test('the short form leaves out what the reader knows', () => {
  const ref = { kind: 'group', namespace: 'default', name: 'team-a' };
  expect(shortRef(ref)).toBe('team-a');
  expect(shortRef(ref, { kind: 'group' })).toBe('team-a');
  expect(shortRef(ref, { kind: 'user' })).toBe('group:team-a');
  expect(shortRef(ref, { kind: 'group', namespace: 'shop' })).toBe('default/team-a');
});
