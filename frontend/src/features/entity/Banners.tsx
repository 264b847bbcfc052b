import { Link } from '@tanstack/react-router';
import type { useEntity } from '@/api/entity';
import type { Entity } from '@/api/types';
import { counted } from '@/lib/format';
import { Note } from '@/ui/Note';
import { Trouble } from '@/ui/Trouble';
import classes from './Banners.module.css';

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;

/** What must be known before reading on: it is out of date, orphaned, or its file is broken. */
export function Banners({ entity, problemCount, asked }: { entity: Entity; problemCount: number; asked: ReturnType<typeof useEntity> }) {
  const items = entity.status?.items ?? [];
  const orphan = entity.metadata.annotations?.['backstage.io/orphan'] === 'true';
  if (items.length === 0 && !orphan && problemCount === 0 && !asked.isError) return null;
  return (
    <div className={classes.stack}>
      <Trouble of={asked} />
      {orphan && (
        <Note tone="warn" title="This is an orphan">
          <p>No file leads to it any more. It stays until someone removes it.</p>
        </Note>
      )}
      {items.map((item, i) => (
        <Note
          key={i}
          tone={TONES[item.level] ?? 'bad'}
          title={item.level === 'error' ? 'This is the last good version: its file is broken now' : 'A note from the catalog'}
        >
          <p>{item.message}</p>
        </Note>
      ))}
      {problemCount > 0 && (
        <Note tone="warn" title={`${counted(problemCount, 'problem')} in this entity's file`}>
          <p>
            <Link
              from="/catalog/$namespace/$kind/$name/{-$tab}"
              to="/catalog/$namespace/$kind/$name/{-$tab}"
              params={(before) => ({ ...before, tab: 'problems' })}
            >
              What is wrong, and how to put it right
            </Link>
          </p>
        </Note>
      )}
    </div>
  );
}
