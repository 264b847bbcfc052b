import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useConfirmDeletions, useSyncSource } from '@/api/sources';
import type { Source } from '@/api/types';
import { formatAge, formatDuration, formatInstant, formatNumber } from '@/lib/format';
import { safeUrl } from '@/lib/url';
import { Dialog } from '@/ui/Dialog';
import { Icon } from '@/ui/Icon';
import { Note } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { say } from './messages';
import classes from './SourceCard.module.css';

export const TONES: Record<string, 'good' | 'bad' | 'warn' | 'info'> = {
  ok: 'good',
  reading: 'info',
  new: 'info',
  failing: 'bad',
};

/** One source: where it is, what was read last, what went wrong, and what one can do. */
export function SourceCard({ source }: { source: Source }) {
  const sync = useSyncSource();
  const { lastCommit: commit, heldDeletions = 0 } = source;
  const url = safeUrl(source.url);

  return (
    <li className={`cb-card ${classes.card}`}>
      <div className={classes.head}>
        <h2>{source.name}</h2>
        <Pill tone={TONES[source.state]}>{say.state[source.state]}</Pill>
        {source.configured === false && <Pill tone="warn">{say.left}</Pill>}
        {source.made === 'derived' && <Pill>{say.derived}</Pill>}
        <div className={classes.act}>
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="refresh" size={14} />}
            loading={sync.isPending}
            aria-label={say.readNowOf(source.name)}
            onClick={() => sync.mutate(source)}
          >
            {say.readNow}
          </Button>
        </div>
      </div>
      <p role="status" className={classes.outcome}>
        {sync.isSuccess && outcomeOf(sync.data)}
        {sync.isError && <span className={classes.bad}>{sync.error.message}</span>}
      </p>
      {source.error && (
        <Note tone="bad" title={say.failed}>
          <p>{source.error}</p>
          {!!source.failures && source.failures > 1 && (
            <p className="cb-quiet">{say.times(source.failures)}</p>
          )}
        </Note>
      )}
      {heldDeletions > 0 && <Held source={source} count={heldDeletions} />}
      <dl className={classes.facts}>
        <div>
          <dt>{source.type === 'file' ? say.file : source.type === 'plugin' ? say.plugin : say.repository}</dt>
          <dd>
            {url ? <a href={url}>{source.url}</a> : <code>{source.url}</code>}
          </dd>
        </div>
        {source.branch && (
          <div>
            <dt>{say.branch}</dt>
            <dd>
              <code>{source.branch}</code>
            </dd>
          </div>
        )}
        {source.type === 'git' && source.paths.length > 0 && (
          <div>
            <dt>{say.paths}</dt>
            <dd>
              <code>{source.paths.join(', ')}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>{say.files}</dt>
          <dd>{formatNumber(source.fileCount)}</dd>
        </div>
        <div>
          <dt>{say.entities}</dt>
          <dd>{formatNumber(source.entityCount)}</dd>
        </div>
        <div>
          <dt>{say.problems}</dt>
          <dd>
            {source.problemCount > 0 ? (
              <Link to="/problems" search={{ source: source.id }}>
                {formatNumber(source.problemCount)}
              </Link>
            ) : (
              '0'
            )}
          </dd>
        </div>
        {commit && (
          <div className={classes.wide}>
            <dt>{say.commit}</dt>
            <dd className={classes.commit} title={[commit.id, commit.subject].filter(Boolean).join(' ')}>
              <code>{commit.id?.slice(0, 8)}</code> {commit.subject}{' '}
              <span className="cb-quiet">
                {[commit.author?.replace(/\s*<.*>$/, ''), commit.at && formatAge(commit.at)].filter(Boolean).join(', ')}
              </span>
            </dd>
          </div>
        )}
        <Moment label={say.lastRead} at={source.lastRead} none={say.notYet} />
        <Moment label={say.nextRead} at={source.nextDue} past={say.soon} />
        <Lately source={source} />
      </dl>
    </li>
  );
}

/** How reading it went in the last passes. */
function Lately({ source }: { source: Source }) {
  const { tookMs, recentTries = 0, recentFailures = 0, lastChange, recentChanges } = source;
  return (
    <>
      {tookMs !== undefined && (
        <div>
          <dt>{say.took}</dt>
          <dd>{formatDuration(tookMs / 1_000)}</dd>
        </div>
      )}
      {recentFailures > 0 && (
        <div>
          <dt>{say.tries}</dt>
          <dd className={classes.bad}>{say.triesOf(recentFailures, recentTries)}</dd>
        </div>
      )}
      {lastChange && (
        <div>
          <dt>{say.lastChange}</dt>
          <dd>{say.changes(lastChange.added, lastChange.changed, lastChange.removed)}</dd>
        </div>
      )}
      {recentChanges && recentChanges.passes > 1 && (
        <div>
          <dt>{say.recent(recentChanges.passes)}</dt>
          <dd>{say.changes(recentChanges.added, recentChanges.changed, recentChanges.removed)}</dd>
        </div>
      )}
    </>
  );
}

// What came of reading it now.
function outcomeOf({ before, after }: { before: Source; after?: Source }): string {
  if (!after) return say.outcome.asked;
  if (after.error) return say.outcome.failed;
  const commit = after.lastCommit?.id;
  if (commit && commit !== before.lastCommit?.id) return say.outcome.commit(commit.slice(0, 8));
  return say.outcome.same;
}

function Moment({ label, at, none, past }: { label: string; at?: string; none?: string; past?: string }) {
  if (!at && !none) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {at ? (
          <time dateTime={at} title={formatInstant(at)}>
            {past && Date.parse(at) < Date.now() ? past : formatAge(at)}
          </time>
        ) : (
          none
        )}
      </dd>
    </div>
  );
}

// Deleting much at once is more often a mistake than meant, so a person says yes.
function Held({ source, count }: { source: Source; count: number }) {
  const [asking, setAsking] = useState(false);
  const confirm = useConfirmDeletions();
  return (
    <Note tone="warn" title={say.held.title(count)}>
      <p>{say.held.hint}</p>
      <Button size="xs" variant="default" mt={8} onClick={() => setAsking(true)}>
        {say.held.ask}
      </Button>
      {asking && (
        <Dialog title={say.held.question(count)} onClose={() => setAsking(false)}>
          <p>{say.held.what(count, source.name)}</p>
          {confirm.isError && (
            <p role="alert" className={classes.bad}>
              {confirm.error.message}
            </p>
          )}
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setAsking(false)}>
              {say.held.keep}
            </Button>
            <Button
              color="red.9"
              loading={confirm.isPending}
              onClick={() => confirm.mutate(source, { onSuccess: () => setAsking(false) })}
            >
              {say.held.do(count)}
            </Button>
          </div>
        </Dialog>
      )}
    </Note>
  );
}
