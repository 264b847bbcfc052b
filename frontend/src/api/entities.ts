import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { get, request, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Entity, EntityPage, Facets } from './types';

/** How long a list is taken for fresh. */
const FRESH_MS = 5_000;

/** Entities fetched at a time. */
export const PAGE_SIZE = 100;

const LIST = '/api/catalog/entities/by-query';

// What a row of a list shows; whole entities would be ten times the bytes.
export const ROW_FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'metadata.description',
  'metadata.tags',
  'spec.type',
  'spec.owner',
  'spec.lifecycle',
  'spec.system',
  'spec.profile.displayName',
].join(',');

// Where the text filter looks.
const TEXT_FIELDS = 'metadata.name,metadata.title,metadata.description,spec.profile.displayName';

/** Of whose entities: of OWNERS, or REFS alone. */
export interface Scope {
  owners?: readonly string[];
  refs?: readonly string[];
}

export interface EntityQuery extends Scope {
  /** Statements in Backstage's filter grammar, joined by AND: "kind=api", "spec.type=grpc". */
  filter: string[];
  text: string;
  order: string;
  descending: boolean;
  /** How each is, too: a large catalog has to look for it. */
  health?: boolean;
}

// Equals come by name, so that a page's end and the next one's beginning fit.
function ordersOf({ order, descending }: EntityQuery): string[] {
  const first = `${order},${descending ? 'desc' : 'asc'}`;
  return order === 'metadata.name' ? [first] : [first, 'metadata.name,asc'];
}

type Predicate = Record<string, unknown>;

function grouped(list: readonly string[], keyOf: (one: string) => string): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const one of list) {
    const key = keyOf(one);
    out.set(key, [...(out.get(key) ?? []), one.slice(key.length + 1)]);
  }
  return out;
}

// FILTER's grammar has no AND of two values of a key, and an address has no room for many refs.
function predicateOf(filter: readonly string[], { owners, refs }: Scope): Predicate {
  const all: Predicate[] = [...grouped(filter, (one) => one.split('=')[0]!)].map(([key, values]) => ({ [key]: { $in: values } }));
  if (owners) all.push({ 'relations.ownedBy': { $in: owners } });
  if (refs) {
    const any = [...grouped(refs, (ref) => ref.split('/')[0]!)].map(([place, names]) => {
      const [kind, namespace] = place.split(':');
      return { kind, 'metadata.namespace': namespace, 'metadata.name': { $in: names } };
    });
    all.push({ $any: any });
  }
  return { $all: all };
}

const isScoped = ({ owners, refs }: Scope) => owners !== undefined || refs !== undefined;

const orderOf = (field: string) => {
  const [name, order] = field.split(',');
  return { field: name, order };
};

interface Part {
  orders: string[];
  limit: number;
  offset?: number;
  cursor?: string;
}

/** A part of what QUERY asks for: where it is asked, with which body. */
function partOf(query: EntityQuery, { orders, limit, offset, cursor }: Part): { path: string; body?: object } {
  const { filter, text } = query;
  const fields = query.health ? `${ROW_FIELDS},health` : ROW_FIELDS;
  if (isScoped(query)) {
    const fullTextFilter = text ? { term: text, fields: TEXT_FIELDS.split(',') } : undefined;
    const orderBy = orders.map(orderOf);
    return { path: LIST, body: { query: predicateOf(filter, query), fullTextFilter, orderBy, fields: fields.split(','), limit, offset, cursor } };
  }
  const asked = {
    fields,
    filter: filter.length > 0 ? filter.join(',') : undefined,
    fullTextFilterTerm: text || undefined,
    fullTextFilterFields: text ? TEXT_FIELDS : undefined,
    orderField: orders,
    limit,
    offset,
    cursor,
  };
  return { path: withQuery(LIST, asked) };
}

/** LIMIT entities of QUERY in ORDERS, from OFFSET or CURSOR on. */
export function getPart(query: EntityQuery, part: Part, signal: AbortSignal): Promise<EntityPage> {
  const { path, body } = partOf(query, part);
  return body ? request<EntityPage>('POST', path, { body, signal }) : get<EntityPage>(path, signal);
}

function pageQuery(query: EntityQuery, page: number) {
  const part = { orders: ordersOf(query), limit: PAGE_SIZE, offset: page > 0 ? page * PAGE_SIZE : undefined };
  const { path, body } = partOf(query, part);
  return {
    queryKey: [...keys.entities, path, body],
    queryFn: ({ signal }: { signal: AbortSignal }) => getPart(query, part, signal),
    staleTime: FRESH_MS,
  };
}

/** The first page, which also says how many there are. The last answer stays while a new one is asked. */
export function useFirstPage(query: EntityQuery, enabled: boolean) {
  return useQuery({ ...pageQuery(query, 0), placeholderData: keepPreviousData, enabled });
}

/** The pages in PAGES, by number: only what is on the screen is fetched. */
export function usePages(query: EntityQuery, pages: number[]) {
  return useQueries({
    queries: pages.map((page) => pageQuery(query, page)),
    combine: (results) => ({
      byPage: new Map(pages.map((page, i) => [page, results[i]?.data?.items])),
      // A page that is there and cannot be asked again stays.
      error: results.find((r) => r.error && !r.data)?.error,
      retry: () => results.filter((r) => r.isError).forEach((r) => void r.refetch()),
    }),
  });
}

/** How many entities of a scope have each value of FACETS, under FILTER. HOLD keeps the answer before until the next. */
export function useFacets(
  facets: readonly string[],
  filter: string[],
  { enabled = true, hold = true, ...scope }: Scope & { enabled?: boolean; hold?: boolean } = {},
) {
  const body = isScoped(scope) ? { facets, query: predicateOf(filter, scope) } : undefined;
  const asked = { facet: facets, filter: filter.length > 0 ? filter.join(',') : undefined };
  const path = withQuery('/api/catalog/entity-facets', body ? {} : asked);
  return useQuery({
    queryKey: [...keys.entities, path, body],
    queryFn: ({ signal }) => (body ? request<Facets>('POST', path, { body, signal }) : get<Facets>(path, signal)),
    staleTime: FRESH_MS,
    placeholderData: hold ? keepPreviousData : undefined,
    enabled,
  });
}

/** Refs of one question: a body may have 100 kB. */
const REFS_AT_ONCE = 500;

/** FIELDS of each of REFS; null where nothing is. */
export async function getByRefs(refs: readonly string[], fields: readonly string[], signal: AbortSignal): Promise<Map<string, Entity | null>> {
  const found = new Map<string, Entity | null>();
  for (let from = 0; from < refs.length; from += REFS_AT_ONCE) {
    const some = refs.slice(from, from + REFS_AT_ONCE);
    const { items } = await request<{ items: (Entity | null)[] }>('POST', '/api/catalog/entities/by-refs', {
      body: { entityRefs: some, fields },
      signal,
    });
    some.forEach((ref, i) => found.set(ref, items[i] ?? null));
  }
  return found;
}

/** The domain of each of SYSTEMS that has one. */
export function useDomains(systems: readonly string[], enabled: boolean) {
  return useQuery({
    queryKey: [...keys.entities, 'domains', systems],
    enabled: enabled && systems.length > 0,
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const domains = new Map<string, string>();
      for (const [system, item] of await getByRefs(systems, ['relations'], signal)) {
        const domain = item?.relations?.find(({ type, targetRef }) => type === 'partOf' && targetRef.startsWith('domain:'));
        if (domain) domains.set(system, domain.targetRef);
      }
      return domains;
    },
  });
}

/** What a row shows of each of REFS; null where nothing is. */
export function useByRefs(refs: readonly string[]) {
  return useQuery({
    queryKey: [...keys.entities, 'refs', refs],
    enabled: refs.length > 0,
    staleTime: FRESH_MS,
    queryFn: ({ signal }) => getByRefs(refs, ROW_FIELDS.split(','), signal),
  });
}

/** Entities whose name has one of TERMS in it, for "did you mean". */
export function useNamesLike(terms: string[], enabled: boolean) {
  return useQuery({
    queryKey: [...keys.entities, 'like', terms],
    enabled: enabled && terms.length > 0,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        terms.map((term) =>
          get<EntityPage>(
            withQuery(LIST, {
              fields: 'kind,metadata.name,metadata.namespace,metadata.title',
              fullTextFilterTerm: term,
              fullTextFilterFields: 'metadata.name',
              orderField: 'metadata.name,asc',
              limit: 200,
            }),
            signal,
          ),
        ),
      );
      const seen = new Map<string, Entity>();
      for (const item of pages.flatMap((page) => page.items)) {
        seen.set(`${item.kind}:${item.metadata.namespace}/${item.metadata.name}`, item);
      }
      return [...seen.values()];
    },
  });
}
