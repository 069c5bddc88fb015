package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v4"
)

// In a pool in transaction mode no statement is prepared by name.
func main() {
	config, err := pgx.ParseConfig(os.Getenv("DATABASE_URL"))
	if err == nil {
		config.PreferSimpleProtocol = true
		var connection *pgx.Conn
		if connection, err = pgx.ConnectConfig(context.Background(), config); err == nil {
			var one int
			if err = connection.QueryRow(context.Background(), "SELECT 1").Scan(&one); err == nil {
				fmt.Println(one)
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
