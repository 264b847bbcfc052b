import { expect, test } from 'vitest';
import type { PanelAction } from '@/api/types';
import { asksFor, inputOf } from './inputs';

const action = (input: object, schema: object | null) => ({ action: 'a', title: 'A', right: 'editor', allowed: true, input, schema, href: '/x' }) as PanelAction;
const schema = {
  required: ['title', 'app'],
  properties: {
    app: { type: 'string' },
    count: { type: 'integer', default: 2 },
    title: { type: 'string', title: 'Title', maxLength: 400 },
    urgency: { enum: ['high', 'low'] },
    dry: { type: 'boolean' },
    token: { type: 'string', writeOnly: true },
    more: { type: 'object' },
  },
};

test('what the plugin filled in is not asked for, and what is needed comes first', () => {
  const fields = asksFor(action({ app: 'x' }, schema));
  expect(fields.map(({ key, kind, required }) => [key, kind, required])).toEqual([
    ['title', 'long', true],
    ['count', 'number', false],
    ['urgency', 'choice', false],
    ['dry', 'yes-no', false],
    ['token', 'secret', false],
    ['more', 'json', false],
  ]);
  expect(asksFor(action({}, null))).toEqual([]);
});

test('what is typed becomes what the schema wants; what is empty is not said', () => {
  const fields = asksFor(action({ app: 'x' }, schema));
  expect(inputOf(fields, { title: ' Down ', count: '3', dry: 'true', more: '{"a":1}', urgency: '' })).toEqual({ input: { title: 'Down', count: 3, dry: true, more: { a: 1 } }, wrong: {} });
  expect(inputOf(fields, { count: 'three', more: '{' }).wrong).toEqual({ title: 'Title is needed.', count: 'count must be a number.', more: 'more must be JSON.' });
});
