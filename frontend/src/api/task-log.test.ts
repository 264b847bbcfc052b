import { expect, test } from 'vitest';
import { addEvents, LINES_MAX, type TaskLog } from './task-log';

const empty: TaskLog = { lines: [], steps: new Map(), done: false, broken: true };
const event = (id: number, body: object, type: 'log' | 'completion' | 'recovered' = 'log') => ({ id, type, createdAt: `t${id}`, body });

test('lines stand once, whatever is sent again', () => {
  const one = addEvents(empty, [event(1, { message: 'a' }), event(2, { message: 'b' })]);
  const two = addEvents(one, [event(2, { message: 'b' }), event(3, { message: 'c' })]);
  expect(two.lines.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  expect(two.broken).toBe(false);
});

test('a step begins, ends, and is timed', () => {
  const log = addEvents(empty, [
    event(1, { message: 'Beginning step x', stepId: 'x', status: 'processing' }),
    event(2, { message: 'hi', stepId: 'x' }),
    event(3, { message: 'Finished step x', stepId: 'x', status: 'completed' }),
  ]);
  expect(log.steps.get('x')).toEqual({ status: 'completed', from: 't1', to: 't3' });
});

test('the end brings the output, a recovery takes the end back', () => {
  const over = addEvents(empty, [event(4, { message: 'done', output: { links: [] } }, 'completion')]);
  expect([over.done, over.output]).toEqual([true, { links: [] }]);
  expect(addEvents(over, [event(5, { message: 'again' }, 'recovered')]).done).toBe(false);
});

test('colours of a terminal are not shown, and not more lines than are kept', () => {
  expect(addEvents(empty, [event(1, { message: '\u001b[32minfo\u001b[39m: hi' })]).lines[0]?.text).toBe('info: hi');
  const many = addEvents(empty, Array.from({ length: LINES_MAX + 5 }, (_, i) => event(i + 1, { message: 'x' })));
  expect([many.lines.length, many.lines[0]?.id]).toEqual([LINES_MAX, 6]);
});
