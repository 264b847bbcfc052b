import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Entity, EntityPage } from '@/api/types';
import { formatRef, refOf } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { PlainButton } from '@/ui/PlainButton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './OrgPage.module.css';

/** As people know it: its title, a person's name, else nothing and it is called by its ref. */
export function titleIn({ metadata, spec }: Entity): string | undefined {
  const { displayName } = (spec?.profile ?? {}) as { displayName?: unknown };
  return metadata.title ?? (typeof displayName === 'string' && displayName !== '' ? displayName : undefined);
}

/** A list that is fetched page after page. */
export function EntityPages({ of, none, label }: { of: UseInfiniteQueryResult<InfiniteData<EntityPage>>; none: string; label: string }) {
  const items = of.data?.pages.flatMap((page) => page.items) as Entity[] | undefined;
  return (
    <>
      <Trouble of={of} />
      {items?.length === 0 && <p className="cb-quiet">{none}</p>}
      {items && items.length > 0 && (
        <ul className={classes.list} aria-label={label}>
          {items.map((entity) => (
            <li key={formatRef(refOf(entity))}>
              <EntityLink to={refOf(entity)} title={titleIn(entity)} icon />
            </li>
          ))}
        </ul>
      )}
      {of.hasNextPage && (
        <PlainButton disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
          {say.more}
        </PlainButton>
      )}
    </>
  );
}
