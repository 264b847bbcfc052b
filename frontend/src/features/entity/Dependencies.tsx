import { useState } from 'react';
import { useNeighbourhood } from '@/api/graph';
import { counted, formatNumber, words } from '@/lib/format';
import { formatRef, parseRef, type EntityRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Note } from '@/ui/Note';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Choice } from './Choice';
import classes from './Dependencies.module.css';
import { stepsFrom } from './steps';

const DEPTHS = [1, 2, 3].map((value) => ({ value, label: String(value) }));

/** Edges listed at most; a table of more is no table to read. */
const ROWS_MAX = 500;

/** What stands within a few steps, edge by edge. */
export function Dependencies({ entityRef }: { entityRef: EntityRef }) {
  const [depth, setDepth] = useState(1);
  const around = useNeighbourhood(entityRef, depth);

  return (
    <div className={`cb-card ${classes.card}`}>
      <Choice label="Steps away" values={DEPTHS} chosen={depth} onChoose={setDepth} />
      {around.isPending && <Skeleton rows={6} label="Loading the neighbourhood" />}
      {around.isError && <Problem of={around.error} onRetry={around.refetch} />}
      {around.isSuccess && around.data.edges.length === 0 && (
        <Empty title="Nothing is connected with it">
          Name what it depends on in <code>spec.dependsOn</code>.
        </Empty>
      )}
      {around.isSuccess && around.data.edges.length > 0 && (
        <Edges {...around.data} root={formatRef(entityRef)} context={entityRef} />
      )}
    </div>
  );
}

type EdgesProps = NonNullable<ReturnType<typeof useNeighbourhood>['data']> & { context: EntityRef };

function Edges({ root, nodes, edges, truncated, leftOut, context }: EdgesProps) {
  const known = new Map(nodes.map((node) => [node.ref, node]));
  const steps = stepsFrom(root, edges);
  const rows = edges
    .map((edge) => ({ ...edge, step: Math.max(steps.get(edge.from) ?? 0, steps.get(edge.to) ?? 0) }))
    .sort((a, b) => a.step - b.step || a.type.localeCompare(b.type) || a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
  const missing = nodes.filter((node) => node.missing).length;

  const link = (ref: string) => (
    <EntityLink
      to={ref}
      context={{ kind: parseRef(ref)?.kind, namespace: context.namespace }}
      title={known.get(ref)?.title}
      missing={known.get(ref)?.missing}
      icon
    />
  );

  return (
    <>
      <p role="status" className="cb-quiet">
        {counted(nodes.length, 'entity', 'entities')}, {counted(edges.length, 'relation')}
        {missing > 0 && `, ${formatNumber(missing)} missing`}
      </p>
      {truncated && (
        <Note tone="warn" title={`${formatNumber(leftOut)} more are left out`}>
          <p>There is too much around this entity to list. Take fewer steps, or start from a smaller entity.</p>
        </Note>
      )}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Relations">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Steps</th>
              <th scope="col">From</th>
              <th scope="col">Relation</th>
              <th scope="col">To</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS_MAX).map(({ from, to, type, step }) => (
              <tr key={`${from} ${type} ${to}`}>
                <td>{step}</td>
                <td>{from === root ? <b>{known.get(from)?.title ?? context.name}</b> : link(from)}</td>
                <td className="cb-quiet">{words(type)}</td>
                <td>{to === root ? <b>{known.get(to)?.title ?? context.name}</b> : link(to)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > ROWS_MAX && (
        <p className="cb-quiet">
          The first {formatNumber(ROWS_MAX)} of {formatNumber(rows.length)} relations are listed.
        </p>
      )}
    </>
  );
}
