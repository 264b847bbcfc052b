put README.md
put_as catalog-info.yaml '/website/d'
for file in $(cd "$source" && find go-service -type f | sort); do put "$file"; done
commit 2024-04-08T10:00:00+02:00 ada.mwangi 'A Go service in five minutes'
everything
commit 2024-10-01T13:20:00+02:00 amelie.durand 'A website in three'
