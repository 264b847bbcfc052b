import { useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Neighbourhood } from './types';

/** Entities asked for at most; what is left out is counted. */
const NODES_MAX = 500;

/** What stands within DEPTH steps of an entity, in both directions. */
export function useNeighbourhood(ref: EntityRef, depth: number) {
  const path = withQuery(apiPath('graph', ref.kind, ref.namespace, ref.name), {
    depth,
    direction: 'both',
    limit: NODES_MAX,
  });
  return useQuery({
    queryKey: [...keys.graph(formatRef(ref)), depth],
    queryFn: ({ signal }) => get<Neighbourhood>(path, signal),
    staleTime: 10_000,
  });
}
