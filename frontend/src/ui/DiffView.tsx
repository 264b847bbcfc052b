import { useMemo } from 'react';
import { diffLines, hunksOf } from '@/lib/diff';
import { CodeText } from './CodeText';
import classes from './DiffView.module.css';
import { DiffTable } from './DiffTable';
import { say } from './messages';

export interface DiffViewProps {
  before: string;
  after: string;
  /** What is compared, for those who hear it. */
  label: string;
}

/** Lines drawn at most; a longer difference is read elsewhere. */
const LINES_MAX = 3_000;

/** Two texts, and what is different. */
export function DiffView({ before, after, label }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const hunks = useMemo(() => lines && hunksOf(lines.slice(0, LINES_MAX)), [lines]);

  if (!lines || !hunks) {
    return (
      <>
        <p className="cb-quiet">{say.tooLong}</p>
        <div className={classes.both}>
          <CodeText text={before} label={`${label}: ${say.before}`} />
          <CodeText text={after} label={`${label}: ${say.after}`} />
        </div>
      </>
    );
  }
  if (lines.every(({ kind }) => kind === 'same')) return <p className="cb-quiet">{say.noDifference}</p>;
  return (
    <>
      <DiffTable hunks={hunks} label={label} />
      {lines.length > LINES_MAX && <p className="cb-quiet">{say.leftOut(LINES_MAX, lines.length)}</p>}
    </>
  );
}
