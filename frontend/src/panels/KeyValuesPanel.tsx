import { CopyButton } from '@/ui/CopyButton';
import { formatMeasure } from '@/lib/format';
import type { KeyValue } from './data';
import { say } from './messages';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import { StateMark } from './StateMark';
import classes from './KeyValuesPanel.module.css';

/** A handful of facts. */
export function KeyValuesPanel({ data }: { data: { items: KeyValue[] } }) {
  const more = useMore(data.items, 20, 500);
  if (data.items.length === 0) return <NoItems />;
  return (
    <>
      <dl className={classes.list}>
        {more.shown.map(({ key, value, url, state }, i) => {
          const text = textOf(value);
          return (
            <div key={i} className={classes.pair}>
              <dt dir="auto">{key}</dt>
              <dd dir="auto">
                <PanelLink url={url}>{state ? <StateMark state={state} text={text} /> : text}</PanelLink>
                {text.length > 24 && <CopyButton text={text} label={say.copyValue(key)} />}
              </dd>
            </div>
          );
        })}
      </dl>
      <More {...more} />
    </>
  );
}

function textOf(value: KeyValue['value']): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? say.yes : say.no;
  return typeof value === 'number' ? formatMeasure(value) : value;
}
