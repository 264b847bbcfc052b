import { expect, test } from 'vitest';
import { eventReader, type ServerEvent } from './events';

function read(...pieces: string[]): ServerEvent[] {
  const out: ServerEvent[] = [];
  const feed = eventReader((event) => out.push(event));
  pieces.forEach(feed);
  return out;
}

test('events come whole, in whatever pieces they arrive', () => {
  const text = ': hello\n\nid: 7\nevent: log\ndata: {"a":1}\n\nevent: completion\r\ndata: x\r\ndata: y\r\n\r\n';
  const want = [
    { id: '7', type: 'log', data: '{"a":1}' },
    { id: undefined, type: 'completion', data: 'x\ny' },
  ];
  expect(read(text)).toEqual(want);
  expect(read(...text)).toEqual(want);
});

test('half an event is none yet, and heartbeats are nothing', () => {
  expect(read('data: a\n')).toEqual([]);
  expect(read(':\n\n:beat\n\n')).toEqual([]);
});

test('a line without an end is no memory without an end', () => {
  expect(() => read('data: ' + 'x'.repeat(4 * 1024 * 1024 + 1))).toThrow(/without an end/);
});
