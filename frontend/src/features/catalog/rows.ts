import { useElementScrollRestoration } from '@tanstack/react-router';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { EntityQuery } from '@/api/entities';

/** Browsers stop drawing beyond some 17 million pixels; nobody scrolls so far. */
export const PIXELS_MAX = 15_400_000;

export interface RowsOptions {
  query: EntityQuery;
  count: number;
  /** Of a row, whatever is in it. */
  px: number;
  /** Rows kept beyond what is seen, each way. */
  overscan: number;
  scrollId: string;
}

/** Of COUNT rows those on the screen, and what has the focus. Another question begins at the top. */
export function useRows({ query, count, px, overscan, scrollId }: RowsOptions) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<number | undefined>();
  const restored = useElementScrollRestoration({ id: scrollId });

  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => px,
    overscan,
    initialOffset: restored?.scrollY,
    // The row that has the focus stays, or the focus would be lost with it.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      return focused === undefined || focused >= count || seen.includes(focused)
        ? seen
        : [...seen, focused].sort((a, b) => a - b);
    },
  });

  // Not on the first time: nothing is measured yet.
  const drawn = useRef(px);
  useEffect(() => {
    if (drawn.current === px) return;
    drawn.current = px;
    rows.measure();
  }, [px, rows]);

  const question = JSON.stringify(query);
  const asked = useRef(question);
  useEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    setFocused(undefined);
    scroller.current?.scrollTo({ top: 0 });
  }, [question]);

  return { scroller, height: rows.getTotalSize(), items: rows.getVirtualItems(), setFocused };
}
