// A graph of entities as a graph of what they belong to: systems, domains, owners.

export interface RollNode {
  ref: string;
  title?: string;
  missing?: boolean;
  /** Entities that it stands for. */
  count: number;
}

export interface RollEdge {
  from: string;
  to: string;
  type: string;
  /** Relations that it stands for. */
  count: number;
}

export interface RolledUp {
  root: string;
  nodes: RollNode[];
  edges: RollEdge[];
  /** Relations within one box, and those that only say what belongs into which. */
  inside: number;
}

export interface Input {
  root: string;
  nodes: readonly { ref: string; title?: string; missing?: boolean }[];
  edges: readonly { from: string; to: string; type: string }[];
}

/** Relations that only say where something belongs: the boxes say it already. */
const BELONGING = new Set(['partOf', 'hasPart', 'ownedBy', 'ownerOf']);

/** GRAPH by what GROUP says an entity belongs to; whoever belongs to nothing stands for itself. */
export function rollUp({ root, nodes, edges }: Input, group: (ref: string) => string | undefined): RolledUp {
  const known = new Map(nodes.map((node) => [node.ref, node]));
  const boxes = new Map<string, RollNode>();
  const of = (ref: string) => group(ref) ?? ref;
  for (const { ref } of nodes) {
    const box = of(ref);
    const had = boxes.get(box);
    if (had) had.count++;
    else boxes.set(box, { ref: box, title: known.get(box)?.title, missing: known.get(box)?.missing, count: 1 });
  }
  const links = new Map<string, RollEdge>();
  let inside = 0;
  for (const { from, to, type } of edges) {
    const a = of(from);
    const b = of(to);
    if (a === b || (BELONGING.has(type) && (a !== from || b !== to))) {
      inside++;
      continue;
    }
    const key = `${a} ${b} ${type}`;
    const had = links.get(key);
    if (had) had.count++;
    else links.set(key, { from: a, to: b, type, count: 1 });
  }
  return { root: of(root), nodes: [...boxes.values()], edges: [...links.values()], inside };
}
