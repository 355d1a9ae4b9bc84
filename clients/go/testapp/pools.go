package main

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
	_ "github.com/lib/pq"

	"dbpoolevents"
	"dbpoolevents/pgxevents"
	"dbpoolevents/sqlevents"
)

type pool interface {
	acquire(context.Context) (func(), error)
	// call uses each method that acquires. It returns the acquisitions.
	call() int
	exec(ctx context.Context, query string) error
	leak() (line int)
	// count returns the acquisitions as the library counts them; as the callers do where it does not.
	count(ours int) int
}

type sqlPool struct{ *sqlevents.DB }

func (p sqlPool) acquire(ctx context.Context) (func(), error) {
	c, err := p.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return func() { c.Close() }, nil
}

func (p sqlPool) call() int {
	must(p.Ping())
	_, err := p.Exec("SELECT $1::int", 1)
	must(err)
	var one int
	must(p.QueryRow("SELECT 1").Scan(&one))
	rows, err := p.Query("SELECT generate_series(1, 3)")
	must(err)
	for rows.Next() {
		must(rows.Scan(&one))
	}
	tx, err := p.Begin()
	must(err)
	_, err = tx.Exec("SELECT 1")
	must(err)
	must(tx.Commit())
	statement, err := p.Prepare("SELECT 1")
	must(err)
	must(statement.Close())
	return 6
}

func (p sqlPool) exec(ctx context.Context, query string) error {
	_, err := p.ExecContext(ctx, query)
	return err
}

func (p sqlPool) leak() int {
	p.Query("SELECT generate_series(1, 10)")
	return here() - 1
}

func (p sqlPool) count(ours int) int { return ours }

type pgxPool struct{ *pgxevents.Pool }

func (p pgxPool) acquire(ctx context.Context) (func(), error) {
	c, err := p.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return c.Release, nil
}

func (p pgxPool) call() int {
	ctx := context.Background()
	must(p.Ping(ctx))
	_, err := p.Exec(ctx, "SELECT $1::int", 1)
	must(err)
	var one int
	must(p.QueryRow(ctx, "SELECT 1").Scan(&one))
	rows, err := p.Query(ctx, "SELECT generate_series(1, 3)")
	must(err)
	for rows.Next() {
		must(rows.Scan(&one))
	}
	tx, err := p.Begin(ctx)
	must(err)
	defer tx.Rollback(ctx)
	must(tx.Commit(ctx))
	must(p.BeginFunc(ctx, func(pgx.Tx) error { return nil }))
	must(p.AcquireFunc(ctx, func(c *pgxevents.Conn) error { return c.Ping(ctx) }))
	batch := &pgx.Batch{}
	batch.Queue("SELECT 1")
	must(p.SendBatch(ctx, batch).Close())
	return 8
}

func (p pgxPool) exec(ctx context.Context, query string) error {
	_, err := p.Exec(ctx, query)
	return err
}

func (p pgxPool) leak() int {
	p.Query(context.Background(), "SELECT generate_series(1, 10)")
	return here() - 1
}

// The library's count has the first connection of ConnectConfig, too.
func (p pgxPool) count(int) int { return int(p.Stat().AcquireCount()) - 1 }

func open(kind, url string, sender *dbpoolevents.Sender) pool {
	if kind == "sql" {
		db, err := sqlevents.Open("postgres", url, "orders", sender)
		must(err)
		db.SetMaxOpenConns(size)
		db.SetMaxIdleConns(size)
		return sqlPool{db}
	}
	config, err := pgxpool.ParseConfig(url)
	must(err)
	config.MaxConns = size
	p, err := pgxevents.ConnectConfig(context.Background(), config, "orders", sender)
	must(err)
	return pgxPool{p}
}

// bare returns how the library itself acquires.
func bare(p pool) acquire {
	if reported, is := p.(pgxPool); is {
		return func(ctx context.Context) (func(), error) {
			c, err := reported.Pool.Pool.Acquire(ctx)
			if err != nil {
				return nil, err
			}
			return c.Release, nil
		}
	}
	return func(ctx context.Context) (func(), error) {
		c, err := p.(sqlPool).DB.DB.Conn(ctx)
		if err != nil {
			return nil, err
		}
		return func() { c.Close() }, nil
	}
}

// bench prints the median time of an acquire and its release, of turns in alternation.
func bench(bare, reported acquire) {
	const rounds, each = 201, 500
	times := [2][]time.Duration{}
	for i := 0; i < rounds; i++ {
		for which, get := range []acquire{bare, reported} {
			start := time.Now()
			for i := 0; i < each; i++ {
				giveBack, err := get(context.Background())
				must(err)
				giveBack()
			}
			times[which] = append(times[which], time.Since(start)/each)
		}
		time.Sleep(20 * time.Millisecond) // so that the queue never fills
	}
	median := func(all []time.Duration) time.Duration {
		sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
		return all[rounds/2]
	}
	fmt.Printf("bare %v, reported %v\n", median(times[0]), median(times[1]))
}
