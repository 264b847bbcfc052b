import { csvLine } from '@/lib/csv';
import { formatRef, refOf } from '@/lib/ref';
import type { EntityQuery } from './entities';
import { getPart } from './entities';
import type { Entity } from './types';

/** Entities fetched at a time for a file, and the most that one file has. */
const CSV_PAGE = 500;
export const CSV_MAX = 200_000;

const HEAD = ['ref', 'kind', 'namespace', 'name', 'title', 'type', 'lifecycle', 'owner', 'system', 'tags', 'description'];

export interface CsvFile {
  /** The file in pieces, a page each. */
  parts: string[];
  rows: number;
  /** There were more than CSV_MAX. */
  cut: boolean;
}

/**
 * Every entity of QUERY, a line each, by kind and name: an order by something else leaves out who does not have it.
 * Pages are asked one after the other by cursor, so what comes or goes meanwhile shifts nobody else; ON_ROWS hears
 * how many are there.
 */
export async function entitiesCsv(query: EntityQuery, onRows: (rows: number) => void, signal: AbortSignal): Promise<CsvFile> {
  const parts = [csvLine(HEAD)];
  let rows = 0;
  let cursor: string | undefined;
  do {
    const page = await getPart(query, { orders: ['kind,asc', 'metadata.name,asc'], limit: CSV_PAGE, cursor }, signal);
    parts.push(page.items.map(lineOf).join(''));
    rows += page.items.length;
    onRows(rows);
    cursor = page.items.length > 0 ? page.pageInfo.nextCursor : undefined;
  } while (cursor !== undefined && rows < CSV_MAX);
  return { parts, rows, cut: cursor !== undefined };
}

function lineOf(entity: Entity): string {
  const { kind, metadata, spec = {} } = entity;
  const profile = spec.profile as { displayName?: unknown } | undefined;
  return csvLine([
    formatRef(refOf(entity)),
    kind,
    metadata.namespace ?? 'default',
    metadata.name,
    metadata.title ?? text(profile?.displayName),
    text(spec.type),
    text(spec.lifecycle),
    text(spec.owner),
    text(spec.system),
    (metadata.tags ?? []).join(' '),
    metadata.description ?? '',
  ]);
}

// A descriptor may hold anything under spec; a cell has text only.
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
