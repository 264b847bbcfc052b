import type { ReactNode } from 'react';
import classes from './Note.module.css';

/** The empty face of a view: says that nothing is there, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.head}>{title}</p>
      {children && <div className={classes.hint}>{children}</div>}
    </div>
  );
}
