// What the catalog's address says: the filters, the text, the order.
import { say } from './messages';
import { many, one } from './search';

const KEYS = {
  kind: 'kind',
  type: 'spec.type',
  owner: 'relations.ownedBy',
  system: 'relations.partOf',
  lifecycle: 'spec.lifecycle',
  tag: 'metadata.tags',
  namespace: 'metadata.namespace',
  problem: 'problems.severity',
} as const;

export type FacetId = keyof typeof KEYS;

export const FACETS = (Object.keys(KEYS) as FacetId[]).map((id) => ({
  id,
  key: KEYS[id],
  get label() {
    return say.facet[id];
  },
}));

export const SORTS = {
  name: 'metadata.name',
  kind: 'kind',
  type: 'spec.type',
  owner: 'spec.owner',
  lifecycle: 'spec.lifecycle',
  system: 'spec.system',
} as const;

export type SortId = keyof typeof SORTS;

export type CatalogSearch = {
  [facet in FacetId]?: string[];
} & {
  q?: string;
  sort?: SortId | `-${SortId}`;
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
  return out;
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
