import { useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { CatalogMap, Neighbourhood } from './types';

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

/** The whole catalog, or what is in ROOT, with places. It is big: once a minute is fresh enough. */
export function useMap(root?: string) {
  const path = withQuery('/api/graph/map', { root });
  return useQuery({
    queryKey: [...keys.map, path],
    queryFn: ({ signal }) => get<CatalogMap>(path, signal),
    staleTime: 60_000,
  });
}
