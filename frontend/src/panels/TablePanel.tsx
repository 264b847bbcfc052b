import type { ReactNode } from 'react';
import { formatAge, formatBytes, formatDuration, formatInstant, formatMeasure } from '@/lib/format';
import { parseRef } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Table } from '@/ui/Table';
import type { Cell, CellKind, Single, TableData } from './data';
import { isState } from './health';
import { say } from './messages';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import { StateMark } from './StateMark';
import classes from './TablePanel.module.css';

const NUMBERS = new Set<CellKind>(['number', 'bytes', 'duration']);

/** Many of the same, a row each. */
export function TablePanel({ data, label }: { data: TableData; label: string }) {
  const more = useMore(data.rows, 20, 500);
  const { columns, truncated } = data;
  return (
    <>
      {data.rows.length === 0 && <NoItems />}
      {data.rows.length > 0 && (
        <Table label={say.tableOf(label)} className={classes.panel}>
          <thead>
            <tr>
              {columns.map(({ key, title, kind, unit }) => (
                <th key={key} scope="col" className={kind && NUMBERS.has(kind) ? classes.number : undefined}>
                  {title}
                  {unit && <span className={classes.unit}> ({unit})</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {more.shown.map((row, i) => (
              <tr key={i}>
                {columns.map(({ key, kind }) => (
                  <td key={key} dir="auto" title={hint(row[key])} className={kind && NUMBERS.has(kind) ? classes.number : undefined}>
                    {drawCell(row[key], kind ?? 'text')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <More {...more} />
      {!!truncated && <p className={classes.cut}>{typeof truncated === 'number' ? say.cutAt(truncated) : say.cut}</p>}
    </>
  );
}

function hint(cell: Cell): string | undefined {
  if (typeof cell === 'object' && cell !== null) return cell.title ?? asText(cell.text);
  return asText(cell);
}

function asText(value: Single): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value);
}

function drawCell(cell: Cell, kind: CellKind): ReactNode {
  const parts = typeof cell === 'object' && cell !== null ? cell : { text: cell };
  const { text, url, state } = parts;
  const said = asText(text);
  if (isState(state) || (kind === 'status' && said)) {
    const mark = <StateMark state={isState(state) ? state : isState(text) ? text : 'unknown'} text={isState(text) ? undefined : said} />;
    return <PanelLink url={url}>{mark}</PanelLink>;
  }
  if (!said || text === null || text === undefined) return url ? <PanelLink url={url}>{url}</PanelLink> : null;
  return <PanelLink url={url}>{drawText(text, kind)}</PanelLink>;
}

function drawText(text: NonNullable<Single>, kind: CellKind): ReactNode {
  if (typeof text === 'boolean') return text ? say.yes : say.no;
  const number = Number(text);
  switch (kind) {
    case 'time':
      return Number.isNaN(Date.parse(String(text))) ? (
        String(text)
      ) : (
        <time dateTime={String(text)} title={formatInstant(String(text))}>
          {formatAge(String(text))}
        </time>
      );
    case 'number':
      return Number.isFinite(number) ? formatMeasure(number) : String(text);
    case 'bytes':
      return Number.isFinite(number) ? formatBytes(number) : String(text);
    case 'duration':
      return Number.isFinite(number) ? formatDuration(number) : String(text);
    case 'code':
      return <code>{String(text)}</code>;
    case 'entity': {
      const ref = parseRef(String(text), { kind: 'component' });
      return ref ? <EntityLink to={ref} context={{ kind: ref.kind }} icon /> : String(text);
    }
    case 'link':
    default:
      return String(text);
  }
}
