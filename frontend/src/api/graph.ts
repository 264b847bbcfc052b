import { useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Neighbourhood } from './types';

/** What stands within DEPTH steps of an entity, in both directions. */
export function useNeighbourhood(ref: EntityRef, depth: number) {
  const path = withQuery(apiPath('graph', ref.kind, ref.namespace, ref.name), {
    depth,
    direction: 'both',
  });
  return useQuery({
    queryKey: [...keys.graph(formatRef(ref)), depth],
    queryFn: ({ signal }) => get<Neighbourhood>(path, signal),
    staleTime: 10_000,
  });
}
