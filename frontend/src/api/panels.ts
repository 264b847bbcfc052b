import { useMutation, useQueries, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { ApiError, apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Panel, PanelAction, PanelEntry, PanelList, PanelOutcome } from './types';

/** However short a panel's answer is fresh, it is not asked for more often. */
const LOOK_AGAIN_MIN_MS = 10_000;

/** Which panels an entity has, which it could have, and which plugins cannot serve now. */
export function usePanelList(ref: EntityRef) {
  return useQuery({
    queryKey: keys.panels(formatRef(ref)),
    queryFn: ({ signal }) => get<PanelList>(`${apiPath('panels', ref.kind, ref.namespace, ref.name)}?all=true`, signal),
    staleTime: 30_000,
  });
}

// A panel that failed is an answer as well: it says why, since when, and when it is tried again.
async function getPanel(href: string, signal?: AbortSignal): Promise<Panel> {
  try {
    return await get<Panel>(href, signal);
  } catch (error) {
    if (error instanceof ApiError && isPanel(error.body)) return error.body;
    throw error;
  }
}

function isPanel(body: unknown): body is Panel {
  return typeof body === 'object' && body !== null && 'panel' in body && 'state' in body;
}

/** The panels of ENTRIES, in their order: all asked at the same time, and again when their time is over. */
export function usePanels(ref: EntityRef, entries: readonly PanelEntry[]): UseQueryResult<Panel>[] {
  return useQueries({
    queries: entries.map((entry) => ({
      queryKey: keys.panel(formatRef(ref), entry.href),
      queryFn: ({ signal }: { signal: AbortSignal }) => getPanel(entry.href, signal),
      staleTime: entry.ttlSeconds * 1_000,
      refetchInterval: Math.max(entry.ttlSeconds * 1_000, LOOK_AGAIN_MIN_MS),
      retry: false,
    })),
  });
}

/** Has the plugin asked anew, however fresh its answer is. */
export function useRefreshPanel(ref: EntityRef, href: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => getPanel(`${href}?refresh=true`),
    onSuccess: (panel) => client.setQueryData(keys.panel(formatRef(ref), href), panel),
  });
}

/** Does what a panel offers; all of the entity's panels are asked anew, for one seldom changes alone. */
export function usePanelAction(ref: EntityRef, action: PanelAction) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Record<string, unknown>) =>
      request<PanelOutcome>('POST', action.href, { body: { input: { ...action.input, ...input } } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.panels(formatRef(ref)) }),
  });
}
