import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { apiPath, get, orNothing, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import { dropLocal, keepLocal, readLocal, readPending, watchLocal, type LocalValue } from '@/lib/local-settings';
import { useSession } from './session';
import type { Session } from './types';

/** All that a person has kept: bucket, key, value. Null where the server cannot say now. */
export type Settings = NonNullable<Session['settings']>;

/**
 * A value of the person who is signed in. callboard keeps it, under Backstage's addresses; this browser remembers it
 * for the first paint and for when the server cannot say. Guests share one name, so theirs stays in the browser.
 *
 * READ makes a T of what was kept, or undefined of what is none; then it is FALLBACK. Both are asked only when the
 * kept value changes. What is set shows at once everywhere, in other tabs too; the last one wins. What could not be
 * sent holds here, and is sent again with the next thing that is set. A large value does not come with the session: it
 * is asked for, and until it has come nothing is set, for that would be made from what it is not.
 */
export function useSetting<T>(
  bucket: string,
  key: string,
  fallback: T,
  read: (raw: unknown) => T | undefined,
): readonly [T, (next: T) => void] {
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useSession();
  const local = useSyncExternalStore(watchLocal, () => readLocal(bucket, key));
  const known = chosen(data, dataUpdatedAt, local, bucket, key);
  const large = useQuery({
    queryKey: [...keys.setting(bucket, key), dataUpdatedAt],
    queryFn: async ({ signal }) => (await orNothing(get<{ value: unknown }>(path(bucket, key), signal))) ?? null,
    enabled: known.leftOut ?? false,
    staleTime: Infinity,
  });
  const came = !!known.leftOut && large.isSuccess;
  const raw = came && large.data ? large.data.value : known.raw;
  const told = known.told || (came && large.data !== null);
  const waits = !!known.leftOut && !came;
  const value = useMemo(() => (raw === undefined ? fallback : (read(raw) ?? fallback)), [raw, bucket, key]);
  useEffect(() => {
    // The next first paint shows what holds now.
    if (!data || waits || local?.pending) return;
    if (raw === undefined && local) dropLocal(bucket, key);
    const who = data.user.ref;
    if (told && (local?.who !== who || JSON.stringify(local.value) !== JSON.stringify(raw)))
      keepLocal(bucket, key, { value: raw, who, at: dataUpdatedAt, pending: false });
  }, [data, dataUpdatedAt, raw, told, waits, local, bucket, key]);
  const set = useCallback(
    (next: T) => {
      if (!waits) write(client, bucket, key, next);
    },
    [client, bucket, key, waits],
  );
  return [value, set];
}

/** Why something that was set is in this browser only; undefined when nothing is. */
export function useUnsaved(): string | undefined {
  const { data } = useSession();
  const reason = useSyncExternalStore(watchLocal, () => failure);
  const waits = useSyncExternalStore(watchLocal, () => readPending(data?.user.ref ?? '').length > 0);
  return waits && data && !data.guest ? reason : undefined;
}

/** Which of the two tellings holds: the browser's while it waits or is newer, else the server's (TOLD), which may have to be asked for (LEFTOUT). */
export function chosen(
  session: Session | undefined,
  answeredAt: number,
  local: LocalValue | undefined,
  bucket: string,
  key: string,
): { raw: unknown; told: boolean; leftOut?: boolean } {
  if (!session) return { raw: local?.value, told: false }; // until it is known who asks, what this browser showed last
  const { user, guest, settings } = session;
  const guests = local?.who === '' ? local : undefined;
  const mine = local?.who === user.ref ? local : undefined;
  if (guest) return { raw: guests?.value, told: false };
  if (!settings || (mine && (mine.pending || mine.at > answeredAt))) return { raw: (mine ?? guests)?.value, told: false };
  const kept = settings[bucket]?.[key];
  if (kept === undefined && session.settingsLeftOut) return { raw: (mine ?? guests)?.value, told: false, leftOut: true };
  // Where nothing is kept yet, what was chosen before signing in goes on.
  return kept === undefined ? { raw: guests?.value, told: false } : { raw: kept, told: true };
}

const path = (bucket: string, key: string) => apiPath('user-settings', 'buckets', bucket, 'keys', key);

let failure: string | undefined;

// One sending a name at a time; of what was set meanwhile only the last is sent.
const sending = new Map<string, boolean>();

function write(client: QueryClient, bucket: string, key: string, value: unknown): void {
  const session = client.getQueryData<Session>(keys.session);
  const known = session !== undefined && !session.guest;
  keepLocal(bucket, key, { value, who: known ? session.user.ref : '', at: Date.now(), pending: known });
  if (!known) return;
  for (const one of readPending(session.user.ref)) void send(one.bucket, one.key, session.user.ref);
}

async function send(bucket: string, key: string, who: string): Promise<void> {
  const name = `${bucket}/${key}`;
  if (sending.has(name)) {
    sending.set(name, true);
    return;
  }
  sending.set(name, false);
  const sent = readLocal(bucket, key);
  let failed = false;
  try {
    await request('PUT', path(bucket, key), { body: { value: sent?.value } });
    failure = undefined;
  } catch (error) {
    failed = true;
    failure = error instanceof Error ? error.message : String(error);
  }
  const again = sending.get(name) === true;
  sending.delete(name);
  const now = readLocal(bucket, key);
  if (now === sent && sent) keepLocal(bucket, key, { ...sent, at: Date.now(), pending: failed });
  else if (again && now?.pending && now.who === who) await send(bucket, key, who);
}
