package dbpoolevents

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// verb is what follows `dbpool.` in a line; the name of a gauge is one as well.
type verb string

const (
	acquired        verb = "acquired"
	released        verb = "released"
	acquireTimeout  verb = "acquire_timeout"
	acquireRejected verb = "acquire_rejected"
	connected       verb = "connected"
	connectFailed   verb = "connect_failed"
	closed          verb = "closed"
	failed          verb = "error"
)

type event struct {
	verb   verb
	pool   string
	value  int64 // nanoseconds, a count, or a gauge
	lease  uint64
	site   uintptr
	detail string // the reason or the error's type
}

const (
	longestName = 256
	longestSite = 512
)

// clean replaces what ends a tag, and bounds its length.
func clean(text string, longest int) string {
	if len(text) > longest {
		text = text[:longest]
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r == ',' || r == '|' || r < ' ' {
			return '_'
		}
		return r
	}, text), "")
}

// clientName returns a name that no other process has: host, pid, start in ms.
func clientName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return clean(fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixMilli()), longestName)
}

// formatter writes lines without seq. It keeps the texts of pools and sites, because there are few.
type formatter struct {
	client string
	pools  map[string]string
	sites  map[uintptr]string
}

const keptTexts = 4096

func (f *formatter) pool(name string) string {
	text, known := f.pools[name]
	if !known {
		text = clean(name, longestName)
		if len(f.pools) < keptTexts {
			f.pools[name] = text
		}
	}
	return text
}

func (f *formatter) site(counter uintptr) string {
	text, known := f.sites[counter]
	if !known {
		frame, _ := runtime.CallersFrames([]uintptr{counter}).Next()
		text = clean(fmt.Sprintf("%s:%d %s", frame.File, frame.Line, frame.Function), longestSite)
		if len(f.sites) < keptTexts {
			f.sites[counter] = text
		}
	}
	return text
}

func (f *formatter) append(out []byte, e *event) []byte {
	out = append(out, "dbpool."...)
	out = append(out, e.verb...)
	out = append(out, ':')
	detail := "error_type"
	switch e.verb {
	case acquired, released, acquireTimeout, connected:
		out = strconv.AppendFloat(out, float64(e.value)/1e6, 'f', 6, 64)
		out = append(out, "|ms"...)
	case closed:
		detail = "reason"
		fallthrough
	case acquireRejected, connectFailed, failed:
		out = strconv.AppendInt(out, e.value, 10)
		out = append(out, "|c"...)
	default:
		out = strconv.AppendInt(out, e.value, 10)
		out = append(out, "|g"...)
	}
	out = append(append(out, "|#pool:"...), f.pool(e.pool)...)
	out = append(append(out, ",client:"...), f.client...)
	if e.lease != 0 {
		out = strconv.AppendUint(append(out, ",lease:"...), e.lease, 10)
	}
	if e.site != 0 {
		out = append(append(out, ",site:"...), f.site(e.site)...)
	}
	if e.detail != "" {
		out = append(append(append(append(out, ','), detail...), ':'), clean(e.detail, longestName)...)
	}
	return out
}
