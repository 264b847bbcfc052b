put_as catalog-info.yaml '/platform.yaml/d'
put_some resources/databases.yaml 1 '/^  dependsOn:/,$d'
put docs/production-db.md README.md
commit 2019-05-06T08:30:00+02:00 ada.mwangi 'The production database'
put resources/compute.yaml
put_some resources/databases.yaml 1
commit 2021-09-14T11:12:00+02:00 kofi.mensah 'Cluster and broker; the database runs on the cluster now'
put resources/databases.yaml
commit 2022-02-03T14:48:00+01:00 kofi.mensah 'A Redis for everybody'
put catalog-info.yaml
put_some platform.yaml 1
commit 2023-04-19T10:00:00+02:00 ada.mwangi 'The gateway'
everything
commit 2025-01-27T09:15:00+01:00 ada.mwangi 'The portal describes itself'
