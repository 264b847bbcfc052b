import { Link } from '@tanstack/react-router';
import { formatAge, formatInstant } from '@/lib/format';
import { safeUrl } from '@/lib/url';
import { CopyButton } from './CopyButton';
import { EntityLink } from './EntityLink';
import { say } from './messages';
import { Pill } from './Pill';
import classes from './ProblemItem.module.css';

export interface ProblemItemProps {
  problem: {
    source: string;
    repository?: string;
    commit?: string;
    path?: string;
    line?: number;
    column?: number;
    /** The file's page at its forge, the line in sight. */
    viewUrl?: string;
    rule: string;
    severity: string;
    message: string;
    remedy?: string;
    entityRef?: string;
    firstSeen?: string | null;
  };
  /** The page is about this entity already. */
  withoutEntity?: boolean;
  /** The file's address on its forge, where the problem does not tell one. */
  fileUrl?: string;
}

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;
const isKnown = (severity: string): severity is keyof typeof TONES => Object.hasOwn(TONES, severity);

/** One mistake in a file: what, where, and what would be right. */
export function ProblemItem({ problem, withoutEntity, fileUrl }: ProblemItemProps) {
  const { path, line, column, severity } = problem;
  const place = path && [path, line, line && column].filter(Boolean).join(':');
  const target = safeUrl(problem.viewUrl ?? (fileUrl && (line ? `${fileUrl}#L${line}` : fileUrl)));
  return (
    <li className={classes.item}>
      <p className={classes.message}>
        {isKnown(severity) ? <Pill tone={TONES[severity]}>{say.severity[severity]}</Pill> : <Pill tone="bad">{severity}</Pill>}{' '}
        {problem.message}
      </p>
      {problem.remedy && <p className={classes.remedy}>{problem.remedy}</p>}
      <p className={classes.where}>
        {place && (
          <span className={classes.place}>
            {target ? <a href={target}><code>{place}</code></a> : <code>{place}</code>}
            <CopyButton text={place} label={say.copy(place)} />
          </span>
        )}
        {!withoutEntity && problem.entityRef && <EntityLink to={problem.entityRef} icon />}
        {problem.repository && <span title={problem.repository}>{problem.repository}</span>}
        {problem.commit && <code title={problem.commit}>{problem.commit.slice(0, 8)}</code>}
        {problem.source ? (
          <Link to="/problems" search={{ rule: problem.rule }} title={say.likeThis}>
            <code>{problem.rule}</code>
          </Link>
        ) : (
          <code>{problem.rule}</code>
        )}
        {problem.firstSeen && (
          <time dateTime={problem.firstSeen} title={formatInstant(problem.firstSeen)}>
            {say.since(formatAge(problem.firstSeen))}
          </time>
        )}
      </p>
    </li>
  );
}
