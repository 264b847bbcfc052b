import { expect, test } from 'vitest';
import { problemsOf, splitSchema, validator } from './schema';

test('ui: keys come out of the schema, at the same places', () => {
  const { schema, ui } = splitSchema({
    title: 'A',
    required: ['name'],
    'ui:order': ['name', '*'],
    properties: {
      name: { type: 'string', 'ui:autofocus': true, 'ui:field': 'EntityNamePicker' },
      tags: { type: 'array', items: { type: 'string', 'ui:widget': 'textarea' } },
    },
    dependencies: { name: { oneOf: [{ properties: { more: { type: 'string', 'ui:help': 'x' } } }] } },
    'backstage:permissions': { tags: ['a'] },
  });
  expect(JSON.stringify(schema)).not.toContain('ui:');
  expect(JSON.stringify(schema)).not.toContain('backstage:');
  expect(ui).toEqual({
    'ui:order': ['name', '*'],
    name: { 'ui:autofocus': true, 'ui:field': 'EntityNamePicker' },
    tags: { items: { 'ui:widget': 'textarea' } },
    more: { 'ui:help': 'x' },
  });
});

test('what is wrong is said at its place, in words', () => {
  const schema = {
    type: 'object',
    required: ['name', 'owner'],
    properties: { name: { type: 'string', maxLength: 3 }, owner: { type: 'string' }, n: { type: 'number', minimum: 2 } },
  };
  expect(problemsOf(schema, { name: 'abcd', n: 1 })).toEqual([
    { path: ['name'], text: 'This may have 3 characters at most.' },
    { path: ['owner'], text: 'This must be filled in.' },
    { path: ['n'], text: 'This must be 2 or more.' },
  ]);
  expect(validator.validateFormData({ name: 'abcd', owner: 'x' }, schema as never).errorSchema).toMatchObject({
    name: { __errors: ['This may have 3 characters at most.'] },
  });
  expect(problemsOf(schema, { name: 'a', owner: 'b' })).toEqual([]);
});

test('a choice depends on what was chosen before', () => {
  const schema = { if: { properties: { a: { const: 1 } }, required: ['a'] }, then: { required: ['b'] } };
  expect(problemsOf(schema, { a: 1 })).toEqual([{ path: ['b'], text: 'This must be filled in.' }]);
  expect(problemsOf(schema, { a: 2 })).toEqual([]);
});

test('a schema that nobody can use is a sentence', () => {
  expect(problemsOf({ properties: { a: { pattern: '(' } } }, { a: 'x' })[0]?.text).toMatch(/cannot be used|form/);
});
