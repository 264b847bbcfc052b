import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSignIn } from '@/api/session';
import { Dialog } from '@/ui/Dialog';
import { PageHeading } from '@/ui/PageHeading';
import { say } from './messages';
import classes from './SignIn.module.css';

/** Trades a token for a session, in a window or, where nothing may be seen without one, as the page. */
export function SignIn({ onClose, asPage }: { onClose?: () => void; asPage?: boolean }) {
  const [token, setToken] = useState('');
  const [missing, setMissing] = useState(false);
  const signIn = useSignIn();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const input = event.currentTarget.querySelector('input');
    setMissing(token.trim() === '');
    if (token.trim() === '') input?.focus();
    else signIn.mutate(token.trim(), { onSuccess: () => onClose?.(), onError: () => input?.focus() });
  };

  const wrong = missing ? say.tokenMissing : signIn.error?.message;
  const form = (
    <form onSubmit={submit} className={classes.form} noValidate>
      <PasswordInput
        label={say.token}
        description={
          <>
            {say.tokenHint} <code>callboard token create</code>.
          </>
        }
        autoComplete="current-password"
        autoFocus
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={wrong}
        aria-invalid={wrong !== undefined}
        visibilityToggleButtonProps={{ 'aria-label': say.tokenShow }}
      />
      <Button type="submit" loading={signIn.isPending}>
        {say.signIn}
      </Button>
    </form>
  );

  if (!asPage) return <Dialog title={say.signIn} onClose={() => onClose?.()}>{form}</Dialog>;
  return (
    <div className={classes.page}>
      <PageHeading title={say.signIn} />
      <p className="cb-quiet">{say.signInWhy}</p>
      {form}
    </div>
  );
}
