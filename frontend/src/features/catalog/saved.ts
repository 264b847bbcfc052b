// Views of the catalog that a person has kept under a name: each is the address's query.
import { useSetting } from '@/api/settings';
import { BUCKET } from '@/lib/preferences';

export const VIEWS_MAX = 50;
export const VIEW_NAME_MAX = 60;
const QUERY_MAX = 4_000;

export interface SavedView {
  name: string;
  query: string;
}

const NONE: SavedView[] = [];

/** What was kept as views, each name once; undefined where it is no list. */
export function readViews(raw: unknown): SavedView[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const out = new Map<string, SavedView>();
  for (const one of raw as unknown[]) {
    const { name, query } = (one ?? {}) as Partial<SavedView>;
    if (typeof name !== 'string' || typeof query !== 'string' || query.length > QUERY_MAX) continue;
    if (name !== '' && name.length <= VIEW_NAME_MAX && !out.has(name)) out.set(name, { name, query });
  }
  return [...out.values()].slice(0, VIEWS_MAX);
}

/** VIEWS with NEXT among them: in the place of the one of its name, else at the end. */
export function withView(views: SavedView[], next: SavedView): SavedView[] {
  const isThere = views.some(({ name }) => name === next.name);
  return isThere ? views.map((one) => (one.name === next.name ? next : one)) : [...views, next].slice(0, VIEWS_MAX);
}

export function useViews() {
  return useSetting<SavedView[]>(BUCKET, 'views', NONE, readViews);
}
