import { Button } from '@mantine/core';
import { useRevokeToken, type Token } from '@/api/tokens';
import { formatAge } from '@/lib/format';
import { Dialog } from '@/ui/Dialog';
import { Note } from '@/ui/Note';
import { say } from './messages';
import classes from './TokensPage.module.css';

/** Asks first: whoever uses the token is shut out at once. */
export function RevokeToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const revoke = useRevokeToken();
  return (
    <Dialog title={say.sure.title(token.name)} onClose={onClose}>
      <p>{say.sure.what}</p>
      <p>{token.usedAt ? say.sure.used(formatAge(token.usedAt)) : say.sure.unused}</p>
      <div role="alert">{revoke.isError && <Note tone="bad" title={revoke.error.message} />}</div>
      <div className={classes.buttons}>
        <Button variant="default" data-first onClick={onClose}>
          {say.sure.keep}
        </Button>
        <Button loading={revoke.isPending} onClick={() => revoke.mutate(token.id, { onSuccess: onClose })}>
          {say.sure.revoke}
        </Button>
      </div>
    </Dialog>
  );
}
