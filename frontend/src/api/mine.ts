import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get, orNothing, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { parseRef } from '@/lib/ref';
import { entityPath } from './entity';
import type { Entity } from './types';

export interface Mine {
  /** The user, and the groups the user is in. */
  refs: string[];
  groups: string[];
  /** Nobody has registered the user. */
  unknown: boolean;
}

/** Whose things are one's own. */
export function useMine(user: string | undefined) {
  return useQuery({
    queryKey: [...keys.entities, 'mine', user],
    enabled: user !== undefined,
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Mine> => {
      const ref = parseRef(user!, { kind: 'user' });
      if (!ref) return { refs: [], groups: [], unknown: true };
      const entity = await orNothing(get<Entity>(entityPath(ref), signal));
      if (!entity) return { refs: [], groups: [], unknown: true };
      const groups = (entity.relations ?? []).filter(({ type }) => type === 'memberOf').map(({ targetRef }) => targetRef);
      return { refs: [user!, ...groups], groups, unknown: false };
    },
  });
}

export type Severity = 'error' | 'warning' | 'info';

/** An entity, and how it is: its worst problem and which kinds it has. */
export interface Standing {
  entity: Entity;
  severity?: Severity;
  rules?: string[];
}

/** What a home shows of the catalog, the worst first. */
export interface Home {
  user: { ref: string; known: boolean };
  groups: { ref: string; title?: string }[];
  totalItems: number;
  problemItems: number;
  kinds: { kind: string; totalItems: number; problemItems: number; items: Standing[] }[];
  /** Those that were asked about by name. */
  refs: ({ ref: string } & (Standing | { entity: null; severity?: undefined; rules?: undefined }))[];
}

/** Entities of each kind that a home lists; the catalog has the rest. */
export const OWNED_SHOWN = 8;

/** A commit that mends something is seen in the open page. */
const LOOK_AGAIN_MS = 30_000;

/** What USER and the groups of USER own, and how REFS are, in one question; nothing is asked while WAITS. */
export function useHome(user: string | undefined, refs: readonly string[], waits: boolean) {
  const path = withQuery('/api/mine', { limit: OWNED_SHOWN, ref: refs });
  return useQuery({
    queryKey: [...keys.entities, 'home', user, path],
    enabled: !waits,
    staleTime: 5_000,
    refetchInterval: LOOK_AGAIN_MS,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<Home>(path, signal),
  });
}
