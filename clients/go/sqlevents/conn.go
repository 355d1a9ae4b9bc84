package sqlevents

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"time"

	"dbpoolevents"
)

// named opens connections of a driver without a Connector.
type named struct {
	driver     driver.Driver
	dataSource string
}

func (n named) Connect(context.Context) (driver.Conn, error) { return n.driver.Open(n.dataSource) }
func (n named) Driver() driver.Driver                        { return n.driver }

type connector struct {
	driver.Connector
	pool   string
	sender *dbpoolevents.Sender
}

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	start := time.Now()
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		c.sender.ConnectFailed(c.pool, kind(err))
		return nil, err
	}
	c.sender.Connected(c.pool, time.Since(start))
	opened := &conn{Conn: inner, connector: c}
	opened.begin(ctx)
	return opened, nil
}

func kind(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.As(err, &network):
		return "network"
	}
	return "connect"
}

// conn is a driver's connection that sees when it is lent and when it comes back. It is lent by the first call that
// brings a caller's request: ResetSession or Connect, or else the caller's first statement. It comes back by IsValid
// or Close. Optional interfaces that the driver lacks answer as database/sql would without them.
type conn struct {
	driver.Conn
	connector *connector
	lease     uint64 // 0 = not lent
	lent      time.Time
	broken    bool
}

// Unwrap returns the driver's connection, for sql.Conn.Raw.
func (c *conn) Unwrap() driver.Conn { return c.Conn }

func (c *conn) begin(ctx context.Context) {
	r, asked := ctx.Value(requestOf{c.connector}).(*request)
	if !asked || c.lease != 0 {
		return
	}
	c.lease, c.lent = c.connector.sender.NewLease(), time.Now()
	c.connector.sender.Acquired(c.connector.pool, c.lent.Sub(r.start), c.lease, r.site)
	r.served, r.start = true, c.lent
}

func (c *conn) end() {
	if c.lease != 0 {
		c.connector.sender.Released(c.connector.pool, time.Since(c.lent), c.lease)
		c.lease = 0
	}
}

// seen notes a connection that database/sql closes because of its error.
func (c *conn) seen(err error) error {
	c.broken = c.broken || errors.Is(err, driver.ErrBadConn)
	return err
}

func (c *conn) ResetSession(ctx context.Context) error {
	if inner, can := c.Conn.(driver.SessionResetter); can {
		if err := inner.ResetSession(ctx); err != nil {
			return c.seen(err)
		}
	}
	c.begin(ctx)
	return nil
}

func (c *conn) IsValid() bool {
	c.end()
	inner, can := c.Conn.(driver.Validator)
	valid := !can || inner.IsValid()
	c.broken = c.broken || !valid
	return valid
}

func (c *conn) Close() error {
	c.end()
	if c.broken {
		c.connector.sender.Closed(c.connector.pool, "error", 1)
	}
	return c.Conn.Close()
}

func (c *conn) Ping(ctx context.Context) error {
	c.begin(ctx)
	if inner, can := c.Conn.(driver.Pinger); can {
		return c.seen(inner.Ping(ctx))
	}
	return nil
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.begin(ctx)
	if inner, can := c.Conn.(driver.ConnPrepareContext); can {
		statement, err := inner.PrepareContext(ctx, query)
		return statement, c.seen(err)
	}
	statement, err := c.Conn.Prepare(query)
	if err == nil && ctx.Err() != nil {
		statement.Close()
		return nil, ctx.Err()
	}
	return statement, c.seen(err)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.begin(ctx)
	if inner, can := c.Conn.(driver.ExecerContext); can {
		result, err := inner.ExecContext(ctx, query, args)
		return result, c.seen(err)
	}
	return nil, driver.ErrSkip
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.begin(ctx)
	if inner, can := c.Conn.(driver.QueryerContext); can {
		rows, err := inner.QueryContext(ctx, query, args)
		return rows, c.seen(err)
	}
	return nil, driver.ErrSkip
}

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.begin(ctx)
	if inner, can := c.Conn.(driver.ConnBeginTx); can {
		tx, err := inner.BeginTx(ctx, options)
		return tx, c.seen(err)
	}
	if options.Isolation != 0 || options.ReadOnly {
		return nil, errors.New("sql: driver does not support non-default isolation levels or read-only transactions")
	}
	tx, err := c.Conn.Begin() //lint:ignore SA1019 the driver has nothing newer
	if err == nil && ctx.Err() != nil {
		tx.Rollback()
		return nil, ctx.Err()
	}
	return tx, c.seen(err)
}

func (c *conn) CheckNamedValue(value *driver.NamedValue) error {
	if inner, can := c.Conn.(driver.NamedValueChecker); can {
		return inner.CheckNamedValue(value)
	}
	return driver.ErrSkip
}
