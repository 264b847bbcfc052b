import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Entity, GraphNode } from '@/api/types';
import type { CatalogSearch } from '@/lib/catalog-search';
import { capital, formatNumber, words } from '@/lib/format';
import { formatRef, parseRef, refOf } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import classes from './Relations.module.css';

/** Targets shown of one type before someone asks for more, and the most that are listed here. */
const FIRST = 10;
const MOST = 500;

// In the order of what people ask: what it needs, what needs it, its interfaces, its parts, its people.
const ORDER = [
  'dependsOn', 'dependencyOf', 'providesApi', 'consumesApi', 'apiProvidedBy', 'apiConsumedBy',
  'partOf', 'hasPart', 'ownedBy', 'ownerOf', 'parentOf', 'childOf', 'hasMember', 'memberOf',
];

/** Everything an entity points at and is pointed at by, by type; what is not there is marked. */
export function Relations({ entity, nodes }: { entity: Entity; nodes?: GraphNode[] }) {
  const known = new Map(nodes?.map((node) => [node.ref, node]));
  const groups = new Map<string, string[]>();
  for (const { type, targetRef } of entity.relations ?? []) {
    groups.set(type, [...(groups.get(type) ?? []), targetRef]);
  }
  const types = [...groups.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

  return (
    <section className={`cb-card ${classes.card}`}>
      <h2>Relations</h2>
      {types.length === 0 && (
        <Empty title="Nothing is connected with it">
          Name its owner, its system or what it depends on in the file's <code>spec</code>.
        </Empty>
      )}
      {types.map((type) => (
        <Group key={type} type={type} refs={groups.get(type)!} entity={entity} known={known} />
      ))}
    </section>
  );
}

function rank(type: string): number {
  const at = ORDER.indexOf(type);
  return at < 0 ? ORDER.length : at;
}

interface GroupProps {
  type: string;
  refs: string[];
  entity: Entity;
  known: Map<string, GraphNode>;
}

function Group({ type, refs, entity, known }: GroupProps) {
  const [all, setAll] = useState(false);
  const shown = refs.slice(0, all ? MOST : FIRST);
  const list = refs.length > FIRST ? catalogSearch(type, entity) : undefined;
  return (
    <div className={classes.group}>
      <h3>
        {capital(words(type))} <span className="cb-quiet">{formatNumber(refs.length)}</span>
      </h3>
      <ul className={classes.list}>
        {shown.map((ref) => {
          const node = known.get(ref);
          return (
            <li key={ref}>
              <EntityLink
                to={ref}
                context={{ kind: parseRef(ref)?.kind, namespace: entity.metadata.namespace }}
                title={node?.title}
                missing={node?.missing}
                icon
              />
            </li>
          );
        })}
      </ul>
      {refs.length > shown.length && !all && (
        <Button variant="default" size="compact-xs" mt={6} onClick={() => setAll(true)}>
          Show {formatNumber(Math.min(refs.length, MOST))}
        </Button>
      )}
      {list && (
        <Link to="/catalog" search={list} className={classes.more}>
          See all {formatNumber(refs.length)} in the catalog
        </Link>
      )}
    </div>
  );
}

// The lists that the catalog's facets can show.
function catalogSearch(type: string, entity: Entity): CatalogSearch | undefined {
  const ref = formatRef(refOf(entity));
  if (type === 'ownerOf') return { owner: [ref] };
  if (type === 'hasPart' && entity.kind.toLowerCase() === 'system') return { system: [ref] };
  return undefined;
}
