package main

import "sync"

// What the callers do with their connections.
const (
	run  = "run"  // they use them for a moment
	hold = "hold" // they keep them
	rest = "rest" // they give them back and want none
)

type stage struct {
	mutex   sync.Mutex
	changed *sync.Cond
	now     string
}

func newStage() *stage {
	s := &stage{now: run}
	s.changed = sync.NewCond(&s.mutex)
	return s
}

func (s *stage) set(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now = name
	s.changed.Broadcast()
}

func (s *stage) await(one, other string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for s.now != one && s.now != other {
		s.changed.Wait()
	}
}
