put README.md
put_as catalog-info.yaml '/systems/d'
put_some domains.yaml 1 1d
commit 2019-03-11T10:02:00+01:00 eva.lindqvist 'One domain: commerce'
put domains.yaml
commit 2020-06-02T15:20:00+02:00 eva.lindqvist 'Name the other domains; finance is a part of commerce'
put catalog-info.yaml systems/commerce.yaml
commit 2021-01-18T09:41:00+01:00 priya.nair 'Systems of Commerce Engineering'
put systems/platform.yaml
commit 2021-01-20T16:05:00+01:00 ada.mwangi 'Systems of Platform Engineering'
