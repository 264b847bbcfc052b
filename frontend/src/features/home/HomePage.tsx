import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useFacets } from '@/api/entities';
import { useMine, useOwned } from '@/api/mine';
import { useSession } from '@/api/session';
import { useStarred } from '@/api/starred';
import type { Entity } from '@/api/types';
import { counted, formatNumber } from '@/lib/format';
import { readRecent } from '@/lib/recent';
import { formatRef, parseRef, refOf, shortRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { KindIcon } from '@/ui/KindIcon';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import classes from './HomePage.module.css';
import { say } from './messages';

const STARRED_SHOWN = 20;

/** Mine before all: what my teams own, the worst first, and where I was. */
export function HomePage() {
  const session = useSession();
  const user = session.data?.user;
  return (
    <div className="cb-page">
      <PageHeading title="Home">{user && !session.data?.guest ? `Hello, ${user.displayName ?? user.ref.split('/').at(-1)}` : 'Home'}</PageHeading>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Own user={user?.ref} guest={session.data?.guest ?? false} />
        </div>
        <div className={classes.side}>
          <Starred />
          <Recent />
          <Kinds />
        </div>
      </div>
    </div>
  );
}

function Own({ user, guest }: { user?: string; guest: boolean }) {
  const mine = useMine(guest ? undefined : user); // a guest owns nothing
  const owned = useOwned(mine.data?.refs);
  const title = <h2 id="own">Owned by you and your teams</h2>;

  if (mine.isError || owned.isError) {
    return (
      <section className="cb-card" aria-labelledby="own">
        <div className={classes.head}>{title}</div>
        <Problem of={(mine.error ?? owned.error)!} onRetry={mine.isError ? mine.refetch : owned.refetch} />
      </section>
    );
  }
  const isNobody = guest || (mine.data && (mine.data.unknown || mine.data.refs.length === 0));
  const isWaiting = !isNobody && (mine.isPending || owned.isPending);
  const all = owned.data?.all.items ?? [];
  const broken = new Set(owned.data?.broken.items.map((entity) => formatRef(refOf(entity))));
  const total = owned.data?.all.totalItems ?? 0;
  return (
    <section className="cb-card" aria-labelledby="own">
      <div className={classes.head}>
        {title}
        {total > 0 && (
          <p className="cb-quiet" role="status">
            {counted(total, 'entity', 'entities')}
            {broken.size > 0 && `, ${formatNumber(owned.data!.broken.totalItems)} with problems`}
          </p>
        )}
      </div>
      {isWaiting && <Skeleton rows={6} label="Loading what you own" />}
      {!isWaiting && total === 0 && <NothingOwned guest={guest} unknown={isNobody ?? false} groups={mine.data?.groups ?? []} />}
      {byKind(all, broken).map(([kind, entities]) => (
        <div key={kind} className={classes.kind}>
          <h3>
            <KindIcon kind={kind} /> {kind} <span className="cb-quiet">{entities.length}</span>
          </h3>
          <ul>
            {entities.map((entity) => (
              <li key={formatRef(refOf(entity))} className={classes.entity}>
                <EntityLink to={refOf(entity)} title={entity.metadata.title} />
                <span className={classes.what}>{String(entity.metadata.description ?? '')}</span>
                {broken.has(formatRef(refOf(entity))) && <Pill tone="bad">problems</Pill>}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {total > all.length && mine.data && (
        <p className={classes.more}>
          <Link to="/catalog" search={{ owner: mine.data.refs }}>
            All {formatNumber(total)} in the catalog
          </Link>
        </p>
      )}
    </section>
  );
}

/** Kinds with something broken first, and within each the broken ones. */
export function byKind(all: Entity[], broken: Set<string>): [string, Entity[]][] {
  const kinds = new Map<string, Entity[]>();
  for (const entity of all) kinds.set(entity.kind, [...(kinds.get(entity.kind) ?? []), entity]);
  const bad = (entity: Entity) => (broken.has(formatRef(refOf(entity))) ? 0 : 1);
  return [...kinds]
    .map(([kind, list]): [string, Entity[]] => [kind, [...list].sort((a, b) => bad(a) - bad(b))])
    .sort(([, a], [, b]) => bad(a[0]!) - bad(b[0]!));
}

function NothingOwned({ guest, unknown, groups }: { guest: boolean; unknown: boolean; groups: string[] }) {
  if (guest || unknown) {
    return (
      <Empty title={guest ? 'You are a guest' : 'The catalog does not know you'}>
        Sign in as somebody whom a <code>User</code> entity describes, and what you and your teams own stands here. A user belongs to a
        team by <code>spec.memberOf</code>, a component to a team by <code>spec.owner</code>.
      </Empty>
    );
  }
  return (
    <Empty title="Nothing is owned by you">
      {groups.length > 0
        ? `You are in ${groups.map((ref) => ref.split('/').at(-1)).join(', ')}, which owns nothing yet: `
        : 'You are in no team: a group takes you in by spec.members, or your User entity by spec.memberOf. '}
      an entity names its owner in <code>spec.owner</code>.
    </Empty>
  );
}

// Refs say enough to go there, so that nothing is asked for them.
function Starred() {
  const [starred] = useStarred();
  if (starred.length === 0) return null;
  const refs = starred.slice(-STARRED_SHOWN).reverse().flatMap((text) => parseRef(text) ?? []);
  return (
    <section className="cb-card" aria-labelledby="starred">
      <div className={classes.head}>
        <h2 id="starred">{say.starred}</h2>
      </div>
      <ul className={classes.list}>
        {refs.map((ref) => (
          <li key={formatRef(ref)}>
            <EntityLink to={ref} title={shortRef(ref)} icon />
          </li>
        ))}
      </ul>
      {starred.length > refs.length && <p className={classes.more}>{say.more(starred.length - refs.length)}</p>}
    </section>
  );
}

function Recent() {
  const [recent] = useState(readRecent);
  if (recent.length === 0) return null;
  return (
    <section className="cb-card" aria-labelledby="recent">
      <div className={classes.head}>
        <h2 id="recent">Looked at lately</h2>
      </div>
      <ul className={classes.list}>
        {recent.slice(0, 8).map((ref) => (
          <li key={formatRef(ref)}>
            <EntityLink to={ref} title={shortRef(ref)} icon />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Kinds() {
  const facets = useFacets(['kind'], []);
  const kinds = facets.data?.facets.kind ?? [];
  return (
    <section className="cb-card" aria-labelledby="kinds">
      <div className={classes.head}>
        <h2 id="kinds">In the catalog</h2>
      </div>
      {facets.isPending && <Skeleton rows={4} label="Loading the counts" />}
      {facets.isError && <Problem of={facets.error} onRetry={facets.refetch} />}
      {facets.isSuccess && kinds.length === 0 && (
        <Empty title="The catalog is empty">
          Add a repository to <code>sources:</code>, then look at <Link to="/sources">Sources</Link>.
        </Empty>
      )}
      <ul className={classes.list}>
        {kinds.map(({ value, count }) => (
          <li key={value} className={classes.count}>
            <KindIcon kind={value} />
            <Link to="/catalog" search={{ kind: [value] }}>
              {value}
            </Link>
            <span className="cb-quiet">{formatNumber(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
