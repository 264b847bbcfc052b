import { useQuery } from '@tanstack/react-query';
import { get } from '@/lib/client';
import { keys } from '@/lib/keys';

/** Which callboard answers. */
export interface About {
  version: string;
  uptimeSeconds?: number;
  generation: number;
  entities: number;
  /** Why the catalog does not follow the database at the moment. */
  trouble?: string;
}

const LOOK_AGAIN_MS = 10_000;

export function useAbout() {
  return useQuery({ queryKey: keys.about, queryFn: ({ signal }) => get<About>('/api/about', signal), refetchInterval: LOOK_AGAIN_MS });
}
