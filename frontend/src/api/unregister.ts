import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, orNothing, request } from '@/lib/client';
import { formatRef, type EntityRef } from '@/lib/ref';
import { entityPath } from './entity';
import { cameWith, ORIGIN } from './locations';
import type { Entity } from './types';
import type { Location } from './types.gen';

/** How long one looks whether what was taken away is gone. */
const WATCH_MS = 15_000;
const WATCH_EVERY_MS = 400;

export interface Origin {
  entity: Entity;
  origin?: string;
  /** The registration it came with; a source of the configuration has none. */
  location?: Location;
  /** What came with it, itself among it. */
  items: Entity[];
  total: number;
}

/** Where REF came from, and all that came with it. */
export function useOrigin(ref: EntityRef | undefined) {
  return useQuery({
    queryKey: ['unregister', ref && formatRef(ref)],
    enabled: ref !== undefined,
    retry: false,
    queryFn: async ({ signal }): Promise<Origin> => {
      const entity = await get<Entity>(entityPath(ref!), signal);
      const origin = entity.metadata.annotations?.[ORIGIN];
      const location = await orNothing(get<Location>(apiPath('catalog', 'locations', 'by-entity', ref!.kind, ref!.namespace, ref!.name), signal));
      if (!location || !origin) return { entity, origin, items: [entity], total: 1 };
      const { items, totalItems } = await cameWith(origin, signal);
      return { entity, origin, location, items, total: totalItems };
    },
  });
}

/** Takes away the location of REF with all that came with it, or, when it has none, the orphan alone; waits until REF is gone. */
export function useUnregister(ref: EntityRef) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ entity, location }: Origin): Promise<boolean> => {
      await request<void>('DELETE', location ? apiPath('catalog', 'locations', location.id) : apiPath('catalog', 'entities', 'by-uid', String(entity.metadata.uid)));
      for (const end = Date.now() + WATCH_MS; Date.now() < end; ) {
        if (!(await orNothing(get<Entity>(entityPath(ref))))) return true;
        await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
      }
      return false;
    },
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'unregister' }),
  });
}
