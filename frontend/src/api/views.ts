import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { SavedView } from './types.gen';

export type TeamView = SavedView;

/** Views that callboard keeps for a team. */
export const TEAM_VIEWS_MAX = 50;

const PATH = '/api/views';

/** Those of all teams that the person is in; asked for only where they are shown, and only of who is in a team (MAY). */
export function useTeamViews(may: boolean) {
  return useQuery({
    queryKey: keys.views,
    enabled: may,
    staleTime: 10_000,
    queryFn: ({ signal }) => get<{ items: TeamView[]; leftOut: boolean }>(PATH, signal),
  });
}

/** Keeps a view for a team; one that has an id is changed, also in its name. */
export function useKeepTeamView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, owner, name, query }: { id?: string; owner: string; name: string; query: string }) =>
      id === undefined
        ? request<TeamView>('POST', PATH, { body: { owner, name, query } })
        : request<TeamView>('PUT', apiPath('views', id), { body: { name, query } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.views }),
  });
}

export function useDropTeamView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: { id: string }) => request<void>('DELETE', apiPath('views', id)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.views }),
  });
}
