import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { readCatalogSearch } from '@/lib/catalog-search';
import { parseSearch } from '@/lib/search';
import { Icon } from '@/ui/Icon';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';
import { VIEW_NAME_MAX } from './saved';
import classes from './ViewsMenu.module.css';

interface ViewRowProps {
  name: string;
  query: string;
  /** What is shown now. */
  shown: string;
  /** Who last changed it, and when. */
  hint?: string;
  onOpen: () => void;
  /** Missing for who may only look. */
  onKeep?: (change: { name: string; query: string }) => void;
  onDelete?: () => void;
}

/** A kept view: opened, kept anew as what is shown, named otherwise, deleted. */
export function ViewRow({ name, query, shown, hint, onOpen, onKeep, onDelete }: ViewRowProps) {
  const [next, setNext] = useState<string>();
  const rename = useRef<HTMLButtonElement>(null);
  const end = () => {
    setNext(undefined);
    // The button is there again when the form is gone.
    setTimeout(() => rename.current?.focus());
  };
  if (next !== undefined && onKeep) {
    return (
      <li>
        <form
          className={classes.row}
          onSubmit={(event) => {
            event.preventDefault();
            if (!next.trim()) return;
            if (next.trim() !== name) onKeep({ name: next.trim(), query });
            end();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            end();
          }}
        >
          <input
            className={classes.input}
            aria-label={say.viewRename(name)}
            value={next}
            maxLength={VIEW_NAME_MAX}
            autoComplete="off"
            autoFocus
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <PlainButton type="submit" disabled={!next.trim()}>
            {say.viewSave}
          </PlainButton>
        </form>
      </li>
    );
  }
  return (
    <li className={classes.view}>
      <Link
        to="/catalog"
        search={readCatalogSearch(parseSearch(query))}
        className={classes.link}
        title={hint ? `${name}\n${hint}` : name}
        activeProps={{}}
        aria-current={query === shown ? 'true' : undefined}
        onClick={onOpen}
      >
        {name}
      </Link>
      {onKeep && (
        <>
          <button
            type="button"
            className={classes.button}
            aria-label={say.viewUpdate(name)}
            title={say.viewUpdate(name)}
            disabled={query === shown}
            onClick={() => onKeep({ name, query: shown })}
          >
            <Icon name="refresh" size={14} />
          </button>
          <button
            ref={rename}
            type="button"
            className={classes.button}
            aria-label={say.viewRename(name)}
            title={say.viewRename(name)}
            onClick={() => setNext(name)}
          >
            <Icon name="edit" size={14} />
          </button>
        </>
      )}
      {onDelete && (
        <button
          type="button"
          className={classes.button}
          aria-label={say.viewDelete(name)}
          title={say.viewDelete(name)}
          onClick={onDelete}
        >
          <Icon name="close" size={14} />
        </button>
      )}
    </li>
  );
}
