import { useState } from 'react';
import { useHome, type Home } from '@/api/mine';
import { useSession } from '@/api/session';
import { useStarred } from '@/api/starred';
import { readRecent } from '@/lib/recent';
import { formatRef } from '@/lib/ref';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { say as ui } from '@/ui/messages';
import { EntityList } from './EntityList';
import classes from './HomePage.module.css';
import { Kinds } from './Kinds';
import { say } from './messages';
import { Owned } from './Owned';
import { Runs } from './Runs';
import { Shortcuts } from './Shortcuts';

const STARRED_SHOWN = 20;
const RECENT_SHOWN = 8;

export type Standings = Map<string, Home['refs'][number]>;

/** Mine before all: what my teams own, the worst first, my runs, and where I was. */
export function HomePage() {
  const session = useSession();
  const [allStarred] = useStarred();
  const [allRecent] = useState(readRecent);
  const starred = allStarred.slice(-STARRED_SHOWN).reverse();
  const recent = allRecent.slice(0, RECENT_SHOWN).map(formatRef);
  const refs = [...new Set([...starred, ...recent])];
  const { user, guest = false } = session.data ?? {};
  // A guest owns nothing; what the guest has starred is asked about all the same.
  const home = useHome(user?.ref, refs, !user || (guest && refs.length === 0));
  const standings: Standings = new Map((home.data?.refs ?? []).map((one) => [one.ref, one]));
  // Whose own things stand beside it is told there that the answer failed, or is old.
  const retry = home.isError && guest && !home.data ? home.refetch : undefined;

  return (
    <div className="cb-page">
      <PageHeading title={ui.page.home}>{user && !guest ? say.hello(user.displayName ?? user.ref.split('/').at(-1)!) : ui.page.home}</PageHeading>
      <Shortcuts own={home.data && !guest ? [home.data.user.ref, ...home.data.groups.map(({ ref }) => ref)] : undefined} />
      {session.isError && <Problem of={session.error} onRetry={session.refetch} />}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Owned guest={guest} user={user?.ref} home={home} />
          {guest && <Kinds />}
        </div>
        <div className={classes.side}>
          <Runs user={user?.ref} />
          <EntityList id="starred" title={say.starred} refs={starred} standings={standings} none={say.starredNone} error={retry && home.error} onRetry={retry}>
            {allStarred.length > starred.length && say.more(allStarred.length - starred.length)}
          </EntityList>
          <EntityList id="recent" title={say.recent} refs={recent} standings={standings} />
        </div>
      </div>
    </div>
  );
}
