import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useSources, useSyncSources } from '@/api/sources';
import type { Source, SourceList as Sources } from '@/api/types';
import { formatDuration, formatNumber } from '@/lib/format';
import { numbers } from '@/lib/language';
import { Empty } from '@/ui/Empty';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { arranged, LOOKS, lookOf, PAGE_SIZE, pageOf, rate, SORTS } from './order';
import { SourceCard } from './SourceCard';
import { SourceTable } from './SourceTable';
import classes from './SourcesPage.module.css';

/** Every source as a card, or many in a table, those in trouble first, a page at a time. */
export function SourceList() {
  const { q, sort: wanted, look: wantedLook, page, source: open } = useSearch({ from: '/sources' });
  const navigate = useNavigate({ from: '/sources' });
  const sources = useSources();
  const sort = SORTS.find((known) => known === wanted) ?? 'trouble';
  const all = sources.data?.items ?? [];
  const found = arranged(all, q, sort);
  const failing = all.filter(({ state }) => state === 'failing');
  const look = lookOf(wantedLook, all.length);
  const size = PAGE_SIZE[look];
  const last = Math.max(1, Math.ceil(found.length / size));
  const at = pageOf(found, page, open, size);
  const from = (at - 1) * size;
  const shown = found.slice(from, from + size);

  return (
    <>
      <p role="status" className="cb-quiet">
        {sources.data && say.count(all.length)}
      </p>
      {sources.isPending && <Skeleton rows={8} label={say.loadingAll} />}
      <Trouble of={sources} />
      {sources.data && all.length === 0 && <Empty title={say.none}>{say.noneHint}</Empty>}
      {sources.data && all.length > 0 && <Sums list={sources.data} />}
      {failing.length > 1 && <ReadFailing sources={failing} />}
      {all.length > 1 && (
        <div className={classes.tools}>
          <TextInput
            label={say.filter}
            value={q ?? ''}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            onChange={({ currentTarget: { value } }) =>
              void navigate({ search: (before) => ({ ...before, q: value || undefined, page: undefined }), replace: true, resetScroll: false })
            }
          />
          <nav aria-label={say.sort} className={classes.sorts}>
            {SORTS.map((one) => (
              <Link
                key={one}
                from="/sources"
                to="/sources"
                search={(before) => ({ ...before, sort: one === 'trouble' ? undefined : one, page: undefined })}
                resetScroll={false}
                activeOptions={{ exact: true, explicitUndefined: true }}
                className={classes.sort}
                aria-current={sort === one ? 'true' : undefined}
              >
                {say.sorts[one]}
              </Link>
            ))}
          </nav>
          <nav aria-label={say.looks} className={classes.sorts}>
            {LOOKS.map((one) => (
              <Link
                key={one}
                from="/sources"
                to="/sources"
                search={(before) => ({ ...before, look: one === lookOf(undefined, all.length) ? undefined : one, page: undefined, source: undefined })}
                resetScroll={false}
                activeOptions={{ exact: true, explicitUndefined: true }}
                className={classes.sort}
                aria-current={look === one ? 'true' : undefined}
              >
                {say.look[one]}
              </Link>
            ))}
          </nav>
        </div>
      )}
      {all.length > 0 && found.length === 0 && <p>{say.noneSo}</p>}
      {look === 'table' && shown.length > 0 && <SourceTable sources={shown} />}
      {look === 'cards' && (
        <ul className={classes.list}>
          {shown.map((source) => (
            <SourceCard key={source.id} source={source} />
          ))}
        </ul>
      )}
      {last > 1 && (
        <nav aria-label={say.pages} className={classes.pages}>
          {at > 1 && <Turn page={at - 1} label={say.previous} />}
          <span className="cb-quiet">{say.shown(from + 1, from + shown.length, found.length)}</span>
          {at < last && <Turn page={at + 1} label={say.next} />}
        </nav>
      )}
    </>
  );
}

// One cause, such as a token that ran out, often fails many; once it is mended nobody wants to wait for each one's turn.
function ReadFailing({ sources }: { sources: Source[] }) {
  const sync = useSyncSources();
  return (
    <div className={classes.failing}>
      <Button size="xs" variant="default" leftSection={<Icon name="refresh" size={14} />} loading={sync.isPending} onClick={() => sync.mutate(sources)}>
        {say.readFailing(sources.length)}
      </Button>
      <p role="status">
        {sync.isSuccess && say.readFailingAsked(sync.data)}
        {sync.isError && <span className={classes.bad}>{sync.error.message}</span>}
      </p>
    </div>
  );
}

function Turn({ page, label }: { page: number; label: string }) {
  return (
    <Link from="/sources" to="/sources" search={(before) => ({ ...before, page: page === 1 ? undefined : page, source: undefined })}>
      {label}
    </Link>
  );
}

const FORMATS: Partial<Record<keyof typeof say.sum, (n: number) => string>> = {
  rate: (n) => numbers({ style: 'percent', maximumFractionDigits: 1 }).format(n),
  slowest: formatDuration,
};

/** All of them in numbers. */
function Sums({ list: { items, queued = 0, reading } }: { list: Sources }) {
  const sum = (of: (source: Sources['items'][number]) => number | undefined) => items.reduce((total, source) => total + (of(source) ?? 0), 0);
  const rows = [
    ['failing', sum(({ state }) => Number(state === 'failing')), true],
    ['reading', reading ?? sum(({ state }) => Number(state === 'reading')), false],
    ['queued', queued, false],
    ['held', sum(({ heldDeletions }) => heldDeletions), true],
    ['rate', rate({ recentTries: sum(({ recentTries }) => recentTries), recentFailures: sum(({ recentFailures }) => recentFailures) }), true],
    ['slowest', items.reduce((most, { tookMs = 0 }) => Math.max(most, tookMs), 0) / 1_000, false],
    ['entities', sum(({ entityCount }) => entityCount), false],
    ['problems', sum(({ problemCount }) => problemCount), false],
  ] as const;
  return (
    <dl className={classes.sums}>
      {rows.map(([name, n, bad]) => (
        <div key={name}>
          <dt>{say.sum[name]}</dt>
          <dd data-bad={(bad && n > 0) || undefined}>{(FORMATS[name] ?? formatNumber)(n)}</dd>
        </div>
      ))}
    </dl>
  );
}
