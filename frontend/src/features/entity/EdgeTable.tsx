import { words } from '@/lib/format';
import { parseRef, type EntityRef } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Table } from '@/ui/Table';
import type { GraphBox, GraphLine } from './DependencyGraph';
import { say } from './messages';
import { stepsFrom } from './steps';

/** Edges listed at most; a table of more is no table to read. */
const ROWS_MAX = 500;

export interface EdgeTableProps {
  root: string;
  nodes: readonly GraphBox[];
  edges: readonly GraphLine[];
  context: EntityRef;
}

/** A neighbourhood edge by edge, nearest first: what the drawing says, in words. */
export function EdgeTable({ root, nodes, edges, context }: EdgeTableProps) {
  const known = new Map(nodes.map((node) => [node.ref, node]));
  const steps = stepsFrom(root, edges);
  const rows = edges
    .map((edge) => ({ ...edge, step: Math.max(steps.get(edge.from) ?? 0, steps.get(edge.to) ?? 0) }))
    .sort((a, b) => a.step - b.step || a.type.localeCompare(b.type) || a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
  const counted = edges.some(({ count = 1 }) => count > 1);

  const end = (ref: string) =>
    ref === root ? (
      <b>{known.get(ref)?.title ?? parseRef(ref)?.name ?? ref}</b>
    ) : (
      <EntityLink to={ref} context={{ kind: parseRef(ref)?.kind, namespace: context.namespace }} title={known.get(ref)?.title} missing={known.get(ref)?.missing} icon />
    );

  return (
    <>
      <Table label={say.table.region}>
        <thead>
          <tr>
            <th scope="col">{say.table.steps}</th>
            <th scope="col">{say.table.from}</th>
            <th scope="col">{say.table.relation}</th>
            <th scope="col">{say.table.to}</th>
            {counted && <th scope="col">{say.table.times}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map(({ from, to, type, step, count }) => (
            <tr key={`${from} ${type} ${to}`}>
              <td>{step}</td>
              <td>{end(from)}</td>
              <td className="cb-quiet">{words(type)}</td>
              <td>{end(to)}</td>
              {counted && <td>{count}</td>}
            </tr>
          ))}
        </tbody>
      </Table>
      {rows.length > ROWS_MAX && <p className="cb-quiet">{say.listed(ROWS_MAX, rows.length)}</p>}
    </>
  );
}
