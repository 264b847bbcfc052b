import { Link } from '@tanstack/react-router';
import type { useEntity } from '@/api/entity';
import type { Entity } from '@/api/types';
import { Note } from '@/ui/Note';
import { Trouble } from '@/ui/Trouble';
import classes from './Banners.module.css';
import { say } from './messages';

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;

interface BannersProps {
  entity: Entity;
  problemCount: number;
  /** There are more than were counted. */
  moreProblems: boolean;
  asked: ReturnType<typeof useEntity>;
}

/** What must be known before reading on: it is out of date, orphaned, or its file is broken. */
export function Banners({ entity, problemCount, moreProblems, asked }: BannersProps) {
  const items = entity.status?.items ?? [];
  const orphan = entity.metadata.annotations?.['backstage.io/orphan'] === 'true';
  if (items.length === 0 && !orphan && problemCount === 0 && !asked.isError) return null;
  return (
    <div className={classes.stack}>
      <Trouble of={asked} />
      {orphan && (
        <Note tone="warn" title={say.banners.orphan}>
          <p>{say.banners.orphanHint}</p>
        </Note>
      )}
      {items.map((item, i) => (
        <Note
          key={i}
          tone={TONES[item.level] ?? 'bad'}
          title={item.level === 'error' ? say.banners.stale : say.banners.note}
        >
          <p>{item.message}</p>
        </Note>
      ))}
      {problemCount > 0 && (
        <Note tone="warn" title={say.banners.problems(problemCount, moreProblems)}>
          <p>
            <Link
              from="/catalog/$namespace/$kind/$name/{-$tab}"
              to="/catalog/$namespace/$kind/$name/{-$tab}"
              params={(before) => ({ ...before, tab: 'problems' })}
            >
              {say.banners.toProblems}
            </Link>
          </p>
        </Note>
      )}
    </div>
  );
}
