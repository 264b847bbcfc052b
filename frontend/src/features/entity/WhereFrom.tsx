import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAncestry } from '@/api/entity';
import { useExplanation } from '@/api/explain';
import type { Entity } from '@/api/types';
import type { Explanation } from '@/api/types.gen';
import { formatRef, refOf, type EntityRef } from '@/lib/ref';
import { locationTarget, safeUrl } from '@/lib/url';
import { CopyButton } from '@/ui/CopyButton';
import { EntityLink } from '@/ui/EntityLink';
import { FindingList } from '@/ui/FindingList';
import { Note } from '@/ui/Note';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { Moment } from './Moment';
import { sourceParts } from './source-parts';
import classes from './WhereFrom.module.css';

/** By which way an entity came here: its source and file, the pass that read it, and the locations that led to it. */
export function WhereFrom({ entity }: { entity: Entity }) {
  const ref = refOf(entity);
  const explanation = useExplanation(ref);
  const orphan = entity.metadata.annotations?.['backstage.io/orphan'] === 'true';
  return (
    <div className={classes.parts}>
      {orphan && (
        <Note tone="warn" title={say.from.orphan}>
          <p>
            {say.from.orphanHint} <Link to="/unregister" search={{ of: formatRef(ref) }}>{say.from.orphanDelete}</Link>
          </p>
        </Note>
      )}
      <section className={`cb-card ${classes.card}`} aria-labelledby="from-source">
        <h2 id="from-source">{say.from.source}</h2>
        {explanation.isPending && <Skeleton rows={5} label={say.from.loading} />}
        <Trouble of={explanation} />
        {explanation.data && <Facts entity={entity} told={explanation.data} />}
      </section>
      <Chain entityRef={ref} />
      {explanation.data && <Claims told={explanation.data} />}
      {explanation.data && explanation.data.findings.length > 0 && (
        <section className={`cb-card ${classes.card}`} aria-labelledby="from-known">
          <h2 id="from-known">{say.from.known}</h2>
          <FindingList label={say.from.known} findings={explanation.data.findings} />
        </section>
      )}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Followed where a browser may; else to be copied. */
function Place({ text }: { text: string }) {
  const url = safeUrl(text);
  return (
    <>
      {url ? <a href={url}>{text}</a> : <code>{text}</code>} <CopyButton text={text} label={say.from.copyPlace} />
    </>
  );
}

function Facts({ entity, told }: { entity: Entity; told: Explanation }) {
  const { source, history } = told;
  const holder = told.claims?.find(({ holds }) => holds);
  const parts = sourceParts(source?.key ?? holder?.source);
  const view = safeUrl(entity.metadata.annotations?.['backstage.io/view-url']);
  const commit = holder?.commit ?? source?.commit;
  const line = [holder?.path, holder?.line].filter(Boolean).join(':');
  const since = history?.since;
  return (
    <dl className={classes.facts}>
      {parts.repository && <Fact label={say.from.repository}><Place text={parts.repository} /></Fact>}
      {parts.file && <Fact label={say.from.file}><Place text={parts.file} /></Fact>}
      {parts.branch && <Fact label={say.from.branch}><code>{parts.branch}</code></Fact>}
      {line && !parts.file && (
        <Fact label={say.from.path}>
          {view ? <a href={view}>{line}</a> : <code>{line}</code>} <CopyButton text={line} label={say.from.copyPlace} />
        </Fact>
      )}
      {commit && <Fact label={say.from.commit}><code title={commit}>{commit.slice(0, 10)}</code> <CopyButton text={commit} label={say.from.copyCommit} /></Fact>}
      {source?.lastRead && <Fact label={say.from.read}><Moment at={source.lastRead} /></Fact>}
      {since && (
        <Fact label={say.from.since}>
          {say.from.generation(since.generation)}, <Moment at={since.at} />
          {since.subject && <span className="cb-quiet"> {say.from.by(since.subject, since.author?.replace(/\s*<.*>$/, '') ?? '')}</span>}
        </Fact>
      )}
      {source && (
        <Fact label={say.from.how}>
          {source.configured ? say.from.configured : say.from.left} <Link to="/sources" search={{ explain: told.ref }}>{say.from.toSources}</Link>
        </Fact>
      )}
    </dl>
  );
}

/** From where reading began down to the entity itself. */
function Chain({ entityRef }: { entityRef: EntityRef }) {
  const ancestry = useAncestry(entityRef);
  const items = ancestry.data?.items.toReversed() ?? [];
  return (
    <section className={`cb-card ${classes.card}`} aria-labelledby="from-chain">
      <h2 id="from-chain">{say.from.chain}</h2>
      {ancestry.isPending && <Skeleton rows={3} label={say.from.loadingChain} />}
      <Trouble of={ancestry} />
      {items.length === 1 && <p className="cb-quiet">{say.from.noChain}</p>}
      <ol className={classes.chain}>
        {items.map(({ entity, parentEntityRefs }) => {
          const target = locationTarget(entity.metadata.annotations?.['backstage.io/managed-by-location']);
          return (
            <li key={formatRef(refOf(entity))}>
              <EntityLink to={refOf(entity)} icon />
              {target && <span className={classes.place}><Place text={target} /></span>}
              {parentEntityRefs.length > 1 && (
                <span className={classes.place}>
                  {say.from.ledToBy} {parentEntityRefs.map((ref) => <EntityLink key={ref} to={ref} icon />)}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Other documents that say they are this entity, when there are any. */
function Claims({ told }: { told: Explanation }) {
  const others = told.claims?.filter(({ holds }) => !holds) ?? [];
  if (others.length === 0) return null;
  return (
    <Note tone="warn" title={say.from.claims(others.length)}>
      <p>{say.from.claimsHint}</p>
      <ul>
        {others.map(({ source, path, line, lostSince }, i) => (
          <li key={i} className={classes.place}>
            <code>{[path, line].filter(Boolean).join(':')}</code> {say.from.of(source)} {lostSince && <Moment at={lostSince} />}
          </li>
        ))}
      </ul>
    </Note>
  );
}
