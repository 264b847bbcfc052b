import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';

export interface Found {
  type: string;
  document: {
    title: string;
    text: string;
    location: string;
    kind?: string;
    namespace?: string;
    type?: string;
    owner?: string;
    lifecycle?: string;
  };
  highlight?: { preTag: string; postTag: string; fields: Record<string, string> };
}

export interface FoundPage {
  results: Found[];
  numberOfResults?: number;
  nextPageCursor?: string;
  previousPageCursor?: string;
}

export interface SearchAsk {
  term: string;
  kinds?: string[];
  cursor?: string;
  limit: number;
}

/** What has the words of TERM, the best first. The answer before stays while one types on; a question that is overtaken is dropped. */
export function useSearchFor({ term, kinds = [], cursor, limit }: SearchAsk) {
  const path = withQuery('/api/search/query', {
    term,
    'filters[kind]': kinds,
    pageLimit: limit,
    pageCursor: cursor,
  });
  return useQuery({
    queryKey: [...keys.search, path],
    queryFn: ({ signal }) => get<FoundPage>(path, signal),
    enabled: term !== '',
    staleTime: 5_000,
    placeholderData: keepPreviousData,
  });
}
