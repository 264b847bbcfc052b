put README.md catalog-info.yaml
put_as api/users.openapi.yaml 's/version: 1.14.0/version: 1.0.0/' '/^  \/users\/{userId}\/consents:/,/^  \/users\/{userId}\/export:/{/export:/!d}'
commit 2020-11-30T11:00:00+01:00 noor.rahman 'Customer accounts'
put docs/personal-data.md
commit 2021-05-25T15:40:00+02:00 noor.rahman 'How we handle personal data'
everything
commit 2023-12-07T10:27:00+01:00 kofi.mensah 'Consents, one for each purpose'
