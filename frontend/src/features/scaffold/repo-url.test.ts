import { expect, test } from 'vitest';
import { parseRepoUrl, partsOf, repoUrl } from './repo-url';

test('what was put together comes apart again', () => {
  const parts = { host: 'github.com', owner: 'my org', repo: 'a&b' };
  expect(repoUrl(parts)).toBe('github.com?owner=my+org&repo=a%26b');
  expect(parseRepoUrl(repoUrl(parts)!)).toEqual(parts);
  expect(parseRepoUrl('')).toEqual({ host: '' });
  expect(repoUrl({ host: '' })).toBeUndefined();
});

test('each forge asks for its own parts', () => {
  expect(partsOf('github.com')).toEqual(['owner', 'repo']);
  expect(partsOf('dev.azure.com')).toEqual(['organization', 'project', 'repo']);
  expect(partsOf('bitbucket.org')).toEqual(['workspace', 'project', 'repo']);
});
