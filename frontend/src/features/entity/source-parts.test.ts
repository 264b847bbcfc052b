import { expect, test } from 'vitest';
import { sourceParts } from './source-parts';

test('the name of a source is taken apart; what is neither a repository nor a file has no parts', () => {
  expect(sourceParts('git:https://git.example.com/acme/shop.git#main')).toEqual({ repository: 'https://git.example.com/acme/shop.git', branch: 'main' });
  expect(sourceParts('git:git@host:a/b#release/2')).toEqual({ repository: 'git@host:a/b', branch: 'release/2' });
  expect(sourceParts('git:/srv/x')).toEqual({ repository: '/srv/x' });
  expect(sourceParts('file:/srv/a#b.yaml')).toEqual({ file: '/srv/a#b.yaml' });
  for (const none of ['registered', 'plugin:forge/github', '', undefined]) expect(sourceParts(none)).toEqual({});
});
