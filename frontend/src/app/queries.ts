import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/lib/client';

const RETRIES = 1;

/** What the portal has been told lately. Answers that will not change by asking again are not asked again. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < RETRIES && error instanceof ApiError && (error.status === 0 || error.status === 503),
        retryDelay: 500,
        refetchOnWindowFocus: true,
        staleTime: 5_000,
      },
    },
  });
}
