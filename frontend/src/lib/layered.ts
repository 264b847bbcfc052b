// Where the boxes of a neighbourhood stand: what points at the middle to its left, what it points at to its right,
// a column a step. Pure, and the same for the same graph.

export interface LayoutEdge {
  from: string;
  to: string;
}

export interface Place {
  x: number;
  y: number;
  /** Steps from the middle: negative on the left. */
  column: number;
}

export const BOX_WIDTH = 220;
export const BOX_HEIGHT = 44;
const GAP_X = 90;
const GAP_Y = 16;

/** As many boxes may stand above one another in any picture; a step with more of them has columns side by side. */
const ROWS_MIN = 14;

/** Of many, as many rows as make the whole about as wide, to its height, as the place it is drawn in. */
const ROWS_OF_MANY = (BOX_WIDTH + GAP_X / 2) / (BOX_HEIGHT + GAP_Y) / 1.8;

/** Places of REFS, ROOT in the middle at 0, 0; x and y are those of a box's middle. */
export function layered(root: string, refs: readonly string[], edges: readonly LayoutEdge[]): Map<string, Place> {
  const columns = columnsOf(root, refs, edges);
  const near = neighboursOf(edges);
  const byColumn = new Map<number, string[]>();
  for (const ref of refs) {
    const column = columns.get(ref)!;
    byColumn.set(column, [...(byColumn.get(column) ?? []), ref]);
  }

  const rowsMax = Math.max(ROWS_MIN, Math.ceil(Math.sqrt(refs.length * ROWS_OF_MANY)));
  const places = new Map<string, Place>();
  const place = (column: number, side: number, fromX: number): number => {
    const inner = column - side;
    const sorted = byColumn
      .get(column)!
      .map((ref) => ({ ref, at: meanY(near.get(ref), places, inner) }))
      .sort((a, b) => a.at - b.at || (a.ref < b.ref ? -1 : 1));
    const width = Math.ceil(sorted.length / rowsMax);
    const height = Math.ceil(sorted.length / width);
    sorted.forEach(({ ref }, i) => {
      // Side by side they are filled row by row, so that neighbours by height stay neighbours.
      const row = Math.floor(i / width);
      const x = fromX + side * ((i % width) * (BOX_WIDTH + GAP_X / 2) + GAP_X + BOX_WIDTH);
      places.set(ref, { x, y: (row - (height - 1) / 2) * (BOX_HEIGHT + GAP_Y), column });
    });
    return fromX + side * ((width - 1) * (BOX_WIDTH + GAP_X / 2) + GAP_X + BOX_WIDTH);
  };

  places.set(root, { x: 0, y: 0, column: 0 });
  for (const side of [1, -1]) {
    let x = 0;
    for (let column = side; byColumn.has(column); column += side) x = place(column, side, x);
  }
  return places;
}

function neighboursOf(edges: readonly LayoutEdge[]): Map<string, string[]> {
  const near = new Map<string, string[]>();
  const join = (a: string, b: string) => {
    const list = near.get(a);
    if (list) list.push(b);
    else near.set(a, [b]);
  };
  for (const { from, to } of edges) {
    join(from, to);
    join(to, from);
  }
  return near;
}

// The side is that of the first step; further steps go on outwards, whichever way their edge points.
function columnsOf(root: string, refs: readonly string[], edges: readonly LayoutEdge[]): Map<string, number> {
  const out = new Map<string, LayoutEdge[]>();
  for (const edge of edges) {
    for (const end of [edge.from, edge.to]) {
      const list = out.get(end);
      if (list) list.push(edge);
      else out.set(end, [edge]);
    }
  }
  const known = new Set(refs);
  const columns = new Map([[root, 0]]);
  for (let ring = [root]; ring.length > 0; ) {
    const next: string[] = [];
    for (const ref of ring) {
      const own = columns.get(ref)!;
      for (const { from, to } of out.get(ref) ?? []) {
        const other = from === ref ? to : from;
        if (columns.has(other) || !known.has(other)) continue;
        columns.set(other, own === 0 ? (from === ref ? 1 : -1) : own + Math.sign(own));
        next.push(other);
      }
    }
    ring = next;
  }
  for (const ref of refs) if (!columns.has(ref)) columns.set(ref, 1);
  return columns;
}

function meanY(neighbours: readonly string[] | undefined, places: ReadonlyMap<string, Place>, column: number): number {
  let sum = 0;
  let n = 0;
  for (const ref of neighbours ?? []) {
    const place = places.get(ref);
    if (place?.column !== column) continue;
    sum += place.y;
    n++;
  }
  return n > 0 ? sum / n : 0;
}

/** The box to go to from REF by an arrow key: along an edge to the side, or to the next one above or below. */
export function neighbourBy(key: string, ref: string, places: ReadonlyMap<string, Place>, edges: readonly LayoutEdge[]): string | undefined {
  const here = places.get(ref);
  if (!here) return undefined;
  const side = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const down = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (side === 0 && down === 0) return undefined;
  const linked = new Set(edges.flatMap(({ from, to }) => (from === ref ? [to] : to === ref ? [from] : [])));
  let best: string | undefined;
  let least = Infinity;
  for (const [other, place] of places) {
    const dx = place.x - here.x;
    const dy = place.y - here.y;
    if (other === ref || (side !== 0 ? !linked.has(other) || dx * side <= 0 : place.column !== here.column || dy * down <= 0)) continue;
    const cost = Math.abs(dx) + Math.abs(dy);
    if (cost < least) [best, least] = [other, cost];
  }
  return best;
}
