import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { readCatalogSearch } from '@/lib/catalog-search';
import { parseSearch } from '@/lib/search';
import { CopyButton } from '@/ui/CopyButton';
import { Flyout } from '@/ui/Flyout';
import { Icon } from '@/ui/Icon';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';
import { useViews, VIEW_NAME_MAX, VIEWS_MAX, withView, type SavedView } from './saved';
import classes from './ViewsMenu.module.css';

/** The views that the person has kept: opened, kept, kept anew, forgotten. QUERY is what is shown now, all of it. */
export function ViewsMenu({ query }: { query: string }) {
  const [views, keep] = useViews();
  const [name, setName] = useState('');
  const [gone, setGone] = useState<SavedView>();
  const isFull = views.length >= VIEWS_MAX && !views.some((one) => one.name === name.trim());
  const save = (as: string) => {
    keep(withView(views, { name: as, query }));
    setGone(undefined);
    setName('');
  };
  const bringBack = (one: SavedView) => {
    keep(withView(views, one));
    setGone(undefined);
  };
  return (
    <Flyout label={say.views}>
      {(close) => (
        <div className={classes.menu}>
          {views.length === 0 && <p className="cb-quiet">{say.viewsNone}</p>}
          {views.length > 0 && (
            <ul aria-label={say.views} className={classes.list}>
              {views.map((one) => (
                <li key={one.name} className={classes.view}>
                  <Link
                    to="/catalog"
                    search={readCatalogSearch(parseSearch(one.query))}
                    className={classes.link}
                    title={one.name}
                    activeProps={{}}
                    aria-current={one.query === query ? 'true' : undefined}
                    onClick={close}
                  >
                    {one.name}
                  </Link>
                  <button
                    type="button"
                    className={classes.button}
                    aria-label={say.viewUpdate(one.name)}
                    title={say.viewUpdate(one.name)}
                    disabled={one.query === query}
                    onClick={() => save(one.name)}
                  >
                    <Icon name="refresh" size={14} />
                  </button>
                  <button
                    type="button"
                    className={classes.button}
                    aria-label={say.viewDelete(one.name)}
                    title={say.viewDelete(one.name)}
                    onClick={() => {
                      setGone(one);
                      keep(views.filter((other) => other !== one));
                    }}
                  >
                    <Icon name="close" size={14} />
                  </button>
                </li>
              ))}
            </ul>
          )}
          {gone && <PlainButton onClick={() => bringBack(gone)}>{say.viewBack(gone.name)}</PlainButton>}
          <form
            className={classes.form}
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() && !isFull) save(name.trim());
            }}
          >
            <label htmlFor="catalog-view-name">{say.viewName}</label>
            <div className={classes.row}>
              <input
                id="catalog-view-name"
                className={classes.input}
                value={name}
                maxLength={VIEW_NAME_MAX}
                autoComplete="off"
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <PlainButton type="submit" disabled={!name.trim() || isFull}>
                {say.viewSave}
              </PlainButton>
            </div>
            {isFull && <p className="cb-quiet">{say.viewsFull(VIEWS_MAX)}</p>}
          </form>
          <p className={classes.share}>
            {say.viewShare}
            <CopyButton label={say.viewCopy} text={location.origin + location.pathname + query} />
          </p>
        </div>
      )}
    </Flyout>
  );
}
