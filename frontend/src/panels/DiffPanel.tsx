import { DiffView } from '@/ui/DiffView';
import type { DiffFile } from './data';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import classes from './DiffPanel.module.css';

/** What was, and what is, file by file. */
export function DiffPanel({ data }: { data: { files: DiffFile[] } }) {
  const more = useMore(data.files, 10, 100);
  if (data.files.length === 0) return <NoItems />;
  return (
    <>
      <ul className={classes.list}>
        {more.shown.map(({ title, before, after }, i) => (
          <li key={i}>
            <h3 className={classes.title} dir="auto">
              {title}
            </h3>
            <DiffView before={before ?? ''} after={after ?? ''} label={title} />
          </li>
        ))}
      </ul>
      <More {...more} />
    </>
  );
}
