import { afterEach, expect, test, vi } from 'vitest';
import { CSV_MAX, entitiesCsv } from './entities-csv';

const QUERY = { filter: ['kind=API'], text: '', order: 'metadata.name', descending: false };
const PAGE = 500;

afterEach(() => vi.unstubAllGlobals());

/** A catalog of TOTAL entities, as far as paging shows it; a page of which AT(page) says no answers so. */
function serve(total: number, at: (page: number) => Response | undefined = () => undefined) {
  const asked = vi.fn(async (path: string, _init?: RequestInit) => {
    const from = Number(new URL(path, 'http://x').searchParams.get('cursor') ?? 0);
    const failed = at(from / PAGE);
    if (failed) return failed;
    const n = Math.min(PAGE, total - from);
    const items = Array.from({ length: n }, (_, i) => ({ kind: 'API', metadata: { name: `a${from + i}` } }));
    const pageInfo = from + n < total ? { nextCursor: String(from + n) } : {};
    return new Response(JSON.stringify({ items, totalItems: total, pageInfo }));
  });
  vi.stubGlobal('fetch', asked);
  return asked;
}

const never = () => new AbortController().signal;

test('a list of as many rows as a file may have is whole', async () => {
  const asked = serve(CSV_MAX);
  const file = await entitiesCsv(QUERY, vi.fn(), never());
  expect([file.rows, file.cut, asked.mock.calls.length]).toEqual([CSV_MAX, false, CSV_MAX / PAGE]);
});

test('one more row is cut off, and that is said', async () => {
  const asked = serve(CSV_MAX + 1);
  const file = await entitiesCsv(QUERY, vi.fn(), never());
  expect([file.rows, file.cut, asked.mock.calls.length]).toEqual([CSV_MAX, true, CSV_MAX / PAGE]);
  expect(file.parts.join('').split('\r\n')).toHaveLength(CSV_MAX + 2);
});

test('a page that fails in the middle is no file, with the reason that callboard gave', async () => {
  const why = JSON.stringify({ error: { name: 'ServiceUnavailableError', message: 'The database does not answer.' } });
  serve(5 * PAGE, (page) => (page === 2 ? new Response(why, { status: 503 }) : undefined));
  const rows = vi.fn();
  await expect(entitiesCsv(QUERY, rows, never())).rejects.toThrow('The database does not answer.');
  expect(rows.mock.calls).toEqual([[PAGE], [2 * PAGE]]);
});

test('stopping asks for no further page', async () => {
  const asked = serve(50 * PAGE);
  const control = new AbortController();
  asked.mockImplementationOnce(asked.getMockImplementation()!).mockImplementationOnce(async () => {
    control.abort();
    throw control.signal.reason;
  });
  await expect(entitiesCsv(QUERY, vi.fn(), control.signal)).rejects.toThrow();
  expect(asked).toHaveBeenCalledTimes(2);
});

test('what is narrowed to some refs is asked for by them, each page', async () => {
  const asked = serve(2);
  await entitiesCsv({ ...QUERY, refs: ['api:default/a0', 'api:default/a1'] }, vi.fn(), never());
  const body = JSON.parse(String(asked.mock.calls[0]![1]!.body)) as { query: object };
  expect(body.query).toEqual({
    $all: [
      { kind: { $in: ['API'] } },
      { $any: [{ kind: 'api', 'metadata.namespace': 'default', 'metadata.name': { $in: ['a0', 'a1'] } }] },
    ],
  });
});
