import { PAGE_SIZE, usePages, type EntityQuery } from '@/api/entities';
import { usePreference } from '@/api/preferences';
import type { Entity } from '@/api/types';
import type { ColumnId, SortId } from '@/lib/catalog-search';
import { Icon } from '@/ui/Icon';
import { Problem } from '@/ui/Problem';
import { COLUMN, template } from './columns';
import classes from './EntityTable.module.css';
import { Fact } from './Fact';
import { say } from './messages';
import { PIXELS_MAX, useRows } from './rows';
import { useStars, type Stars } from './Star';

/** A row's height, as EntityTable.module.css draws it. */
const ROW_PX = { comfortable: 44, compact: 32 };
const OVERSCAN = 8;

export interface EntityListProps {
  query: EntityQuery;
  total: number;
  columns: ColumnId[];
  /** The rows still answer the question before. */
  isStale: boolean;
}

export interface EntityTableProps extends EntityListProps {
  order: { id: SortId; descending: boolean };
  onSort: (id: SortId) => void;
}

/** All entities of a query, however many: only the rows on the screen exist. */
export function EntityTable({ query, total, columns, order, onSort, isStale }: EntityTableProps) {
  const [density] = usePreference('density');
  const px = ROW_PX[density];
  const count = Math.min(total, Math.floor(PIXELS_MAX / px));
  const { scroller, height, items, setFocused } = useRows({ query, count, px, overscan: OVERSCAN, scrollId: 'catalog-table' });
  const pages = [...new Set(items.map(({ index }) => Math.floor(index / PAGE_SIZE)))];
  const { byPage, error, retry } = usePages(query, pages);
  const stars = useStars();
  const gridTemplateColumns = template(columns);

  return (
    <>
      {error && <Problem of={error} onRetry={retry} />}
      {total > count && <p className="cb-quiet">{say.scrolled(count)}</p>}
      <div
        ref={scroller}
        className={classes.scroll}
        data-scroll-restoration-id="catalog-table"
        data-stale={isStale}
        data-density={density}
        tabIndex={0}
        role="region"
        aria-label={say.entities}
      >
        <div
          role="table"
          aria-label={say.entities}
          aria-rowcount={total + 1}
          aria-colcount={columns.length}
          aria-busy={isStale}
        >
          <div role="rowgroup" className={classes.header}>
            <div role="row" aria-rowindex={1} className={classes.row} style={{ gridTemplateColumns }}>
              {columns.map((id) => (
                <Heading key={id} id={id} order={order} onSort={onSort} />
              ))}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height }}>
            {items.map(({ index, start }) => (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className={classes.row}
                style={{ gridTemplateColumns, transform: `translateY(${start}px)` }}
                onFocus={() => setFocused(index)}
                onBlur={() => setFocused(undefined)}
              >
                <Cells columns={columns} stars={stars} entity={byPage.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE]} />
              </div>
            ))}
          </div>
        </div>
      </div>
    </>
  );
}

function Heading({ id, order, onSort }: { id: ColumnId } & Pick<EntityTableProps, 'order' | 'onSort'>) {
  const { sort } = COLUMN[id];
  const isOrder = sort === order.id;
  return (
    <div role="columnheader" aria-sort={isOrder ? (order.descending ? 'descending' : 'ascending') : undefined}>
      {sort ? (
        <button type="button" className={classes.sort} title={say.column[id]} onClick={() => onSort(sort)}>
          <span>{say.column[id]}</span>
          {isOrder && <Icon name={order.descending ? 'down' : 'up'} size={13} />}
        </button>
      ) : (
        <span className={id === 'starred' ? 'cb-hidden' : undefined}>{say.column[id]}</span>
      )}
    </div>
  );
}

function Cells({ columns, stars, entity }: { columns: ColumnId[]; stars: Stars; entity?: Entity }) {
  if (!entity) {
    return (
      <div role="cell" className={classes.waits}>
        <span className={classes.waiting} />
        <span className="cb-hidden">{say.loadingOne}</span>
      </div>
    );
  }
  return columns.map((id) => (
    <div key={id} role="cell" className={classes[id]}>
      <Fact id={id} entity={entity} stars={stars} />
    </div>
  ));
}
