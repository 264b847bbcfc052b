// Command ${{ values.name }}: ${{ values.description }}
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "${{ values.port }}"
	}
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
{%- if values.database %}
	if os.Getenv("DATABASE_URL") == "" {
		log.Fatal("${{ values.name }} needs DATABASE_URL")
	}
{%- endif %}
	log.Printf("${{ values.name }} listens on :%s", port)
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
