import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useFacets } from '@/api/entities';
import { useSearchFor, type Found } from '@/api/search';
import { markedOr } from '@/lib/marked';
import { refOfPath } from '@/lib/recent';
import { Empty } from '@/ui/Empty';
import { KindIcon } from '@/ui/KindIcon';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './SearchPage.module.css';

const PAGE_SIZE = 25;
const PAUSE_MS = 180;

export interface SearchSearch {
  q?: string;
  kind?: string[];
  page?: string;
}

/** Everything that has the words, the best first, with what was found marked. */
export function SearchPage() {
  const { q = '', kind = [], page } = useSearch({ from: '/search' });
  const navigate = useNavigate({ from: '/search' });
  const found = useSearchFor({ term: q, kinds: kind, cursor: page, limit: PAGE_SIZE });
  const kinds = useFacets(['kind'], []);
  const go = (change: SearchSearch, replace = false) =>
    void navigate({ to: '/search', search: (before) => ({ ...before, page: undefined, ...change }), replace });
  const results = q ? (found.data?.results ?? []) : [];

  return (
    <div className="cb-page">
      <PageHeading title={q ? say.titleOf(q) : say.title}>{say.title}</PageHeading>
      <Ask q={q} onAsk={(text) => go({ q: text || undefined }, true)} />
      <fieldset className={classes.kinds}>
        <legend className="cb-hidden">{say.kinds}</legend>
        {(kinds.data?.facets.kind ?? []).map(({ value }) => (
          <label key={value} className={classes.kind}>
            <input
              type="checkbox"
              checked={kind.includes(value)}
              onChange={() => {
                const now = kind.includes(value) ? kind.filter((one) => one !== value) : [...kind, value];
                go({ kind: now.length > 0 ? now : undefined });
              }}
            />
            {value}
          </label>
        ))}
      </fieldset>
      <p className="cb-quiet" role="status">
        {q && found.data && !found.isPlaceholderData && say.count(found.data.numberOfResults ?? results.length)}
      </p>
      {q && found.isPending && <Skeleton rows={8} label={say.loading} />}
      <Trouble of={found} />
      {!q && <Empty title={say.start}>{say.startHint}</Empty>}
      {q && found.isSuccess && results.length === 0 && (
        <Empty title={say.none(q)}>
          {kind.length > 0 ? (
            <Button variant="default" size="sm" onClick={() => go({ kind: undefined })}>
              {say.allKinds}
            </Button>
          ) : (
            <>
              {say.noneHint} <Link to="/problems">{say.noneLink}</Link>.
            </>
          )}
        </Empty>
      )}
      <ol className={classes.results} data-stale={found.isPlaceholderData}>
        {results.map((result) => (
          <Result key={result.document.location} result={result} />
        ))}
      </ol>
      {(found.data?.previousPageCursor || found.data?.nextPageCursor) && (
        <nav aria-label={say.pages} className={classes.pages}>
          <Button
            variant="default"
            disabled={!found.data.previousPageCursor}
            onClick={() => go({ page: found.data!.previousPageCursor })}
          >
            {say.back}
          </Button>
          <Button variant="default" disabled={!found.data.nextPageCursor} onClick={() => go({ page: found.data!.nextPageCursor })}>
            {say.more}
          </Button>
        </nav>
      )}
    </div>
  );
}

function Ask({ q, onAsk }: { q: string; onAsk: (text: string) => void }) {
  const [text, setText] = useState(q);
  const asked = useRef(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (q !== asked.current) setText(q);
    asked.current = q;
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (value: string) => {
    clearTimeout(timer.current);
    asked.current = value.trim();
    onAsk(value.trim());
  };
  return (
    <form
      className={classes.ask}
      onSubmit={(event) => {
        event.preventDefault();
        ask(text);
      }}
    >
      <input
        type="search"
        aria-label={say.label}
        placeholder={say.hint}
        maxLength={100}
        value={text}
        onChange={(event) => {
          const value = event.currentTarget.value;
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), PAUSE_MS);
        }}
      />
    </form>
  );
}

function Result({ result: { document, highlight } }: { result: Found }) {
  const ref = refOfPath(document.location);
  const marked = (field: 'title' | 'text') =>
    markedOr(document[field], highlight?.fields[field], highlight?.preTag ?? '', highlight?.postTag ?? '').map((piece, i) =>
      piece.found ? <mark key={i}>{piece.text}</mark> : piece.text,
    );
  if (!ref) return null;
  return (
    <li className={classes.result}>
      <KindIcon kind={ref.kind} size={20} />
      <div className={classes.body}>
        <Link
          to="/catalog/$namespace/$kind/$name/{-$tab}"
          params={{ namespace: ref.namespace, kind: ref.kind, name: ref.name, tab: undefined }}
          className={classes.title}
        >
          {marked('title')}
        </Link>
        <p className={classes.text}>{marked('text')}</p>
        <p className={classes.facts}>
          {[document.kind, document.type, document.lifecycle, document.owner && say.ownedBy(document.owner)].filter(Boolean).join(' · ')}
        </p>
      </div>
    </li>
  );
}
