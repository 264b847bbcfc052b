import { Button } from '@mantine/core';
import { Link, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
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
import { Empty } from '@/ui/Empty';
import { Icon } from '@/ui/Icon';
import { PageHeading } from '@/ui/PageHeading';
import { PlainButton } from '@/ui/PlainButton';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say as ui } from '@/ui/messages';
import classes from './CatalogPage.module.css';
import { cardsAbreast, fitting } from './columns';
import { EntityCards } from './EntityCards';
import { EntityTable } from './EntityTable';
import { ExportCsv } from './ExportCsv';
import { FacetPanel, valueLabel } from './FacetPanel';
import { say } from './messages';
import { useView, useWidth, type View } from './view';
import { ViewMenu } from './ViewMenu';

export const FACET_KEYS = FACETS.map(({ key }) => key);

/** Every entity, narrowed by facets and text. The address is the state. */
export function CatalogPage() {
  const search = useSearch({ strict: false }) as CatalogSearch;
  const pathname = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLElement>(null);
  const width = useWidth(list);
  const [view, keepView] = useView(search);

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
  const sortBy = (id: SortId, descending: boolean) => go({ sort: descending ? `-${id}` : id });
  const sort = (id: SortId) => sortBy(id, order.id === id && !order.descending);
  const draw = (next: Partial<View>) => {
    keepView(next);
    void navigate({ to: pathname, search: (before: object) => ({ ...before, ...next }), replace: true });
  };

  const total = first.data?.totalItems;
  const all = facets.data?.facets.kind?.reduce((sum, { count }) => sum + count, 0);
  const leftOut = !query.text && all !== undefined && total !== undefined ? all - total : 0;
  const isNarrowed = filter.length > 0 || query.text !== '';
  const chips = FACETS.flatMap(({ id }) => (search[id] ?? []).map((value) => ({ id, label: say.facet[id], value })));
  const unplaced = order.id in say.without ? say.without[order.id as keyof typeof say.without] : undefined;
  const { shown, left } = width === undefined ? { shown: view.columns, left: [] } : fitting(view.columns, width);
  const isCards = view.layout === 'cards';

  return (
    <div className={classes.page}>
      <aside className={classes.side} aria-label={say.filters} data-open={open}>
        {facets.isPending && <Skeleton rows={8} label={say.loadingFilters} />}
        {facets.isError && !facets.data && <Problem of={facets.error} onRetry={facets.refetch} />}
        {facets.data && (
          <FacetPanel facets={facets.data.facets} search={search} onToggle={toggle} text={query.text} />
        )}
      </aside>
      <section ref={list} className={classes.list} aria-labelledby="catalog-heading">
        <div className={classes.head}>
          <span id="catalog-heading">
            <PageHeading title={ui.page.catalog} />
          </span>
          <p className="cb-quiet" role="status">
            {total === undefined ? '' : say.total(total)}
          </p>
          <Mine onChoose={(owner) => go({ owner })} />
          <div className={classes.tools}>
            {total !== undefined && total > 0 && !first.isPlaceholderData && <ExportCsv query={query} total={total} />}
            <ViewMenu view={view} order={order} left={isCards ? [] : left} onView={draw} onOrder={sortBy} />
            <span className={classes.toggle}>
              <PlainButton aria-expanded={open} onClick={() => setOpen(!open)}>
                {say.filtersOn(chips.length)}
              </PlainButton>
            </span>
          </div>
        </div>
        {isNarrowed && (
          <ul className={classes.chips} aria-label={say.active}>
            {query.text && (
              <Chip label={say.text} value={query.text} onRemove={() => go({ q: undefined })} />
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
                {say.clear}
              </button>
            </li>
          </ul>
        )}
        {unusable.length > 0 && <p className={classes.notice}>{say.comma(unusable)}</p>}
        {unplaced && (leftOut > 0 || query.text) && (
          <p className={classes.notice}>
            {unplaced(leftOut > 0 ? leftOut : undefined)}{' '}
            <button type="button" className={classes.clear} onClick={() => go({ sort: 'name' })}>
              {say.sortByName}
            </button>
          </p>
        )}
        {first.isPending && <Skeleton rows={12} label={say.loading} />}
        <Trouble of={first} />
        {first.data?.totalItems === 0 && <NoEntities isNarrowed={isNarrowed} onClear={clear} />}
        {first.data && first.data.totalItems > 0 && !isCards && (
          <EntityTable
            query={query}
            total={first.data.totalItems}
            columns={shown}
            order={order}
            onSort={sort}
            isStale={first.isPlaceholderData}
          />
        )}
        {first.data && first.data.totalItems > 0 && isCards && (
          <EntityCards
            query={query}
            total={first.data.totalItems}
            columns={view.columns}
            abreast={cardsAbreast(width ?? 0)}
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
        {say.mine}
      </Button>
      {own.isError && (
        <p role="alert" className="cb-quiet">
          {say.mineUnknown(own.error.message)}
        </p>
      )}
    </>
  );
}

function NoEntities({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }) {
  if (isNarrowed) {
    return (
      <Empty title={say.nothing}>
        <p>{say.nothingHint}</p>
        <Button variant="default" size="sm" mt={12} onClick={onClear}>
          {say.clearFilters}
        </Button>
      </Empty>
    );
  }
  const [add, to, where, look, end] = say.emptyHint;
  return (
    <Empty title={say.empty}>
      {add}
      <code>catalog-info.yaml</code>
      {to}
      <code>sources:</code>
      {where}
      <code>callboard.yaml</code>
      {look}
      <Link to="/sources">{ui.page.sources}</Link>
      {end}
    </Empty>
  );
}

function Chip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  return (
    <li className={classes.chip}>
      <span className="cb-line">
        {label}: <b>{value}</b>
      </span>
      <button type="button" aria-label={say.removeFilter(label, value)} onClick={onRemove}>
        <Icon name="close" size={13} />
      </button>
    </li>
  );
}
