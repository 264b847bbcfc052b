/** How many steps each entity is away from ROOT, whichever way the edges point. */
export function stepsFrom(root: string, edges: readonly { from: string; to: string }[]): Map<string, number> {
  const next = new Map<string, string[]>();
  const join = (a: string, b: string) => {
    const list = next.get(a);
    if (list) list.push(b);
    else next.set(a, [b]);
  };
  for (const { from, to } of edges) {
    join(from, to);
    join(to, from);
  }
  const steps = new Map([[root, 0]]);
  for (let ring = [root], step = 1; ring.length > 0; step++) {
    const wider: string[] = [];
    for (const ref of ring.flatMap((one) => next.get(one) ?? [])) {
      if (steps.has(ref)) continue;
      steps.set(ref, step);
      wider.push(ref);
    }
    ring = wider;
  }
  return steps;
}
