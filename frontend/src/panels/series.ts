import { formatMeasure } from '@/lib/format';
import type { OneSeries } from './data';
import { say } from './messages';

/** The name of a series, else its labels, else its number. */
export function nameOf(series: OneSeries, at: number): string {
  if (series.name) return series.name;
  const labels = Object.entries(series.labels ?? {});
  return labels.length > 0 ? labels.map(([key, value]) => `${key}=${String(value)}`).join(', ') : say.nameless(at + 1);
}

export interface Figures {
  last: string;
  least: string;
  most: string;
}

/** What a chart says in words: the last value, the lowest and the highest. */
export function figuresOf({ points, unit }: OneSeries): Figures {
  let last: number | undefined;
  let least = Infinity;
  let most = -Infinity;
  for (const [, value] of points) {
    if (value === null || !Number.isFinite(value)) continue;
    last = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const text = (value: number) => formatMeasure(value, unit);
  return last === undefined ? { last: '–', least: '–', most: '–' } : { last: text(last), least: text(least), most: text(most) };
}

/** Times in order, and for each series its value at each of them (null where it has none). */
export function aligned(series: readonly OneSeries[]): { times: number[]; values: (number | null)[][] } {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const place = new Map(times.map((at, i) => [at, i]));
  const values = series.map(({ points }) => {
    const row = Array<number | null>(times.length).fill(null);
    for (const [at, value] of points) row[place.get(at)!] = value;
    return row;
  });
  return { times, values };
}

/** SERIES by unit: what is measured in different units is not drawn against one axis. */
export function byUnit(series: readonly OneSeries[]): { unit: string | undefined; series: OneSeries[] }[] {
  const groups = new Map<string | undefined, OneSeries[]>();
  for (const one of series) {
    const unit = one.unit ?? undefined;
    groups.set(unit, [...(groups.get(unit) ?? []), one]);
  }
  return [...groups].map(([unit, list]) => ({ unit, series: list }));
}
