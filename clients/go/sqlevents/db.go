// Package sqlevents reports the pool of database/sql to dbpool_exporter.
//
// database/sql gives a driver the context of the caller that gets a connection. So DB puts its question's time into
// the context, and the wrapped connection finds it there: see conn.
package sqlevents

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"time"

	"dbpoolevents"
)

// DB is a *sql.DB that reports its leases. What is acquired by the embedded *sql.DB itself, or by a prepared
// statement, is not reported.
type DB struct {
	*sql.DB
	connector *connector
}

// Open is sql.Open for a pool that is shown as pool. Without a sender, nothing is wrapped.
func Open(driverName, dataSource, pool string, sender *dbpoolevents.Sender) (*DB, error) {
	db, err := sql.Open(driverName, dataSource)
	if err != nil || sender == nil {
		return &DB{DB: db}, err
	}
	defer db.Close()
	inner := db.Driver()
	if with, can := inner.(driver.DriverContext); can {
		opened, err := with.OpenConnector(dataSource)
		if err != nil {
			return nil, err
		}
		return OpenDB(opened, pool, sender), nil
	}
	return OpenDB(named{inner, dataSource}, pool, sender), nil
}

// OpenDB is sql.OpenDB for a pool that is shown as pool. Without a sender, nothing is wrapped.
func OpenDB(inner driver.Connector, pool string, sender *dbpoolevents.Sender) *DB {
	if sender == nil {
		return &DB{DB: sql.OpenDB(inner)}
	}
	c := &connector{Connector: inner, pool: pool, sender: sender}
	db := sql.OpenDB(c)
	sender.Watch(pool, gauges(db, c))
	return &DB{db, c}
}

// Close closes the pool; it is no longer reported.
func (d *DB) Close() error {
	if d.connector != nil {
		d.connector.sender.Watch(d.connector.pool, nil)
	}
	return d.DB.Close()
}

// gauges also reports the closed connections that database/sql counts by reason.
func gauges(db *sql.DB, c *connector) func() []dbpoolevents.Gauge {
	var last sql.DBStats
	return func() []dbpoolevents.Gauge {
		s := db.Stats()
		idle := func(s sql.DBStats) int64 { return s.MaxIdleClosed + s.MaxIdleTimeClosed }
		c.sender.Closed(c.pool, "idle", idle(s)-idle(last))
		c.sender.Closed(c.pool, "max_lifetime", s.MaxLifetimeClosed-last.MaxLifetimeClosed)
		last = s
		figures := []dbpoolevents.Gauge{
			{Name: "active", Value: int64(s.InUse)},
			{Name: "idle", Value: int64(s.Idle)},
		}
		if s.MaxOpenConnections > 0 {
			figures = append(figures, dbpoolevents.Gauge{Name: "max", Value: int64(s.MaxOpenConnections)})
		}
		return figures
	}
}

// request is one caller's wait. Only the caller's goroutine uses it.
type request struct {
	start  time.Time
	site   uintptr
	served bool
}

type requestOf struct{ connector *connector }

// ask begins a wait; REQUIRES: called by the method that the application calls.
func (d *DB) ask(ctx context.Context) (context.Context, *request) {
	if d.connector == nil {
		return ctx, nil
	}
	var caller [1]uintptr
	runtime.Callers(3, caller[:])
	r := &request{start: time.Now(), site: caller[0]}
	return context.WithValue(ctx, requestOf{d.connector}, r), r
}

// settle reports a caller that gave up before it had a connection.
func (d *DB) settle(r *request, err error) {
	if r != nil && !r.served && errors.Is(err, context.DeadlineExceeded) {
		d.connector.sender.AcquireTimeout(d.connector.pool, time.Since(r.start))
	}
}

func (d *DB) Conn(ctx context.Context) (*sql.Conn, error) {
	ctx, r := d.ask(ctx)
	c, err := d.DB.Conn(ctx)
	d.settle(r, err)
	if err == nil && r != nil && !r.served {
		c.Raw(func(inner any) error {
			inner.(*conn).begin(ctx)
			return nil
		})
	}
	return c, err
}

func (d *DB) Begin() (*sql.Tx, error) {
	ctx, r := d.ask(context.Background())
	tx, err := d.DB.BeginTx(ctx, nil)
	d.settle(r, err)
	return tx, err
}

func (d *DB) BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error) {
	ctx, r := d.ask(ctx)
	tx, err := d.DB.BeginTx(ctx, options)
	d.settle(r, err)
	return tx, err
}

func (d *DB) Exec(query string, args ...any) (sql.Result, error) {
	ctx, r := d.ask(context.Background())
	result, err := d.DB.ExecContext(ctx, query, args...)
	d.settle(r, err)
	return result, err
}

func (d *DB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, r := d.ask(ctx)
	result, err := d.DB.ExecContext(ctx, query, args...)
	d.settle(r, err)
	return result, err
}

func (d *DB) Query(query string, args ...any) (*sql.Rows, error) {
	ctx, r := d.ask(context.Background())
	rows, err := d.DB.QueryContext(ctx, query, args...)
	d.settle(r, err)
	return rows, err
}

func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, r := d.ask(ctx)
	rows, err := d.DB.QueryContext(ctx, query, args...)
	d.settle(r, err)
	return rows, err
}

func (d *DB) QueryRow(query string, args ...any) *sql.Row {
	ctx, r := d.ask(context.Background())
	row := d.DB.QueryRowContext(ctx, query, args...)
	d.settle(r, row.Err())
	return row
}

func (d *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, r := d.ask(ctx)
	row := d.DB.QueryRowContext(ctx, query, args...)
	d.settle(r, row.Err())
	return row
}

func (d *DB) Prepare(query string) (*sql.Stmt, error) {
	ctx, r := d.ask(context.Background())
	statement, err := d.DB.PrepareContext(ctx, query)
	d.settle(r, err)
	return statement, err
}

func (d *DB) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	ctx, r := d.ask(ctx)
	statement, err := d.DB.PrepareContext(ctx, query)
	d.settle(r, err)
	return statement, err
}

func (d *DB) Ping() error {
	ctx, r := d.ask(context.Background())
	err := d.DB.PingContext(ctx)
	d.settle(r, err)
	return err
}

func (d *DB) PingContext(ctx context.Context) error {
	ctx, r := d.ask(ctx)
	err := d.DB.PingContext(ctx)
	d.settle(r, err)
	return err
}
