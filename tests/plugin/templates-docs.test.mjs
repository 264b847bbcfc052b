// docs/templates.md says of the actions what they say of themselves.
import assert from 'node:assert';
import fs from 'node:fs';
import { test } from 'node:test';
import { BEGIN, END, file, made } from '../template/actions.mjs';

test('the section of the actions is what their tables make it', async () => {
  const text = fs.readFileSync(file, 'utf8');
  assert.equal(text.slice(text.indexOf(BEGIN), text.indexOf(END) + END.length), await made(), 'run node tests/template/actions.mjs --write');
});
