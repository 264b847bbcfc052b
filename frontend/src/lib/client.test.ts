import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, apiPath, get, request, withQuery } from './client';

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: string, headers: Record<string, string> = {}) {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(body, { status, headers })));
}

test('a query repeats its lists and leaves out what is empty', () => {
  expect(withQuery('/a', { x: ['1', '2'], y: undefined, z: '', n: 0 })).toBe('/a?x=1&x=2&n=0');
});

test('no name can reach another path', () => {
  expect(apiPath('catalog', '../../x', 'a b')).toBe('/api/catalog/..%2F..%2Fx/a%20b');
});

test("the server's sentence is the error's", async () => {
  answers(404, JSON.stringify({ error: { message: 'No entity named x' } }), { 'x-request-id': 'r1' });
  await expect(get('/api/x')).rejects.toMatchObject({ status: 404, message: 'No entity named x', requestId: 'r1', request: 'GET /api/x' });
});

test('an answer that is not ours still gives a sentence', async () => {
  answers(502, '<html>Bad gateway</html>');
  await expect(get('/api/x')).rejects.toMatchObject({ status: 502, message: expect.stringContaining('502') });
  answers(200, '{"items": [');
  await expect(get('/api/x')).rejects.toThrow('cut off');
});

test('an empty answer is no error', async () => {
  answers(200, '');
  await expect(request('POST', '/api/x', { body: {} })).resolves.toBeUndefined();
});

test('no answer at all is status 0', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('failed'))));
  await expect(get('/api/x')).rejects.toBeInstanceOf(ApiError);
  await expect(get('/api/x')).rejects.toMatchObject({ status: 0 });
});
