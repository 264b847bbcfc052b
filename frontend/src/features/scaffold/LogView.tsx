import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { LINES_MAX, type LogLine } from '@/api/task-log';
import { CopyButton } from '@/ui/CopyButton';
import { say } from './messages';
import classes from './TaskPage.module.css';

const LINE_PX = 22;
/** How near the end counts as being there. */
const END_PX = 40;

/** The lines of a run. It follows them until somebody scrolls up; readers are not told of each. */
export function LogView({ lines, live }: { lines: LogLine[]; live: boolean }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
    getItemKey: (index) => lines[index]!.id,
  });
  useEffect(() => {
    if (follow && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, lines.length, rows]);

  return (
    <section aria-labelledby="log" className={classes.log}>
      <div className={classes.bar}>
        <h2 id="log">{say.task.log}</h2>
        <span className="cb-quiet">{say.task.lines(lines.length)}</span>
        <span className={classes.gap} />
        {live && (
          <label>
            <input type="checkbox" checked={follow} onChange={() => setFollow(!follow)} /> {say.task.follow}
          </label>
        )}
        <CopyButton text={lines.map(({ text }) => text).join('\n')} label={say.task.log} />
      </div>
      {lines.length >= LINES_MAX && <p className="cb-quiet">{say.task.cut}</p>}
      <div
        ref={scroller}
        className={classes.lines}
        role="log"
        aria-live="off"
        aria-label={say.task.log}
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollow(scrollHeight - scrollTop - clientHeight < END_PX);
        }}
      >
        <div className={classes.all} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index]!;
            return (
              <pre key={key} ref={rows.measureElement} data-index={index} className={classes.line} data-status={line.status} style={{ transform: `translateY(${start}px)` }}>
                <span className={classes.at}>{line.at.slice(11, 19)}</span> {line.text}
              </pre>
            );
          })}
        </div>
      </div>
    </section>
  );
}
