import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Entity } from './types';

/** How long to watch for the effect of "refresh now", and how often to look. */
const WATCH_MS = 6_000;
const LOOK_MS = 600;

function entityPath(ref: EntityRef): string {
  return apiPath('catalog', 'entities', 'by-name', ref.kind, ref.namespace, ref.name);
}

export function useEntity(ref: EntityRef) {
  return useQuery({
    queryKey: keys.entity(formatRef(ref)),
    queryFn: ({ signal }) => get<Entity>(entityPath(ref), signal),
  });
}

export type RefreshOutcome = 'changed' | 'same';

/** Asks for the entity to be read again from its file, and waits a little to say what came of it. */
export function useRefreshEntity(ref: EntityRef) {
  const client = useQueryClient();
  const key = keys.entity(formatRef(ref));
  return useMutation({
    mutationFn: async (): Promise<RefreshOutcome> => {
      const before = client.getQueryData<Entity>(key)?.metadata.etag;
      await request<void>('POST', '/api/catalog/refresh', { body: { entityRef: formatRef(ref) } });
      for (const end = Date.now() + WATCH_MS; Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        const now = await get<Entity>(entityPath(ref));
        if (now.metadata.etag !== before) {
          client.setQueryData(key, now);
          return 'changed';
        }
      }
      return 'same';
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.problems }),
        client.invalidateQueries({ queryKey: keys.graph(formatRef(ref)) }),
      ]),
  });
}
