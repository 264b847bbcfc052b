import { useLayoutEffect, useState, type RefObject } from 'react';
import { useSetting } from '@/api/settings';
import { readColumns, readLayout, type CatalogSearch, type ColumnId, type Layout } from '@/lib/catalog-search';
import { BUCKET } from '@/lib/preferences';
import { COLUMNS_FIRST } from './columns';

/** How the list is drawn. */
export interface View {
  columns: ColumnId[];
  layout: Layout;
}

type Kept = Partial<View>;

const NOTHING: Kept = {};

function readKept(raw: unknown): Kept | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { columns, layout } = raw as Record<string, unknown>;
  return { columns: readColumns(columns), layout: readLayout(layout) };
}

/** The view that SEARCH asks for, else the one that the person chose last, and what keeps another as that. */
export function useView(search: CatalogSearch): readonly [View, (next: Kept) => void] {
  const [kept, keep] = useSetting<Kept>(BUCKET, 'catalog', NOTHING, readKept);
  const view: View = {
    columns: search.columns ?? kept.columns ?? COLUMNS_FIRST,
    layout: search.layout ?? kept.layout ?? 'table',
  };
  return [view, (next) => keep({ ...kept, ...next })];
}

/** Pixels between the edges of OF; undefined until it is there. */
export function useWidth(of: RefObject<HTMLElement | null>): number | undefined {
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [of]);
  return width;
}
