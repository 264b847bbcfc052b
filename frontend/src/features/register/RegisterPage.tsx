import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { LOOK_FOR_MS, useArrived, useFound, useRegister, type Found } from '@/api/locations';
import { useSession } from '@/api/session';
import type { Entity } from '@/api/types';
import { formatRef, refOf } from '@/lib/ref';
import { locationTarget } from '@/lib/url';
import { EntityLink } from '@/ui/EntityLink';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Problem } from '@/ui/Problem';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';
import { say } from './messages';
import { standingOf } from './standing';
import classes from './RegisterPage.module.css';

const SHOWN_MAX = 200;
const TONES = { isNew: 'good', isHere: 'info', isHeld: 'warn' } as const;

/** An address, what it would bring and what is wrong with it, and then the registration, followed until all is there. */
export function RegisterPage() {
  const { target } = useSearch({ from: '/register' });
  const navigate = useNavigate();
  const session = useSession();
  const may = session.data?.roles.includes('editor') ?? false;
  const found = useFound(target, may);
  const [empty, setEmpty] = useState(false);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('target') ?? '').trim();
    setEmpty(text === '');
    if (text === '') event.currentTarget.querySelector('input')?.focus();
    else if (text === target) void found.refetch();
    else void navigate({ to: '/register', search: { target: text } });
  };

  return (
    <div className="cb-page">
      <PageHeading title={say.title} />
      <p className="cb-quiet">{say.about}</p>
      {session.data && !may && (
        <Note tone="warn" title={say.needs}>
          <p>{say.needsHint(session.data.user.displayName ?? session.data.user.ref, session.data.roles.join(', '))}</p>
        </Note>
      )}
      <form className="cb-ask" onSubmit={submit} noValidate>
        <TextInput
          key={target}
          name="target"
          label={say.address}
          description={say.addressHint}
          error={empty ? say.empty : undefined}
          defaultValue={target}
          maxLength={8192}
          disabled={!may}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" disabled={!may} loading={found.isFetching}>
          {say.look}
        </Button>
      </form>
      {may && target && found.isPending && <Skeleton rows={6} label={say.looking} />}
      {found.isError && <Problem of={found.error} onRetry={found.refetch} />}
      {may && target && found.data && <Preview key={`${target} ${found.dataUpdatedAt}`} target={target} found={found.data} />}
    </div>
  );
}

function Preview({ target, found }: { target: string; found: Found }) {
  const register = useRegister();
  const [since, setSince] = useState<number>();
  const { entities, errors, errorCount, exists, here } = found;
  const origin = `url:${target}`;
  const rows = entities.map((entity) => {
    const ref = refOf(entity as Entity);
    return { ref, at: here.get(formatRef(ref)), standing: standingOf(formatRef(ref), here, origin) };
  });
  const held = rows.filter(({ standing }) => standing === 'isHeld').length;
  const fresh = rows.filter(({ standing }) => standing === 'isNew').length;
  const wanted = rows.length - held;
  const arrived = useArrived(target, wanted, since);
  const begin = (again: boolean) => register.mutate({ target, again }, { onSuccess: () => setSince(Date.now()) });
  const outcome = arrived.data;

  return (
    <div className={classes.parts}>
      <p role="status">{since === undefined ? say.found(rows.length, errorCount) : outcome && (outcome.total < wanted ? say.arriving(outcome.total, wanted) : say.done(outcome.total, held))}</p>
      {register.isError && <Problem of={register.error} />}
      {since === undefined && exists && (
        <Note tone="info" title={say.exists}>
          <p>{say.existsHint}</p>
          <Button size="xs" variant="default" mt={8} loading={register.isPending} onClick={() => begin(true)}>
            {say.again}
          </Button>
        </Note>
      )}
      {since === undefined && !exists && rows.length > 0 && fresh === 0 && held === 0 && (
        <Note tone="info" title={say.known}>
          <p>{say.knownHint}</p>
        </Note>
      )}
      {since === undefined && held > 0 && (
        <Note tone="warn" title={say.held(held)}>
          <p>{say.heldHint}</p>
        </Note>
      )}
      {since === undefined && !exists && rows.length > 0 && (fresh > 0 || held > 0) && (
        <div>
          {errorCount > 0 && <p>{say.badLater}</p>}
          <Button mt={4} loading={register.isPending} onClick={() => begin(false)}>
            {say.register(rows.length)}
          </Button>
        </div>
      )}
      {since !== undefined && outcome && outcome.total < wanted && arrived.dataUpdatedAt - since > LOOK_FOR_MS - 1_000 && (
        <p className="cb-quiet">
          {say.slow} <Link to="/problems">{say.toProblems}</Link>
        </p>
      )}
      {errors.length > 0 && (
        <section aria-label={say.problems}>
          <h2>{rows.length === 0 ? say.unreadable : say.problems}</h2>
          <ul className="cb-card">
            {errors.map((error, i) => (
              <ProblemItem key={i} problem={{ ...error, source: '', severity: 'error' }} fileUrl={locationTarget(error.location)} />
            ))}
          </ul>
          {errorCount > errors.length && <p className="cb-quiet">{say.moreProblems(errorCount - errors.length)}</p>}
        </section>
      )}
      {rows.length > 0 && (
        <section aria-label={say.brings}>
          <h2>{say.brings}</h2>
          <ul className="cb-card">
            {rows.slice(0, SHOWN_MAX).map(({ ref, at, standing }) => (
              <li key={formatRef(ref)} className={classes.row}>
                <EntityLink to={ref} icon />
                <span className="cb-quiet">{ref.kind}</span>
                {since === undefined && <Pill tone={TONES[standing]}>{say[standing]}</Pill>}
                {standing === 'isHeld' && <span className="cb-quiet">{say.heldBy(locationTarget(at) ?? say.nobody)}</span>}
              </li>
            ))}
          </ul>
          {rows.length > SHOWN_MAX && <p className="cb-quiet">{say.more(rows.length - SHOWN_MAX)}</p>}
        </section>
      )}
    </div>
  );
}
