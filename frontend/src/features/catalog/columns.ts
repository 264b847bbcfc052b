// How wide a column is, and which of those that are wanted have room.
import { COLUMNS, type ColumnId, type SortId } from '@/lib/catalog-search';

interface Column {
  sort?: SortId;
  /** Pixels below which it says nothing any more, and its part of what is left over. */
  min: number;
  grow: number;
}

export const COLUMN: Record<ColumnId, Column> = {
  starred: { min: 24, grow: 0 },
  name: { sort: 'name', min: 176, grow: 2.2 },
  kind: { sort: 'kind', min: 88, grow: 0 },
  health: { sort: 'health', min: 104, grow: 0 },
  type: { sort: 'type', min: 72, grow: 0.7 },
  lifecycle: { sort: 'lifecycle', min: 108, grow: 0 },
  owner: { sort: 'owner', min: 112, grow: 1 },
  system: { sort: 'system', min: 96, grow: 0.9 },
  namespace: { sort: 'namespace', min: 96, grow: 0.6 },
  tags: { min: 110, grow: 1 },
  description: { min: 150, grow: 2.8 },
};

/** For who never chose. */
export const COLUMNS_FIRST: ColumnId[] = ['starred', 'name', 'kind', 'type', 'lifecycle', 'owner', 'system', 'description'];

/** What goes first where there is not room for all. */
const GOES: ColumnId[] = ['system', 'namespace', 'tags', 'description', 'type', 'lifecycle', 'kind', 'health'];

/** The star, the name and the owner: these stay. */
const LAST = 3;

/** As EntityTable.module.css draws them. */
const GAP_PX = 12;
const EDGES_PX = 32;

/** Those of WANTED that a table of WIDTH pixels has room for, and those that it has none for. */
export function fitting(wanted: readonly ColumnId[], width: number): { shown: ColumnId[]; left: ColumnId[] } {
  let shown = COLUMNS.filter((id) => wanted.includes(id));
  for (const id of GOES) {
    const needs = shown.reduce((sum, one) => sum + COLUMN[one].min, 0) + (shown.length - 1) * GAP_PX + EDGES_PX;
    if (needs <= width) break;
    shown = shown.filter((one) => one !== id);
  }
  return { shown, left: wanted.filter((id) => !shown.includes(id)) };
}

/** The columns for CSS. Where the last ones have no room either, they share what there is: there is no scrolling aside. */
export function template(shown: readonly ColumnId[]): string {
  return shown
    .map((id) => {
      const { min, grow } = COLUMN[id];
      if (grow === 0) return `${min}px`;
      // The last ones in the ratio of what they need at least: an owner of three letters is nobody.
      return shown.length <= LAST ? `minmax(0, ${min}fr)` : `minmax(${min}px, ${grow}fr)`;
    })
    .join(' ');
}

/** As EntityCards.module.css draws them. */
export const CARD_GAP_PX = 12;
const CARD_MIN_PX = 264;

/** Cards beside each other in WIDTH pixels. */
export function cardsAbreast(width: number): number {
  return Math.max(1, Math.floor((width - EDGES_PX + CARD_GAP_PX) / (CARD_MIN_PX + CARD_GAP_PX)));
}
