import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useFacets, useFirstPage, type EntityQuery } from '@/api/entities';
import {
  FACETS,
  filterOf,
  isFilterable,
  orderOf,
  type CatalogSearch,
  type FacetId,
  type SortId,
  type Whose,
  WHOSE,
} from '@/lib/catalog-search';
import { formatSearch } from '@/lib/search';
import { Icon } from '@/ui/Icon';
import { PageHeading } from '@/ui/PageHeading';
import { PlainButton } from '@/ui/PlainButton';
import { Problem } from '@/ui/Problem';
import { Segments } from '@/ui/Segments';
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
import { NoEntities } from './NoEntities';
import { useView, useWidth, type View } from './view';
import { ViewMenu } from './ViewMenu';
import { ViewsMenu } from './ViewsMenu';
import { useWhose } from './whose';

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

  const { whose, scope, owns, isSettled, without } = useWhose(search);

  const filter = useMemo(() => filterOf(search), [search]);
  const order = orderOf(search);
  const health = view.columns.includes('health');
  const query: EntityQuery = useMemo(
    () => ({ filter, text: search.q?.trim() ?? '', order: order.field, descending: order.descending, health, ...scope }),
    [filter, search.q, order.field, order.descending, health, scope],
  );
  const isAsked = isSettled && scope.refs?.length !== 0;
  const first = useFirstPage(query, isAsked);
  const facets = useFacets(FACET_KEYS, filter, { ...scope, enabled: isAsked });
  const unusable = FACETS.flatMap(({ id }) => (search[id] ?? []).filter((value) => !isFilterable(value)));

  // Who has things of his own says it when he means all: the bare address is his own.
  const said = owns ? whose : search.whose;
  const go = (change: Partial<CatalogSearch>) =>
    void navigate({ to: pathname, search: (before: object) => ({ ...before, whose: said, ...change }) });
  useEffect(() => {
    if (whose !== 'mine' || search.whose) return;
    void navigate({ to: pathname, search: (before: object) => ({ ...before, whose }), replace: true });
  }, [whose, search.whose, navigate, pathname]);
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
    void navigate({ to: pathname, search: (before: object) => ({ ...before, whose: said, ...next }), replace: true });
  };

  const total = isAsked ? first.data?.totalItems : isSettled ? 0 : undefined;
  const all = facets.data?.facets.kind?.reduce((sum, { count }) => sum + count, 0);
  const leftOut = !query.text && all !== undefined && total !== undefined ? all - total : 0;
  const isNarrowed = filter.length > 0 || query.text !== '';
  const chips = FACETS.flatMap(({ id }) => (search[id] ?? []).map((value) => ({ id, label: say.facet[id], value })));
  const unplaced = order.id in say.unplaced ? say.unplaced[order.id as keyof typeof say.unplaced] : undefined;
  const { shown, left } = width === undefined ? { shown: view.columns, left: [] } : fitting(view.columns, width);
  const isCards = view.layout === 'cards';

  return (
    <div className={classes.page}>
      <aside className={classes.side} aria-label={say.filters} data-open={open}>
        {facets.isPending && total !== 0 && <Skeleton rows={8} label={say.loadingFilters} />}
        {facets.isError && !facets.data && <Problem of={facets.error} onRetry={facets.refetch} />}
        {facets.data && isAsked && (
          <FacetPanel facets={facets.data.facets} search={search} scope={scope} onToggle={toggle} text={query.text} />
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
          <Segments
            label={say.whose.title}
            name="catalog-whose"
            value={whose}
            options={WHOSE.map((one) => [one, say.whose[one]] as const)}
            onChoose={(one: Whose) => go({ whose: one })}
          />
          <span className={classes.toggle}>
            <PlainButton aria-expanded={open} onClick={() => setOpen(!open)}>
              {say.filtersOn(chips.length)}
            </PlainButton>
          </span>
          <div className={classes.tools}>
            {total !== undefined && total > 0 && !first.isPlaceholderData && <ExportCsv query={query} total={total} />}
            <ViewsMenu query={formatSearch({ ...search, whose, sort: order.descending ? `-${order.id}` : order.id, ...view })} />
            <ViewMenu view={view} order={order} left={isCards ? [] : left} onView={draw} onOrder={sortBy} />
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
        {without && (
          <p className={classes.notice} role="status">
            {say.without[without]}
          </p>
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
        {total === undefined && first.isPending && <Skeleton rows={12} label={say.loading} />}
        <Trouble of={first} />
        {total === 0 && (
          <NoEntities whose={whose} isNarrowed={isNarrowed} onClear={clear} onAll={() => go({ whose: 'all' })} />
        )}
        {total !== undefined && total > 0 && !isCards && (
          <EntityTable
            query={query}
            total={total}
            columns={shown}
            order={order}
            onSort={sort}
            isStale={first.isPlaceholderData}
          />
        )}
        {total !== undefined && total > 0 && isCards && (
          <EntityCards
            query={query}
            total={total}
            columns={view.columns}
            abreast={cardsAbreast(width ?? 0)}
            isStale={first.isPlaceholderData}
          />
        )}
      </section>
    </div>
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
