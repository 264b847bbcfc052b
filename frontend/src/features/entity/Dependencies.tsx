import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useDomains } from '@/api/entities';
import { useNeighbourhood } from '@/api/graph';
import type { Neighbourhood } from '@/api/types';
import { DEPTHS, DIRECTIONS, ROLL_UPS, type EntitySearch, type RollUp } from '@/lib/entity-search';
import { capital, words } from '@/lib/format';
import { formatRef, parseRef, type EntityRef } from '@/lib/ref';
import { rollUp } from '@/lib/roll-up';
import { Empty } from '@/ui/Empty';
import { Note } from '@/ui/Note';
import { PlainButton } from '@/ui/PlainButton';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { Choice } from './Choice';
import classes from './Dependencies.module.css';
import { EdgeTable } from './EdgeTable';
import { say } from './messages';

const DependencyGraph = lazy(() => import('./DependencyGraph').then((m) => ({ default: m.DependencyGraph })));

/** Entities drawn at most: the server counts what it leaves out. The table has more room. */
const DRAWN_MAX = 300;
const LISTED_MAX = 500;

/** What may be chosen before anything was answered; what an answer has beyond them is added. */
const RELATIONS = ['dependsOn', 'providesApi', 'consumesApi', 'partOf', 'ownedBy', 'memberOf', 'childOf'];

/** What stands within a few steps, drawn or edge by edge. Every choice is in the address. */
export function Dependencies({ entityRef }: { entityRef: EntityRef }) {
  const search = useSearch({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const navigate = useNavigate({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const { depth = 1, direction = 'both', relation = [], view, by = 'none' } = search;
  const change = (part: EntitySearch) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const asTable = view === 'table';
  const around = useNeighbourhood(entityRef, { depth, direction, relation, limit: asTable ? LISTED_MAX : DRAWN_MAX });

  return (
    <div
      className={`cb-card ${classes.card}`}
      onKeyDown={(event) => {
        const target = event.target as HTMLElement;
        if (event.key !== 't' || event.ctrlKey || event.metaKey || event.altKey || target.matches('input[type=text], input[type=search], textarea, select')) return;
        change({ view: asTable ? undefined : 'table' });
      }}
    >
      <div className={classes.choices}>
        <Choice label={say.view} values={(['graph', 'table'] as const).map((value) => ({ value, label: say.views[value] }))} chosen={view ?? 'graph'} onChoose={(value) => change({ view: value === 'table' ? value : undefined })} />
        <Choice label={say.steps} values={DEPTHS.map((value) => ({ value, label: String(value) }))} chosen={depth} onChoose={(value) => change({ depth: value === 1 ? undefined : value })} />
        <Choice label={say.direction} values={DIRECTIONS.map((value) => ({ value, label: say.directions[value] }))} chosen={direction} onChoose={(value) => change({ direction: value === 'both' ? undefined : value })} />
        <Choice label={say.rollUp} values={ROLL_UPS.map((value) => ({ value, label: say.rollUps[value] }))} chosen={by} onChoose={(value) => change({ by: value === 'none' ? undefined : value })} />
        <Relations chosen={relation} found={around.data?.edges.map(({ type }) => type) ?? []} onChoose={(list) => change({ relation: list.length > 0 ? list : undefined })} />
      </div>
      {around.isPending && <Skeleton rows={6} label={say.loadingAround} />}
      <Trouble of={around} />
      {around.data?.edges.length === 0 && (
        <Empty title={relation.length > 0 || direction !== 'both' ? say.nothingSo : say.nothing}>{relation.length > 0 || direction !== 'both' ? say.nothingSoHint : say.nothingHint}</Empty>
      )}
      {around.data && around.data.edges.length > 0 && <Found data={around.data} context={entityRef} by={by} asTable={asTable} />}
    </div>
  );
}

function Relations({ chosen, found, onChoose }: { chosen: string[]; found: string[]; onChoose: (list: string[]) => void }) {
  const types = [...new Set([...RELATIONS, ...chosen, ...found])];
  return (
    <details className={classes.relations} open={chosen.length > 0 || undefined}>
      <summary>{say.relations(chosen.length)}</summary>
      <div className={classes.types}>
        {types.map((type) => (
          <label key={type}>
            <input type="checkbox" checked={chosen.includes(type)} onChange={(event) => onChoose(event.currentTarget.checked ? [...chosen, type] : chosen.filter((one) => one !== type))} />
            {capital(words(type))}
          </label>
        ))}
        {chosen.length > 0 && <PlainButton onClick={() => onChoose([])}>{say.allRelations}</PlainButton>}
      </div>
    </details>
  );
}

function Found({ data, context, by, asTable }: { data: Neighbourhood; context: EntityRef; by: RollUp; asTable: boolean }) {
  const systems = useMemo(() => [...new Set(data.nodes.flatMap((node) => systemOf(node) ?? []))], [data.nodes]);
  const domains = useDomains(systems, by === 'domain');
  const graph = useMemo(() => {
    if (by === 'none') return { root: data.root, nodes: data.nodes, edges: data.edges, inside: 0 };
    const nodes = new Map(data.nodes.map((node) => [node.ref, node]));
    return rollUp(data, (ref) => {
      const node = nodes.get(ref);
      if (!node) return undefined;
      if (by === 'owner') return node.owner;
      const system = systemOf(node);
      return by === 'domain' ? (system && (domains.data?.get(system) ?? system)) : system;
    });
  }, [data, by, domains.data]);
  const missing = data.nodes.filter((node) => node.missing).length;
  const label = say.graphOf(data.nodes.find(({ ref }) => ref === data.root)?.title ?? context.name);

  return (
    <>
      <p role="status" className="cb-quiet">
        {say.counts(graph.nodes.length, graph.edges.length)}
        {missing > 0 && `, ${say.missingN(missing)}`}
        {graph.inside > 0 && `, ${say.inside(graph.inside)}`}
      </p>
      {data.truncated && (
        <Note tone="warn" title={say.leftOut(data.nodes.length, data.nodes.length + data.leftOut)}>
          <p>{say.leftOutHint}</p>
        </Note>
      )}
      {by === 'domain' && domains.isError && <Problem of={domains.error} onRetry={domains.refetch} />}
      {asTable ? (
        <EdgeTable {...graph} context={context} />
      ) : (
        <div className={classes.graph}>
          <Suspense fallback={<Skeleton rows={8} label={say.loadingGraph} />}>
            <DependencyGraph {...graph} label={label} />
          </Suspense>
        </div>
      )}
    </>
  );
}

function systemOf(node: Neighbourhood['nodes'][number]): string | undefined {
  return parseRef(node.ref)?.kind === 'system' ? formatRef(parseRef(node.ref)!) : node.system;
}
