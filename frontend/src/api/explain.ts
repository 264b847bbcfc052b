import { useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { EntityRef } from '@/lib/ref';
import type { Explanation } from './types.gen';

/** A pass that mends something is seen in the open page. */
const LOOK_AGAIN_MS = 10_000;
/** Problems that are told at most. */
export const EXPLAINED_PROBLEMS = 100;

/** Why an entity, or what a file has, is here or is not. */
export function useExplanation(of: EntityRef | { url: string } | undefined) {
  const path = of && ('url' in of ? withQuery('/api/explain', { url: of.url }) : apiPath('explain', of.kind, of.namespace, of.name));
  return useQuery({
    queryKey: [...keys.explain, path],
    enabled: path !== undefined,
    queryFn: ({ signal }) => get<Explanation>(path!, signal),
    staleTime: 5_000,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
