import type { Entity } from '@/api/types';
import type { ColumnId } from '@/lib/catalog-search';
import { sayTheSame } from '@/lib/near';
import { parseRef, refOf } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { KindIcon } from '@/ui/KindIcon';
import { Pill } from '@/ui/Pill';
import classes from './Fact.module.css';
import { say } from './messages';
import { Star, type Stars } from './Star';

/** What ENTITY says in the column ID; nothing where it does not say. */
export function Fact({ id, entity, stars }: { id: ColumnId; entity: Entity; stars: Stars }) {
  const { metadata, spec = {} } = entity;
  const namespace = metadata.namespace ?? 'default';
  switch (id) {
    case 'starred':
      return <Star entity={entity} stars={stars} />;
    case 'name':
      return <Name entity={entity} />;
    case 'kind':
      return entity.kind;
    case 'health':
      return <Health of={entity.health} />;
    case 'type':
      return text(spec.type);
    case 'lifecycle':
      return <Lifecycle value={text(spec.lifecycle)} />;
    case 'owner': {
      const owner = parseRef(text(spec.owner) ?? '', { kind: 'group', namespace });
      return owner && <EntityLink to={owner} context={{ kind: 'group', namespace }} />;
    }
    case 'system': {
      const system = text(spec.system);
      return system && <EntityLink to={system} context={{ kind: 'system', namespace }} />;
    }
    case 'namespace':
      return namespace;
    case 'tags':
      return <Tags of={metadata.tags ?? []} />;
    case 'description':
      return <span title={metadata.description}>{metadata.description}</span>;
  }
}

function Name({ entity }: { entity: Entity }) {
  const { metadata, spec = {} } = entity;
  const profile = spec.profile as { displayName?: unknown } | undefined;
  const title = metadata.title ?? text(profile?.displayName);
  return (
    <>
      <KindIcon kind={entity.kind} />
      <EntityLink to={refOf(entity)} title={title} />
      {title && !sayTheSame(title, metadata.name) && <span className={classes.aka}>{metadata.name}</span>}
    </>
  );
}

const SIGNS = {
  error: { icon: 'close', tone: 'bad' },
  warning: { icon: 'warning', tone: 'warn' },
  orphan: { icon: 'question', tone: 'warn' },
  problems: { icon: 'info', tone: 'info' },
  well: { icon: 'check', tone: 'good' },
} as const;

/** The worst that is known, by a sign and a word; who is well is not what the eye looks for. */
function Health({ of }: { of?: string }) {
  if (!of || !Object.hasOwn(SIGNS, of)) return null;
  const id = of as keyof typeof SIGNS;
  const { icon, tone } = SIGNS[id];
  return (
    <span className={classes.health} data-tone={tone}>
      <Icon name={icon} size={14} />
      {say.standing[id]}
    </span>
  );
}

function Tags({ of }: { of: string[] }) {
  if (of.length === 0) return null;
  return (
    <span className={classes.tags} title={of.join(', ')}>
      {of.map((tag) => (
        <Pill key={tag}>{tag}</Pill>
      ))}
    </span>
  );
}

function Lifecycle({ value }: { value?: string }) {
  if (!value) return null;
  const tone = { production: 'good', experimental: 'info', deprecated: 'warn' }[value.toLowerCase()];
  return <Pill tone={tone as 'good' | 'info' | 'warn' | undefined}>{value}</Pill>;
}

// A descriptor may hold anything under spec; a cell shows text only.
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
