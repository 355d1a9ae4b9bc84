package main

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v4/pgxpool"
	_ "github.com/lib/pq"

	"dbpoolevents"
	"dbpoolevents/pgxevents"
	"dbpoolevents/sqlevents"
)

type pool interface {
	acquire(context.Context) (func(), error)
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
