import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiPath, get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import { formatRef, type EntityRef } from '@/lib/ref';
import type { Impact } from './types';

/** Entities told at a time. */
export const IMPACT_PAGE = 50;

/** As many rows as the server writes into one file. */
const CSV_MAX = 20_000;

export interface ImpactQuestion {
  /** in: who breaks if this breaks; out: what this needs. */
  direction: 'in' | 'out';
  owner?: string;
  kind?: string;
}

function pathOf(ref: EntityRef, more: Record<string, string | number | undefined>): string {
  return withQuery(apiPath('graph', ref.kind, ref.namespace, ref.name, 'impact'), more);
}

/** Everything that a failure reaches, counted whole, told page by page. */
export function useImpact(ref: EntityRef, question: ImpactQuestion, page: number) {
  const path = pathOf(ref, { ...question, limit: IMPACT_PAGE, offset: page > 1 ? (page - 1) * IMPACT_PAGE : undefined });
  return useQuery({
    queryKey: [...keys.impact(formatRef(ref)), path],
    queryFn: ({ signal }) => get<Impact>(path, signal),
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });
}

/** Where the same list is as a file. */
export function impactCsv(ref: EntityRef, question: ImpactQuestion): string {
  return pathOf(ref, { ...question, format: 'csv', limit: CSV_MAX });
}
