import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CONFLICT, DANGLING, useCycles, useOrphans, useProblemsOf } from '@/api/loose-ends';
import { formatNumber } from '@/lib/format';
import { formatRef, refOf } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './LooseEnds.module.css';

/** What was read and does not fit together: orphans, contested names, references to nothing, circles. */
export function LooseEnds() {
  const orphans = useOrphans();
  const conflicts = useProblemsOf(CONFLICT);
  const dangling = useProblemsOf(DANGLING, 5);
  const cycles = useCycles();
  // All at once, so that no part moves because one above it was answered later.
  if ([orphans, conflicts, dangling, cycles].some(({ isPending }) => isPending)) return <Skeleton rows={8} label={say.loose.loading} />;
  return (
    <div className={classes.parts}>
      <Part title={say.loose.orphans} hint={say.loose.orphansHint} none={say.loose.noOrphans} of={orphans}>
        {orphans.data && (
          <ul>
            {orphans.data.items.map((entity) => (
              <li key={formatRef(refOf(entity))} className={classes.row}>
                <EntityLink to={refOf(entity)} icon /> <span className="cb-quiet">{entity.kind}</span>
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title={say.loose.conflicts} hint={say.loose.conflictsHint} none={say.loose.noConflicts} of={conflicts} rule={CONFLICT}>
        <ul>{conflicts.data?.items.map((problem) => <ProblemItem key={problem.id} problem={problem} />)}</ul>
      </Part>
      <Part title={say.loose.dangling} hint={say.loose.danglingHint} none={say.loose.noDangling} of={dangling} rule={DANGLING}>
        <ul>{dangling.data?.items.map((problem) => <ProblemItem key={problem.id} problem={problem} />)}</ul>
      </Part>
      <Part title={say.loose.cycles} hint={say.loose.cyclesHint} none={say.loose.noCycles} of={cycles}>
        <ul>
          {cycles.data?.items.map(({ cycle, entities }) => (
            <li key={cycle.nodes[0]} className={classes.row}>
              {cycle.nodes.map((ref) => (
                <span key={ref} className={classes.step}>
                  <EntityLink to={ref} icon /> <span aria-hidden="true">→</span>
                </span>
              ))}
              <span className="cb-quiet">{say.loose.members(entities)}</span>
            </li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

interface PartProps {
  title: string;
  hint: string;
  none: string;
  of: Parameters<typeof Trouble>[0]['of'] & { data: { totalItems: number; items: readonly unknown[] } | undefined };
  /** The rule by which the problems are filtered that have all of it. */
  rule?: string;
  children: ReactNode;
}

function Part({ title, hint, none, of, rule, children }: PartProps) {
  const { data } = of;
  const some = data !== undefined && data.totalItems > 0;
  return (
    <section className={`cb-card ${classes.card}`} aria-label={title}>
      <h2>
        {title} {data && <span className={classes.count}>{formatNumber(data.totalItems)}</span>}
      </h2>
      <Trouble of={of} />
      {data && <p className="cb-quiet">{some ? hint : none}</p>}
      {some && children}
      {some && data.totalItems > data.items.length && (
        <p className="cb-quiet">
          {say.loose.first(data.items.length, data.totalItems)}{' '}
          {rule && (
            <Link to="/problems" search={{ rule }}>
              {say.loose.all(data.totalItems)}
            </Link>
          )}
        </p>
      )}
    </section>
  );
}
