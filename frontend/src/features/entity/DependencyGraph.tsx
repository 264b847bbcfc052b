import { Link } from '@tanstack/react-router';
import { Handle, MarkerType, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useMemo, useRef, type KeyboardEvent } from 'react';
import { words } from '@/lib/format';
import { BOX_HEIGHT, BOX_WIDTH, layered, neighbourBy } from '@/lib/layered';
import { parseRef, shortRef } from '@/lib/ref';
import { KindIcon } from '@/ui/KindIcon';
import { PlainButton } from '@/ui/PlainButton';
import classes from './DependencyGraph.module.css';
import { say } from './messages';

export interface GraphBox {
  ref: string;
  title?: string;
  missing?: boolean;
  /** Relations of it that are not drawn. */
  more?: number;
  /** Entities that it stands for. */
  count?: number;
}

export interface GraphLine {
  from: string;
  to: string;
  type: string;
  count?: number;
}

export interface DependencyGraphProps {
  root: string;
  nodes: readonly GraphBox[];
  edges: readonly GraphLine[];
  label: string;
}

/** The library would tell of keys that select and delete, which nothing here does. */
const UNTOLD = { 'node.a11yDescription.default': '', 'node.a11yDescription.keyboardDisabled': '', 'edge.a11yDescription.default': '' };

/** Lines that carry their name; of more of them the dashes must do. */
const LABELS_MAX = 16;

type BoxData = GraphBox & { root: boolean; [member: string]: unknown };
type BoxNode = Node<BoxData, 'box'>;

/** The drawing of a neighbourhood. The table says the same; whatever is here can be done with the keyboard. */
export function DependencyGraph(props: DependencyGraphProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ root, nodes, edges, label }: DependencyGraphProps) {
  const flow = useReactFlow<BoxNode, Edge>();
  const box = useRef<HTMLDivElement>(null);
  const places = useMemo(() => layered(root, nodes.map(({ ref }) => ref), edges), [root, nodes, edges]);
  const boxes = useMemo(() => nodes.map((node) => boxOf(node, root, places.get(node.ref)!)), [nodes, root, places]);
  const lines = useMemo(() => linesOf(edges, (ref) => places.get(ref)!.x), [edges, places]);

  const walk = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.ref;
    const to = from && neighbourBy(event.key, from, places, edges);
    if (!to) return;
    event.preventDefault();
    const place = places.get(to)!;
    box.current?.querySelector<HTMLElement>(`[data-ref="${CSS.escape(to)}"]`)?.focus({ preventScroll: true });
    void flow.setCenter(place.x, place.y, { zoom: Math.max(flow.getZoom(), 0.7) });
  };

  return (
    <div className={classes.root}>
      <div className={classes.tools}>
        <PlainButton onClick={() => void flow.zoomIn()}>{say.zoomIn}</PlainButton>
        <PlainButton onClick={() => void flow.zoomOut()}>{say.zoomOut}</PlainButton>
        <PlainButton onClick={() => void flow.fitView({ padding: 0.05 })}>{say.fit}</PlainButton>
        <span className={classes.hint}>{say.arrows}</span>
      </div>
      <div ref={box} className={classes.drawing} role="group" aria-label={label} onKeyDown={walk}>
        <ReactFlow
          key={`${root} ${boxes.length} ${lines.length}`}
          nodes={boxes}
          edges={lines}
          nodeTypes={NODE_TYPES}
          nodeOrigin={[0.5, 0.5]}
          fitView
          fitViewOptions={{ padding: 0.05, maxZoom: 1 }}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          disableKeyboardA11y
          ariaLabelConfig={UNTOLD}
          proOptions={{ hideAttribution: true }}
        />
      </div>
    </div>
  );
}

function boxOf(node: GraphBox, root: string, { x, y }: { x: number; y: number }): BoxNode {
  return {
    id: node.ref,
    type: 'box',
    position: { x, y },
    width: BOX_WIDTH,
    height: BOX_HEIGHT,
    data: { ...node, root: node.ref === root },
  };
}

// Lines leave at the side where the other end is.
function linesOf(edges: readonly GraphLine[], xOf: (ref: string) => number): Edge[] {
  return edges.map(({ from, to, type, count }, i) => {
    const relation = words(type);
    const rightwards = xOf(to) >= xOf(from);
    return {
      id: `${i}`,
      source: from,
      target: to,
      sourceHandle: rightwards ? 'right' : 'left',
      targetHandle: rightwards ? 'in-left' : 'in-right',
      className: classes.line,
      data: { type },
      ariaLabel: say.line(nameOf(from), relation, nameOf(to)),
      label: edges.length <= LABELS_MAX || (count ?? 1) > 1 ? `${relation}${(count ?? 1) > 1 ? ` × ${count}` : ''}` : undefined,
      markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--cb-edge-strong)' },
    };
  });
}

function nameOf(ref: string): string {
  const parts = parseRef(ref);
  return parts ? shortRef(parts) : ref;
}

const NODE_TYPES = { box: Box };

function Box({ data }: NodeProps<BoxNode>) {
  const ref = parseRef(data.ref);
  const name = data.title ?? nameOf(data.ref);
  const inner = (
    <>
      {ref && <KindIcon kind={ref.kind} size={15} />}
      <span className={classes.name} dir="auto">
        {name}
      </span>
      {data.missing && <span className={classes.missing}>{say.missing}</span>}
      {(data.count ?? 1) > 1 && <span className={classes.count}>{data.count}</span>}
      {!!data.more && (
        <span className={classes.more} title={say.moreRelations(data.more)}>
          +{data.more}
        </span>
      )}
    </>
  );
  return (
    <>
      <Handle id="in-left" type="target" position={Position.Left} className={classes.handle} />
      <Handle id="in-right" type="target" position={Position.Right} className={classes.handle} />
      <Handle id="left" type="source" position={Position.Left} className={classes.handle} />
      <Handle id="right" type="source" position={Position.Right} className={classes.handle} />
      {data.root || !ref ? (
        <span className={classes.here} data-ref={data.ref} tabIndex={0} role="note" title={data.ref}>
          {inner}
        </span>
      ) : (
        <Link
          to="/catalog/$namespace/$kind/$name/{-$tab}"
          params={{ namespace: ref.namespace, kind: ref.kind, name: ref.name, tab: 'dependencies' }}
          search={(before: object) => before as never}
          className={classes.box}
          data-ref={data.ref}
          data-missing={data.missing || undefined}
          title={data.ref}
        >
          {inner}
        </Link>
      )}
    </>
  );
}
