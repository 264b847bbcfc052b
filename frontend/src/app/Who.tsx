import { useSession, useSignOut } from '@/api/session';
import { EntityLink } from '@/ui/EntityLink';
import { Pill } from '@/ui/Pill';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';
import classes from './Who.module.css';

/** Who is asking, and how to become somebody else. */
export function Who({ onSignIn }: { onSignIn: () => void }) {
  const session = useSession();
  const signOut = useSignOut();

  if (!session.data) return <span className={classes.who} />;
  const { user, guest, roles } = session.data;
  if (guest) {
    return (
      <span className={classes.who}>
        <Pill tone="info" title={say.guestWhy(user.ref, roles.join(', '))}>
          {say.guest}
        </Pill>
        <PlainButton onClick={onSignIn}>{say.signIn}</PlainButton>
      </span>
    );
  }
  return (
    <span className={classes.who}>
      <EntityLink to={user.ref} context={{ kind: 'user' }} title={user.displayName} />
      <PlainButton disabled={signOut.isPending} onClick={() => signOut.mutate()}>
        {say.signOut}
      </PlainButton>
    </span>
  );
}
