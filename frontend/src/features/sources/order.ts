// Which sources are shown, and in which order: what a person looks after comes first.

export const SORTS = ['trouble', 'slow', 'size', 'configured'] as const;
export type Sort = (typeof SORTS)[number];

export interface SourcesSearch {
  explain?: string;
  view?: 'loose';
  look?: Look;
  q?: string;
  sort?: string;
  page?: number;
  /** Of the table, the one that is open. */
  source?: string;
}

export const LOOKS = ['cards', 'table'] as const;
export type Look = (typeof LOOKS)[number];

/** How many a page has. */
export const PAGE_SIZE: Record<Look, number> = { cards: 30, table: 100 };
/** More of them are compared in a table, until somebody wants the cards. */
export const CARDS_MAX = 8;

/** The page that is asked for; else the one that has the source OPEN; else the first. From 1. */
export function pageOf(found: readonly { id: string }[], page: number | undefined, open: string | undefined, size: number): number {
  const last = Math.max(1, Math.ceil(found.length / size));
  const at = page ?? Math.floor(Math.max(0, found.findIndex(({ id }) => id === open)) / size) + 1;
  return Math.min(at, last);
}

export const lookOf = (wanted: Look | undefined, count: number): Look => wanted ?? (count > CARDS_MAX ? 'table' : 'cards');

export interface Sortable {
  name: string;
  url: string;
  state: string;
  entityCount: number;
  problemCount: number;
  heldDeletions?: number;
  recentTries?: number;
  recentFailures?: number;
  tookMs?: number;
}

/** The part of the last tries that failed, of one source or of all. */
export const rate = ({ recentTries = 0, recentFailures = 0 }: Pick<Sortable, 'recentTries' | 'recentFailures'>) => (recentTries > 0 ? recentFailures / recentTries : 0);

/** The larger, the more somebody has to do. */
function trouble(source: Sortable): number {
  return (source.state === 'failing' ? 8 : 0) + (source.heldDeletions ? 4 : 0) + (source.problemCount > 0 ? 1 : 0) + rate(source);
}

const BY: Record<Sort, ((source: Sortable) => number) | undefined> = {
  trouble,
  slow: ({ tookMs = 0 }) => tookMs,
  size: ({ entityCount }) => entityCount,
  configured: undefined,
};

/** Those of SOURCES that have Q in name or address, sorted; equals stay in the order of the configuration. */
export function arranged<S extends Sortable>(sources: readonly S[], q: string | undefined, sort: Sort): S[] {
  const wanted = q?.trim().toLowerCase();
  const found = wanted ? sources.filter(({ name, url }) => `${name}\n${url}`.toLowerCase().includes(wanted)) : [...sources];
  const by = BY[sort];
  return by ? found.sort((a, b) => by(b) - by(a)) : found;
}
