// Package dbpoolevents sends the events of an application's connection pools to dbpool_exporter. It needs only the
// standard library. A call puts an event into a bounded queue and returns; one goroutine writes the datagrams.
package dbpoolevents

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	capacity = 8192 // events that wait for the goroutine; further ones are dropped
	interval = 100 * time.Millisecond
	sampling = time.Second // between two readings of a pool's gauges
)

// Gauge is a figure of now: idle, active, opening, waiting, min or max.
type Gauge struct {
	Name  string
	Value int64
}

// Sender is safe for concurrent use. A nil Sender does nothing.
type Sender struct {
	lease   atomic.Uint64
	dropped atomic.Uint64

	mutex  sync.Mutex
	queue  []event
	unsent uint64 // events that did not fit into the queue
	pools  map[string]func() []Gauge

	full, stop, done chan struct{}
	closing          sync.Once
	writer           writer
	spare            []event
	sampled          time.Time
}

// FromEnvironment opens the address in DBPOOL_EVENTS. Without it, it returns nil and no error.
func FromEnvironment() (*Sender, error) {
	address := os.Getenv("DBPOOL_EVENTS")
	if address == "" {
		return nil, nil
	}
	return Open(address)
}

// Open returns a sender to unix:///path or udp://host:port. The exporter need not run yet.
func Open(address string) (*Sender, error) {
	network, target, _ := strings.Cut(address, "://")
	limit, known := map[string]int{"unix": 8192, "udp": 1432}[network]
	if !known || target == "" {
		return nil, fmt.Errorf("cannot send events to %q: allowed are unix:///path and udp://host:port", address)
	}
	if network == "unix" {
		network = "unixgram"
	}
	s := &Sender{
		queue:   make([]event, 0, capacity),
		spare:   make([]event, 0, capacity),
		pools:   map[string]func() []Gauge{},
		full:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
		sampled: time.Now(),
		writer:  newWriter(connection{network: network, target: target}, limit),
	}
	go s.run()
	return s, nil
}

// Close sends what the queue holds, and ends the goroutine.
func (s *Sender) Close() {
	if s == nil {
		return
	}
	s.closing.Do(func() { close(s.stop) })
	<-s.done
}

// Dropped returns the number of events that were not sent. Each leaves one number out of seq.
func (s *Sender) Dropped() uint64 {
	if s == nil {
		return 0
	}
	return s.dropped.Load()
}

// NewLease returns a number that no other lease of this sender has.
func (s *Sender) NewLease() uint64 {
	if s == nil {
		return 0
	}
	return s.lease.Add(1)
}

// Acquired reports that a lease was given after waited. site: a program counter as of runtime.Callers; 0 = not known.
func (s *Sender) Acquired(pool string, waited time.Duration, lease uint64, site uintptr) {
	s.push(event{verb: acquired, pool: pool, value: int64(waited), lease: lease, site: site})
}

// Released reports that a lease came back after held.
func (s *Sender) Released(pool string, held time.Duration, lease uint64) {
	s.push(event{verb: released, pool: pool, value: int64(held), lease: lease})
}

// AcquireTimeout reports that a caller gave up after waited.
func (s *Sender) AcquireTimeout(pool string, waited time.Duration) {
	s.push(event{verb: acquireTimeout, pool: pool, value: int64(waited)})
}

// AcquireRejected reports that a caller was refused at once.
func (s *Sender) AcquireRejected(pool string) {
	s.push(event{verb: acquireRejected, pool: pool, value: 1})
}

// Connected reports that a connection was opened within took.
func (s *Sender) Connected(pool string, took time.Duration) {
	s.push(event{verb: connected, pool: pool, value: int64(took)})
}

// ConnectFailed reports a failed attempt. errorType: connect, authentication, timeout, network or other.
func (s *Sender) ConnectFailed(pool, errorType string) {
	s.push(event{verb: connectFailed, pool: pool, value: 1, detail: errorType})
}

// Closed reports closed connections. reason: max_lifetime, idle, validation, error, overflow, closed or shutdown.
func (s *Sender) Closed(pool, reason string, connections int64) {
	if connections > 0 {
		s.push(event{verb: closed, pool: pool, value: connections, detail: reason})
	}
}

// Error reports a failure. errorType: connect, authentication, timeout, validation, query, network or other.
func (s *Sender) Error(pool, errorType string) {
	s.push(event{verb: failed, pool: pool, value: 1, detail: errorType})
}

// Watch sends what read returns once a second. read must not block. nil ends it.
func (s *Sender) Watch(pool string, read func() []Gauge) {
	if s == nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if read == nil {
		delete(s.pools, pool)
	} else {
		s.pools[pool] = read
	}
}

func (s *Sender) push(e event) {
	if s == nil {
		return
	}
	s.mutex.Lock()
	fits := len(s.queue) < capacity
	if fits {
		s.queue = append(s.queue, e)
	} else {
		s.unsent++
	}
	half := len(s.queue) == capacity/2
	s.mutex.Unlock()
	if !fits {
		s.dropped.Add(1)
	}
	if half {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

func (s *Sender) run() {
	defer close(s.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-s.full:
		case <-s.stop:
			s.write()
			s.writer.close()
			return
		}
		s.write()
	}
}

func (s *Sender) write() {
	s.sample()
	s.mutex.Lock()
	events, unsent := s.queue, s.unsent
	s.queue, s.unsent = s.spare[:0], 0
	s.mutex.Unlock()

	failed := s.writer.failed
	for i := range events {
		s.writer.add(&events[i])
	}
	s.writer.flush()
	s.writer.skip(unsent)
	s.dropped.Add(s.writer.failed - failed)
	s.spare = events
}

func (s *Sender) sample() {
	if time.Since(s.sampled) < sampling {
		return
	}
	s.sampled = time.Now()
	s.mutex.Lock()
	pools := make(map[string]func() []Gauge, len(s.pools))
	for pool, read := range s.pools {
		pools[pool] = read
	}
	s.mutex.Unlock()
	for pool, read := range pools {
		for _, gauge := range read() {
			s.push(event{verb: verb(gauge.Name), pool: pool, value: gauge.Value})
		}
	}
}
