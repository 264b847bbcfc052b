import { expect, test } from 'vitest';
import { catalogFilter, preparePage, reviewOf, withoutSecrets } from './prepare';

const page = preparePage({
  title: 'One',
  schema: {
    title: 'One',
    properties: {
      name: { type: 'string', title: 'Name', 'ui:field': 'EntityNamePicker' },
      token: { type: 'string', 'ui:field': 'Secret' },
      odd: { type: 'string', 'ui:field': 'AcmeFancyField' },
      quiet: { type: 'string', 'ui:backstage': { review: { show: false } } },
      masked: { type: 'string', 'ui:backstage': { review: { mask: '<hidden>' } } },
      flagged: { type: 'string', 'backstage:featureFlag': 'x' },
    },
  },
});

test('a field that nobody knows is a plain one, and is told', () => {
  expect(page.unknown).toEqual(['AcmeFancyField']);
  expect(page.ui.odd).toEqual({});
  expect(page.ui.name).toMatchObject({ 'ui:widget': 'EntityNamePicker' });
  expect(page.schema.properties).not.toHaveProperty('flagged');
  expect(page.schema.properties?.name).toMatchObject({ maxLength: 63 });
});

test('the review shows what it should, and no secret', () => {
  const values = { name: 'a', token: 'sesame', quiet: 'x', masked: 'y', odd: true };
  expect(reviewOf(page, values)).toEqual([
    { name: 'Name', value: 'a' },
    { name: 'token', value: '••••••' },
    { name: 'odd', value: 'yes' },
    { name: 'masked', value: '<hidden>' },
  ]);
  expect(withoutSecrets([page], values)).not.toHaveProperty('token');
});

test("a picker's filter in the catalog's own words", () => {
  expect(catalogFilter([{ kind: ['Group', 'User'] }, { 'spec.type': 'website', 'metadata.annotations.x': { exists: true } }])).toEqual([
    ['kind=Group', 'kind=User'],
    ['spec.type=website', 'metadata.annotations.x'],
  ]);
  expect(catalogFilter(undefined)).toEqual([]);
});
