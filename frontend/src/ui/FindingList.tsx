import type { ReactNode } from 'react';
import { EntityLink } from './EntityLink';
import classes from './FindingList.module.css';
import { say } from './messages';
import { Pill } from './Pill';

export interface FindingListProps<F> {
  label: string;
  findings: readonly F[];
  /** What stands before them. */
  children?: ReactNode;
  /** What one can do about a finding. */
  remedy?: (finding: F) => ReactNode;
}

const GOOD = /^(served|gives|did-you-mean)$/;
const isKnown = (type: string): type is keyof typeof say.finding => Object.hasOwn(say.finding, type);

/** What the explanation of an entity or a file has found, the most telling first. */
export function FindingList<F extends { type: string; sentence: string; refs?: string[] }>({ label, findings, children, remedy }: FindingListProps<F>) {
  return (
    <ul aria-label={label}>
      {children && <li className={classes.row}>{children}</li>}
      {findings.map((finding, i) => (
        <li key={i} className={classes.row}>
          <Pill tone={GOOD.test(finding.type) ? 'info' : 'warn'}>{isKnown(finding.type) ? say.finding[finding.type] : finding.type}</Pill>
          <span>{finding.sentence}</span>
          {finding.refs?.map((ref) => <EntityLink key={ref} to={ref} icon />)}
          {remedy?.(finding)}
        </li>
      ))}
    </ul>
  );
}
