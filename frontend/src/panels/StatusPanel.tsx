import { formatAge, formatInstant } from '@/lib/format';
import type { StatusData } from './data';
import { say } from './messages';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import { StateMark } from './StateMark';
import classes from './StatusPanel.module.css';

/** How several things are, one under the other. */
export function StatusPanel({ data }: { data: StatusData }) {
  const more = useMore(data.items, 20, 500);
  if (data.items.length === 0) return <NoItems />;
  return (
    <>
      <ul className={classes.list}>
        {more.shown.map(({ label, state, text, detail, since, url }, i) => (
          <li key={i} className={classes.item}>
            <span className={classes.label} dir="auto">
              <PanelLink url={url}>{label}</PanelLink>
            </span>
            <span className={classes.state}>
              <StateMark state={state} text={text ?? undefined} />
            </span>
            {(detail || since) && (
              <span className={classes.detail} dir="auto">
                {detail}{' '}
                {since && (
                  <time dateTime={since} title={formatInstant(since)}>
                    {say.since(formatAge(since))}
                  </time>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
      <More {...more} />
    </>
  );
}
