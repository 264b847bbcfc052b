import type { TreeNode } from './data';

export interface Branch {
  node: TreeNode;
  branches: Branch[];
  /** How many stand below it, at any depth. */
  below: number;
}

/** NODES as trees. Whoever names a parent that is not there is a root; of nodes that name each other in a circle, the first is. */
export function branchesOf(nodes: readonly TreeNode[]): Branch[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<string, TreeNode[]>();
  const roots: TreeNode[] = [];
  for (const node of nodes) {
    const parent = node.parent ?? undefined;
    if (parent === undefined || parent === node.id || !byId.has(parent)) roots.push(node);
    else children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const placed = new Set<TreeNode>();
  const grow = (root: TreeNode): Branch => {
    // Deep chains must not end the stack, so a branch is grown ring by ring and counted backwards.
    const top: Branch = { node: root, branches: [], below: 0 };
    placed.add(root);
    const order = [top];
    for (let i = 0; i < order.length; i++) {
      for (const child of children.get(order[i]!.node.id) ?? []) {
        if (placed.has(child)) continue;
        placed.add(child);
        const branch = { node: child, branches: [], below: 0 };
        order[i]!.branches.push(branch);
        order.push(branch);
      }
    }
    for (const branch of order.reverse()) branch.below = branch.branches.reduce((sum, one) => sum + 1 + one.below, 0);
    return top;
  };
  const out = roots.map(grow);
  for (const node of nodes) if (!placed.has(node)) out.push(grow(node));
  return out;
}
