// What the catalog's address says: the filters, the text, the order, and how the list is drawn.
import { many, one } from './search';

export const FACETS = [
  { id: 'kind', key: 'kind' },
  { id: 'type', key: 'spec.type' },
  { id: 'owner', key: 'relations.ownedBy' },
  { id: 'system', key: 'relations.partOf' },
  { id: 'lifecycle', key: 'spec.lifecycle' },
  { id: 'tag', key: 'metadata.tags' },
  { id: 'namespace', key: 'metadata.namespace' },
  { id: 'health', key: 'health' },
] as const;

export type FacetId = (typeof FACETS)[number]['id'];

export const SORTS = {
  name: 'metadata.name',
  kind: 'kind',
  type: 'spec.type',
  owner: 'spec.owner',
  lifecycle: 'spec.lifecycle',
  system: 'spec.system',
  namespace: 'metadata.namespace',
  health: 'health',
} as const;

export type SortId = keyof typeof SORTS;

/** Of whose entities the list is: one's own and one's groups', everybody's, or those with a star. */
export const WHOSE = ['mine', 'all', 'starred'] as const;

export type Whose = (typeof WHOSE)[number];

/** What a row may tell, in that order. The name is always there. */
export const COLUMNS = ['starred', 'name', 'kind', 'health', 'type', 'lifecycle', 'owner', 'system', 'namespace', 'tags', 'description'] as const;

export type ColumnId = (typeof COLUMNS)[number];

export const LAYOUTS = ['table', 'cards'] as const;

export type Layout = (typeof LAYOUTS)[number];

export type CatalogSearch = {
  [facet in FacetId]?: string[];
} & {
  q?: string;
  /** Absent: one's own where nothing else is asked for, else everybody's. */
  whose?: Whose;
  sort?: SortId | `-${SortId}`;
  /** Absent: those that the person chose last. */
  columns?: ColumnId[];
  layout?: Layout;
};

/** What of an address is ours; the rest is left out. Backstage's filters[kind]=… are understood too. */
export function readCatalogSearch(search: Record<string, unknown>): CatalogSearch {
  const out: CatalogSearch = {};
  for (const { id } of FACETS) {
    const values = many([search[id], backstage(search, id)].flat());
    if (values.length > 0) out[id] = values;
  }
  const q = one(search.q) ?? one(search['filters[text]']);
  if (q) out.q = q;
  const sort = one(search.sort);
  if (sort && Object.hasOwn(SORTS, sort.replace(/^-/, ''))) out.sort = sort as CatalogSearch['sort'];
  const whose = WHOSE.find((id) => id === one(search.whose));
  if (whose) out.whose = whose;
  const columns = readColumns(many(search.columns).flatMap((text) => text.split(',')));
  if (columns) out.columns = columns;
  const layout = readLayout(one(search.layout));
  if (layout) out.layout = layout;
  return out;
}

/** Nothing is asked for: not by a filter, not by text, and not of whose. */
export function isBare(search: CatalogSearch): boolean {
  return search.whose === undefined && search.q === undefined && FACETS.every(({ id }) => search[id] === undefined);
}

/** Those of RAW that are columns, in the order in which they are told; undefined where RAW is no list, or has none. */
export function readColumns(raw: unknown): ColumnId[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const known = COLUMNS.filter((id) => id === 'name' || raw.includes(id));
  return known.length > 1 || raw.includes('name') ? known : undefined;
}

export function readLayout(raw: unknown): Layout | undefined {
  return LAYOUTS.find((layout) => layout === raw);
}

const BACKSTAGE_NAMES: Partial<Record<FacetId, string>> = {
  kind: 'kind',
  type: 'type',
  owner: 'owners',
  lifecycle: 'lifecycles',
  tag: 'tags',
  namespace: 'namespace',
};

function backstage(search: Record<string, unknown>, id: FacetId): unknown[] {
  const name = BACKSTAGE_NAMES[id];
  if (!name) return [];
  const start = `filters[${name}]`;
  return Object.keys(search)
    .filter((key) => key === start || key.startsWith(`${start}[`))
    .flatMap((key) => search[key])
    .filter((value) => value !== 'all');
}

/** A comma ends a statement in the filter's grammar, and nothing can escape it. */
export function isFilterable(value: string): boolean {
  return !value.includes(',');
}

/** The statements of SEARCH in the filter's grammar: OR inside a facet, AND between facets. */
export function filterOf(search: CatalogSearch, without?: FacetId): string[] {
  return FACETS.filter(({ id }) => id !== without).flatMap(({ id, key }) =>
    (search[id] ?? []).filter(isFilterable).map((value) => `${key}=${value}`),
  );
}

/** By kind unless asked otherwise: what people run comes before the people. */
export function orderOf(search: CatalogSearch): { id: SortId; field: string; descending: boolean } {
  const text = search.sort ?? 'kind';
  const id = text.replace(/^-/, '') as SortId;
  return { id, field: SORTS[id], descending: text.startsWith('-') };
}
