// A small company for the stub, with everything a page must stand: long names, missing targets, hostile text.

const LONG = 'a-component-whose-name-is-exactly-sixty-three-characters-long-x';

function component(name, spec, metadata = {}) {
  return entity('Component', name, { type: 'service', lifecycle: 'production', ...spec }, metadata);
}

export function entity(kind, name, spec, metadata = {}) {
  const { namespace = 'default', ...rest } = metadata;
  const file = `url:https://git.example.com/mycompany/${name}/blob/main/catalog-info.yaml`;
  return {
    metadata: {
      namespace,
      annotations: {
        'backstage.io/managed-by-location': file,
        'backstage.io/managed-by-origin-location': file,
        'backstage.io/view-url': file.slice(4),
        'backstage.io/edit-url': file.slice(4).replace('/blob/', '/edit/'),
        'backstage.io/source-location': `url:https://git.example.com/mycompany/${name}/tree/main/`,
        ...rest.annotations,
      },
      ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'annotations')),
      name,
    },
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    spec,
  };
}

const OPENAPI = `openapi: 3.1.0
info:
  title: Payment API
  version: 1.4.0
paths:
  /payments:
    post:
      summary: Start a payment
      responses:
        '201': { description: Started }
`;

export function company() {
  return [
    entity('Domain', 'commerce', { owner: 'group:default/commerce' }, { description: 'Selling things to people' }),
    entity('System', 'checkout', { owner: 'team-payments', domain: 'commerce' }, { title: 'Checkout' }),
    entity('System', 'platform', { owner: 'team-platform' }),
    entity('Group', 'commerce', { type: 'department', children: ['team-payments'] }),
    entity('Group', 'team-payments', { type: 'team', children: [], parent: 'commerce', profile: { displayName: 'Payments Team', email: 'payments@example.com' } }),
    entity('Group', 'team-platform', { type: 'team', children: [] }),
    entity('User', 'ana.almeida', { memberOf: ['team-payments'], profile: { displayName: 'Ana Almeida', email: 'ana@example.com' } }),
    entity('User', 'guest', { memberOf: [] }),
    component(
      'payment-service',
      {
        owner: 'team-payments',
        system: 'checkout',
        dependsOn: ['resource:production-db', 'component:notification-service'],
        providesApis: ['payment-api'],
      },
      {
        description: 'Processes payments and refunds',
        tags: ['go', 'grpc', 'production'],
        labels: { tier: '1' },
        annotations: {
          'github.com/project-slug': 'mycompany/payment-service',
          'argocd/app-name': 'payment-service',
          'prometheus.io/rule': 'payment-alerts',
          'pagerduty.com/service-id': 'P123ABC',
        },
        links: [
          { url: 'https://grafana.example.com/d/payments', title: 'Grafana dashboard', icon: 'dashboard' },
          { url: 'https://wiki.example.com/payments', title: 'Wiki' },
        ],
      },
    ),
    component('notification-service', { owner: 'team-platform', system: 'platform' }, { tags: ['nodejs'], description: 'Sends mail and text messages' }),
    component('storefront', { type: 'website', owner: 'team-payments', system: 'checkout', consumesApis: ['payment-api'], dependsOn: ['component:search-service-that-is-not-there'] }, { title: 'Storefront', tags: ['react'], description: 'The shop people see' }),
    component('legacy-billing', { lifecycle: 'deprecated', owner: 'team-payments' }, { description: 'To be switched off' }),
    component('ownerless', { owner: 'team-nobody-knows', lifecycle: 'experimental', type: 'library' }),
    component(LONG, { owner: 'team-payments', system: 'checkout' }, { namespace: 'payments-north', description: 'Its name is as long as a name may be. '.repeat(8) }),
    component('hostile', { owner: 'team-payments' }, {
      title: '<img src=x onerror=alert(1)>',
      description: '<script>window.hacked = 1</script><img src="https://evil.example/x.png" onerror="window.hacked = 1">',
      links: [
        { url: 'javascript:window.hacked=1', title: 'Press me' },
        { url: 'data:text/html,<script>window.hacked=1</script>', title: 'Or me' },
      ],
      annotations: { 'backstage.io/source-location': 'javascript:window.hacked=1', 'backstage.io/view-url': 'javascript:window.hacked=1' },
    }),
    { ...component('broken-now', { owner: 'team-platform' }), status: { items: [{ type: 'backstage.io/catalog-processing', level: 'error', message: 'InputError: catalog-info.yaml:7: spec.lifecycle must have a value' }] } },
    entity('API', 'payment-api', { type: 'openapi', lifecycle: 'production', owner: 'team-payments', system: 'checkout', definition: OPENAPI }, { title: 'Payment API', description: 'Start, follow and refund payments' }),
    entity('API', 'events', { type: 'asyncapi', lifecycle: 'experimental', owner: 'team-platform', definition: 'asyncapi: 3.0.0\n' }),
    entity('Template', 'go-service', { type: 'service', owner: 'team-platform', parameters: [{ title: 'What is it', required: ['name'], properties: { name: { type: 'string', title: 'Name' } } }], steps: [] }, { title: 'Go service', tags: ['recommended', 'go'], description: 'A service in Go with its pipeline' }),
    entity('Resource', 'production-db', { type: 'database', owner: 'team-platform', system: 'platform' }, { title: 'Production PostgreSQL', tags: ['postgres'] }),
  ].map(finish);
}

// As many more components as a test wants.
export function crowd(n) {
  return Array.from({ length: n }, (_, i) =>
    component(`svc-${String(i).padStart(6, '0')}`, { owner: `team-${i % 40}`, system: `system-${i % 90}` }, { tags: [`tag-${i % 30}`], description: `Number ${i} of many` }),
  ).map(finish);
}

function finish(one, i) {
  one.metadata.uid ??= `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  one.metadata.etag = 'e0';
  return one;
}

const refOf = (e) => `${e.kind}:${e.metadata.namespace}/${e.metadata.name}`.toLowerCase();

const FIELDS = {
  owner: ['group', 'ownedBy', 'ownerOf'],
  system: ['system', 'partOf', 'hasPart'],
  domain: ['domain', 'partOf', 'hasPart'],
  providesApis: ['api', 'providesApi', 'apiProvidedBy'],
  consumesApis: ['api', 'consumesApi', 'apiConsumedBy'],
  dependsOn: ['', 'dependsOn', 'dependencyOf'],
  memberOf: ['group', 'memberOf', 'hasMember'],
  parent: ['group', 'childOf', 'parentOf'],
  children: ['group', 'parentOf', 'childOf'],
};

export function relate(entities) {
  const byRef = new Map(entities.map((e) => [refOf(e), e]));
  const add = (from, type, to) => {
    const e = byRef.get(from);
    if (e && !e.relations.some((r) => r.type === type && r.targetRef === to)) e.relations.push({ type, targetRef: to });
  };
  for (const e of entities) e.relations = [];
  for (const e of entities) {
    for (const [field, [kind, forward, reverse]] of Object.entries(FIELDS)) {
      for (const value of [e.spec?.[field]].flat().filter(Boolean)) {
        const text = value.includes(':') ? value : `${kind}:${value}`;
        const to = (text.includes('/') ? text : text.replace(':', `:${e.metadata.namespace}/`)).toLowerCase();
        add(refOf(e), forward, to);
        add(to, reverse, refOf(e));
      }
    }
  }
  return byRef;
}
