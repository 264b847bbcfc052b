// What the tests of the routes ask about: a small company, and a big list.
import assert from 'node:assert/strict';

export const small = {
  'all.yaml': `
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./company.yaml]}
`,
  'company.yaml': `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Checkout
  title: The checkout
  description: Takes money
  tags: [go, web]
  annotations: {example.com/slash-key: v1}
  links: [{url: https://example.com/a, title: A}]
spec: {type: service, lifecycle: production, owner: team-a, system: shop, dependsOn: [resource:default/db, component:default/nobody], providesApis: [pay]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: cart, tags: [java]}
spec: {type: service, lifecycle: experimental, owner: team-b, system: shop, dependsOn: [component:checkout]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: site, namespace: web}
spec: {type: website, lifecycle: production, owner: group:default/team-a}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: pay}
spec: {type: openapi, lifecycle: production, owner: team-a, definition: "{}"}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: db}
spec: {type: database, owner: team-a}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: team-a}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-a}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-b}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: jane}
spec: {profile: {displayName: Jane Doe}, memberOf: [team-a]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: guest}
spec: {profile: {displayName: Guest}, memberOf: [team-b]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: broken-one}
spec: {type: service, lifecycle: production}
`,
};

// N components with a description of BYTES.
export function big(n, bytes = 1000) {
  const docs = [];
  for (let i = 0; i < n; i++)
    docs.push(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: c${String(i).padStart(5, '0')}, description: "${`words that go on ${i} `.repeat(bytes / 20).trim()}"}
spec: {type: ${i % 3 ? 'service' : 'library'}, lifecycle: production, owner: team-${i % 7}}
`);
  return { 'all.yaml': docs.join('---\n') };
}

export const names = list => list.map(e => e.metadata.name);

// Backstage's error body, to the last key.
export function assertError(answer, status, name, message, { method = 'GET', url, beside = [] } = {}) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  const { error, request, response } = answer.json;
  assert.deepEqual(Object.keys(answer.json), ['error', 'request', 'response', ...beside]);
  assert.equal(error.name, name);
  if (message instanceof RegExp) assert.match(error.message, message);
  else assert.equal(error.message, message);
  assert.equal(request.method, method);
  if (url !== undefined) assert.equal(request.url, url);
  assert.deepEqual(response, { statusCode: status });
}
