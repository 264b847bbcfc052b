put README.md catalog-info.yaml
commit 2022-03-14T10:10:00+01:00 mei.chen 'Events in'
put pipelines/catalog-info.yaml
commit 2022-08-01T09:05:00+02:00 luca.rossi 'Numbers out'
put_as experiments/catalog-info.yaml '1d' 's/wants next$/wants next"/'
commit 2025-02-10T16:50:00+01:00 luca.rossi 'Guess what a visitor wants next'
put experiments/catalog-info.yaml
commit 2025-02-11T08:31:00+01:00 luca.rossi 'Shorter description'
