package dbpoolevents

import (
	"errors"
	"net"
	"os"
	"strconv"
	"time"
)

const (
	patience   = 100 * time.Millisecond // with an exporter that reads slowly
	impatience = time.Millisecond       // with one that did not read within the patience
	pause      = time.Second            // between two attempts to open the socket
)

// connection is a socket that is opened at the first datagram, and anew after an error.
type connection struct {
	network, target string
	socket          net.Conn
	tried           time.Time
	late            bool // the last datagram had to wait too long
}

func (c *connection) write(datagram []byte) bool {
	if c.socket == nil && !c.open() {
		return false
	}
	wait := patience
	if c.late {
		wait = impatience
	}
	c.socket.SetWriteDeadline(time.Now().Add(wait))
	_, err := c.socket.Write(datagram)
	c.late = errors.Is(err, os.ErrDeadlineExceeded)
	if err != nil && !c.late {
		c.close()
	}
	return err == nil
}

func (c *connection) open() bool {
	if time.Since(c.tried) < pause {
		return false
	}
	c.tried = time.Now()
	socket, err := net.Dial(c.network, c.target)
	if err == nil {
		c.socket = socket
	}
	return err == nil
}

func (c *connection) close() {
	if c.socket != nil {
		c.socket.Close()
		c.socket = nil
	}
}

// writer collects lines into datagrams and numbers them. A line that is not sent leaves a number out.
type writer struct {
	connection
	formatter
	limit    int
	sequence uint64
	datagram []byte
	line     []byte
	lines    uint64
	failed   uint64
}

func newWriter(c connection, limit int) writer {
	return writer{
		connection: c,
		formatter:  formatter{client: clientName(), pools: map[string]string{}, sites: map[uintptr]string{}},
		limit:      limit,
	}
}

func (w *writer) add(e *event) {
	w.line = w.append(w.line[:0], e)
	if w.lines > 0 && len(w.datagram)+1+len(w.line) > w.limit {
		w.flush()
	}
	if w.lines > 0 {
		w.datagram = append(w.datagram, '\n')
	}
	w.datagram = append(w.datagram, w.line...)
	if w.lines == 0 {
		w.datagram = strconv.AppendUint(append(w.datagram, ",seq:"...), w.sequence+1, 10)
	}
	w.lines++
}

func (w *writer) flush() {
	if w.lines == 0 {
		return
	}
	if w.write(w.datagram) {
		w.sequence++
	} else {
		w.sequence += w.lines
		w.failed += w.lines
	}
	w.datagram, w.lines = w.datagram[:0], 0
}

// skip leaves out the numbers of lines that were dropped before.
func (w *writer) skip(lines uint64) { w.sequence += lines }
