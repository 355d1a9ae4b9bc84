// An application with a pool of three connections, for clients/tests. It sends to DBPOOL_EVENTS.
//
//	testapp run|bench sql|pgx URL   uses a pool, and leaks a connection; compares the cost of an acquire
//	testapp flood N                 sends N events at once
//	testapp tick                    sends an event every 5 ms until it is killed
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"dbpoolevents"
)

const (
	size    = 3
	callers = 6
	turns   = 50
	use     = 2 * time.Millisecond
	brief   = 50 * time.Millisecond
)

// acquire returns how to give the connection back.
type acquire func(context.Context) (func(), error)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// flood ends with an event that found room in the queue after others did not. It returns the number of events.
func flood(sender *dbpoolevents.Sender, events int) int {
	for i := 0; i < events; i++ {
		sender.AcquireTimeout("flood", time.Millisecond)
	}
	for dropped := uint64(0); dropped != sender.Dropped(); events++ {
		time.Sleep(time.Millisecond)
		dropped = sender.Dropped()
		sender.AcquireTimeout("flood", time.Millisecond)
	}
	return events
}

func tick(sender *dbpoolevents.Sender) {
	for {
		sender.AcquireTimeout("tick|a,b\nc:d e", time.Millisecond)
		time.Sleep(5 * time.Millisecond)
	}
}

// useAll returns the callers' waits in ms.
func useAll(get acquire) []float64 {
	var mutex sync.Mutex
	var waits []float64
	var all sync.WaitGroup
	for i := 0; i < callers; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < turns; i++ {
				start := time.Now()
				giveBack, err := get(context.Background())
				waited := time.Since(start)
				must(err)
				time.Sleep(use)
				giveBack()
				mutex.Lock()
				waits = append(waits, float64(waited)/1e6)
				mutex.Unlock()
			}
		}()
	}
	all.Wait()
	return waits
}

// timeOut lets one caller give up while the pool has none to give. It returns how many connections it used.
func timeOut(get acquire) (used int) {
	for ; used < size; used++ {
		giveBack, err := get(context.Background())
		must(err)
		defer giveBack()
	}
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	if _, err := get(ctx); err == nil {
		log.Fatal("a pool of three gave a fourth")
	}
	return used
}

// missDeadline lets a statement miss its deadline, which is no timeout of the acquire.
func missDeadline(p pool) {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	if p.exec(ctx, "SELECT pg_sleep(60)") == nil {
		log.Fatal("a statement did not miss its deadline")
	}
}

func run(p pool) {
	waits := useAll(p.acquire)
	used := p.call() + timeOut(p.acquire)
	line := p.leak()
	missDeadline(p)
	time.Sleep(1100 * time.Millisecond) // so that Close reads the gauges, which are sent once a second
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"acquisitions": p.count(len(waits) + used + 2), "waits": waits, "leaked_at": fmt.Sprintf("pools.go:%d ", line),
	})
}

// here returns its caller's line.
func here() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func main() {
	sender, err := dbpoolevents.FromEnvironment()
	must(err)
	switch os.Args[1] {
	case "flood":
		events, err := strconv.Atoi(os.Args[2])
		must(err)
		events = flood(sender, events)
		sender.Close()
		json.NewEncoder(os.Stdout).Encode(map[string]any{"events": events, "dropped": sender.Dropped()})
	case "tick":
		tick(sender)
	case "run":
		run(open(os.Args[2], os.Args[3], sender))
	case "bench":
		bench(bare(open(os.Args[2], os.Args[3], nil)), open(os.Args[2], os.Args[3], sender).acquire)
	}
	sender.Close()
}
