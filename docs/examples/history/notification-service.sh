put README.md
put_some catalog-info.yaml 1 '/email-templates/d'
commit 2021-11-08T10:18:00+01:00 hana.kim 'One place that sends'
put docs/channels.md
put_some catalog-info.yaml 2 '/email-templates/d'
commit 2022-07-19T12:12:00+02:00 jonas.weber 'Wait in a queue, and fall back'
put catalog-info.yaml
commit 2023-03-28T17:45:00+02:00 hana.kim 'The words of our mails are a library now'
