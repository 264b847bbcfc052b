put README.md
put_some catalog-info.yaml 1 's/lifecycle: production/lifecycle: experimental/' 's/payments and refunds/payments/' \
    '/- production$/d' '/prometheus.io/d' '/pagerduty.com/d' '/providesApis/,$d'
commit 2023-02-06T13:37:00+01:00 grace.okafor 'A service that takes payments'
put api/openapi.yaml
put_some catalog-info.yaml 2 's/lifecycle: production/lifecycle: experimental/' '/prometheus.io/d'
commit 2023-05-22T10:11:00+02:00 yuki.tanaka 'Describe the API; refunds'
put docs/lifecycle.md docs/runbook.md
put_some catalog-info.yaml 2
commit 2023-09-04T08:05:00+02:00 grace.okafor 'Go to production: alerts, on call, a runbook'
put_some cmd/reconciler/catalog-info.yaml 2
commit 2024-01-15T17:26:00+01:00 mateo.silva 'Reconcile with the banks every night'
put catalog-info.yaml
commit 2024-08-30T11:52:00+02:00 yuki.tanaka 'A Go client that never pays twice'
put cmd/reconciler/catalog-info.yaml
commit 2025-03-12T09:44:00+01:00 mateo.silva 'Take over drawing invoices from legacy-billing'
