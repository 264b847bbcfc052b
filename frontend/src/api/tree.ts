import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, request, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { EntityPage, Tree } from './types';

const LIST = '/api/catalog/entities/by-query';
/** Entities of a list that opens under a node, at a time. */
const PAGE_SIZE = 50;
/** People whom a text finds. */
export const FOUND_MAX = 20;
const LOOK_AGAIN_MS = 30_000;

const PERSON_FIELDS = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'spec.profile.displayName', 'spec.profile.email'];
const THING_FIELDS = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'spec.type'];

/** Groups, or domains and systems: each once, with what stands above it and how much it has. Nobody is listed by name. */
export function useTree(of: 'groups' | 'systems') {
  return useQuery({
    queryKey: [...keys.tree, of],
    queryFn: ({ signal }) => get<Tree>(withQuery('/api/graph/tree', { of }), signal),
    staleTime: 10_000,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** Who is in GROUP, page after page. */
export function useMembers(group: string) {
  return useInfiniteQuery({
    queryKey: [...keys.tree, 'members', group],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      get<EntityPage>(
        withQuery(LIST, {
          filter: `kind=user,relations.memberOf=${group}`,
          fields: PERSON_FIELDS.join(','),
          orderField: 'metadata.name,asc',
          limit: PAGE_SIZE,
          offset: pageParam > 0 ? pageParam : undefined,
        }),
        signal,
      ),
    getNextPageParam: (last, all) => (last.pageInfo.nextCursor ? all.length * PAGE_SIZE : undefined),
    staleTime: 10_000,
  });
}

/** What has nobody above it: people in no group, things that nobody owns, parts of nothing. */
export type Alone = 'people' | 'unowned' | 'parts';

const among = (...kinds: string[]) => ({ kind: { $in: kinds } });
const without = (type: string) => ({ $not: { [`relations.${type}`]: { $exists: true } } });

const ALONE: Record<Alone, { query: object; fields: string[] }> = {
  people: { query: { $all: [among('user'), without('memberOf')] }, fields: PERSON_FIELDS },
  unowned: { query: { $all: [among('component', 'api', 'resource', 'system', 'domain', 'template'), without('ownedBy')] }, fields: THING_FIELDS },
  parts: { query: { $all: [among('component', 'api', 'resource'), without('partOf')] }, fields: THING_FIELDS },
};

export function useAlone(which: Alone) {
  return useInfiniteQuery({
    queryKey: [...keys.tree, 'alone', which],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      request<EntityPage>('POST', LIST, {
        body: {
          ...ALONE[which],
          orderBy: [
            { field: 'kind', order: 'asc' },
            { field: 'metadata.name', order: 'asc' },
          ],
          limit: PAGE_SIZE,
          offset: pageParam,
        },
        signal,
      }),
    getNextPageParam: (last, all) => (last.pageInfo.nextCursor ? all.length * PAGE_SIZE : undefined),
    staleTime: 10_000,
  });
}

/** People with TEXT in their name, and the groups they are in. */
export function usePeopleLike(text: string) {
  return useQuery({
    queryKey: [...keys.tree, 'people', text],
    enabled: text !== '',
    queryFn: ({ signal }) =>
      get<EntityPage>(
        withQuery(LIST, {
          filter: 'kind=user',
          fields: [...PERSON_FIELDS, 'relations'].join(','),
          fullTextFilterTerm: text,
          fullTextFilterFields: 'metadata.name,metadata.title,spec.profile.displayName,spec.profile.email',
          orderField: 'metadata.name,asc',
          limit: FOUND_MAX,
        }),
        signal,
      ),
    staleTime: 10_000,
  });
}
