import type { ReactNode } from 'react';
import type { Tone } from './Note';
import classes from './Pill.module.css';

/** A word with a colour; the word alone says it all. */
export function Pill({ tone, children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={classes.pill} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
