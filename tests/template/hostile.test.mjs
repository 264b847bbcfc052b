// A template that would never end, take all memory or reach the machine ends soon, with a sentence and its place.
import assert from 'node:assert';
import { after, test } from 'node:test';
import { Ours } from './renderers.mjs';

const ours = new Ours();
after(() => ours.stop());
const grow = body => `{% set s = "0123456789" %}{% for i in range(40) %}${body}{% endfor %}`;
const STEPS = /steps/, SIZE = /MiB/, DEEP = /nested deeper/, NAME = /is reserved/;

for (const [what, source, sentence] of [
  ['a huge range', '${{ range(1e9) }}'.replace('1e9', '1000000000'), STEPS],
  ['nested loops', '{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}x{% endfor %}{% endfor %}{% endfor %}', STEPS],
  ['a list that grows as it is gone through', '{% set l = [1] %}{% for i in l %}${{ l.push(i) }}{% endfor %}', STEPS],
  ['a text that doubles', grow('{% set s = s ~ s %}'), SIZE],
  ['a text that doubles by replace', grow('{% set s = s | replace("0", s) %}'), SIZE],
  ['a text that doubles by join', grow('{% set s = [s, s] | join %}'), SIZE],
  ['a list that doubles', grow('{% set l = (l or [1]).concat(l or [1]) %}'), /steps|MiB/],
  ['a text put in the middle', '${{ "x" | center(99999999999) }}', SIZE],
  ['an indentation', '${{ "x" | indent(99999999999, true) }}', SIZE],
  ['a macro that calls itself', '{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}', DEEP],
  ['brackets', `\${{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`, DEEP],
  ['tags', '{% if 1 %}'.repeat(5000) + '{% endif %}'.repeat(5000), DEEP],
  ['a list in itself', '{% set l = [] %}${{ l.push([l]) }}', /contain itself/],
  ['a regular expression that goes back', `\${{ r/^(a+)+$/.test("${'a'.repeat(40)}b") }}`, STEPS],
  ['constructor', '${{ "".constructor.constructor("return process")() }}', NAME],
  ['__proto__', '${{ x["__proto__"] }}', NAME],
  ['a reserved name put together', '${{ x["__pro" ~ "to__"] }}', NAME],
  ['a file', '{% include "/etc/passwd" %}', /none to load/],
])
  test(`${what}: stopped`, async () => {
    const answer = await ours.render({ source, context: { x: {} } });
    assert.match(answer.error ?? JSON.stringify(answer).slice(0, 200), sentence);
    assert.match(answer.error, /^template:\d+:\d+: /);
  });

test('nothing of the machine has a name', async () => {
  for (const name of ['process', 'require', 'global', 'globalThis', 'module', 'env', 'self', 'this'])
    assert.deepEqual(await ours.render({ source: `\${{ ${name} }}`, context: {} }), { absent: true });
});
