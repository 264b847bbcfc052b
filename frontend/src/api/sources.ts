import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Source } from './types';

/** How often the page looks again: a pass takes seconds, and people wait for it. */
const LOOK_AGAIN_MS = 5_000;

export function useSources() {
  return useQuery({
    queryKey: keys.sources,
    queryFn: async ({ signal }) => (await get<{ items: Source[] }>('/api/sources', signal)).items,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

// A pass may change anything, so everything that is on the screen is asked again.
function useSourceAction(action: 'sync' | 'confirm') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<unknown>('POST', apiPath('sources', id, action), { body: {} }),
    onSettled: () => client.invalidateQueries(),
  });
}

export function useSyncSource() {
  return useSourceAction('sync');
}

/** Lets the deletions that a pass has held back happen. */
export function useConfirmDeletions() {
  return useSourceAction('confirm');
}
