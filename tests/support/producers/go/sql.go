package main

import (
	"context"
	"database/sql"
	"log"

	_ "github.com/lib/pq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

type sqlPool struct {
	prometheus.Collector
	db *sql.DB
}

func openSQL(url string) pool {
	db, err := sql.Open("postgres", url)
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(size)
	return sqlPool{collectors.NewDBStatsCollector(db, "orders"), db}
}

func (p sqlPool) borrow(ctx context.Context) (func(), error) {
	connection, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return func() { connection.Close() }, nil
}

func (p sqlPool) truth() map[string]float64 {
	s := p.db.Stats()
	return map[string]float64{
		"active":              float64(s.InUse),
		"idle":                float64(s.Idle),
		"max":                 float64(s.MaxOpenConnections),
		"wait_seconds":        s.WaitDuration.Seconds(),
		"closed.idle":         float64(s.MaxIdleClosed + s.MaxIdleTimeClosed),
		"closed.max_lifetime": float64(s.MaxLifetimeClosed),
	}
}
