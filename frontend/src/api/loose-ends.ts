import { useQuery } from '@tanstack/react-query';
import { get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { EntityPage, ProblemPage } from './types';
import type { Cycles } from './types.gen';

/** How many of each are told by name. */
export const LOOSE_MAX = 50;
/** The rule of a name that two documents claim, and that of a reference to nobody. */
export const CONFLICT = 'name-conflict';
export const DANGLING = 'dangling-reference';

const RINGS_MAX = 20;

/** Entities to which no file leads any more. */
export function useOrphans() {
  const query = { filter: 'metadata.annotations.backstage.io/orphan=true', fields: 'kind,metadata.name,metadata.namespace', limit: LOOSE_MAX };
  return useQuery({
    queryKey: [...keys.entities, 'orphans'],
    queryFn: ({ signal }) => get<EntityPage>(withQuery('/api/catalog/entities/by-query', query), signal),
  });
}

/** The problems of one rule: how many, and the first LIMIT. */
export function useProblemsOf(rule: string, limit = LOOSE_MAX) {
  return useQuery({
    queryKey: [...keys.problems, 'rule', rule, limit],
    queryFn: ({ signal }) => get<ProblemPage>(withQuery('/api/problems', { rule, limit }), signal),
  });
}

/** Entities that need each other in a ring. */
export function useCycles() {
  return useQuery({
    queryKey: ['cycles'],
    queryFn: ({ signal }) => get<Cycles>(withQuery('/api/graph/cycles', { limit: RINGS_MAX }), signal),
  });
}
