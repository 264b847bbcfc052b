import { Link } from '@tanstack/react-router';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Home } from '@/api/mine';
import { formatRef, refOf } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { KindIcon } from '@/ui/KindIcon';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { formatNumber } from '@/lib/format';
import classes from './HomePage.module.css';
import { say } from './messages';
import { nameOf, Wrong } from './Wrong';

/** What I and my teams own, kind by kind; where that is nothing, how owning works. */
export function Owned({ guest, user, home }: { guest: boolean; user?: string; home: UseQueryResult<Home> }) {
  const mine = guest ? undefined : home.data;
  const owner = mine && [mine.user.ref, ...mine.groups.map(({ ref }) => ref)];
  return (
    <section className="cb-card" aria-labelledby="own">
      <div className={classes.head}>
        <h2 id="own">{say.owned}</h2>
        {mine && mine.totalItems > 0 && (
          <p className="cb-quiet" role="status">
            {say.ownedCount(mine.totalItems)}
            {mine.problemItems > 0 && (
              <>
                {', '}
                <Link to="/catalog" search={{ owner, health: ['problems'] }}>
                  {say.ownedWrong(mine.problemItems)}
                </Link>
              </>
            )}
          </p>
        )}
      </div>
      {mine && mine.groups.length > 0 && (
        <ul className={classes.teams} aria-label={say.teams}>
          {mine.groups.map(({ ref, title }) => (
            <li key={ref}>
              <EntityLink to={ref} title={title} context={{ kind: 'group' }} icon />
            </li>
          ))}
        </ul>
      )}
      {!guest && home.isPending && <Skeleton rows={8} label={say.ownedLoading} />}
      {!guest && <Trouble of={home} />}
      {guest && <Nothing title={say.guest} hint={say.guestHint} />}
      {mine?.totalItems === 0 &&
        (!mine.user.known ? (
          <Nothing title={say.unknown} hint={say.unknownHint(user ?? '')} />
        ) : mine.groups.length === 0 ? (
          <Nothing title={say.noTeam} hint={say.noTeamHint} />
        ) : (
          <Nothing title={say.noneOwned} hint={say.noneOwnedBy(mine.groups.map(({ ref, title }) => title ?? ref.split('/').at(-1)!))} />
        ))}
      {mine?.kinds.map(({ kind, totalItems, items }) => (
        <div key={kind} className={classes.kind}>
          <h3>
            <KindIcon kind={kind} /> {kind} <span className="cb-quiet">{formatNumber(totalItems)}</span>
          </h3>
          <ul>
            {items.map((standing) => (
              <li key={formatRef(refOf(standing.entity))} className={classes.entity}>
                <EntityLink to={refOf(standing.entity)} title={nameOf(standing.entity)} />
                <span className={classes.what}>{standing.severity ? standing.rules?.join(', ') : String(standing.entity.metadata.description ?? '')}</span>
                {standing.severity && <Wrong standing={standing} />}
              </li>
            ))}
          </ul>
          {totalItems > items.length && (
            <Link to="/catalog" search={{ kind: [kind], owner }}>
              {say.kindAll(totalItems, kind)}
            </Link>
          )}
        </div>
      ))}
      {mine && mine.totalItems > 0 && (
        <p className={classes.more}>
          <Link to="/catalog" search={{ owner }}>
            {say.ownedAll(mine.totalItems)}
          </Link>
        </p>
      )}
    </section>
  );
}

function Nothing({ title, hint }: { title: string; hint: string }) {
  return (
    <Empty title={title}>
      <p className={classes.hint}>{hint}</p>
      <p className={classes.do}>
        <Link to="/register">{say.toRegister}</Link>
        <Link to="/catalog">{say.toCatalog}</Link>
      </p>
    </Empty>
  );
}
