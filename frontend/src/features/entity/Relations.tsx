import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Entity, GraphNode } from '@/api/types';
import type { CatalogSearch } from '@/lib/catalog-search';
import { capital, formatNumber, words } from '@/lib/format';
import { kindName, splitByKind } from '@/lib/kinds';
import { formatRef, parseRef, refOf } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { say } from './messages';
import classes from './Relations.module.css';

/** Targets shown of one type before someone asks for more, and the most that are listed here. */
const FIRST = 10;
const MOST = 500;

const TREES: Record<string, '/groups' | '/systems' | undefined> = { group: '/groups', system: '/systems', domain: '/systems' };

/** Relations to things of any kind, which are too many to be read as one list. */
const KIND_BY_KIND = new Set(['ownerOf', 'hasPart']);

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

  const tree = TREES[entity.kind.toLowerCase()];

  return (
    <section className={`cb-card ${classes.card}`}>
      <div className={classes.head}>
        <h2>{say.relationsOf.title}</h2>
        {tree && (
          <Link to={tree} search={{ of: formatRef(refOf(entity)) }}>
            {tree === '/groups' ? say.relationsOf.inGroups : say.relationsOf.inSystems}
          </Link>
        )}
      </div>
      {types.length === 0 && <Empty title={say.relationsOf.none}>{say.relationsOf.noneHint}</Empty>}
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

/** What has one relation; where that is of many kinds, such as what a team owns, kind by kind. */
function Group({ type, refs, entity, known }: GroupProps) {
  const kinds = KIND_BY_KIND.has(type) ? splitByKind(refs) : [];
  return (
    <div className={classes.group}>
      <h3>
        {capital(words(type))} <span className="cb-quiet">{formatNumber(refs.length)}</span>
      </h3>
      {kinds.length > 1 ? (
        kinds.map(([kind, some]) => (
          <div key={kind} className={classes.kind}>
            <h4>
              {kindName(kind)} <span className="cb-quiet">{formatNumber(some.length)}</span>
            </h4>
            <List refs={some} entity={entity} known={known} inCatalog={catalogSearch(type, entity, kind)} />
          </div>
        ))
      ) : (
        <List refs={refs} entity={entity} known={known} inCatalog={catalogSearch(type, entity)} />
      )}
    </div>
  );
}

interface ListProps {
  refs: string[];
  entity: Entity;
  known: Map<string, GraphNode>;
  inCatalog?: CatalogSearch;
}

function List({ refs, entity, known, inCatalog }: ListProps) {
  const [all, setAll] = useState(false);
  const shown = refs.slice(0, all ? MOST : FIRST);
  return (
    <>
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
          {say.relationsOf.show(Math.min(refs.length, MOST))}
        </Button>
      )}
      {inCatalog && refs.length > FIRST && (
        <Link to="/catalog" search={inCatalog} className={classes.more}>
          {say.relationsOf.inCatalog(refs.length)}
        </Link>
      )}
    </>
  );
}

// The lists that the catalog's facets can show.
function catalogSearch(type: string, entity: Entity, kind?: string): CatalogSearch | undefined {
  const ref = formatRef(refOf(entity));
  const of = kind === undefined ? undefined : [kindName(kind)];
  if (type === 'ownerOf') return { whose: 'all', owner: [ref], kind: of };
  if (type === 'hasPart' && entity.kind.toLowerCase() === 'system') return { whose: 'all', system: [ref], kind: of };
  return undefined;
}
