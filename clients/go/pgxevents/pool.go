// Package pgxevents reports a pgxpool (pgx v4) to dbpool_exporter.
package pgxevents

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"

	"dbpoolevents"
)

// Pool is a *pgxpool.Pool that reports its leases. What is acquired by the embedded pool itself, and by AcquireAllIdle,
// is not reported.
type Pool struct {
	*pgxpool.Pool
	name   string
	sender *dbpoolevents.Sender
}

// ConnectConfig is pgxpool.ConnectConfig for a pool that is shown as name. A nil sender reports nothing.
func ConnectConfig(ctx context.Context, config *pgxpool.Config, name string, sender *dbpoolevents.Sender) (*Pool, error) {
	config = config.Copy()
	if sender != nil {
		config.BeforeConnect = timed(config.BeforeConnect, name, sender)
	}
	inner, err := pgxpool.ConnectConfig(ctx, config)
	if err != nil {
		sender.ConnectFailed(name, kind(err))
		return nil, err
	}
	p := &Pool{inner, name, sender}
	sender.Watch(name, p.gauges)
	return p, nil
}

// timed reports each opened connection.
func timed(before func(context.Context, *pgx.ConnConfig) error, name string,
	sender *dbpoolevents.Sender) func(context.Context, *pgx.ConnConfig) error {
	return func(ctx context.Context, config *pgx.ConnConfig) error {
		if before != nil {
			if err := before(ctx, config); err != nil {
				return err
			}
		}
		start, after := time.Now(), config.AfterConnect
		config.AfterConnect = func(ctx context.Context, connection *pgconn.PgConn) error {
			sender.Connected(name, time.Since(start))
			if after == nil {
				return nil
			}
			return after(ctx, connection)
		}
		return nil
	}
}

func kind(err error) string {
	var refused *pgconn.PgError
	switch {
	case pgconn.Timeout(err):
		return "timeout"
	case errors.As(err, &refused) && len(refused.Code) == 5 && refused.Code[:2] == "28":
		return "authentication"
	}
	return "connect"
}

func (p *Pool) gauges() []dbpoolevents.Gauge {
	s := p.Stat()
	return []dbpoolevents.Gauge{
		{Name: "active", Value: int64(s.AcquiredConns())},
		{Name: "idle", Value: int64(s.IdleConns())},
		{Name: "opening", Value: int64(s.ConstructingConns())},
		{Name: "max", Value: int64(s.MaxConns())},
	}
}

// Close closes the pool; it is no longer reported.
func (p *Pool) Close() {
	p.sender.Watch(p.name, nil)
	p.Pool.Close()
}

// Conn is a *pgxpool.Conn that reports its release.
type Conn struct {
	*pgxpool.Conn
	pool  *Pool
	lease uint64 // 0 = released
	lent  time.Time
}

func (c *Conn) Release() {
	if c.lease != 0 {
		c.pool.sender.Released(c.pool.name, time.Since(c.lent), c.lease)
		c.lease = 0
	}
	c.Conn.Release()
}

// Acquire is pgxpool's Acquire.
func (p *Pool) Acquire(ctx context.Context) (*Conn, error) { return p.acquire(ctx) }

// acquire REQUIRES: called by the method that the application calls.
func (p *Pool) acquire(ctx context.Context) (*Conn, error) {
	var caller [1]uintptr
	if p.sender != nil {
		runtime.Callers(3, caller[:])
	}
	start := time.Now()
	inner, err := p.Pool.Acquire(ctx)
	lent := time.Now()
	if err != nil {
		p.refused(ctx, err, lent.Sub(start))
		return nil, err
	}
	c := &Conn{inner, p, p.sender.NewLease(), lent}
	p.sender.Acquired(p.name, lent.Sub(start), c.lease, caller[0])
	return c, nil
}

func (p *Pool) refused(ctx context.Context, err error, waited time.Duration) {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		p.sender.AcquireTimeout(p.name, waited)
	case ctx.Err() == nil:
		p.sender.ConnectFailed(p.name, kind(err))
	}
}

// AcquireFunc is pgxpool's AcquireFunc.
func (p *Pool) AcquireFunc(ctx context.Context, f func(*Conn) error) error {
	c, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	return f(c)
}
