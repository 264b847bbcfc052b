import { expect, test } from 'vitest';
import { toYaml } from './yaml';

test('nested values are indented as people write them', () => {
  const value = { kind: 'API', metadata: { name: 'pay', tags: ['go', 'c++'] }, spec: { steps: [{ id: 'a', list: [1, 2] }, []] } };
  expect(toYaml(value)).toBe(
    [
      'kind: API',
      'metadata:',
      '  name: pay',
      '  tags:',
      '    - go',
      '    - c++',
      'spec:',
      '  steps:',
      '    - id: a',
      '      list:',
      '        - 1',
      '        - 2',
      '    - []',
      '',
    ].join('\n'),
  );
});

test.each(['', 'true', 'null', 'yes', '12', '1.0', '- a', 'a: b', 'a #b', '# a', '{a', '*a', '&a', '!a', '@a', '`a', '%a', ' a', 'a ', 'a:', 'é', '"a"', "'a'", '\u0000', '2024-01-01', '.5', '.inf', '-', '?'])(
  'the text %j cannot be read as anything but a text',
  (text) => {
    const yaml = toYaml({ a: text }).trimEnd();
    expect(yaml).toBe(`a: ${JSON.stringify(text)}`);
  },
);

test('several lines become a block that keeps its end', () => {
  expect(toYaml({ a: 'x: 1\n  y: 2\n' })).toBe('a: |\n  x: 1\n    y: 2\n');
  expect(toYaml({ a: 'x\ny' })).toBe('a: |-\n  x\n  y\n');
  expect(toYaml({ a: ' x\ny' })).toBe('a: " x\\ny"\n');
});

test('an empty value and one that is not there', () => {
  expect(toYaml({ a: {}, b: undefined, c: null, d: false })).toBe('a: {}\nc: null\nd: false\n');
});
