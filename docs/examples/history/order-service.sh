put README.md docs/states.md
put_some catalog-info.yaml 1 '/order-events/d' '/order-api/d' '/providesApis/d'
commit 2020-08-24T10:45:00+02:00 priya.nair 'Orders get a service of their own'
put api/orders.openapi.yaml
put_some catalog-info.yaml 2 '/order-events/d'
commit 2021-02-09T14:14:00+01:00 priya.nair 'Describe the API'
put api/order-events.asyncapi.yaml
put_some catalog-info.yaml 5
commit 2022-06-28T09:31:00+02:00 tom.baker 'Tell the others with events'
put catalog-info.yaml
commit 2024-05-16T18:02:00+02:00 tom.baker 'Lists from events; the archive follows next week'
