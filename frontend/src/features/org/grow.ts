// From nodes that name those above them to a tree that can be read from the top, whatever strangers wrote: several
// parents, rings, parents that are not there.
import type { TreeItem } from '@/api/types';
import { collator } from '@/lib/language';

export interface Branch {
  item: TreeItem;
  children: Branch[];
  /** Where it stands in the tree; undefined at the top. */
  parent?: Branch;
  /** It stands elsewhere, under another parent, and opens there. */
  again: boolean;
  /** It is above itself in the end. */
  ring: boolean;
}

export interface Grown {
  roots: Branch[];
  /** Where each node stands, a parent before its children. */
  places: Map<string, Branch>;
}

export function titleOf({ title, ref }: TreeItem): string {
  return title || ref.slice(ref.indexOf('/') + 1);
}

/**
 * Each node opens in one place, the nearest to the top; under its other parents it is only named. So there are never more rows
 * than nodes and pairs, and no ring has an end that is looked for.
 */
export function grow(items: readonly TreeItem[]): Grown {
  const order = collator();
  const sorted = [...items].sort((a, b) => order.compare(titleOf(a), titleOf(b)) || (a.ref < b.ref ? -1 : 1));
  const byRef = new Map(sorted.map((item) => [item.ref, item]));
  const above = (item: TreeItem) => item.parents.filter((ref) => ref !== item.ref && byRef.has(ref));
  const below = new Map<string, TreeItem[]>();
  for (const item of sorted) {
    for (const ref of above(item)) {
      const list = below.get(ref);
      if (list) list.push(item);
      else below.set(ref, [item]);
    }
  }
  const roots: Branch[] = [];
  const places = new Map<string, Branch>();

  const plant = (starts: TreeItem[], ring: boolean) => {
    const queue = starts.map((item): Branch => ({ item, children: [], again: false, ring: ring || item.parents.includes(item.ref) }));
    for (const root of queue) {
      roots.push(root);
      places.set(root.item.ref, root);
    }
    for (let i = 0; i < queue.length; i++) {
      const parent = queue[i]!;
      for (const item of below.get(parent.item.ref) ?? []) {
        const again = places.has(item.ref);
        const child: Branch = { item, children: [], parent, again, ring: item.parents.includes(item.ref) };
        parent.children.push(child);
        if (again) continue;
        places.set(item.ref, child);
        queue.push(child);
      }
    }
  };

  plant(
    sorted.filter((item) => above(item).length === 0),
    false,
  );
  // What no root leads to hangs in a ring, or below one: the way up meets that.
  for (const item of sorted) {
    if (places.has(item.ref)) continue;
    const met = new Set<string>();
    let at = item;
    while (!met.has(at.ref)) {
      met.add(at.ref);
      at = byRef.get(above(at)[0]!)!;
    }
    plant([at], true);
  }
  roots.sort((a, b) => order.compare(titleOf(a.item), titleOf(b.item)));
  return { roots, places };
}

export interface Hits {
  /** Nodes that have all the words in name, title or type. */
  own: Set<string>;
  /** Nodes that have such a one below them. */
  under: Set<string>;
}

/** Which nodes TEXT means; undefined for no text: all. */
export function find({ places }: Grown, text: string): Hits | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const own = new Set<string>();
  const under = new Set<string>();
  for (const { item } of places.values()) {
    const said = `${item.ref} ${item.title ?? ''} ${item.type ?? ''}`.toLowerCase();
    if (words.every((word) => said.includes(word))) own.add(item.ref);
  }
  for (const ref of own) {
    for (let up = places.get(ref)!.parent; up && !under.has(up.item.ref); up = up.parent) under.add(up.item.ref);
  }
  return { own, under };
}

export interface Row {
  branch: Branch;
  level: number;
  open: boolean;
}

/** What is seen when OPEN nodes are open: with HITS only those, what is above them, and all that is below them. */
export function rowsOf(roots: readonly Branch[], open: (branch: Branch) => boolean, hits?: Hits): Row[] {
  const rows: Row[] = [];
  const seen = (branch: Branch, free: boolean) => !hits || free || hits.own.has(branch.item.ref) || (!branch.again && hits.under.has(branch.item.ref));
  const stack = [...roots].reverse().map((branch) => ({ branch, level: 1, free: false }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { branch, level, free } = next;
    if (!seen(branch, free)) continue;
    const isOpen = !branch.again && open(branch);
    rows.push({ branch, level, open: isOpen });
    if (!isOpen) continue;
    const all = free || (hits?.own.has(branch.item.ref) ?? false);
    for (let i = branch.children.length - 1; i >= 0; i--) stack.push({ branch: branch.children[i]!, level: level + 1, free: all });
  }
  return rows;
}
