import { useState } from 'react';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';
import classes from './More.module.css';

/** The first of ITEMS, and after a press as many as a page can bear. */
export function useMore<T>(items: readonly T[], first: number, most: number) {
  const [all, setAll] = useState(false);
  const shown = items.slice(0, all ? most : first);
  return { shown, total: items.length, most, onMore: all || items.length <= first ? undefined : () => setAll(true) };
}

/** What stands below a list that is not shown whole. */
export function More({ shown, total, most, onMore }: { shown: readonly unknown[]; total: number; most: number; onMore?: () => void }) {
  if (shown.length >= total) return null;
  return (
    <p className={classes.more}>
      {onMore ? (
        <PlainButton onClick={onMore}>{total > most ? say.showMost(most, total) : say.showAll(total)}</PlainButton>
      ) : (
        <span className="cb-quiet">{say.leftOut(shown.length, total)}</span>
      )}
    </p>
  );
}
