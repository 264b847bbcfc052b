import { Link, useSearch } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { Source } from '@/api/types';
import { formatAge, formatDuration, formatInstant, formatNumber } from '@/lib/format';
import { Pill } from '@/ui/Pill';
import { Table } from '@/ui/Table';
import { say } from './messages';
import { SourceCard, TONES } from './SourceCard';
import classes from './SourceTable.module.css';

/** Many sources beside each other, a line each; the one that the address names is open below its line. */
export function SourceTable({ sources }: { sources: Source[] }) {
  const { source: open } = useSearch({ from: '/sources' });
  return (
    <Table label={say.table} className={`cb-card ${classes.table}`}>
      <thead>
        <tr>
          <th scope="col">{say.source}</th>
          <th scope="col">{say.health}</th>
          <th scope="col">{say.came}</th>
          <th scope="col" className={classes.number}>{say.files}</th>
          <th scope="col" className={classes.number}>{say.entities}</th>
          <th scope="col" className={classes.number}>{say.problems}</th>
          <th scope="col">{say.lastRead}</th>
          <th scope="col" className={classes.number}>{say.took}</th>
          <th scope="col">{say.triesShort}</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <Fragment key={source.id}>
            <Row source={source} open={source.id === open} />
            {source.id === open && (
              <tr>
                <td colSpan={9} className={classes.open}>
                  <ul>
                    <SourceCard source={source} />
                  </ul>
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </Table>
  );
}

function Row({ source, open }: { source: Source; open: boolean }) {
  const { id, name, url, state, lastRead, tookMs, recentTries = 0, recentFailures = 0, lastChange } = source;
  const wrong = wrongWith(source);
  const came = wrong ?? (lastChange && say.changes(lastChange.added, lastChange.changed, lastChange.removed));
  return (
    <tr>
      <th scope="row" title={url}>
        <Link from="/sources" to="/sources" search={(before) => ({ ...before, source: open ? undefined : id })} resetScroll={false} activeOptions={{ exact: true }} aria-expanded={open}>
          {name}
        </Link>
      </th>
      <td>
        <Pill tone={TONES[state]}>{say.state[state]}</Pill>
      </td>
      <td title={came} className={wrong ? classes.bad : undefined}>
        {came}
      </td>
      <td className={classes.number}>{formatNumber(source.fileCount)}</td>
      <td className={classes.number}>{formatNumber(source.entityCount)}</td>
      <td className={classes.number}>
        {source.problemCount > 0 ? (
          <Link to="/problems" search={{ source: id }}>
            {formatNumber(source.problemCount)}
          </Link>
        ) : (
          '0'
        )}
      </td>
      <td>{lastRead ? <time dateTime={lastRead} title={formatInstant(lastRead)}>{formatAge(lastRead)}</time> : say.notYet}</td>
      <td className={classes.number}>{tookMs !== undefined && formatDuration(tookMs / 1_000)}</td>
      <td className={recentFailures > 0 ? classes.bad : undefined}>{recentTries > 0 && say.triesOf(recentFailures, recentTries)}</td>
    </tr>
  );
}

// In one line; the card has the whole of it, and what to do.
function wrongWith({ error, heldDeletions = 0 }: Source): string | undefined {
  return error ?? (heldDeletions > 0 ? say.held.title(heldDeletions) : undefined);
}
