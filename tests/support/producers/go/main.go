// Six callers of a pool of three connections, whose figures it serves.
// usage: pools sql|pgx URL
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	size    = 3
	callers = 6
	use     = 10 * time.Millisecond
	brief   = 250 * time.Millisecond
)

type pool interface {
	prometheus.Collector
	borrow(context.Context) (giveBack func(), err error)
	truth() map[string]float64
}

func call(p pool, s *stage) {
	for {
		s.await(run, hold)
		giveBack, err := p.borrow(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(use)
		s.await(run, rest)
		giveBack()
	}
}

func timeOut(p pool) {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	if giveBack, err := p.borrow(ctx); err == nil {
		giveBack()
	}
}

func main() {
	var p pool
	switch os.Args[1] {
	case "sql":
		p = openSQL(os.Args[2])
	case "pgx":
		p = openPgx(os.Args[2])
	}
	prometheus.MustRegister(p)

	s := newStage()
	for i := 0; i < callers; i++ {
		go call(p, s)
	}

	for _, name := range []string{run, hold, rest} {
		name := name
		http.HandleFunc("/"+name, func(http.ResponseWriter, *http.Request) { s.set(name) })
	}
	http.HandleFunc("/timeout", func(http.ResponseWriter, *http.Request) { timeOut(p) })
	http.HandleFunc("/truth", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(p.truth()) })
	http.Handle("/metrics", promhttp.Handler())

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}
