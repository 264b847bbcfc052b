import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, request } from '@/lib/client';
import { formatRef, refOf } from '@/lib/ref';
import { getByRefs } from './entities';
import type { EntityPage, Entity } from './types';
import type { LocationPreview } from './types.gen';

const PATH = '/api/catalog/locations';
/** The annotation that says with which location an entity came. */
export const ORIGIN = 'backstage.io/managed-by-origin-location';

/** How often one looks for what was registered, for how long, and how many of it are told by name. */
const LOOK_EVERY_MS = 700;
export const LOOK_FOR_MS = 60_000;
const TOLD_MAX = 200;

export interface Found extends LocationPreview {
  /** Refs of those that are in the catalog already, and where each comes from. */
  here: Map<string, string | undefined>;
}

async function tryLocation(target: string, signal: AbortSignal): Promise<LocationPreview> {
  try {
    const good = await request<Omit<LocationPreview, 'errors' | 'errorCount'>>('POST', `${PATH}?dryRun=true`, { body: { type: 'url', target }, signal });
    return { ...good, errors: [], errorCount: 0 };
  } catch (error) {
    const { preview } = (error instanceof ApiError && (error.body as { preview?: LocationPreview } | undefined)) || {};
    if (preview) return preview;
    throw error;
  }
}

// What stands for a location that was registered, or for one that a file names: nobody wrote it.
const GENERATED = { $all: [{ kind: 'Location' }, { 'metadata.name': { $hasPrefix: 'generated-' } }] };

/** The entities that came with ORIGIN ("url:https://…"): their names, the first TOLD_MAX, and how many there are. WRITTEN: only those that a person wrote. */
export function cameWith(origin: string, signal: AbortSignal, { written = false } = {}): Promise<EntityPage> {
  const came = { [`metadata.annotations.${ORIGIN}`]: origin };
  const body = {
    query: written ? { $all: [came, { $not: GENERATED }] } : came,
    fields: ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title'],
    limit: TOLD_MAX,
  };
  return request('POST', '/api/catalog/entities/by-query', { body, signal });
}

/** What TARGET would bring, what is wrong with it, and which of its names are taken. Nothing is kept. */
export function useFound(target: string | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ['locations', 'try', target],
    enabled: enabled && !!target,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async ({ signal }): Promise<Found> => {
      const found = await tryLocation(target!, signal);
      // The Location that stands for the registration itself is no news.
      const entities = found.entities.filter((entity) => formatRef(refOf(entity as Entity)) !== found.location.entityRef);
      const refs = entities.map((entity) => formatRef(refOf(entity as Entity)));
      const here = new Map<string, string | undefined>();
      for (const [ref, item] of await getByRefs(refs, ['metadata.annotations'], signal)) if (item) here.set(ref, item.metadata.annotations?.[ORIGIN]);
      return { ...found, entities, here };
    },
  });
}

/** Registers TARGET; with AGAIN, one that is registered is read once more. */
export function useRegister() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ target, again }: { target: string; again: boolean }) =>
      request<unknown>('POST', again ? `${PATH}?onConflict=refresh` : PATH, { body: { type: 'url', target } }),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'locations' }),
  });
}

/** The entities that came with TARGET, asked for until WANTED of them are there, or for a minute from SINCE on. */
export function useArrived(target: string, wanted: number, since: number | undefined) {
  return useQuery({
    queryKey: ['locations', 'arrived', target, since],
    enabled: since !== undefined,
    queryFn: async ({ signal }) => {
      const { items, totalItems } = await cameWith(`url:${target}`, signal, { written: true });
      return { items, total: totalItems };
    },
    refetchInterval: ({ state }) =>
      since !== undefined && (state.data?.total ?? 0) < wanted && Date.now() - since < LOOK_FOR_MS ? LOOK_EVERY_MS : false,
  });
}
