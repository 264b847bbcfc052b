import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSignIn } from '@/api/session';
import { Dialog } from '@/ui/Dialog';
import { PageHeading } from '@/ui/PageHeading';
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

  const wrong = missing ? 'Paste your token here.' : signIn.error?.message;
  const form = (
    <form onSubmit={submit} className={classes.form} noValidate>
      <PasswordInput
        label="Token"
        description={
          <>
            An administrator makes one with <code>callboard token create</code>.
          </>
        }
        autoComplete="current-password"
        autoFocus
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={wrong}
        aria-invalid={wrong !== undefined}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
      />
      <Button type="submit" loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );

  if (!asPage) return <Dialog title="Sign in" onClose={() => onClose?.()}>{form}</Dialog>;
  return (
    <div className={classes.page}>
      <PageHeading title="Sign in" />
      <p className="cb-quiet">This callboard shows its catalog to people it knows.</p>
      {form}
    </div>
  );
}
