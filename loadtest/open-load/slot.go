package main

import (
	"bufio"
	"io"
	"sync/atomic"
	"time"
)

// redialEvery is how long a slot waits before it tries again.
const redialEvery = 50 * time.Millisecond

// slot keeps one connection open: when the server says goodbye or fails, it opens another.
type slot struct {
	address, path string
	onDone        func(*call, outcome)
	current       atomic.Pointer[connection]
}

// open connects, and gives an error where that fails.
func (s *slot) open() error {
	c, err := dial(s.address, s.path, s.onDone, func() { go s.reopen() })
	if err == nil {
		s.current.Store(c)
	}
	return err
}

func (s *slot) reopen() {
	for s.open() != nil {
		time.Sleep(redialEvery)
	}
}

func (s *slot) start(one *call) { s.current.Load().start(one) }

func bufferedReader(r io.Reader) io.Reader { return bufio.NewReaderSize(r, 64*1024) }
