put README.md catalog-info.yaml apps/web/catalog-info.yaml
commit 2020-01-20T09:50:00+01:00 amelie.durand 'The shop in the browser'
put apps/mobile/catalog-info.yaml
commit 2020-09-07T14:05:00+02:00 diego.lopez 'And on the phone'
put packages/design-system/catalog-info.yaml packages/design-system/README.md
commit 2021-06-15T11:30:00+02:00 amelie.durand 'One look for both'
put_as apps/gateway/schema.graphql '/^type Subscription {/,/^}/d' '/^  subscription:/d'
put apps/gateway/catalog-info.yaml
commit 2022-11-02T10:40:00+01:00 sven.eriksen 'A GraphQL gateway instead of nine requests'
put apps/gateway/schema.graphql
commit 2024-09-25T15:15:00+02:00 sven.eriksen 'Subscriptions: an order changes under your eyes'
