import { expect, test } from 'vitest';
import { fieldOf } from './HistoryDiff';

test('a pointer reads as the field that people know', () => {
  expect(fieldOf('/metadata/annotations/example.com~1x')).toBe('metadata.annotations.example.com/x');
  expect(fieldOf('/spec/dependsOn/0')).toBe('spec.dependsOn.0');
  expect(fieldOf('/a~01')).toBe('a~1');
  expect(fieldOf('')).toBe('');
});
