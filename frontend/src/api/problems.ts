import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { ProblemPage } from './types';

const PATH = '/api/problems';
const PAGE_SIZE = 50;
/** A commit that mends something is seen in the open page. */
const LOOK_AGAIN_MS = 10_000;

export interface ProblemChoice {
  source?: string;
  rule?: string;
  severity?: string;
}

/** What is wrong, page after page; of what is chosen only. */
export function useProblems(chosen: ProblemChoice = {}) {
  return useInfiniteQuery({
    queryKey: [...keys.problems, 'all', chosen],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      get<ProblemPage>(withQuery(PATH, { ...chosen, limit: PAGE_SIZE, cursor: pageParam }), signal),
    getNextPageParam: (last) => last.pageInfo.nextCursor,
    staleTime: 5_000,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** What is wrong with one entity. */
export function useEntityProblems(entity: string) {
  return useQuery({
    queryKey: [...keys.problems, 'entity', entity],
    queryFn: ({ signal }) => get<ProblemPage>(withQuery(PATH, { entity, limit: PAGE_SIZE }), signal),
    staleTime: 5_000,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
