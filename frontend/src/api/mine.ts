import { useQuery } from '@tanstack/react-query';
import { get, orNothing, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { parseRef } from '@/lib/ref';
import { entityPath } from './entity';
import type { Entity, EntityPage } from './types';

/** Entities of one's own that are listed; the catalog has the rest. */
export const MINE_MAX = 100;

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

function owned(refs: string[], more: string[], limit: number, fields?: string) {
  return withQuery('/api/catalog/entities/by-query', {
    filter: [...refs.map((ref) => `relations.ownedBy=${ref}`), ...more].join(','),
    fields,
    orderField: ['kind,asc', 'metadata.name,asc'],
    limit,
  });
}

/** What one's own people own: all of it by name, and which of it has problems. Two questions at once. */
export function useOwned(refs: string[] | undefined) {
  return useQuery({
    queryKey: [...keys.entities, 'owned', refs],
    enabled: refs !== undefined && refs.length > 0,
    staleTime: 5_000,
    queryFn: async ({ signal }) => {
      const fields = 'kind,metadata.name,metadata.namespace,metadata.title,metadata.description,spec.type,spec.lifecycle,spec.profile.displayName';
      const [all, broken] = await Promise.all([
        get<EntityPage>(owned(refs!, [], MINE_MAX, fields), signal),
        get<EntityPage>(owned(refs!, ['problems.rule'], MINE_MAX, 'kind,metadata.name,metadata.namespace'), signal),
      ]);
      return { all, broken };
    },
  });
}
