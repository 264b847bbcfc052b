import { afterEach, expect, test, vi } from 'vitest';
import { cameWith } from './locations';

afterEach(() => vi.unstubAllGlobals());

// What is asked, and an answer that says more than it holds.
function answering() {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)));
    return Promise.resolve(new Response(JSON.stringify({ items: [], totalItems: 2501, pageInfo: {} }), { headers: { 'content-type': 'application/json' } }));
  });
  return asked;
}

test('what a large location brought is counted by the server, without what stands for locations', async () => {
  const asked = answering();
  const { totalItems } = await cameWith('url:https://x', new AbortController().signal, { written: true });
  expect(totalItems).toBe(2501);
  expect(asked).toMatchObject([
    {
      query: {
        $all: [
          { 'metadata.annotations.backstage.io/managed-by-origin-location': 'url:https://x' },
          { $not: { $all: [{ kind: 'Location' }, { 'metadata.name': { $hasPrefix: 'generated-' } }] } },
        ],
      },
    },
  ]);
});

test('whoever takes a location away is told of all that goes with it', async () => {
  const asked = answering();
  await cameWith('url:https://x', new AbortController().signal);
  expect(asked).toMatchObject([{ query: { 'metadata.annotations.backstage.io/managed-by-origin-location': 'url:https://x' } }]);
});
