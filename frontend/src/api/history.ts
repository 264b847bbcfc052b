import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Entity, HistoryDiff, HistoryList } from './types';

const PAGE_SIZE = 20;

/** What became of an entity, newest first, page after page; also of one that is gone. */
export function useHistory(ref: EntityRef, enabled = true) {
  return useInfiniteQuery({
    queryKey: keys.history(formatRef(ref)),
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      get<HistoryList>(withQuery(apiPath('history', ref.kind, ref.namespace, ref.name), { limit: PAGE_SIZE, cursor: pageParam }), signal),
    getNextPageParam: (last) => last.pageInfo.nextCursor,
    staleTime: 5_000,
  });
}

/** What is different between two moments of an entity (generations, 0 being before the first); without FROM the change that TO brought. */
export function useHistoryDiff(ref: EntityRef, from: string | undefined, to: string) {
  return useQuery({
    queryKey: [...keys.history(formatRef(ref)), 'diff', from, to],
    queryFn: ({ signal }) => get<HistoryDiff>(withQuery(apiPath('history', ref.kind, ref.namespace, ref.name, 'diff'), { from, to }), signal),
    staleTime: 60_000,
  });
}

/** The entity as it was at a moment. */
export function useVersion(ref: EntityRef, moment: string | undefined) {
  return useQuery({
    queryKey: [...keys.history(formatRef(ref)), 'version', moment],
    enabled: moment !== undefined,
    queryFn: ({ signal }) => get<{ entity: Entity }>(apiPath('history', ref.kind, ref.namespace, ref.name, moment!), signal),
    staleTime: 60_000,
  });
}
