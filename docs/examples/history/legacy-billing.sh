put README.md
put_some catalog-info.yaml 1 's/; read only since.*//' 's/deprecated/production/' 's/, legacy//'
commit 2019-02-25T12:00:00+01:00 eva.lindqvist 'Describe what we found'
put_some catalog-info.yaml 3 's/deprecated/production/' '/^# A mistake/d' 's/Legacy_Batch/legacy/'
commit 2020-10-13T15:35:00+02:00 mateo.silva 'Month end, and the database'
put catalog-info.yaml
commit 2024-02-29T23:10:00+01:00 mateo.silva 'Everything here is deprecated; list the renderer before it goes'
