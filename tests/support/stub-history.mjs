// What became of the stub's entities: five generations of payment-service, one of everything else, and one entity that is gone.
const ago = s => new Date(Date.now() - s * 1000).toISOString();
const GONE = 'component:default/retired-service';

function version(generation, name, change, more = {}) {
  return {
    generation, at: ago((50 - generation) * 5_000), source: `https://git.example.com/mycompany/${name}.git`, sourceId: 'shop', commit: `4f2a9c1e77b0d1${String(generation).padStart(2, '0')}`, author: 'Ana Almeida <ana@example.com>',
    subject: 'Depend on the notification service', authoredAt: ago((50 - generation) * 5_000 + 60), change, location: { source: `url:https://git.example.com/mycompany/${name}/blob/main/catalog-info.yaml`, path: 'catalog-info.yaml', line: 1 }, ...more,
  };
}

// undefined: nobody ever claimed that name.
export function history(state, ref, query) {
  const name = ref.split('/')[1];
  if (!state.byRef.has(ref) && ref !== GONE) return undefined;
  const items = ref === GONE
    ? [version(41, name, 'removed', { subject: 'Retire it' }), version(12, name, 'added')]
    : name === 'payment-service'
      ? [
          version(44, name, 'changed', { fields: ['spec.dependsOn', 'metadata.annotations.pagerduty.com/service-id'] }),
          version(40, name, 'changed', { fields: Array.from({ length: 11 }, (_, i) => `metadata.labels.label-${i}`), fieldsLeftOut: 3, subject: '<img src=x onerror="window.hacked=1">', author: 'بو تشين <bo@example.com>' }),
          version(31, name, 'returned'), version(30, name, 'removed'), version(3, name, 'added'),
        ]
      : [version(3, name, 'added')];
  const from = Number(query.get('cursor') ?? 0);
  const limit = name === 'payment-service' ? 3 : Number(query.get('limit') ?? 20);
  return { ref, items: items.slice(from, from + limit), pageInfo: from + limit < items.length ? { nextCursor: String(from + limit) } : {} };
}

export function difference(ref, query) {
  const to = Number(query.get('to'));
  const from = Number(query.get('from') ?? to - 1);
  return {
    ref, from: { moment: from, exists: true }, to: { moment: to, exists: true },
    changes: [
      { op: 'replace', path: '/spec/dependsOn/0', old: 'resource:default/old-db', value: 'resource:default/production-db' },
      { op: 'add', path: '/spec/dependsOn/1', value: 'component:default/notification-service' },
      { op: 'remove', path: '/metadata/annotations/example.com~1x', old: { deep: ['a', 'b'] } },
    ],
    text: `--- ${ref} at ${from}\n+++ ${ref} at ${to}\n@@ -3,5 +3,4 @@\n   annotations:\n-    example.com/x: <script>window.hacked=1</script>\n   name: payment-service\n spec:\n   type: service\n@@ -12,3 +11,4 @@\n   dependsOn:\n-    - resource:default/old-db\n+    - resource:default/production-db\n+    - component:default/notification-service\n   owner: team-payments\n`,
  };
}

// ---- who breaks with it

export function impact(state, root, query, node) {
  const direction = query.get('direction') ?? 'in';
  const along = direction === 'in' ? ['dependencyOf', 'apiConsumedBy', 'providesApi'] : ['dependsOn', 'consumesApi'];
  const found = new Map();
  for (let ring = [root], hop = 1; ring.length > 0; hop++) {
    const next = [];
    for (const via of ring) {
      for (const { type, targetRef } of state.byRef.get(via)?.relations ?? []) {
        if (!along.includes(type) || targetRef === root || found.has(targetRef)) continue;
        found.set(targetRef, { ...node(state, targetRef, hop), via, relation: { dependencyOf: 'dependsOn', apiConsumedBy: 'consumesApi', providesApi: 'apiProvidedBy' }[type] ?? type });
        next.push(targetRef);
      }
    }
    ring = next;
  }
  const all = [...found.values()].filter(one => (!query.get('owner') || one.owner === query.get('owner')) && (query.getAll('kind').length === 0 || query.getAll('kind').includes(one.kind.toLowerCase())));
  const counts = (key) => {
    const out = new Map();
    for (const one of all) if (one[key] !== undefined) out.set(one[key], (out.get(one[key]) ?? 0) + 1);
    return [...out].sort((a, b) => b[1] - a[1]);
  };
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? 200);
  const groups = key => counts(key).map(([ref, entities]) => ({ ref, entities }));
  return {
    root: node(state, root, 0), direction, relations: ['dependsOn', 'consumesApi', 'providesApi'], totalItems: all.length, hops: counts('hop').sort((a, b) => a[0] - b[0]).map(([hop, entities]) => ({ hop, entities })),
    kinds: counts('kind').map(([kind, entities]) => ({ kind, entities })), owners: groups('owner'), withoutOwner: all.filter(one => !one.owner).length, systems: groups('system'), withoutSystem: all.filter(one => !one.system).length,
    items: all.slice(offset, offset + limit), omitted: { before: Math.min(offset, all.length), behind: Math.max(0, all.length - offset - limit), furtherHops: false },
  };
}
