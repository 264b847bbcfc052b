import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ROLES, useCreateToken, type Role } from '@/api/tokens';
import { CopyButton } from '@/ui/CopyButton';
import { Dialog } from '@/ui/Dialog';
import { Note } from '@/ui/Note';
import { say } from './messages';
import classes from './TokensPage.module.css';

/** Days after which a token ends; the last is for never. */
const ENDS = [30, 90, 365, 0] as const;
const DAY_MS = 86_400_000;

/** Makes a token, and shows it the one time that it can be shown. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const create = useCreateToken();
  const [name, setName] = useState('');
  const [user, setUser] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const [days, setDays] = useState<number>(90);
  const [tried, setTried] = useState(false);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    const missing = !name.trim() ? 'name' : !user.trim() ? 'user' : undefined;
    if (missing) return event.currentTarget.querySelector<HTMLInputElement>(`[name=${missing}]`)?.focus();
    const expiresAt = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : undefined;
    create.mutate({ name: name.trim(), user: user.trim(), role, expiresAt });
  };

  if (create.data?.token) {
    return (
      <Dialog title={say.made.title} onClose={onClose}>
        <Note tone="warn" title={say.made.once} />
        <p className={classes.secret}>
          <code aria-label={say.made.label}>{create.data.token}</code>
          <CopyButton text={create.data.token} label={say.made.copy} />
        </p>
        <div className={classes.buttons}>
          <Button onClick={onClose}>{say.made.done}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={say.form.title} onClose={onClose}>
      <form onSubmit={submit} className={classes.form} noValidate>
        <TextInput
          name="name"
          data-first
          label={say.form.name}
          description={say.form.nameHint}
          error={tried && !name.trim() ? say.form.nameMissing : undefined}
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          name="user"
          label={say.form.user}
          description={say.form.userHint}
          error={tried && !user.trim() ? say.form.userMissing : undefined}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <NativeSelect
          label={say.form.role}
          value={role}
          onChange={(event) => setRole(ROLES.find((one) => one === event.currentTarget.value) ?? 'reader')}
          data={ROLES.map((one) => ({ value: one, label: say.role[one] }))}
        />
        <NativeSelect
          label={say.form.ends}
          value={String(days)}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
          data={ENDS.map((one) => ({ value: String(one), label: one > 0 ? say.form.days(one) : say.form.never }))}
        />
        <div role="alert">{create.isError && <Note tone="bad" title={create.error.message} />}</div>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {say.form.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {say.form.make}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
