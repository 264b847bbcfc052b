import { expect, test } from 'vitest';
import { capital, counted, formatAge, words } from './format';

test('a number agrees with its noun', () => {
  expect(counted(1, 'entity', 'entities')).toBe('1 entity');
  expect(counted(0, 'problem')).toBe('0 problems');
});

test('relation types are read as words', () => {
  expect(capital(words('dependsOn'))).toBe('Depends on');
  expect(words('apiProvidedBy')).toBe('API provided by');
  expect(words('providesApi')).toBe('provides API');
});

test('an age is told in its biggest unit', () => {
  const now = Date.parse('2025-06-01T12:00:00Z');
  expect(formatAge('2025-06-01T11:59:30Z', now)).toBe('30 seconds ago');
  expect(formatAge('2025-06-01T10:00:00Z', now)).toBe('2 hours ago');
  expect(formatAge('2025-06-01T12:00:20Z', now)).toBe('in 20 seconds');
  expect(formatAge('2024-05-01T12:00:00Z', now)).toBe('last year');
  expect(formatAge('nonsense', now)).toBe('nonsense');
});
