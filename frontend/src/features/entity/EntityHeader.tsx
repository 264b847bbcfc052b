import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Entity, GraphNode } from '@/api/types';
import { kindName } from '@/lib/kinds';
import { formatRef, parseRef, refOf } from '@/lib/ref';
import { locationTarget, repositoryPlace, safeUrl } from '@/lib/url';
import { CopyButton } from '@/ui/CopyButton';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { KindIcon } from '@/ui/KindIcon';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Description } from './Description';
import { say } from './messages';
import classes from './EntityHeader.module.css';
import { RefreshButton } from './RefreshButton';
import { StarButton } from './StarButton';

export interface EntityHeaderProps {
  entity: Entity;
  nodes?: GraphNode[];
  /** Only the answers, for a tab that needs the room: what describes the entity stands on its overview. */
  brief?: boolean;
  children?: ReactNode;
}

/** The answers people come for: who owns it, what it is part of, how alive it is, where its code is. */
export function EntityHeader({ entity, nodes, brief, children }: EntityHeaderProps) {
  const { metadata, spec = {} } = entity;
  const ref = refOf(entity);
  const full = formatRef(ref);
  const known = new Map(nodes?.map((node) => [node.ref, node]));
  const profile = (spec.profile ?? {}) as { displayName?: unknown; email?: unknown };
  const title = metadata.title ?? text(profile.displayName) ?? metadata.name;

  return (
    <header className={`cb-card ${classes.card}`} data-brief={brief || undefined}>
      <div className={classes.top}>
        <span className={classes.mark}>
          <KindIcon kind={entity.kind} size={24} />
        </span>
        <div className={classes.titles}>
          <PageHeading title={title} />
          <p className={classes.ref}>
            <code className="cb-line" title={full}>
              {full}
            </code>
            <CopyButton text={full} label={say.header.copyRef} />
          </p>
        </div>
        <StarButton entityRef={ref} />
        <Link to="/unregister" search={{ of: full }}>
          {say.unregister}
        </Link>
        <RefreshButton entityRef={ref} />
      </div>
      {!brief && metadata.description && <Description text={metadata.description} />}
      <dl className={classes.facts}>
        <Owners entity={entity} known={known} />
        <Whole entity={entity} known={known} />
        <Fact label={say.header.type}>{text(spec.type)}</Fact>
        <Fact label={say.header.lifecycle}>{text(spec.lifecycle)}</Fact>
        <Fact label={say.header.mail}>
          {text(profile.email) && <a href={safeUrl(`mailto:${text(profile.email)}`)}>{text(profile.email)}</a>}
        </Fact>
        <Fact label={isFromFile(entity) ? say.header.file : say.header.code}>
          <Code entity={entity} />
        </Fact>
      </dl>
      {children}
      {!brief && <Tags tags={metadata.tags ?? []} />}
      {!brief && <Links entity={entity} />}
    </header>
  );
}

function Fact({ label, children }: { label: string; children?: ReactNode }) {
  if (children === undefined || children === null || children === '') return null;
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const OWNED = new Set(['component', 'api', 'resource', 'system', 'domain', 'template']);

interface RelatedProps {
  entity: Entity;
  known: Map<string, GraphNode>;
}

function Owners({ entity, known }: RelatedProps) {
  const refs = related(entity, 'ownedBy');
  if (refs.length > 0) {
    return (
      <Fact label={say.header.owner}>
        <ul className={classes.refs}>
          {refs.map((ref) => (
            <li key={ref}>
              <EntityLink
                to={ref}
                context={{ kind: 'group', namespace: entity.metadata.namespace }}
                title={known.get(ref)?.title}
                missing={known.get(ref)?.missing}
                icon
              />
            </li>
          ))}
        </ul>
      </Fact>
    );
  }
  if (!OWNED.has(entity.kind.toLowerCase())) return null;
  return (
    <Fact label={say.header.owner}>
      <span className={classes.nobody}>{say.header.nobody}</span>
    </Fact>
  );
}

const WHOLE: Record<string, string> = { group: 'childOf', user: 'memberOf' };

// A component's system, a system's domain, a team's parent: the next bigger thing.
function Whole({ entity, known }: RelatedProps) {
  const label = { group: say.header.parent, user: say.header.memberOf }[entity.kind.toLowerCase()];
  const refs = related(entity, WHOLE[entity.kind.toLowerCase()] ?? 'partOf');
  const groups = new Map<string, string[]>();
  for (const ref of refs) {
    const kind = parseRef(ref)?.kind ?? '';
    const name = label ?? kindName(kind);
    groups.set(name, [...(groups.get(name) ?? []), ref]);
  }
  return [...groups].map(([name, list]) => (
    <Fact key={name} label={name}>
      <ul className={classes.refs}>
        {list.map((ref) => (
          <li key={ref}>
            <EntityLink
              to={ref}
              context={{ kind: parseRef(ref)?.kind, namespace: entity.metadata.namespace }}
              title={known.get(ref)?.title}
              missing={known.get(ref)?.missing}
              icon
            />
          </li>
        ))}
      </ul>
    </Fact>
  ));
}

function isFromFile(entity: Entity): boolean {
  const notes = entity.metadata.annotations ?? {};
  return !notes['backstage.io/source-location'] && !!notes['backstage.io/managed-by-location']?.startsWith('file:');
}

function Code({ entity }: { entity: Entity }) {
  const notes = entity.metadata.annotations ?? {};
  const source = locationTarget(notes['backstage.io/source-location']);
  const view = notes['backstage.io/view-url'];
  const edit = safeUrl(notes['backstage.io/edit-url']);
  const target = source ?? view ?? locationTarget(notes['backstage.io/managed-by-location']);
  if (!target) return <span className="cb-quiet">{say.header.unknown}</span>;
  const url = safeUrl(target);
  const file = safeUrl(view);
  return (
    <span className={classes.code}>
      {url ? (
        <a href={url} className="cb-line" title={target}>
          {shortUrl(target)}
        </a>
      ) : (
        <Place target={target} />
      )}
      {file && file !== url && <a href={file}>{say.header.toFile}</a>}
      {edit && <a href={edit}>{say.header.toEdit}</a>}
    </span>
  );
}

// A repository without a page: its address to copy, and where in it to look.
function Place({ target }: { target: string }) {
  const { repository, branch, path } = repositoryPlace(target);
  const where = [path, branch && say.header.branch(branch)].filter(Boolean).join(', ');
  return (
    <>
      <code className="cb-line" title={target}>
        {repository}
      </code>
      <CopyButton text={repository} label={say.header.copyCode} />
      {where && <span className={classes.where}>{where}</span>}
    </>
  );
}

function shortUrl(target: string): string {
  return target.replace(/^https?:\/\//, '').replace(/\/(-\/)?(tree|blob|src\/branch)\/[^/]+\/?$/, '').replace(/\/$/, '');
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null;
  return (
    <ul className={classes.tags} aria-label={say.header.tags}>
      {tags.map((tag) => (
        <li key={tag}>
          <Link to="/catalog" search={{ tag: [tag] }} className={classes.tag}>
            <Pill>{tag}</Pill>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Links({ entity }: { entity: Entity }) {
  const links = entity.metadata.links ?? [];
  if (links.length === 0) return null;
  return (
    <ul className={classes.links} aria-label={say.header.links}>
      {links.map((link, i) => {
        const url = safeUrl(link.url);
        return (
          <li key={i} className="cb-line">
            {url ? (
              <a href={url} title={link.url} rel="noreferrer">
                <Icon name="external" size={14} /> {link.title ?? shortUrl(link.url)}
              </a>
            ) : (
              <span title={link.url}>
                {link.title ?? link.url} <Pill tone="warn">{say.header.unsafe}</Pill>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function related(entity: Entity, type: string): string[] {
  return (entity.relations ?? []).filter((r) => r.type === type).map((r) => r.targetRef);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
