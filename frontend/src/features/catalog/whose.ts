import { useMemo } from 'react';
import type { Scope } from '@/api/entities';
import { useSession } from '@/api/session';
import { useStarred } from '@/api/starred';
import { isBare, type CatalogSearch, type Whose } from '@/lib/catalog-search';

export interface Standing {
  whose: Whose;
  scope: Scope;
  /** Somebody has things of one's own: then the address must say when all are meant. */
  owns: boolean;
  /** It is known who asks, as far as it matters. */
  isSettled: boolean;
  /** One's own were wanted, and why there are none: all are shown. */
  without?: 'guest' | 'group' | 'owned';
}

/** Of whose entities the list is. The bare address means the own ones of who has some. */
export function useWhose(search: CatalogSearch): Standing {
  const session = useSession();
  const [starred] = useStarred();
  const { guest = true, ownershipEntityRefs: refs = [], ownedItems = 0 } = session.data ?? {};
  const owns = ownedItems > 0;
  const isAsked = search.whose === 'mine';
  const wantsMine = isAsked || (isBare(search) && !guest);
  const whose = search.whose !== undefined && !isAsked ? search.whose : wantsMine && owns ? 'mine' : 'all';
  const isSettled = !session.isPending || (whose === 'all' && !isAsked && !isBare(search));
  // What loses its star here stays until one comes again: a slip is mended where it happened.
  const held = useMemo(() => starred, [whose, session.isPending]);
  const scope: Scope = useMemo(
    () => (whose === 'mine' ? { owners: refs } : whose === 'starred' ? { refs: held } : {}),
    [whose, refs.join(), held],
  );
  const without = wantsMine && !owns && session.data ? (guest ? 'guest' : refs.length > 1 ? 'owned' : 'group') : undefined;
  return { whose, scope, owns: owns && !guest, isSettled, without };
}
