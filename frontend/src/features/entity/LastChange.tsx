import { Link } from '@tanstack/react-router';
import type { useExplanation } from '@/api/explain';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { Moment } from './Moment';
import classes from './Overview.module.css';

/** When the entity became what it is, by whom and why; its history has the rest. */
export function LastChange({ told }: { told: ReturnType<typeof useExplanation> }) {
  const since = told.data?.history?.since;
  const author = since?.author?.replace(/\s*<.*>$/, '');
  return (
    <section className={`cb-card ${classes.card}`} aria-labelledby="last-change">
      <div className={classes.head}>
        <h2 id="last-change">{say.lastChange.title}</h2>
        {since && (
          <Link
            from="/catalog/$namespace/$kind/$name/{-$tab}"
            to="/catalog/$namespace/$kind/$name/{-$tab}"
            params={(before) => ({ ...before, tab: 'history' })}
          >
            {say.lastChange.all}
          </Link>
        )}
      </div>
      {told.isPending && <Skeleton rows={2} label={say.lastChange.loading} />}
      <Trouble of={told} />
      {since && (
        <p className={classes.change} dir="auto">
          <Moment at={since.at} />
          {author && <span className="cb-quiet"> {say.history.by(author)}</span>}
          {since.commit && (
            <>
              <br />
              <code title={since.commit}>{since.commit.slice(0, 8)}</code> {since.subject}
            </>
          )}
        </p>
      )}
      {told.data && !since && <p className="cb-quiet">{say.lastChange.none}</p>}
    </section>
  );
}
