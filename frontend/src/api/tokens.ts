import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Token } from './types.gen';

export type { Token } from './types.gen';

export const ROLES = ['reader', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const PATH = '/api/tokens';

/** All tokens, without their text; only for who MAY. */
export function useTokens(may: boolean) {
  return useQuery({
    queryKey: keys.tokens,
    enabled: may,
    queryFn: async ({ signal }) => (await get<{ items: Token[] }>(PATH, signal)).items,
  });
}

export interface TokenWish {
  name: string;
  user: string;
  role: Role;
  expiresAt?: string;
}

/** Makes one; the answer alone has its text, and it is kept in no cache. */
export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: TokenWish) => request<Token>('POST', PATH, { body: wish }),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>('DELETE', apiPath('tokens', id)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}
