import { Button } from '@mantine/core';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
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
        <Field label={say.form.name} hint={say.form.nameHint} wrong={tried && !name.trim() ? say.form.nameMissing : undefined}>
          {(ids) => <input name="name" data-first maxLength={100} autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} {...ids} />}
        </Field>
        <Field label={say.form.user} hint={say.form.userHint} wrong={tried && !user.trim() ? say.form.userMissing : undefined}>
          {(ids) => <input name="user" maxLength={200} autoComplete="off" spellCheck={false} value={user} onChange={(event) => setUser(event.currentTarget.value)} {...ids} />}
        </Field>
        <Field label={say.form.role}>
          {(ids) => (
            <select value={role} onChange={(event) => setRole(ROLES.find((one) => one === event.currentTarget.value) ?? 'reader')} {...ids}>
              {ROLES.map((one) => (
                <option key={one} value={one}>
                  {say.role[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={say.form.ends}>
          {(ids) => (
            <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))} {...ids}>
              {ENDS.map((one) => (
                <option key={one} value={one}>
                  {one > 0 ? say.form.days(one) : say.form.never}
                </option>
              ))}
            </select>
          )}
        </Field>
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

interface FieldProps {
  label: string;
  hint?: string;
  wrong?: string;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ReactNode;
}

function Field({ label, hint, wrong, children }: FieldProps) {
  const id = useId();
  const about = wrong ?? hint;
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': about ? `${id}-about` : undefined, 'aria-invalid': wrong ? true : undefined })}
      {about && (
        <p id={`${id}-about`} className={wrong ? classes.wrong : 'cb-quiet'}>
          {about}
        </p>
      )}
    </div>
  );
}
