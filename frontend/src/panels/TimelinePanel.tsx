import { formatAge, formatDuration, formatInstant } from '@/lib/format';
import type { TimelineData } from './data';
import { say } from './messages';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import { StateMark } from './StateMark';
import classes from './TimelinePanel.module.css';

/** What happened, in the plugin's order. */
export function TimelinePanel({ data }: { data: TimelineData }) {
  const more = useMore(data.events, 10, 500);
  if (data.events.length === 0) return <NoItems />;
  return (
    <>
      <ol className={classes.list}>
        {more.shown.map(({ at, until, title, text, state, actor, url }, i) => {
          const span = until ? (Date.parse(until) - Date.parse(at)) / 1_000 : NaN;
          return (
            <li key={i} className={classes.event}>
              <span className={classes.mark}>
                <StateMark state={state ?? 'info'} bare />
              </span>
              <p className={classes.title} dir="auto">
                <PanelLink url={url}>{title}</PanelLink>
              </p>
              <p className={classes.when}>
                <time dateTime={at} title={formatInstant(at)}>
                  {formatAge(at)}
                </time>
                {span > 0 && <span>{say.took(formatDuration(span))}</span>}
                {actor && <span dir="auto">{actor}</span>}
              </p>
              {text && (
                <p className={classes.text} dir="auto">
                  {text}
                </p>
              )}
            </li>
          );
        })}
      </ol>
      <More {...more} />
    </>
  );
}
