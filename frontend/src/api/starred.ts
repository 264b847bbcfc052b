import { useCallback } from 'react';
import { formatRef, parseRef, type EntityRef } from '@/lib/ref';
import { useSetting } from './settings';

/** More than this many are not kept: the oldest go. */
export const STARRED_MAX = 200;

/** Where Backstage's front end keeps them: a star that is made there is seen here. */
const BUCKET = 'default.starredEntities';

const NONE: string[] = [];

/** What was kept as full refs, each once; undefined where it is no list. Backstage keeps them so, too. */
export function readStarred(raw: unknown): string[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const refs = raw.flatMap((one) => {
    const ref = typeof one === 'string' ? parseRef(one) : undefined;
    return ref ? [formatRef(ref)] : [];
  });
  return [...new Set(refs)].slice(-STARRED_MAX);
}

/** STARRED with REF at its end, or without it where it was in it. */
export function toggled(starred: string[], ref: string): string[] {
  return starred.includes(ref) ? starred.filter((one) => one !== ref) : [...starred, ref].slice(-STARRED_MAX);
}

/** The full refs of what the person has starred, the last one last, and what stars or unstars one. */
export function useStarred(): readonly [string[], (ref: EntityRef) => void] {
  const [starred, set] = useSetting(BUCKET, 'entityRefs', NONE, readStarred);
  const toggle = useCallback((ref: EntityRef) => set(toggled(starred, formatRef(ref))), [starred, set]);
  return [starred, toggle];
}
