import { Button } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '@/api/session';
import { useOrigin, useUnregister, type Origin } from '@/api/unregister';
import { formatRef, parseRef, refOf, type EntityRef } from '@/lib/ref';
import { locationTarget } from '@/lib/url';
import { Dialog } from '@/ui/Dialog';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './RegisterPage.module.css';

/** What would disappear with an entity's location, and, after a question, its end. */
export function UnregisterPage() {
  const { of } = useSearch({ from: '/unregister' });
  const ref = of ? parseRef(of, { kind: 'component' }) : undefined;
  const origin = useOrigin(ref);
  return (
    <div className="cb-page">
      <PageHeading title={say.un.title} />
      {!ref && <Empty title={say.un.none}>{say.un.noneHint}</Empty>}
      {ref && origin.isPending && <Skeleton rows={5} label={say.un.loading} />}
      <Trouble of={origin} />
      {ref && origin.data && <Question entityRef={ref} origin={origin.data} />}
    </div>
  );
}

function Question({ entityRef, origin }: { entityRef: EntityRef; origin: Origin }) {
  const session = useSession();
  const may = session.data?.roles.includes('editor') ?? false;
  const [asking, setAsking] = useState(false);
  const end = useUnregister(entityRef);
  const { entity, location, items, total } = origin;
  const orphan = entity.metadata.annotations?.['backstage.io/orphan'] === 'true';
  const from = location?.target ?? locationTarget(origin.origin) ?? '';
  const does = location ? say.un.location(total) : say.un.orphan;

  if (end.isSuccess) {
    return (
      <div role="status">
        <Note tone={end.data ? 'good' : 'info'} title={end.data ? say.un.gone(total) : say.un.going}>
          <p>{location ? say.un.back : say.un.orphanGone}</p>
        </Note>
      </div>
    );
  }
  if (!location && !orphan) {
    return (
      <Note tone="info" title={say.un.configured}>
        <p>{say.un.configuredHint}</p>
        <code>{from}</code>
      </Note>
    );
  }
  return (
    <div className={classes.parts}>
      <p>
        {location ? say.un.what(total) : say.un.orphanWhat} <code>{from}</code>
      </p>
      {!may && session.data && (
        <Note tone="warn" title={say.un.needs}>
          <p>{say.needsHint(session.data.user.displayName ?? session.data.user.ref, session.data.roles.join(', '))}</p>
        </Note>
      )}
      <ul className="cb-card" aria-label={say.un.list}>
        {items.map((item) => (
          <li key={formatRef(refOf(item))} className={classes.row}>
            <EntityLink to={refOf(item)} icon />
            <span className="cb-quiet">{item.kind}</span>
          </li>
        ))}
      </ul>
      {total > items.length && <p className="cb-quiet">{say.more(total - items.length)}</p>}
      <div>
        <Button color="red.9" disabled={!may} onClick={() => setAsking(true)}>
          {does}…
        </Button>
      </div>
      {asking && (
        <Dialog title={`${does}?`} onClose={() => setAsking(false)}>
          <p>{say.un.sure}</p>
          {end.isError && <Problem of={end.error} />}
          <Button mt={16} mr={10} variant="default" data-first onClick={() => setAsking(false)}>
            {say.un.keep}
          </Button>
          <Button mt={16} color="red.9" loading={end.isPending} onClick={() => end.mutate(origin)}>
            {does}
          </Button>
        </Dialog>
      )}
    </div>
  );
}
