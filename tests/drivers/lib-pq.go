package main

import (
	"database/sql"
	"fmt"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err == nil {
		var one int
		if err = db.QueryRow("SELECT 1").Scan(&one); err == nil {
			fmt.Println(one)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
