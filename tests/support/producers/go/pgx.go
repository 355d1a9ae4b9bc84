package main

import (
	"context"
	"log"

	"github.com/jackc/pgx/v4/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

type pgxPool struct{ *pgxpool.Pool }

func openPgx(url string) pool {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = size
	p, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	return pgxPool{p}
}

func (p pgxPool) borrow(ctx context.Context) (func(), error) {
	connection, err := p.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return connection.Release, nil
}

func (p pgxPool) truth() map[string]float64 {
	s := p.Stat()
	return map[string]float64{
		"active":       float64(s.AcquiredConns()),
		"idle":         float64(s.IdleConns()),
		"opening":      float64(s.ConstructingConns()),
		"max":          float64(s.MaxConns()),
		"acquisitions": float64(s.AcquireCount()),
	}
}

// The names are those of IBM/pgxpoolprometheus, as far as this version of pgx has the figures.
var (
	acquireCount     = prometheus.NewDesc("pgxpool_acquire_count", "Successful acquires.", nil, nil)
	acquireDuration  = prometheus.NewDesc("pgxpool_acquire_duration_ns", "Time of all acquires.", nil, nil)
	acquiredConns    = prometheus.NewDesc("pgxpool_acquired_conns", "Connections in use.", nil, nil)
	canceledAcquires = prometheus.NewDesc("pgxpool_canceled_acquire_count", "Acquires given up.", nil, nil)
	constructing     = prometheus.NewDesc("pgxpool_constructing_conns", "Connections being opened.", nil, nil)
	emptyAcquires    = prometheus.NewDesc("pgxpool_empty_acquire", "Acquires that waited.", nil, nil)
	idleConns        = prometheus.NewDesc("pgxpool_idle_conns", "Connections not in use.", nil, nil)
	maxConns         = prometheus.NewDesc("pgxpool_max_conns", "Most connections allowed.", nil, nil)
	totalConns       = prometheus.NewDesc("pgxpool_total_conns", "Connections of all states.", nil, nil)
)

func (p pgxPool) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(p, out) }

func (p pgxPool) Collect(out chan<- prometheus.Metric) {
	s := p.Stat()
	gauge := func(desc *prometheus.Desc, value int32) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value))
	}
	counter := func(desc *prometheus.Desc, value int64) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(value))
	}
	counter(acquireCount, s.AcquireCount())
	counter(acquireDuration, s.AcquireDuration().Nanoseconds())
	gauge(acquiredConns, s.AcquiredConns())
	counter(canceledAcquires, s.CanceledAcquireCount())
	gauge(constructing, s.ConstructingConns())
	counter(emptyAcquires, s.EmptyAcquireCount())
	gauge(idleConns, s.IdleConns())
	gauge(maxConns, s.MaxConns())
	gauge(totalConns, s.TotalConns())
}
