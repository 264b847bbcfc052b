import { expect, test } from 'vitest';
import { csvCell, csvLine } from './csv';

test('a cell is quoted only where it has to be', () => {
  expect(csvCell('payments')).toBe('payments');
  expect(csvCell('a, b')).toBe('"a, b"');
  expect(csvCell('say "no"')).toBe('"say ""no"""');
  expect(csvCell('two\nlines')).toBe('"two\nlines"');
});

test('nothing that an entity says is computed by a spreadsheet', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) expect(csvCell(text)).toMatch(/^"?'/);
  expect(csvCell('=HYPERLINK("http://example.com","x")')).toBe(`"'=HYPERLINK(""http://example.com"",""x"")"`);
  expect(csvCell('a=1')).toBe('a=1');
});

test('a line ends as spreadsheets want it, empty cells stay', () => {
  expect(csvLine(['a', '', 'c'])).toBe('a,,c\r\n');
});
