import { expect, test } from 'vitest';
import { labelOf } from './groups';

test('a plugin is called as the panel that says its name, as its only panel, else by its name', () => {
  expect(labelOf('argocd', [{ title: 'Deployments' }, { title: 'Argo CD' }])).toBe('Argo CD');
  expect(labelOf('http', [{ title: 'Builds' }])).toBe('Builds');
  expect(labelOf('http', [{ title: 'Builds' }, { title: 'Feature flags' }])).toBe('Http');
  expect(labelOf('feature-flags', [])).toBe('Feature flags');
});
