import { expect, test } from 'vitest';
import { locationTarget, repositoryPlace, safeUrl } from './url';

test.each(['javascript:alert(1)', ' JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '/relative', 'x', ''])(
  '%j is not followed',
  (text) => expect(safeUrl(text)).toBeUndefined(),
);

test.each(['https://a.example/x', 'http://a.example/', 'mailto:a@example.com'])('%s is followed', (text) => {
  expect(safeUrl(text)).toBe(text);
});

test('a location loses its type', () => {
  expect(locationTarget('url:https://a.example/x')).toBe('https://a.example/x');
  expect(locationTarget('url:/srv/git/x#main:a.yaml')).toBe('/srv/git/x#main:a.yaml');
  expect(locationTarget('file:/etc/a.yaml')).toBe('/etc/a.yaml');
  expect(locationTarget(undefined)).toBeUndefined();
});

test('a place in a repository has a branch and a path', () => {
  expect(repositoryPlace('/srv/git/x#main:a/b.yaml')).toEqual({ repository: '/srv/git/x', branch: 'main', path: 'a/b.yaml' });
  expect(repositoryPlace('/srv/git/x#main:')).toEqual({ repository: '/srv/git/x', branch: 'main' });
  expect(repositoryPlace('/srv/org/all.yaml')).toEqual({ repository: '/srv/org/all.yaml' });
});
