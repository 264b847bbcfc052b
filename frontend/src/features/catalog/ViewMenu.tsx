import { usePreference } from '@/api/preferences';
import { COLUMNS, SORTS, type ColumnId, type SortId } from '@/lib/catalog-search';
import { PREFERENCES } from '@/lib/preferences';
import { Flyout } from '@/ui/Flyout';
import { PlainButton } from '@/ui/PlainButton';
import { Segments } from '@/ui/Segments';
import { COLUMNS_FIRST } from './columns';
import { say } from './messages';
import type { View } from './view';
import classes from './ViewMenu.module.css';

export interface ViewMenuProps {
  view: View;
  order: { id: SortId; descending: boolean };
  /** Columns that are wanted, and have no room on this screen. */
  left: ColumnId[];
  onView: (next: Partial<View>) => void;
  onOrder: (id: SortId, descending: boolean) => void;
}

/** How the list is drawn: as a table or cards, how dense, in which order, with what of each entity. */
export function ViewMenu({ view, order, left, onView, onOrder }: ViewMenuProps) {
  const [density, setDensity] = usePreference('density');
  const toggle = (id: ColumnId) =>
    onView({ columns: COLUMNS.filter((one) => (one === id ? !view.columns.includes(id) : view.columns.includes(one))) });
  return (
    <Flyout label={say.view}>
      {() => (
        <div className={classes.menu}>
          <p className={classes.title}>{say.layout.title}</p>
          <Segments
            label={say.layout.title}
            name="catalog-layout"
            value={view.layout}
            options={[
              ['table', say.layout.table],
              ['cards', say.layout.cards],
            ]}
            onChoose={(layout) => onView({ layout })}
          />
          <p className={classes.title}>{say.density.title}</p>
          <Segments
            label={say.density.title}
            name="catalog-density"
            value={density}
            options={PREFERENCES.density.map((one) => [one, say.density[one]] as const)}
            onChoose={setDensity}
          />
          <label className={classes.title} htmlFor="catalog-order">
            {say.order}
          </label>
          <div className={classes.order}>
            <select
              id="catalog-order"
              className={classes.select}
              value={order.id}
              onChange={(event) => onOrder(event.currentTarget.value as SortId, order.descending)}
            >
              {(Object.keys(SORTS) as SortId[]).map((id) => (
                <option key={id} value={id}>
                  {say.column[id]}
                </option>
              ))}
            </select>
            <label className={classes.option}>
              <input type="checkbox" checked={order.descending} onChange={() => onOrder(order.id, !order.descending)} />
              {say.descending}
            </label>
          </div>
          <fieldset className={classes.columns}>
            <legend className={classes.title}>{view.layout === 'table' ? say.columns : say.facts}</legend>
            {COLUMNS.filter((id) => id !== 'name').map((id) => (
              <label key={id} className={classes.option}>
                <input type="checkbox" checked={view.columns.includes(id)} onChange={() => toggle(id)} />
                {say.column[id]}
              </label>
            ))}
          </fieldset>
          {left.length > 0 && (
            <p className="cb-quiet" role="status">
              {say.noRoom(left.map((id) => say.column[id]))}
            </p>
          )}
          <PlainButton
            disabled={view.columns.join() === COLUMNS_FIRST.join()}
            onClick={() => onView({ columns: [...COLUMNS_FIRST] })}
          >
            {say.columnsFirst}
          </PlainButton>
        </div>
      )}
    </Flyout>
  );
}
