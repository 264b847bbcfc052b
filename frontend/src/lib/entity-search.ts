// What the address of an entity's page says behind the tab: how far the graph goes, which versions are compared, …
import { many, one } from './search';

export const DEPTHS = [1, 2, 3] as const;
export const DIRECTIONS = ['both', 'out', 'in'] as const;
export const ROLL_UPS = ['none', 'system', 'domain', 'owner'] as const;

export type Direction = (typeof DIRECTIONS)[number];
export type RollUp = (typeof ROLL_UPS)[number];

export interface EntitySearch {
  depth?: (typeof DEPTHS)[number];
  direction?: Direction;
  relation?: string[];
  view?: 'table';
  by?: RollUp;
  /** Two moments that are compared. */
  from?: string;
  to?: string;
  /** Of the impact: one team's share, one kind's, a page of it. */
  owner?: string;
  kind?: string;
  page?: number;
  /** The operation of an API that is open. */
  op?: string;
}

/** What of an address is ours. What stands for nothing, or for what is so anyway, is left out. */
export function readEntitySearch(search: Record<string, unknown>): EntitySearch {
  const out: EntitySearch = {};
  const depth = Number(one(String(search.depth ?? '')));
  if (depth === 2 || depth === 3) out.depth = depth;
  const direction = one(search.direction);
  if (direction === 'in' || direction === 'out') out.direction = direction;
  const relation = many(search.relation).filter((type) => /^[A-Za-z][\w.-]*$/.test(type));
  if (relation.length > 0) out.relation = relation;
  if (one(search.view) === 'table') out.view = 'table';
  const by = one(search.by);
  if (by === 'system' || by === 'domain' || by === 'owner') out.by = by;
  for (const key of ['from', 'to', 'owner', 'kind', 'op'] as const) {
    const value = one(typeof search[key] === 'number' ? String(search[key]) : search[key]);
    if (value) out[key] = value;
  }
  const page = Number(one(String(search.page ?? '')));
  if (Number.isInteger(page) && page > 1) out.page = page;
  return out;
}
