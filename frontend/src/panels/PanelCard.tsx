import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useRefreshPanel } from '@/api/panels';
import type { Panel, PanelEntry } from '@/api/types';
import { formatAge, formatInstant } from '@/lib/format';
import type { EntityRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import { Note } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { ActionBar } from './ActionBar';
import type { PanelData, PanelSource } from './data';
import { say } from './messages';
import { PanelBody } from './PanelBody';
import classes from './PanelCard.module.css';
import { PanelLink } from './PanelLink';

export interface PanelCardProps {
  entityRef: EntityRef;
  entry: PanelEntry;
  panel: UseQueryResult<Panel>;
  /** It stands beside another one, where there is room. */
  narrow?: boolean;
}

/** One panel of one plugin, with each of its faces: waiting, nothing, broken, old, made up, full. */
export function PanelCard({ entityRef, entry, panel, narrow }: PanelCardProps) {
  const id = `panel-${entry.plugin}-${entry.panel}`;
  const refresh = useRefreshPanel(entityRef, entry.href);
  const answer = panel.data;
  const data = answer?.data as PanelData | null | undefined;
  const source = answer?.source as PanelSource | null | undefined;
  const title = data?.title ?? entry.title;
  const again = () => refresh.mutate(undefined, { onError: () => void panel.refetch() });
  // Not asked again since: what is shown may be older than the plugin says.
  const lost = panel.isError && answer;

  return (
    <article
      className={`cb-card ${classes.card}`}
      aria-labelledby={id}
      aria-busy={panel.isPending}
      data-narrow={narrow || undefined}
    >
      <header className={classes.head}>
        <h2 id={id} dir="auto">
          {title}
        </h2>
        {answer?.simulated && (
          <Pill tone="info" title={say.simulatedWhy}>
            {say.simulated}
          </Pill>
        )}
        <span className={classes.tools}>
          {answer?.fetchedAt && (
            <time className={classes.age} dateTime={answer.fetchedAt} title={formatInstant(answer.fetchedAt)}>
              {formatAge(answer.fetchedAt)}
            </time>
          )}
          <button
            type="button"
            className={classes.refresh}
            aria-label={say.refresh(title)}
            title={say.refresh(title)}
            disabled={refresh.isPending || panel.isPending}
            onClick={again}
          >
            <Icon name="refresh" size={15} />
          </button>
        </span>
      </header>
      <Steady waiting={panel.isPending}>
        {panel.isPending && <Skeleton rows={4} label={say.loading(title)} />}
        {answer?.stale && (
          <Note tone="warn" title={say.stale(answer.fetchedAt ? formatAge(answer.fetchedAt) : '')}>
            <p dir="auto">{answer.staleReason}</p>
          </Note>
        )}
        {lost && !answer.stale && (
          <Note tone="warn" title={say.stale(answer.fetchedAt ? formatAge(answer.fetchedAt) : '')}>
            <p>{panel.error.message}</p>
          </Note>
        )}
        {!answer && panel.isError && <Failed title={title} message={panel.error.message} onRetry={again} busy={refresh.isPending} />}
        {answer?.state === 'error' && (
          <Failed
            title={title}
            message={answer.error?.message ?? ''}
            since={answer.error?.since}
            nextTry={answer.error?.nextTry}
            onRetry={again}
            busy={refresh.isPending}
          />
        )}
        {answer?.state === 'absent' && (
          <div className={classes.absent}>
            <p className={classes.nothing}>{say.absent}</p>
            {(answer.help ?? entry.help) && (
              <p className="cb-quiet" dir="auto">
                {answer.help ?? entry.help}
              </p>
            )}
          </div>
        )}
        {answer?.state === 'ok' && data && <PanelBody data={data} label={title} />}
      </Steady>
      {answer && <ActionBar entityRef={entityRef} actions={answer.actions} title={title} />}
      {answer && (source || answer.links.length > 0) && (
        <footer className={classes.foot}>
          {source?.name && (
            <span dir="auto">
              {say.from} <PanelLink url={source.url}>{source.name}</PanelLink>
            </span>
          )}
          {(answer.links as unknown as { title: string; url: string }[]).map(({ title: text, url }, i) => (
            <span key={i} dir="auto">
              <PanelLink url={url}>
                <Icon name="external" size={13} /> {text}
              </PanelLink>
            </span>
          ))}
        </footer>
      )}
    </article>
  );
}

interface FailedProps {
  title: string;
  message: string;
  since?: string | null;
  nextTry?: string | null;
  onRetry: () => void;
  busy: boolean;
}

function Failed({ title, message, since, nextTry, onRetry, busy }: FailedProps) {
  return (
    <div role="alert">
      <Note tone="bad" title={say.failed(title)}>
        <p dir="auto">{message}</p>
        <p className={classes.fine}>
          {since && say.sinceThen(formatAge(since))} {nextTry && Date.parse(nextTry) > Date.now() && say.nextTry(formatAge(nextTry))}
        </p>
        <PlainButton disabled={busy} onClick={onRetry}>
          {say.tryAgain}
        </PlainButton>
      </Note>
    </div>
  );
}

// Who was seen waiting keeps the height in which it waited, so that nothing below jumps when the answer comes:
// a longer answer is read by scrolling, or opened up by a press.
function Steady({ waiting, children }: { waiting: boolean; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState(waiting);
  const [long, setLong] = useState(false);

  useEffect(() => {
    if (!held || waiting) return;
    const element = box.current!;
    const measure = () => setLong(element.scrollHeight > element.clientHeight + 1);
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    measure();
    return () => watch.disconnect();
  }, [held, waiting, children]);

  return (
    <>
      <div ref={box} className={held ? classes.held : classes.body} tabIndex={held && long ? 0 : undefined} role={held && long ? 'group' : undefined}>
        {children}
      </div>
      {held && (
        <p className={classes.open} data-idle={!long || undefined}>
          {long && <PlainButton onClick={() => setHeld(false)}>{say.openUp}</PlainButton>}
        </p>
      )}
    </>
  );
}
