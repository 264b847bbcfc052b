import type { ReactNode } from 'react';
import classes from './Table.module.css';

export interface TableProps {
  /** Of the region in which it scrolls. */
  label: string;
  /** A fact a cell in one line; the same with more room; texts to be read beside each other; numbers. */
  look?: 'lines' | 'roomy' | 'texts' | 'figures';
  className?: string;
  /** Where its rows are a tree. */
  role?: 'treegrid';
  /** Its head and its body. */
  children: ReactNode;
}

/** A table of its own width: what is too wide is scrolled to, by keys as well. */
export function Table({ label, look = 'lines', className, role, children }: TableProps) {
  return (
    <div className={className ? `${classes.scroll} ${className}` : classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={`${classes.table} ${classes[look]}`} role={role} aria-label={role && label}>{children}</table>
    </div>
  );
}
