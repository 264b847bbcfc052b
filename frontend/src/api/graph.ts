import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import type { Direction } from '@/lib/entity-search';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { CatalogMap, Neighbourhood } from './types';

export interface Around {
  depth: number;
  direction: Direction;
  /** Only these; all when there are none. */
  relation: readonly string[];
  /** Entities told at most; what is left out is counted. */
  limit: number;
}

/** What stands right beside an entity: enough for the names on its page. */
export const BESIDE: Around = { depth: 1, direction: 'both', relation: [], limit: 300 };

/** What stands within some steps of an entity. The last answer stays while another one is asked for. */
export function useNeighbourhood(ref: EntityRef, { depth, direction, relation, limit }: Around) {
  const path = withQuery(apiPath('graph', ref.kind, ref.namespace, ref.name), {
    depth,
    direction,
    relation: relation.length > 0 ? relation : undefined,
    limit,
  });
  return useQuery({
    queryKey: [...keys.graph(formatRef(ref)), path],
    queryFn: ({ signal }) => get<Neighbourhood>(path, signal),
    staleTime: 10_000,
    placeholderData: keepPreviousData,
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
