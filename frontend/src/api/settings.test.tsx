// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readLocal } from '@/lib/local-settings';
import { chosen, useSetting, useUnsaved, type Settings } from './settings';

const ana = 'user:default/ana';
const session = (settings: Settings | null, guest = false) => ({ user: { ref: ana }, roles: [], guest, settings }) as never;
const local = (value: string, more: object = {}) => ({ value, who: ana, at: 5, pending: false, ...more });

describe('of two tellings holds', () => {
  const kept: Settings = { b: { k: 'server' } };
  test.each([
    ['the browser’s until it is known who asks', undefined, local('browser'), 'browser'],
    ['the server’s when it is newer', session(kept), local('browser'), 'server'],
    ['the browser’s while it waits to be sent', session(kept), local('browser', { pending: true }), 'browser'],
    ['the browser’s when another tab set it since', session(kept), local('browser', { at: 11 }), 'browser'],
    ['the browser’s when the server cannot say', session(null), local('browser'), 'browser'],
    ['neither, when somebody else set it here', session(null), local('browser', { who: 'user:default/bo' }), undefined],
    ['neither, when it was taken back elsewhere', session({}), local('browser'), undefined],
    ['a guest’s, for the guest who signed in and has none', session({}), local('browser', { who: '' }), 'browser'],
    ['the server’s, for the guest who signed in and has one', session(kept), local('browser', { who: '', at: 11 }), 'server'],
    ['the browser’s until one that was left out has come', { ...(session({}) as object), settingsLeftOut: true } as never, local('browser'), 'browser'],
    ['the browser’s for guests', session(kept, true), local('browser', { who: '' }), 'browser'],
  ])('%s', (_, told, here, want) => expect(chosen(told, 10, here, 'b', 'k').raw).toBe(want));
});

const asked: { method: string; path: string; body: unknown }[] = [];
let status = 200;
let large: (path: string) => Promise<Response>;
let who = session({ callboard: { colour: 'red' } });

beforeEach(() => {
  localStorage.clear();
  asked.splice(0);
  status = 200;
  who = session({ callboard: { colour: 'red' } });
  vi.stubGlobal('fetch', async (path: string, { method, body }: { method: string; body?: string }) => {
    if (path === '/api/session') return new Response(JSON.stringify(who));
    if (method === 'GET') return large(path);
    asked.push({ method, path, body: JSON.parse(body ?? 'null') });
    return new Response(status === 200 ? '{}' : '{"error":{"message":"The database does not answer."}}', { status });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const readColour = (raw: unknown) => (typeof raw === 'string' ? raw : undefined);

function Colour({ name }: { name: string }) {
  const [colour, setColour] = useSetting('callboard', 'colour', 'grey', readColour);
  const unsaved = useUnsaved();
  return (
    <p>
      <output aria-label={name}>{colour}</output>
      <button type="button" onClick={() => setColour(`${name}-blue`)}>set {name}</button>
      {unsaved && <em>{unsaved}</em>}
    </p>
  );
}

const draw = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Colour name="one" />
      <Colour name="two" />
    </QueryClientProvider>,
  );
const shown = (name: string) => screen.getByLabelText(name).textContent;
const press = (name: string) => act(() => screen.getByText(`set ${name}`).click());

test('what was kept is shown, and what is set shows at once in every place and is sent', async () => {
  draw();
  expect(shown('one')).toBe('grey');
  await waitFor(() => expect(shown('two')).toBe('red'));
  press('one');
  expect([shown('one'), shown('two')]).toEqual(['one-blue', 'one-blue']);
  await waitFor(() => expect(readLocal('callboard', 'colour')?.pending).toBe(false));
  expect(asked).toEqual([
    { method: 'PUT', path: '/api/user-settings/buckets/callboard/keys/colour', body: { value: 'one-blue' } },
  ]);
  expect(shown('one')).toBe('one-blue');
});

test('of what is set while one is on its way only the last is sent', async () => {
  draw();
  await waitFor(() => expect(shown('one')).toBe('red'));
  ['one', 'two', 'one'].forEach(press);
  await waitFor(() => expect(readLocal('callboard', 'colour')?.pending).toBe(false));
  expect(asked.length).toBeLessThanOrEqual(2);
  expect(asked.at(-1)?.body).toEqual({ value: 'one-blue' });
});

test('what cannot be sent holds here, says so, and is sent with the next', async () => {
  status = 503;
  draw();
  await waitFor(() => expect(shown('one')).toBe('red'));
  press('one');
  await screen.findAllByText('The database does not answer.');
  expect(shown('two')).toBe('one-blue');
  status = 200;
  press('two');
  await waitFor(() => expect(screen.queryByText('The database does not answer.')).toBeNull());
  expect(asked.at(-1)?.body).toEqual({ value: 'two-blue' });
});

test('a guest’s stays in the browser', async () => {
  who = session(null, true);
  draw();
  await act(async () => new Promise((done) => setTimeout(done, 20)));
  press('one');
  expect(shown('two')).toBe('one-blue');
  expect(asked).toEqual([]);
});

test('another tab’s is shown', async () => {
  draw();
  await waitFor(() => expect(shown('one')).toBe('red'));
  localStorage.setItem('callboard-setting/callboard/colour', JSON.stringify(local('tab', { at: Date.now() + 1000 })));
  act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'callboard-setting/callboard/colour' })));
  expect(shown('two')).toBe('tab');
});

test('what the server tells is remembered for the next first paint, and what it does not is forgotten', async () => {
  localStorage.setItem('callboard-setting/callboard/other', 'x');
  draw();
  await waitFor(() => expect(readLocal('callboard', 'colour')).toMatchObject({ value: 'red', who: ana, pending: false }));
  cleanup();
  who = session(null, true);
  draw();
  await waitFor(() => expect(shown('one')).toBe('grey'));
  expect(readLocal('callboard', 'colour')).toBeUndefined();
});

test.each(['', 'null', '[]', '{"value":1}', '{"who":1'])('what somebody else wrote is no harm: %s', (text) => {
  localStorage.setItem('callboard-setting/callboard/colour', text);
  expect(readLocal('callboard', 'colour')).toBeUndefined();
});

describe('a value that does not come with the session', () => {
  const leftOut = () => ({ ...(session({}) as object), settingsLeftOut: true }) as never;

  test('is asked for, and nothing is set before it has come', async () => {
    who = leftOut();
    let answer: (response: Response) => void = () => {};
    const waiting = vi.fn(() => new Promise<Response>((done) => (answer = done)));
    large = waiting;
    draw();
    await waitFor(() => expect(waiting).toHaveBeenCalledTimes(1));
    press('one');
    expect(shown('one')).toBe('grey');
    answer(new Response('{"bucket":"callboard","key":"colour","value":"green"}'));
    await waitFor(() => expect([shown('one'), shown('two')]).toEqual(['green', 'green']));
    press('one');
    await waitFor(() => expect(asked.map(({ body }) => body)).toEqual([{ value: 'one-blue' }]));
  });

  test('is unset when callboard says that there is none', async () => {
    who = leftOut();
    const none = vi.fn(async () => new Response('{"error":{"message":"There is none."}}', { status: 404 }));
    large = none;
    draw();
    await waitFor(() => expect(none).toHaveBeenCalled());
    await waitFor(() => {
      press('one');
      expect(shown('one')).toBe('one-blue');
    });
  });
});
