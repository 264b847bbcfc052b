import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import { sourceOf } from '@/lib/source-of';
import { getSources, watchSource } from './sources';
import type { Ancestry, Entity } from './types';

export function entityPath(ref: EntityRef): string {
  return apiPath('catalog', 'entities', 'by-name', ref.kind, ref.namespace, ref.name);
}

/** How often an open page looks whether its entity has changed: a commit is to be seen without a reload. */
const LOOK_AGAIN_MS = 4_000;

export function useEntity(ref: EntityRef) {
  const client = useQueryClient();
  const key = keys.entity(formatRef(ref));
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const now = await get<Entity>(entityPath(ref), signal);
      const before = client.getQueryData<Entity>(key);
      if (before && before.metadata.etag !== now.metadata.etag) {
        void client.invalidateQueries({ queryKey: keys.problems });
        void client.invalidateQueries({ queryKey: keys.explain });
        void client.invalidateQueries({ queryKey: keys.graph(formatRef(ref)) });
        void client.invalidateQueries({ queryKey: keys.panels(formatRef(ref)) });
        void client.invalidateQueries({ queryKey: keys.history(formatRef(ref)) });
      }
      return now;
    },
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** The Locations that led to the entity, which is the first of them. */
export function useAncestry(ref: EntityRef) {
  return useQuery({
    queryKey: keys.ancestry(formatRef(ref)),
    queryFn: ({ signal }) => get<Ancestry>(`${entityPath(ref)}/ancestry`, signal),
  });
}

export interface Refreshed {
  outcome: 'changed' | 'same' | 'asked' | 'failed';
  /** Why it could not be read. */
  error?: string;
}

/** Has the entity's source read again, waits for that, and says what came of it. */
export function useRefreshEntity(ref: EntityRef) {
  const client = useQueryClient();
  const key = keys.entity(formatRef(ref));
  return useMutation({
    mutationFn: async (): Promise<Refreshed> => {
      const before = await get<Entity>(entityPath(ref));
      const notes = before.metadata.annotations ?? {};
      const sources = await getSources();
      const source =
        sourceOf(notes['backstage.io/managed-by-origin-location'], sources) ??
        sourceOf(notes['backstage.io/managed-by-location'], sources);
      await request<void>('POST', '/api/catalog/refresh', { body: { entityRef: formatRef(ref) } });
      const read = source && (await watchSource(source));
      if (!read) return { outcome: 'asked' };
      if (read.error) return { outcome: 'failed', error: read.error };
      const after = await get<Entity>(entityPath(ref));
      return { outcome: after.metadata.etag === before.metadata.etag ? 'same' : 'changed' };
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: key }),
        client.invalidateQueries({ queryKey: keys.problems }),
        client.invalidateQueries({ queryKey: keys.sources }),
        client.invalidateQueries({ queryKey: keys.explain }),
        client.invalidateQueries({ queryKey: keys.ancestry(formatRef(ref)) }),
        client.invalidateQueries({ queryKey: keys.graph(formatRef(ref)) }),
      ]),
  });
}
