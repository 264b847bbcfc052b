import type { ReactNode } from 'react';
import { parseRef, shortRef } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Problem } from '@/ui/Problem';
import classes from './HomePage.module.css';
import type { Standings } from './HomePage';
import { nameOf, Wrong } from './Wrong';

interface Props {
  id: string;
  title: string;
  refs: string[];
  standings: Standings;
  /** What is said where there are none; without it there is no list then. */
  none?: string;
  error?: unknown;
  onRetry?: () => unknown;
  children?: ReactNode;
}

// Refs say enough to go there: the titles, and how each one is, come when they are known.
export function EntityList({ id, title, refs, standings, none, error, onRetry, children }: Props) {
  if (refs.length === 0 && !none) return null;
  return (
    <section className="cb-card" aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id}>{title}</h2>
      </div>
      {refs.length === 0 && <p className={classes.none}>{none}</p>}
      {onRetry !== undefined && refs.length > 0 && <Problem of={error} onRetry={onRetry} />}
      <ul className={classes.list}>
        {refs.map((text) => {
          const ref = parseRef(text)!;
          const standing = standings.get(text);
          const entity = standing?.entity;
          return (
            <li key={text} className={classes.entity}>
              <EntityLink to={ref} title={entity ? nameOf(entity) : shortRef(ref)} icon missing={entity === null} />
              {entity && standing.severity && <Wrong standing={standing} />}
            </li>
          );
        })}
      </ul>
      {children && <p className={classes.more}>{children}</p>}
    </section>
  );
}
