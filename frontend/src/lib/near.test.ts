import { expect, test } from 'vitest';
import { distance, nearest, nearTerms, sayTheSame } from './near';

test('a swapped pair of letters is one edit', () => {
  expect(distance('paymnet', 'payment')).toBe(1);
  expect(distance('', 'abc')).toBe(3);
  expect(distance('same', 'same')).toBe(0);
});

test('what is looked for are the longest words and the beginning', () => {
  expect(nearTerms('Paymnet-Service')).toEqual(['paymnet', 'service', 'paym']);
  expect(nearTerms('db')).toEqual([]);
});

test('the nearest name comes first and far ones do not come', () => {
  const names = ['notification-service', 'payment-api', 'payment-service', 'x'];
  expect(nearest('paymnet-service', names, (n) => n, 2)).toEqual(['payment-service', 'payment-api']);
});

test('a title that only spells the name in words says the same', () => {
  expect(sayTheSame('Auth Service', 'auth-service')).toBe(true);
  expect(sayTheSame('Amélie Durand', 'amelie.durand')).toBe(true);
  expect(sayTheSame('Billing database', 'billing-db')).toBe(false);
});
