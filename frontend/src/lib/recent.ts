// Entities that were looked at in this browser, the last first: a convenience, kept nowhere else.
import { formatRef, parseRef, type EntityRef } from './ref';

const STORED = 'callboard-recent';
export const RECENT_MAX = 12;

export function readRecent(): EntityRef[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.flatMap((text) => (typeof text === 'string' ? (parseRef(text) ?? []) : [])).slice(0, RECENT_MAX);
  } catch {
    return [];
  }
}

export function noteRecent(ref: EntityRef): void {
  const text = formatRef(ref);
  const list = [text, ...readRecent().map(formatRef).filter((one) => one !== text)].slice(0, RECENT_MAX);
  try {
    localStorage.setItem(STORED, JSON.stringify(list));
  } catch {
    /* storage is off or full: nothing is remembered */
  }
}

/** The entity that a page's path is about. */
export function refOfPath(pathname: string): EntityRef | undefined {
  const [, first, namespace, kind, name] = pathname.split('/');
  if (first !== 'catalog' || !namespace || !kind || !name) return undefined;
  try {
    return { kind: decodeURIComponent(kind), namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) };
  } catch {
    return undefined;
  }
}
