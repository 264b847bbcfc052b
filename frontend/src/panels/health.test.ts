import { describe, expect, test } from 'vitest';
import type { Panel } from '@/api/types';
import { healthOf, statesOf, worst } from './health';

const panel = (data: Record<string, unknown> | null, more: object = {}) => ({ state: 'ok', stale: false, error: null, data, ...more }) as Panel;

describe('how an entity is', () => {
  test('is the worst of what is said', () => {
    expect(worst(['ok', 'warning', 'error', 'info'])).toBe('error');
    expect(worst(['ok', 'progress'])).toBe('progress');
    expect(worst(['ok', null, undefined])).toBe('ok');
    expect(worst([])).toBeUndefined();
  });

  test('is said by statuses, cells of tables and groups of them, not by what was', () => {
    expect(statesOf({ type: 'status', items: [{ label: 'a', state: 'ok' }, { label: 'b', state: null }] })).toEqual(['ok']);
    expect(
      statesOf({ type: 'table', columns: [{ key: 's', title: 'S', kind: 'status' }, { key: 't', title: 'T' }], rows: [{ s: 'warning', t: 'error' }, { t: { text: 'x', state: 'error' } }] }),
    ).toEqual(['warning', 'error']);
    expect(statesOf({ type: 'group', panels: [{ type: 'status', items: [{ label: 'a', state: 'error' }] }] })).toEqual(['error']);
    expect(statesOf({ type: 'timeline', events: [{ at: '', title: '', state: 'error' }] })).toEqual([]);
  });

  test('comes with the sentence of the panel that says the worst', () => {
    const fine = panel({ type: 'status', summary: 'all is well', items: [{ label: 'a', state: 'ok' }] });
    const bad = panel({ type: 'status', summary: 'b is down', items: [{ label: 'b', state: 'error' }] });
    expect(healthOf([fine, bad])).toEqual({ state: 'error', text: 'b is down', stale: false });
    expect(healthOf([{ ...fine, stale: true }]).stale).toBe(true);
  });

  test('is unknown where a panel failed, or makes no sense', () => {
    expect(healthOf([panel(null, { state: 'error', error: { name: 'x', message: 'no answer', code: 'timeout' } })])).toEqual({ state: 'unknown', text: 'no answer', stale: false });
    expect(healthOf([panel({ type: 'table', rows: null })]).state).toBe('unknown');
  });

  test('is not said by panels that have nothing', () => {
    expect(healthOf([panel(null, { state: 'absent' })])).toEqual({ state: undefined, text: undefined, stale: false });
  });
});
