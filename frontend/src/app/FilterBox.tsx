import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '@/ui/Icon';
import classes from './FilterBox.module.css';
import { say } from './messages';

export const FILTER_ID = 'filter';

/** Long enough to type on, short enough not to wait. */
const PAUSE_MS = 180;

/** Narrows the catalog while one types; from any other page, Enter goes there. */
export function FilterBox() {
  const { q } = useSearch({ strict: false }) as { q?: string };
  const pathname = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const inCatalog = pathname === '/catalog';
  const [text, setText] = useState(q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address may change behind our back: back, a link, "clear all".
  const asked = useRef(q ?? '');
  useEffect(() => {
    if ((q ?? '') === asked.current) return;
    asked.current = q ?? '';
    setText(q ?? '');
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const ask = (value: string, replace: boolean) => {
    clearTimeout(timer.current);
    asked.current = value.trim();
    void navigate({
      to: inCatalog ? pathname : '/catalog',
      search: (before: object) => ({ ...(inCatalog ? before : {}), q: value.trim() || undefined }),
      replace,
    });
  };

  return (
    <form
      role="search"
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        ask(text, inCatalog);
      }}
    >
      <Icon name="search" />
      <input
        id={FILTER_ID}
        type="search"
        className={classes.input}
        aria-label={say.filter}
        aria-keyshortcuts="/"
        placeholder={say.filterHint}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => {
          const value = event.currentTarget.value;
          setText(value);
          if (!inCatalog) return;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value, true), PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text === '') event.currentTarget.blur();
          else if (inCatalog) {
            event.preventDefault();
            setText('');
            ask('', true);
          }
        }}
      />
      <kbd className={classes.key} aria-hidden="true">
        /
      </kbd>
    </form>
  );
}
