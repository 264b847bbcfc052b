import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useHistory } from '@/api/history';
import type { HistoryList } from '@/api/types';
import type { EntityRef } from '@/lib/ref';
import { locationTarget, safeUrl } from '@/lib/url';
import { Empty } from '@/ui/Empty';
import type { Tone } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import classes from './History.module.css';
import { HistoryDiff } from './HistoryDiff';
import { say } from './messages';
import { Moment } from './Moment';

type Version = HistoryList['items'][number];

const TONES: Record<Version['change'], Tone> = { added: 'good', changed: 'info', removed: 'bad', returned: 'good' };

/** Fields named in a line; the difference itself has all of them. */
const FIELDS_MAX = 8;

/** Who and what changed an entity, newest first; each change can be looked at, and any two moments compared. */
export function History({ entityRef }: { entityRef: EntityRef }) {
  const history = useHistory(entityRef);
  const chosen = useSearch({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  // The older side stays the older one, in whichever order they were chosen.
  const [from, to] = Number(chosen.from) > Number(chosen.to) ? [chosen.to, chosen.from] : [chosen.from, chosen.to];
  const navigate = useNavigate({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const items = history.data?.pages.flatMap((page) => page.items) ?? [];
  const choose = (part: { from?: string; to?: string }) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });

  return (
    <div className={`cb-card ${classes.card}`}>
      {history.isPending && <Skeleton rows={6} label={say.history.loading} />}
      <Trouble of={history} />
      {history.isSuccess && items.length === 0 && <Empty title={say.history.none}>{say.history.noneHint}</Empty>}
      {items.length > 1 && <p className="cb-quiet">{say.history.compareHint}</p>}
      {from !== undefined && to !== undefined && (
        <section aria-label={say.history.compare} className={classes.compare}>
          <div className={classes.compareHead}>
            <h2>{say.history.comparing(from, to)}</h2>
            <PlainButton onClick={() => choose({ from: undefined, to: undefined })}>{say.history.stop}</PlainButton>
          </div>
          <HistoryDiff entityRef={entityRef} from={from} to={to} />
        </section>
      )}
      <ol className={classes.list}>
        {items.map((version) => (
          <Entry
            key={version.generation}
            entityRef={entityRef}
            version={version}
            comparable={items.length > 1}
            older={chosen.from === String(version.generation)}
            newer={chosen.to === String(version.generation)}
            onOlder={() => choose({ from: String(version.generation) })}
            onNewer={() => choose({ to: String(version.generation) })}
          />
        ))}
      </ol>
      {history.hasNextPage && (
        <PlainButton disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {say.history.more}
        </PlainButton>
      )}
    </div>
  );
}

interface EntryProps {
  entityRef: EntityRef;
  version: Version;
  comparable: boolean;
  older: boolean;
  newer: boolean;
  onOlder: () => void;
  onNewer: () => void;
}

function Entry({ entityRef, version, comparable, older, newer, onOlder, onNewer }: EntryProps) {
  const [open, setOpen] = useState(false);
  const { generation, at, change, commit, author, subject, location, fields = [], fieldsLeftOut = 0 } = version;
  const shown = fields.slice(0, FIELDS_MAX);
  const left = fields.length - shown.length + fieldsLeftOut;
  return (
    <li className={classes.entry}>
      <div className={classes.head}>
        <Pill tone={TONES[change]}>{say.history.change[change]}</Pill>
        <Moment at={at} />
        {author && (
          <span className="cb-quiet" dir="auto" title={author}>
            {say.history.by(author.replace(/\s*<.*>$/, ''))}
          </span>
        )}
        <span className={classes.generation}>{say.history.generation(generation)}</span>
        {comparable && (
          <span className={classes.sides}>
            <label>
              <input type="radio" name="older" checked={older} aria-label={say.history.older(generation)} onChange={onOlder} /> {say.history.oldest}
            </label>
            <label>
              <input type="radio" name="newer" checked={newer} aria-label={say.history.newer(generation)} onChange={onNewer} /> {say.history.newest}
            </label>
          </span>
        )}
      </div>
      {(subject ?? commit) && (
        <p className={classes.subject} dir="auto">
          {commit && <code title={commit}>{commit.slice(0, 8)}</code>} {subject}
        </p>
      )}
      <Where location={location} />
      {shown.length > 0 && (
        <p className={classes.fields}>
          {shown.map((field) => (
            <code key={field}>{field}</code>
          ))}
          {left > 0 && <span className="cb-quiet">{say.history.moreFields(left)}</span>}
        </p>
      )}
      <PlainButton aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? say.history.hide : say.history.show}
      </PlainButton>
      {open && (
        <div className={classes.diff}>
          <HistoryDiff entityRef={entityRef} to={String(generation)} />
        </div>
      )}
    </li>
  );
}

// The document's place: its forge's page where there is one.
function Where({ location }: { location: Version['location'] }) {
  const target = locationTarget(location.source) ?? '';
  const url = safeUrl(target);
  const place = [location.path, location.line].filter(Boolean).join(':');
  return (
    <p className={classes.where} title={location.source}>
      {url ? <a href={`${url}${location.line ? `#L${location.line}` : ''}`}>{place || url}</a> : <code>{place || target}</code>}
    </p>
  );
}
