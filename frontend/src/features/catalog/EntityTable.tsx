import { useElementScrollRestoration } from '@tanstack/react-router';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { PAGE_SIZE, usePages, type EntityQuery } from '@/api/entities';
import { usePreference } from '@/api/preferences';
import type { Entity } from '@/api/types';
import type { SortId } from '@/lib/catalog-search';
import { formatNumber } from '@/lib/format';
import { sayTheSame } from '@/lib/near';
import { parseRef, refOf } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { KindIcon } from '@/ui/KindIcon';
import { Pill } from '@/ui/Pill';
import { Problem } from '@/ui/Problem';
import classes from './EntityTable.module.css';

/** A row's height, as EntityTable.module.css draws it. */
const ROW_PX = { comfortable: 44, compact: 32 };
/** Rows kept beyond what is seen, each way. */
const OVERSCAN = 8;
/** Browsers stop drawing beyond some 17 million pixels; nobody scrolls so far. */
const ROWS_MAX = 350_000;
const SCROLL_ID = 'catalog-table';

const COLUMNS: { id: SortId | 'about'; label: string; sort?: SortId }[] = [
  { id: 'name', label: 'Name', sort: 'name' },
  { id: 'kind', label: 'Kind', sort: 'kind' },
  { id: 'type', label: 'Type', sort: 'type' },
  { id: 'lifecycle', label: 'Lifecycle', sort: 'lifecycle' },
  { id: 'owner', label: 'Owner', sort: 'owner' },
  { id: 'system', label: 'System', sort: 'system' },
  { id: 'about', label: 'Description' },
];

export interface EntityTableProps {
  query: EntityQuery;
  total: number;
  order: { id: SortId; descending: boolean };
  onSort: (id: SortId) => void;
  /** The rows still answer the question before. */
  isStale: boolean;
}

/** All entities of a query, however many: only the rows on the screen exist. */
export function EntityTable({ query, total, order, onSort, isStale }: EntityTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<number | undefined>();
  const restored = useElementScrollRestoration({ id: SCROLL_ID });
  const count = Math.min(total, ROWS_MAX);
  const [density] = usePreference('density');

  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX[density],
    overscan: OVERSCAN,
    initialOffset: restored?.scrollY,
    // The row that has the focus stays, or the focus would be lost with it.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      return focused === undefined || focused >= count || seen.includes(focused)
        ? seen
        : [...seen, focused].sort((a, b) => a - b);
    },
  });

  // Not on the first time: nothing is measured yet.
  const drawn = useRef(density);
  useEffect(() => {
    if (drawn.current === density) return;
    drawn.current = density;
    rows.measure();
  }, [density, rows]);

  const question = JSON.stringify(query);
  const asked = useRef(question);
  useEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    setFocused(undefined);
    scroller.current?.scrollTo({ top: 0 });
  }, [question]);

  const items = rows.getVirtualItems();
  const pages = [...new Set(items.map(({ index }) => Math.floor(index / PAGE_SIZE)))];
  const { byPage, error, retry } = usePages(query, pages);

  return (
    <>
      {error && <Problem of={error} onRetry={retry} />}
      {total > ROWS_MAX && (
        <p className="cb-quiet">
          Only the first {formatNumber(ROWS_MAX)} can be scrolled through: narrow the list by a filter.
        </p>
      )}
      <div
        ref={scroller}
        className={classes.scroll}
        data-scroll-restoration-id={SCROLL_ID}
        data-stale={isStale}
        data-density={density}
        tabIndex={0}
        role="region"
        aria-label="Entities"
      >
        <div
          role="table"
          aria-label="Entities"
          aria-rowcount={total + 1}
          aria-colcount={COLUMNS.length}
          aria-busy={isStale}
        >
          <div role="rowgroup" className={classes.header}>
            <div role="row" aria-rowindex={1} className={classes.row}>
              {COLUMNS.map(({ id, label, sort }) => (
                <div
                  key={id}
                  role="columnheader"
                  className={classes[id]}
                  aria-sort={
                    sort && order.id === sort ? (order.descending ? 'descending' : 'ascending') : undefined
                  }
                >
                  {sort ? (
                    <button type="button" className={classes.sort} onClick={() => onSort(sort)}>
                      {label}
                      {order.id === sort && <Icon name={order.descending ? 'down' : 'up'} size={13} />}
                    </button>
                  ) : (
                    label
                  )}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
            {items.map(({ index, start }) => (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className={classes.row}
                style={{ transform: `translateY(${start}px)` }}
                onFocus={() => setFocused(index)}
                onBlur={() => setFocused(undefined)}
              >
                <Cells entity={byPage.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE]} />
              </div>
            ))}
          </div>
        </div>
      </div>
    </>
  );
}

function Cells({ entity }: { entity?: Entity }) {
  if (!entity) {
    return (
      <div role="cell" className={classes.name}>
        <span className={classes.waiting} />
        <span className="cb-hidden">Loading</span>
      </div>
    );
  }
  const { metadata, spec = {} } = entity;
  const namespace = metadata.namespace ?? 'default';
  const profile = spec.profile as { displayName?: unknown } | undefined;
  const title = metadata.title ?? text(profile?.displayName);
  const lifecycle = text(spec.lifecycle);
  const owner = text(spec.owner);
  const system = text(spec.system);
  return (
    <>
      <div role="cell" className={classes.name}>
        <KindIcon kind={entity.kind} />
        <EntityLink to={refOf(entity)} title={title} />
        {title && !sayTheSame(title, metadata.name) && (
          <span className={classes.aka}>{metadata.name}</span>
        )}
      </div>
      <div role="cell" className={classes.kind}>
        {entity.kind}
      </div>
      <div role="cell" className={classes.type}>
        {text(spec.type)}
      </div>
      <div role="cell" className={classes.lifecycle}>
        {lifecycle && <Lifecycle value={lifecycle} />}
      </div>
      <div role="cell" className={classes.owner}>
        {owner && parseRef(owner, { kind: 'group' }) && (
          <EntityLink to={parseRef(owner, { kind: 'group', namespace })!} context={{ kind: 'group', namespace }} />
        )}
      </div>
      <div role="cell" className={classes.system}>
        {system && <EntityLink to={system} context={{ kind: 'system', namespace }} />}
      </div>
      <div role="cell" className={classes.about} title={metadata.description}>
        {metadata.description}
      </div>
    </>
  );
}

function Lifecycle({ value }: { value: string }) {
  const tone = { production: 'good', experimental: 'info', deprecated: 'warn' }[value.toLowerCase()];
  return <Pill tone={tone as 'good' | 'info' | 'warn' | undefined}>{value}</Pill>;
}

// A descriptor may hold anything under spec; a cell shows text only.
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
