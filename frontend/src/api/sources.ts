import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Source, SourceList } from './types';

const PATH = '/api/sources';

/** How often the page looks again: by itself, and while something is being read. */
const LOOK_AGAIN_MS = 5_000;
const LOOK_CLOSELY_MS = 1_000;

/** How long to wait for a source to be read, and how often to ask. */
const WATCH_MS = 12_000;
const WATCH_EVERY_MS = 400;

export async function getSources(signal?: AbortSignal): Promise<Source[]> {
  return (await get<SourceList>(PATH, signal)).items;
}

export function useSources() {
  return useQuery({
    queryKey: keys.sources,
    queryFn: ({ signal }) => get<SourceList>(PATH, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((source) => source.state === 'reading') ? LOOK_CLOSELY_MS : LOOK_AGAIN_MS,
  });
}

/** Waits until BEFORE has been tried once more; undefined when that takes too long. */
export async function watchSource(before: Source): Promise<Source | undefined> {
  for (const end = Date.now() + WATCH_MS; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    const now = (await getSources()).find(({ id }) => id === before.id);
    if (!now) return undefined;
    if (tried(now) !== tried(before) && now.state !== 'reading') return now;
  }
  return undefined;
}

function tried(source: Source): string | undefined {
  return source.lastTry ?? source.lastRead;
}

// A pass may change anything, so everything that is on the screen is asked again.
function useSourceAction(action: 'sync' | 'confirm') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (source: Source) => {
      await request<unknown>('POST', apiPath('sources', source.id, action), { body: {} });
      return { before: source, after: await watchSource(source) };
    },
    onSettled: () => client.invalidateQueries(),
  });
}

/** Reads a source now and waits for it. */
export function useSyncSource() {
  return useSourceAction('sync');
}

/** Has each of SOURCES read soon, one after the other; how they fare is seen in the list. */
export function useSyncSources() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (sources: readonly Source[]) => {
      for (const source of sources) await request<unknown>('POST', apiPath('sources', source.id, 'sync'), { body: {} });
      return sources.length;
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.sources }),
  });
}

/** Lets the deletions that a pass has held back happen. */
export function useConfirmDeletions() {
  return useSourceAction('confirm');
}
