import { expect, test } from 'vitest';
import { sourceOf } from './source-of';

const sources = [
  { url: 'https://git.example.com/acme/shop.git' },
  { url: 'https://git.example.com/acme/shop-web' },
  { url: 'git@git.example.com:acme/deploy.git' },
  { url: '/srv/git/warehouse.git' },
  { url: '/srv/org/all.yaml' },
];

test.each([
  ['url:https://git.example.com/acme/shop/blob/main/catalog-info.yaml', 0],
  ['url:https://git.example.com/acme/shop-web/-/blob/main/a.yaml', 1],
  ['url:https://git.example.com/acme/deploy/src/branch/main/a.yaml', 2],
  ['url:/srv/git/warehouse.git#main:a/catalog-info.yaml', 3],
  ['file:/srv/org/all.yaml', 4],
])('%s was read from source %i', (location, index) => {
  expect(sourceOf(location, sources)).toBe(sources[index]);
});

test.each(['url:https://git.example.com/acme/other/blob/main/a.yaml', 'file:/srv/org/all.yaml.bak', undefined, ''])(
  '%s was read from none of them',
  (location) => expect(sourceOf(location, sources)).toBeUndefined(),
);
