put README.md
put_as catalog-info.yaml '/website/d' '/runbook/d'
for file in $(cd "$source" && find go-service -type f | sort); do put "$file"; done
commit 2024-04-08T10:00:00+02:00 ada.mwangi 'A Go service in five minutes'
put_as catalog-info.yaml '/runbook/d'
for file in $(cd "$source" && find website -type f | sort); do put "$file"; done
commit 2024-10-01T13:20:00+02:00 amelie.durand 'A website in three'
everything
commit 2025-03-12T09:40:00+01:00 ada.mwangi 'A runbook for those who have none'
