import { useByRefs } from '@/api/entities';
import type { Entity } from '@/api/types';
import { parseRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Skeleton } from '@/ui/Skeleton';
import { Table } from '@/ui/Table';
import { Trouble } from '@/ui/Trouble';
import own from './Apis.module.css';
import classes from './History.module.css';
import { say } from './messages';

/** Entities asked for at once; the catalog has a list for those who have more. */
const MOST = 500;

const TYPES = ['providesApi', 'consumesApi', 'apiProvidedBy', 'apiConsumedBy', 'hasPart'] as const;
type Type = (typeof TYPES)[number];

/** The APIs on either side of an entity: what it offers and uses; of an API, who offers and who uses it. */
export function apisOf(entity: Entity): Map<Type, string[]> {
  const out = new Map<Type, string[]>();
  for (const type of TYPES) {
    const refs = (entity.relations ?? []).filter((one) => one.type === type && (type !== 'hasPart' || one.targetRef.startsWith('api:'))).map(({ targetRef }) => targetRef);
    if (refs.length > 0) out.set(type, refs);
  }
  return out;
}

export function Apis({ entity }: { entity: Entity }) {
  const groups = apisOf(entity);
  const refs = [...new Set([...groups.values()].flat())].slice(0, MOST);
  const found = useByRefs(refs);
  if (refs.length === 0) return <Empty title={say.apis.none}>{say.apis.noneHint}</Empty>;
  if (found.isPending) return <Skeleton rows={6} label={say.apis.loading} />;
  if (!found.data) return <Trouble of={found} />;
  return (
    <div className={own.stack}>
      <Trouble of={found} />
      {[...groups].map(([type, all]) => (
        <section key={type} className={`cb-card ${classes.card}`}>
          <h2>{say.apis.groups[type]}</h2>
          <ApiTable refs={all.filter((ref) => found.data.has(ref))} found={found.data} label={say.apis.groups[type]} context={entity.metadata.namespace} />
          {all.some((ref) => !found.data.has(ref)) && <p className="cb-quiet">{say.definition.more(all.filter((ref) => !found.data.has(ref)).length)}</p>}
        </section>
      ))}
    </div>
  );
}

function ApiTable({ refs, found, label, context }: { refs: string[]; found: Map<string, Entity | null>; label: string; context?: string }) {
  return (
    <Table label={label} look="texts">
      <thead>
        <tr>
          {[say.apis.name, say.apis.type, say.apis.owner, say.apis.lifecycle, say.apis.description].map((head) => (
            <th key={head} scope="col">{head}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {refs.map((ref) => {
          const one = found.get(ref);
          const word = (key: string) => (typeof one?.spec?.[key] === 'string' ? (one.spec[key] as string) : '');
          return (
            <tr key={ref}>
              <th scope="row"><EntityLink to={ref} context={{ kind: parseRef(ref)?.kind, namespace: context }} title={one?.metadata.title} missing={!one} icon /></th>
              <td>{word('type')}</td>
              <td>{word('owner') && <EntityLink to={word('owner')} context={{ kind: 'group', namespace: one?.metadata.namespace }} />}</td>
              <td>{word('lifecycle')}</td>
              <td dir="auto">{one?.metadata.description}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
