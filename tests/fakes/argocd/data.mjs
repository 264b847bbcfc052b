// Argo CD objects for the fake server: as the real ones, with the members that a portal looks at.
import { createHash } from 'node:crypto';

export const sha = text => createHash('sha1').update(text).digest('hex');
export const repo = 'https://git.example.com/acme/deploy.git';

const history = (name, revisions) => revisions.map((revision, i) => ({
  id: i + 1,
  revision,
  source: { repoURL: repo, path: `apps/${name}`, targetRevision: 'main' },
  deployStartedAt: `2026-11-${String(10 + i).padStart(2, '0')}T09:00:00Z`,
  deployedAt: `2026-11-${String(10 + i).padStart(2, '0')}T09:00:12Z`,
  initiatedBy: i % 2 ? { username: 'jane' } : { automated: true },
}));

// One application. MORE: {project, namespace, labels, sync, health, message, cluster, server, set, operation, conditions, revisions, resources, sources}
export function application(name, more = {}) {
  const revisions = more.revisions ?? [sha(`${name} 1`), sha(`${name} 2`), sha(`${name} 3`)];
  const cluster = more.cluster ?? 'eu-west';
  const source = { repoURL: repo, path: `apps/${name}`, targetRevision: 'main' };
  return {
    metadata: {
      name,
      namespace: more.namespace ?? 'argocd',
      uid: sha(`uid ${name} ${more.namespace ?? 'argocd'}`),
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: more.labels ?? {},
      ...(more.set ? { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: more.set, uid: sha(more.set), controller: true }] } : {}),
    },
    spec: {
      project: more.project ?? 'shop',
      destination: { name: cluster, server: more.server ?? `https://${cluster}.k8s.example.com`, namespace: more.destination ?? name },
      ...(more.sources ? { sources: more.sources } : { source }),
      syncPolicy: more.automated ? { automated: { prune: true, selfHeal: true } } : {},
    },
    status: {
      sync: { status: more.sync ?? 'Synced', ...(more.sources ? { revisions } : { revision: revisions.at(-1) }) },
      health: { status: more.health ?? 'Healthy', ...(more.message ? { message: more.message } : {}), lastTransitionTime: '2026-11-12T09:01:00Z' },
      history: more.sources ? [{ id: 1, revisions, sources: more.sources, deployStartedAt: '2026-11-12T09:00:00Z', deployedAt: '2026-11-12T09:00:30Z', initiatedBy: { automated: true } }] : history(name, revisions),
      resources: more.resources ?? [
        { group: 'apps', kind: 'Deployment', version: 'v1', namespace: name, name, status: more.sync ?? 'Synced', health: { status: more.health ?? 'Healthy', message: more.message } },
        { group: '', kind: 'Service', version: 'v1', namespace: name, name, status: 'Synced', health: { status: 'Healthy' } },
      ],
      conditions: more.conditions ?? [],
      summary: { images: more.images ?? [`registry.example.com/acme/${name}:1.4.2`], externalURLs: more.externalURLs ?? [`https://${name}.example.com`] },
      operationState: more.operation ?? { phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: '2026-11-12T09:00:00Z', finishedAt: '2026-11-12T09:00:12Z', syncResult: { revision: revisions.at(-1) } },
      reconciledAt: '2026-11-25T09:00:00Z',
      sourceType: 'Kustomize',
    },
  };
}

// What /resource-tree says of an application: Deployment > ReplicaSet > Pods, a Service, and something that nobody owns.
export function tree(app, { broken = false } = {}) {
  const name = app.metadata.name, namespace = app.spec.destination.namespace;
  const node = (group, kind, n, parent, more = {}) => ({
    group, version: 'v1', kind, namespace, name: n, uid: sha(`${kind} ${n}`), createdAt: '2026-11-12T09:00:05Z',
    ...(parent ? { parentRefs: [{ group: parent[0], kind: parent[1], namespace, name: parent[2], uid: sha(`${parent[1]} ${parent[2]}`) }] } : {}), ...more });
  return {
    nodes: [
      node('', 'Pod', `${name}-7d9f-a`, ['apps', 'ReplicaSet', `${name}-7d9f`], { health: { status: 'Healthy' }, images: [`registry.example.com/acme/${name}:1.4.2`], info: [{ name: 'Containers', value: '1/1' }] }),
      node('', 'Pod', `${name}-7d9f-b`, ['apps', 'ReplicaSet', `${name}-7d9f`], broken
        ? { health: { status: 'Degraded', message: 'back-off 5m0s restarting failed container' }, info: [{ name: 'Status Reason', value: 'CrashLoopBackOff' }, { name: 'Containers', value: '0/1' }] }
        : { health: { status: 'Healthy' } }),
      node('apps', 'ReplicaSet', `${name}-7d9f`, ['apps', 'Deployment', name], { health: { status: 'Healthy' }, info: [{ name: 'Revision', value: 'Rev:3' }] }),
      node('apps', 'Deployment', name, null, { health: { status: broken ? 'Degraded' : 'Healthy' } }),
      node('', 'Service', name, null, { health: { status: 'Healthy' } }),
    ],
    orphanedNodes: [node('', 'ConfigMap', `${name}-left-over`, null)],
    hosts: [],
  };
}

// What /managed-resources says: one that is as it should be, one that drifted, one that is missing, one to be pruned, a Secret.
export function managed(app) {
  const name = app.metadata.name, namespace = app.spec.destination.namespace;
  const deployment = replicas => JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { replicas, template: { spec: { containers: [{ name, image: `registry.example.com/acme/${name}:1.4.2` }] } } } });
  const plain = (kind, n, data) => JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: n, namespace }, ...data });
  const item = (group, kind, n, live, predicted) => ({ group, kind, namespace, name: n, liveState: live, targetState: predicted, normalizedLiveState: live, predictedLiveState: predicted });
  return { items: [
    item('', 'Service', name, plain('Service', name, { spec: { ports: [{ port: 80 }] } }), plain('Service', name, { spec: { ports: [{ port: 80 }] } })),
    item('apps', 'Deployment', name, deployment(1), deployment(3)),
    item('', 'ConfigMap', `${name}-new`, 'null', plain('ConfigMap', `${name}-new`, { data: { a: 'b' } })),
    item('', 'ConfigMap', `${name}-old`, plain('ConfigMap', `${name}-old`, { data: { a: 'b' } }), 'null'),
    item('', 'Secret', `${name}-key`, plain('Secret', `${name}-key`, { data: { key: 'c2VjcmV0LW9sZA==' } }), plain('Secret', `${name}-key`, { data: { key: 'c2VjcmV0LW5ldw==' } })),
  ] };
}

// An ApplicationSet over APPS: [{name, cluster, step}].
export function applicationSet(name, apps, more = {}) {
  return {
    metadata: { name, namespace: more.namespace ?? 'argocd', uid: sha(name) },
    spec: { generators: [{ clusters: { selector: { matchLabels: { env: 'production' } } } }], strategy: { type: 'RollingSync' }, template: { spec: { project: more.project ?? 'shop' } } },
    status: {
      conditions: more.conditions ?? [{ type: 'ResourcesUpToDate', status: 'True', reason: 'ApplicationSetUpToDate', message: 'All applications have been generated successfully' }],
      applicationStatus: apps.map(a => ({ application: a.name, status: a.status ?? 'Healthy', step: String(a.step ?? 1), message: '', targetrevisions: a.target ? [a.target] : [], lastTransitionTime: '2026-11-12T09:00:00Z' })),
      resources: apps.map(a => ({ group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: a.name, status: 'Synced', health: { status: 'Healthy' } })),
    },
  };
}

// Applications of the example company in docs/examples, by their argocd/app-name.
const examples = ['auth-service', 'cart-service', 'checkout-service', 'developer-portal', 'fraud-check', 'ingress-gateway', 'invoice-renderer', 'notification-service',
  'order-projector', 'order-service', 'payment-reconciler', 'payment-service', 'storefront-gateway', 'user-service', 'web-storefront'];
const moods = {
  'checkout-service': { sync: 'OutOfSync', health: 'Degraded', message: 'Deployment "checkout-service" exceeded its progress deadline' },
  'payment-service': { health: 'Progressing', operation: { phase: 'Running', message: 'waiting for healthy state of apps/Deployment/payment-service', startedAt: '2026-11-25T09:00:00Z' } },
  'fraud-check': { sync: 'OutOfSync', conditions: [{ type: 'ComparisonError', message: 'failed to load target state: the path apps/fraud-check does not exist', lastTransitionTime: '2026-11-25T08:00:00Z' }] },
};
const portal = ['web-storefront', 'web-storefront-us'];

// Two clusters, a set over both, some applications in trouble.
export function company(instance = 'prod') {
  const old = sha('checkout-us 2');
  const apps = [
    application('checkout-eu', { set: 'checkout', cluster: 'eu-west', labels: { 'app.kubernetes.io/part-of': 'checkout' }, revisions: [old, sha('checkout-eu 3')] }),
    application('checkout-us', { set: 'checkout', cluster: 'us-east', labels: { 'app.kubernetes.io/part-of': 'checkout' }, sync: 'OutOfSync', health: 'Degraded', message: 'Deployment "checkout" exceeded its progress deadline', revisions: [sha('checkout-us 1'), old] }),
    application('payments', { project: 'money', labels: { team: 'payments' }, operation: { phase: 'Running', message: 'waiting for healthy state of apps/Deployment/payments', startedAt: '2026-11-25T09:00:00Z' }, health: 'Progressing' }),
    application('inventory', { labels: { team: 'warehouse' } }),
    ...examples.map(name => application(name, { project: 'example', set: portal.includes(name) ? 'web-storefront' : undefined, ...moods[name] })),
    application('web-storefront-us', { project: 'example', set: 'web-storefront', cluster: 'us-east', revisions: [sha('web-storefront 2')] }),
  ];
  const sets = [applicationSet('checkout', [{ name: 'checkout-eu', step: 1 }, { name: 'checkout-us', step: 2, status: 'Pending' }]),
    applicationSet('web-storefront', [{ name: portal[0], step: 1 }, { name: portal[1], step: 2, status: 'Waiting' }], { project: 'example' })];
  return { name: instance, apps, sets };
}
