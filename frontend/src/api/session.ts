import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Session } from './types';

const PATH = '/api/session';

/** Who is asking. */
export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: ({ signal }) => get<Session>(PATH, signal),
    staleTime: Infinity,
  });
}

/** Trades a token for a session; all answers are asked again, for they may differ. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => request<Session>('POST', PATH, { body: { token } }),
    onSuccess: () => client.resetQueries(),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>('DELETE', PATH),
    onSuccess: () => client.resetQueries(),
  });
}
