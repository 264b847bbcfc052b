import { lazy, Suspense, useMemo } from 'react';
import { formatInstant, formatMeasure } from '@/lib/format';
import { Table } from '@/ui/Table';
import type { SeriesData } from './data';
import { say } from './messages';
import { NoItems } from './NoItems';
import { aligned, byUnit, figuresOf, nameOf } from './series';
import classes from './SeriesPanel.module.css';
import { colourOf } from './colours';

const SeriesChart = lazy(() => import('./SeriesChart').then((m) => ({ default: m.SeriesChart })));

/** Lines in one picture: more cannot be told apart. */
const LINES_MAX = 12;

/** Rows of the table of values: the last ones are those that are asked for. */
const ROWS_MAX = 60;

/** Numbers over time: a chart, its last, lowest and highest values, and all of it as a table. */
export function SeriesPanel({ data, label }: { data: SeriesData; label: string }) {
  // The same answer keeps the same chart: it is drawn anew only when there is something new.
  const charts = useMemo(() => chartsOf(data.series), [data.series]);
  if (data.series.length === 0) return <NoItems />;
  if (charts.length === 0) return <p className="cb-quiet">{say.noPoints}</p>;
  return (
    <div className={classes.charts}>
      {charts.map((chart) => (
        <One key={chart.unit ?? ''} chart={chart} data={data} label={label} />
      ))}
    </div>
  );
}

function chartsOf(series: SeriesData['series']) {
  return byUnit(series.filter(({ points }) => points.length > 0)).map((group) => {
    const drawn = group.series.slice(0, LINES_MAX);
    return { unit: group.unit, total: group.series.length, drawn, names: drawn.map(nameOf), ...aligned(drawn) };
  });
}

type Chart = ReturnType<typeof chartsOf>[number];

function One({ chart, data, label }: { chart: Chart; data: SeriesData; label: string }) {
  const { unit, total, drawn, names, times, values } = chart;
  const iso = (at: number) => formatInstant(new Date(at * 1_000).toISOString());
  const from = times[0]!;
  const to = times.at(-1)!;
  return (
    <figure className={classes.figure}>
      <div className={classes.chart} role="img" aria-label={say.chart(names.join(', '), iso(from), iso(to))}>
        <Suspense fallback={<p className="cb-quiet">{say.drawing}</p>}>
          <SeriesChart times={times} values={values} names={names} unit={unit} from={data.from ?? from} to={data.to ?? to} />
        </Suspense>
      </div>
      <figcaption>
        <Table label={`${label}: ${say.series}${unit ? ` (${unit})` : ''}`} look="figures">
          <thead>
            <tr>
              <th scope="col">{say.series}</th>
              <th scope="col">{say.last}</th>
              <th scope="col">{say.least}</th>
              <th scope="col">{say.most}</th>
            </tr>
          </thead>
          <tbody>
            {drawn.map((one, i) => {
              const { last, least, most } = figuresOf(one);
              return (
                <tr key={i}>
                  <th scope="row" dir="auto" title={names[i]}>
                    <Stroke at={i} /> {names[i]}
                  </th>
                  <td>{last}</td>
                  <td>{least}</td>
                  <td>{most}</td>
                </tr>
              );
            })}
          </tbody>
        </Table>
        {total > LINES_MAX && <p className="cb-quiet">{say.notDrawn(LINES_MAX, total)}</p>}
        <details className={classes.values}>
          <summary>{say.values}</summary>
          <Table label={`${label}: ${say.values}${unit ? ` (${unit})` : ''}`} look="figures" className={classes.tall}>
            <thead>
              <tr>
                <th scope="col">{say.time}</th>
                {names.map((name, i) => (
                  <th key={i} scope="col" dir="auto">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.slice(-ROWS_MAX).map((at, i, { length }) => (
                <tr key={at}>
                  <th scope="row">{iso(at)}</th>
                  {values.map((row, j) => {
                    const value = row[times.length - length + i];
                    return <td key={j}>{value === null || value === undefined ? '–' : formatMeasure(value, unit)}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </Table>
          {times.length > ROWS_MAX && <p className="cb-quiet">{say.lastOf(ROWS_MAX, times.length)}</p>}
        </details>
      </figcaption>
    </figure>
  );
}

// The line as it is in the chart: colour and dashes, so that either is enough.
function Stroke({ at }: { at: number }) {
  const { name, dash } = colourOf(at);
  return (
    <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true" className={classes.stroke} data-colour={name}>
      <path d="M0 4h26" stroke="currentColor" strokeWidth="3" strokeDasharray={dash.join(' ')} fill="none" />
    </svg>
  );
}
