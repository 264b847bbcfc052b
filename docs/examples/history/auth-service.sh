put README.md proto/auth.proto
put_as catalog-info.yaml 's/lifecycle: production/lifecycle: experimental/' 's/, tier-1//'
commit 2021-03-01T09:09:00+01:00 viktor.petrov 'Sign-in, sessions, permissions'
put docs/sessions.md
commit 2021-08-17T13:55:00+02:00 viktor.petrov 'Say why sessions may be lost'
put catalog-info.yaml
commit 2022-01-10T08:00:00+01:00 noor.rahman 'In production'
