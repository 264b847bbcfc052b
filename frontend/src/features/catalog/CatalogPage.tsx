import { Button } from '@mantine/core';
import { Link, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useFacets, useFirstPage, type EntityQuery } from '@/api/entities';
import { useOwnRefs } from '@/api/entity';
import { useSession } from '@/api/session';
import {
  FACETS,
  filterOf,
  isFilterable,
  orderOf,
  type CatalogSearch,
  type FacetId,
  type SortId,
} from '@/lib/catalog-search';
import { counted, formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { Icon } from '@/ui/Icon';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import classes from './CatalogPage.module.css';
import { EntityTable } from './EntityTable';
import { ExportCsv } from './ExportCsv';
import { FacetPanel, valueLabel } from './FacetPanel';

export const FACET_KEYS = FACETS.map(({ key }) => key);

/** Every entity, narrowed by facets and text. The address is the state. */
export function CatalogPage() {
  const search = useSearch({ strict: false }) as CatalogSearch;
  const pathname = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);

  const filter = useMemo(() => filterOf(search), [search]);
  const order = orderOf(search);
  const query: EntityQuery = useMemo(
    () => ({ filter, text: search.q?.trim() ?? '', order: order.field, descending: order.descending }),
    [filter, search.q, order.field, order.descending],
  );
  const first = useFirstPage(query);
  const facets = useFacets(FACET_KEYS, filter);
  const unusable = FACETS.flatMap(({ id }) => (search[id] ?? []).filter((value) => !isFilterable(value)));

  const go = (change: Partial<CatalogSearch>) =>
    void navigate({ to: pathname, search: (before: object) => ({ ...before, ...change }) });
  const toggle = (id: FacetId, value: string) => {
    const had = search[id] ?? [];
    const now = had.includes(value) ? had.filter((v) => v !== value) : [...had, value];
    go({ [id]: now.length > 0 ? now : undefined });
  };
  const clear = () =>
    go({ ...Object.fromEntries(FACETS.map(({ id }) => [id, undefined])), q: undefined });
  const sort = (id: SortId) => go({ sort: order.id === id && !order.descending ? `-${id}` : id });

  const total = first.data?.totalItems;
  const all = facets.data?.facets.kind?.reduce((sum, { count }) => sum + count, 0);
  const leftOut = !query.text && all !== undefined && total !== undefined ? all - total : 0;
  const isNarrowed = filter.length > 0 || query.text !== '';
  const chips = FACETS.flatMap(({ id, label }) => (search[id] ?? []).map((value) => ({ id, label, value })));

  return (
    <div className={classes.page}>
      <aside className={classes.side} aria-label="Filters" data-open={open}>
        {facets.isPending && <Skeleton rows={8} label="Loading the filters" />}
        {facets.isError && !facets.data && <Problem of={facets.error} onRetry={facets.refetch} />}
        {facets.data && (
          <FacetPanel facets={facets.data.facets} search={search} onToggle={toggle} text={query.text} />
        )}
      </aside>
      <section className={classes.list} aria-labelledby="catalog-heading">
        <div className={classes.head}>
          <span id="catalog-heading">
            <PageHeading title="Catalog" />
          </span>
          <p className="cb-quiet" role="status">
            {total === undefined ? '' : counted(total, 'entity', 'entities')}
          </p>
          <Mine onChoose={(owner) => go({ owner })} />
          {total !== undefined && total > 0 && !first.isPlaceholderData && <ExportCsv query={query} total={total} />}
          <Button
            className={classes.toggle}
            variant="default"
            size="compact-sm"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            Filters{chips.length > 0 && ` (${chips.length})`}
          </Button>
        </div>
        {isNarrowed && (
          <ul className={classes.chips} aria-label="Active filters">
            {query.text && (
              <Chip label="Text" value={query.text} onRemove={() => go({ q: undefined })} />
            )}
            {chips.map(({ id, label, value }) => (
              <Chip
                key={`${id}=${value}`}
                label={label}
                value={valueLabel(id, value)}
                onRemove={() => toggle(id, value)}
              />
            ))}
            <li>
              <button type="button" className={classes.clear} onClick={clear}>
                Clear all
              </button>
            </li>
          </ul>
        )}
        {unusable.length > 0 && (
          <p className={classes.notice}>
            A value with a comma cannot be filtered by: <q>{unusable.join('”, “')}</q>.
          </p>
        )}
        {order.id !== 'name' && order.id !== 'kind' && (leftOut > 0 || query.text) && (
          <p className={classes.notice}>
            {leftOut > 0 ? `${formatNumber(leftOut)} without` : 'Entities without'} {article(order.id)} {order.id}{' '}
            {leftOut === 1 ? 'is' : 'are'} not in this order.{' '}
            <button type="button" className={classes.clear} onClick={() => go({ sort: 'name' })}>
              Sort by name
            </button>
          </p>
        )}
        {first.isPending && <Skeleton rows={12} label="Loading the catalog" />}
        <Trouble of={first} />
        {first.data?.totalItems === 0 && (
          <NoEntities isNarrowed={isNarrowed} onClear={clear} />
        )}
        {first.data && first.data.totalItems > 0 && (
          <EntityTable
            query={query}
            total={first.data.totalItems}
            order={order}
            onSort={sort}
            isStale={first.isPlaceholderData}
          />
        )}
      </section>
    </div>
  );
}

// For somebody who is known: what he and his teams own.
function Mine({ onChoose }: { onChoose: (owners: string[]) => void }) {
  const session = useSession();
  const own = useOwnRefs();
  if (!session.data || session.data.guest) return null;
  const { user } = session.data;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        loading={own.isPending}
        onClick={() => own.mutate(user.ref, { onSuccess: onChoose })}
      >
        Mine
      </Button>
      {own.isError && (
        <p role="alert" className="cb-quiet">
          Which teams you are in is not known: {own.error.message}
        </p>
      )}
    </>
  );
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

function NoEntities({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }) {
  if (isNarrowed) {
    return (
      <Empty title="Nothing matches">
        <p>Take away a filter, or look for a part of the name.</p>
        <Button variant="default" size="sm" mt={12} onClick={onClear}>
          Clear all filters
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title="The catalog is empty">
      Add a repository with a <code>catalog-info.yaml</code> to <code>sources:</code> in{' '}
      <code>callboard.yaml</code>, then look at <Link to="/sources">Sources</Link>.
    </Empty>
  );
}

function Chip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  return (
    <li className={classes.chip}>
      <span className="cb-line">
        {label}: <b>{value}</b>
      </span>
      <button type="button" aria-label={`Remove the filter ${label}: ${value}`} onClick={onRemove}>
        <Icon name="close" size={13} />
      </button>
    </li>
  );
}
