package pgxevents

import (
	"context"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v4"
)

// The methods of pgxpool.Pool that acquire a connection for one call.

func (p *Pool) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	return c.Exec(ctx, sql, args...)
}

func (p *Pool) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return failedRows{err}, err
	}
	inner, err := c.Query(ctx, sql, args...)
	if err != nil {
		c.Release()
		return failedRows{err}, err
	}
	return &rows{inner, c}, nil
}

func (p *Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	c, err := p.acquire(ctx)
	if err != nil {
		return failedRows{err}
	}
	return &row{c.QueryRow(ctx, sql, args...), c}
}

func (p *Pool) QueryFunc(ctx context.Context, sql string, args, scans []any,
	f func(pgx.QueryFuncRow) error) (pgconn.CommandTag, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	return c.QueryFunc(ctx, sql, args, scans, f)
}

func (p *Pool) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	c, err := p.acquire(ctx)
	if err != nil {
		return failedBatch{err}
	}
	return &batch{c.SendBatch(ctx, b), c}
}

func (p *Pool) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string,
	source pgx.CopyFromSource) (int64, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Release()
	return c.CopyFrom(ctx, table, columns, source)
}

func (p *Pool) Begin(ctx context.Context) (pgx.Tx, error) {
	c, err := p.acquire(ctx)
	return begin(ctx, c, err, pgx.TxOptions{})
}

func (p *Pool) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	c, err := p.acquire(ctx)
	return begin(ctx, c, err, options)
}

func (p *Pool) BeginFunc(ctx context.Context, f func(pgx.Tx) error) error {
	c, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	return c.BeginFunc(ctx, f)
}

func (p *Pool) BeginTxFunc(ctx context.Context, options pgx.TxOptions, f func(pgx.Tx) error) error {
	c, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	return c.BeginTxFunc(ctx, options, f)
}

func (p *Pool) Ping(ctx context.Context) error {
	c, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	return c.Ping(ctx)
}

func begin(ctx context.Context, c *Conn, err error, options pgx.TxOptions) (pgx.Tx, error) {
	if err != nil {
		return nil, err
	}
	inner, err := c.BeginTx(ctx, options)
	if err != nil {
		c.Release()
		return nil, err
	}
	return &tx{inner, c}, nil
}

// tx releases its connection when it ends.
type tx struct {
	pgx.Tx
	conn *Conn
}

func (t *tx) Commit(ctx context.Context) error {
	defer t.conn.Release()
	return t.Tx.Commit(ctx)
}

func (t *tx) Rollback(ctx context.Context) error {
	defer t.conn.Release()
	return t.Tx.Rollback(ctx)
}

// rows release their connection at their end, by Close or after an error, as pgxpool's do.
type rows struct {
	pgx.Rows
	conn *Conn
}

func (r *rows) Close() {
	r.Rows.Close()
	r.conn.Release()
}

func (r *rows) Next() bool {
	more := r.Rows.Next()
	if !more {
		r.Close()
	}
	return more
}

func (r *rows) Scan(dest ...any) error {
	err := r.Rows.Scan(dest...)
	if err != nil {
		r.Close()
	}
	return err
}

func (r *rows) Values() ([]any, error) {
	values, err := r.Rows.Values()
	if err != nil {
		r.Close()
	}
	return values, err
}

type row struct {
	pgx.Row
	conn *Conn
}

func (r *row) Scan(dest ...any) error {
	defer r.conn.Release()
	return r.Row.Scan(dest...)
}

type batch struct {
	pgx.BatchResults
	conn *Conn
}

func (b *batch) Close() error {
	defer b.conn.Release()
	return b.BatchResults.Close()
}

// failedRows are the rows, or the row, of a query that got no connection.
type failedRows struct{ err error }

func (failedRows) Close()                                         {}
func (f failedRows) Err() error                                   { return f.err }
func (failedRows) CommandTag() pgconn.CommandTag                  { return nil }
func (failedRows) FieldDescriptions() []pgproto3.FieldDescription { return nil }
func (failedRows) Next() bool                                     { return false }
func (f failedRows) Scan(...any) error                            { return f.err }
func (f failedRows) Values() ([]any, error)                       { return nil, f.err }
func (failedRows) RawValues() [][]byte                            { return nil }

type failedBatch struct{ err error }

func (b failedBatch) Exec() (pgconn.CommandTag, error) { return nil, b.err }
func (b failedBatch) Query() (pgx.Rows, error)         { return failedRows{b.err}, b.err }
func (b failedBatch) QueryRow() pgx.Row                { return failedRows{b.err} }
func (b failedBatch) Close() error                     { return b.err }
func (b failedBatch) QueryFunc([]any, func(pgx.QueryFuncRow) error) (pgconn.CommandTag, error) {
	return nil, b.err
}
