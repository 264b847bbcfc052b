import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useConfirmDeletions, useSyncSource } from '@/api/sources';
import type { Source } from '@/api/types';
import { counted, formatAge, formatInstant, formatNumber } from '@/lib/format';
import { safeUrl } from '@/lib/url';
import { Dialog } from '@/ui/Dialog';
import { Icon } from '@/ui/Icon';
import { Note } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import classes from './SourceCard.module.css';

const TONES: Record<string, 'good' | 'bad' | 'warn' | 'info'> = {
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
        <h2 className="cb-line" title={source.name}>
          {source.name}
        </h2>
        <Pill tone={TONES[source.state]}>{source.state}</Pill>
        {source.configured === false && <Pill tone="warn">no longer configured</Pill>}
        <div className={classes.act}>
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="refresh" size={14} />}
            loading={sync.isPending}
            aria-label={`Read now: ${source.name}`}
            onClick={() => sync.mutate(source)}
          >
            Read now
          </Button>
        </div>
      </div>
      <p role="status" className={classes.outcome}>
        {sync.isSuccess && outcomeOf(sync.data)}
        {sync.isError && <span className={classes.bad}>{sync.error.message}</span>}
      </p>
      {source.error && (
        <Note tone="bad" title="It could not be read">
          <p>{source.error}</p>
          {!!source.failures && source.failures > 1 && (
            <p className="cb-quiet">Tried {formatNumber(source.failures)} times in a row. What was read before stays.</p>
          )}
        </Note>
      )}
      {heldDeletions > 0 && <Held source={source} count={heldDeletions} />}
      <dl className={classes.facts}>
        <div>
          <dt>{source.type === 'file' ? 'File' : 'Repository'}</dt>
          <dd className="cb-line" title={source.url}>
            {url ? <a href={url}>{source.url}</a> : <code>{source.url}</code>}
          </dd>
        </div>
        {source.branch && (
          <div>
            <dt>Branch</dt>
            <dd>
              <code>{source.branch}</code>
            </dd>
          </div>
        )}
        {source.type !== 'file' && source.paths.length > 0 && (
          <div>
            <dt>Paths</dt>
            <dd>
              <code>{source.paths.join(', ')}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Entities</dt>
          <dd>{formatNumber(source.entityCount)}</dd>
        </div>
        <div>
          <dt>Problems</dt>
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
            <dt>Last commit</dt>
            <dd className="cb-line" title={[commit.id, commit.subject].filter(Boolean).join(' ')}>
              <code>{commit.id?.slice(0, 8)}</code> {commit.subject}{' '}
              <span className="cb-quiet">
                {[commit.author?.replace(/\s*<.*>$/, ''), commit.at && formatAge(commit.at)].filter(Boolean).join(', ')}
              </span>
            </dd>
          </div>
        )}
        <Moment label="Last read" at={source.lastRead} none="not yet" />
        <Moment label="Next" at={source.nextDue} past="any moment" />
      </dl>
    </li>
  );
}

// What came of reading it now.
function outcomeOf({ before, after }: { before: Source; after?: Source }): string {
  if (!after) return 'Asked, but it has not been read yet.';
  if (after.error) return 'Tried: it could not be read.';
  const commit = after.lastCommit?.id;
  if (commit && commit !== before.lastCommit?.id) return `Read: commit ${commit.slice(0, 8)} is new.`;
  return 'Read: nothing is new.';
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
  const what = counted(count, 'entity', 'entities');
  return (
    <Note tone="warn" title={`${what} would be deleted`}>
      <p>
        The last commit takes away more than half of this source, so the deletions wait. If that is a mistake, put the
        files back; they will be kept.
      </p>
      <Button size="xs" variant="default" mt={8} onClick={() => setAsking(true)}>
        Delete them…
      </Button>
      {asking && (
        <Dialog title={`Delete ${what}?`} onClose={() => setAsking(false)}>
          <p>
            {what} of <b>{source.name}</b> will leave the catalog. Their history stays, and they come back when their
            files do.
          </p>
          {confirm.isError && (
            <p role="alert" className={classes.bad}>
              {confirm.error.message}
            </p>
          )}
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep them
            </Button>
            <Button
              color="red.9"
              loading={confirm.isPending}
              onClick={() => confirm.mutate(source, { onSuccess: () => setAsking(false) })}
            >
              Delete {what}
            </Button>
          </div>
        </Dialog>
      )}
    </Note>
  );
}
