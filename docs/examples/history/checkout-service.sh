put README.md
put_some catalog-info.yaml 1 '/fraud-check/d'
commit 2021-04-12T09:00:00+02:00 lena.fischer 'The checkout'
put docs/timeouts.md
put_some catalog-info.yaml 2 '/fraud-check/d'
commit 2022-10-05T16:33:00+02:00 lena.fischer 'The cart moves in'
put catalog-info.yaml
commit 2024-11-21T12:20:00+01:00 omar.haddad 'Try a fraud check'
