import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { useExplanation } from '@/api/explain';
import { EntityLink } from '@/ui/EntityLink';
import { FindingList } from '@/ui/FindingList';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { askedOf } from './asked';
import { say } from './messages';
import classes from './WhyNotHere.module.css';

/** One question, by an address or a name, and all that is known about it, the most telling first. */
export function WhyNotHere() {
  const { explain } = useSearch({ from: '/sources' });
  const navigate = useNavigate({ from: '/sources' });
  const asked = askedOf(explain);
  const answer = useExplanation(asked);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('explain') ?? '').trim();
    if (text === explain) void answer.refetch();
    else void navigate({ search: (before) => ({ ...before, explain: text || undefined }), resetScroll: false });
  };
  const url = asked && 'url' in asked ? asked.url : undefined;

  return (
    <section className={`cb-card ${classes.card}`} aria-labelledby="why">
      <h2 id="why">{say.why}</h2>
      <form className="cb-ask" onSubmit={submit}>
        <TextInput key={explain} name="explain" label={say.label} description={say.hint} defaultValue={explain} maxLength={4096} autoComplete="off" spellCheck={false} />
        <Button type="submit" variant="default">
          {say.ask}
        </Button>
      </form>
      <div role="status">
        {asked && answer.isPending && <Skeleton rows={3} label={say.loading} />}
        {answer.isSuccess && answer.data.findings.length === 0 && <p>{say.nothing}</p>}
      </div>
      {asked && answer.isError && <Problem of={answer.error} onRetry={answer.refetch} />}
      {answer.isSuccess && (
        <FindingList
          label={say.answer}
          findings={answer.data.findings}
          remedy={({ type, sourceId }) => {
            if (type === 'no-source' && url)
              return (
                <Link to="/register" search={{ target: url }}>
                  {say.register}
                </Link>
              );
            if (!sourceId) return null;
            return (
              <Link to="/sources" search={(before) => ({ ...before, view: undefined, look: 'table', q: undefined, page: undefined, source: sourceId })} resetScroll={false}>
                {say.showSource}
              </Link>
            );
          }}
        >
          {answer.data.exists && answer.data.ref && (
            <>
              {say.here} <EntityLink to={answer.data.ref} icon />
            </>
          )}
        </FindingList>
      )}
    </section>
  );
}
