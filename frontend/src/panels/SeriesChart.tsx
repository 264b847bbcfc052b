import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatMeasure } from '@/lib/format';
import { dates } from '@/lib/language';
import { colourOf } from './colours';
import classes from './SeriesChart.module.css';

export interface SeriesChartProps {
  times: number[];
  values: (number | null)[][];
  names: string[];
  unit?: string;
  from: number;
  to: number;
}

const HEIGHT = 200;

/** From here on the hour alone does not say when. */
const DAY_S = 86_400;

/** The drawing alone; what it says stands in words beside it. */
export function SeriesChart({ times, values, names, unit, from, to }: SeriesChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();

  useEffect(() => {
    const element = box.current!;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const moments = dates(to - from > DAY_S ? { day: 'numeric', month: 'short', hour: 'numeric' } : { timeStyle: 'short' });
    const axis = { stroke: colour('--cb-quiet'), grid: { stroke: colour('--cb-edge'), width: 1 }, ticks: { show: false }, font: '12px system-ui' };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 28, 0, 0], // half of the last hour's name stands beside the chart
        scales: { x: { time: true, range: [from, to] } },
        axes: [
          { ...axis, size: 28, space: 90, values: (_, splits) => splits.map((at) => moments.format(at * 1_000)) },
          { ...axis, size: 64, values: (_, splits) => splits.map((value) => (value === null ? '' : formatMeasure(value, unit))) },
        ],
        series: [
          {},
          ...names.map((label, i) => {
            const { name, dash } = colourOf(i);
            return { label, stroke: colour(`--cb-line-${name}`), width: 2, dash, points: { show: times.length < 3 }, spanGaps: false };
          }),
        ],
      },
      [times, ...values] as uPlot.AlignedData,
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [times, values, names, unit, from, to, scheme]);

  return <div ref={box} className={classes.box} />;
}
