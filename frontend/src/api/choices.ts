import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { EntityPage, Facets } from './types';

const CHOICES_MAX = 50;
const PAUSE_MS = 150;

/** Entities that a picker offers: those of any of FILTERS with TYPED in their name or title. */
export function useEntityChoices(filters: string[][], typed: string) {
  const [term, setTerm] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setTerm(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const path = withQuery('/api/catalog/entities/by-query', {
    filter: filters.map((one) => one.join(',')).filter((one) => one !== ''),
    fields: 'kind,metadata.name,metadata.namespace,metadata.title',
    fullTextFilterTerm: term.replace(/^.*[:/]/, '').trim() || undefined,
    fullTextFilterFields: term.trim() ? 'metadata.name,metadata.title,spec.profile.displayName' : undefined,
    orderField: 'metadata.name,asc',
    limit: CHOICES_MAX,
  });
  return useQuery({
    queryKey: [...keys.entities, path],
    queryFn: async ({ signal }) => (await get<EntityPage>(path, signal)).items,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** Tags that are in use, the most frequent first. */
export function useTagChoices(kinds: string[]) {
  const path = withQuery('/api/catalog/entity-facets', {
    facet: 'metadata.tags',
    filter: kinds.map((kind) => `kind=${kind}`).join(',') || undefined,
  });
  return useQuery({
    queryKey: [...keys.entities, path],
    queryFn: async ({ signal }) => {
      const { facets } = await get<Facets>(path, signal);
      return [...(facets['metadata.tags'] ?? [])].sort((a, b) => b.count - a.count).map(({ value }) => value);
    },
    staleTime: 10_000,
  });
}
