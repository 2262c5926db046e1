package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const (
	// streamWindow is what an answer may have; connectionWindow is refilled when half of it was used.
	streamWindow     = 1 << 20
	connectionWindow = 1 << 28
	// stockWindow is what HTTP/2 gives a side that was told nothing.
	stockWindow = 65_535
	// sweepEvery is how often calls are looked for whose deadline has passed.
	sweepEvery = 5 * time.Millisecond
)

// call is one unary call.
type call struct {
	second   int
	due      time.Time
	deadline time.Time
	request  []byte
	answer   []byte
}

// outcome is how a call has ended.
type outcome struct {
	code    uint32
	message string
}

// connection sends unary calls of gRPC over one connection of HTTP/2. It does what a client does on the wire, and little around it: a load that takes as much of a processor as
// what it loads measures itself.
type connection struct {
	socket    net.Conn
	authority string
	path      string
	onDone    func(*call, outcome)
	// onLeave is told once that no new calls go over it.
	onLeave func()

	mutex      sync.Mutex
	pending    map[uint32]*call
	sweep      []sweepable
	waiting    []*call
	out        bytes.Buffer
	framer     *http2.Framer
	block      bytes.Buffer
	encoder    *hpack.Encoder
	nextID     uint32
	window     int
	maxStreams uint32
	hasLeft    bool
	isClosed   bool
	hasOutput  chan struct{}
	closed     chan struct{}
}

type sweepable struct {
	id       uint32
	deadline time.Time
}

// dial opens a connection; calls may go over it at once.
func dial(address, path string, onDone func(*call, outcome), onLeave func()) (*connection, error) {
	socket, err := net.DialTimeout("tcp", address, connectMax)
	if err != nil {
		return nil, err
	}
	c := &connection{
		socket: socket, authority: address, path: path, onDone: onDone, onLeave: onLeave,
		pending: map[uint32]*call{}, nextID: 1, window: stockWindow, maxStreams: 1 << 31,
		hasOutput: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	c.framer = http2.NewFramer(&c.out, nil)
	c.encoder = hpack.NewEncoder(&c.block)
	c.out.WriteString(http2.ClientPreface)
	_ = c.framer.WriteSettings(
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow})
	_ = c.framer.WriteWindowUpdate(0, connectionWindow-stockWindow)
	c.flush()
	go c.write()
	go c.read()
	go c.expire()
	return c, nil
}

// start sends a call; onDone is called once, when it has ended.
func (c *connection) start(one *call) {
	c.mutex.Lock()
	if c.isClosed || c.hasLeft {
		c.mutex.Unlock()
		c.onDone(one, outcome{unavailable, "no connection"})
		return
	}
	if len(c.waiting) > 0 || !c.fits(one) {
		c.waiting = append(c.waiting, one)
	} else {
		c.send(one)
	}
	c.mutex.Unlock()
	c.flush()
}

// fits says whether the windows of the peer take a call now.
func (c *connection) fits(one *call) bool {
	return c.window >= len(one.request)+prefixBytes && len(c.pending) < int(c.maxStreams)
}

func (c *connection) send(one *call) {
	id := c.nextID
	c.nextID += 2
	c.pending[id] = one
	c.sweep = append(c.sweep, sweepable{id, one.deadline})
	c.block.Reset()
	for _, field := range [...]hpack.HeaderField{
		{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: c.path},
		{Name: ":authority", Value: c.authority}, {Name: "content-type", Value: "application/grpc"},
		{Name: "user-agent", Value: "open-load"}, {Name: "te", Value: "trailers"},
		{Name: "grpc-timeout", Value: strconv.FormatInt(max(1, time.Until(one.deadline).Microseconds()), 10) + "u"},
	} {
		_ = c.encoder.WriteField(field)
	}
	_ = c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.block.Bytes(), EndHeaders: true})
	message := make([]byte, prefixBytes+len(one.request))
	binary.BigEndian.PutUint32(message[1:], uint32(len(one.request)))
	copy(message[prefixBytes:], one.request)
	_ = c.framer.WriteData(id, true, message)
	c.window -= len(message)
}

// sendWaiting sends what the windows had no room for.
func (c *connection) sendWaiting() {
	for len(c.waiting) > 0 && c.fits(c.waiting[0]) {
		c.send(c.waiting[0])
		c.waiting = c.waiting[1:]
	}
}

func (c *connection) flush() {
	select {
	case c.hasOutput <- struct{}{}:
	default:
	}
}

// write sends what was put out since the last time, as one write.
func (c *connection) write() {
	var spare []byte
	for {
		select {
		case <-c.hasOutput:
		case <-c.closed:
			return
		}
		c.mutex.Lock()
		bytes := append(spare[:0], c.out.Bytes()...)
		c.out.Reset()
		c.mutex.Unlock()
		spare = bytes
		if len(bytes) == 0 {
			continue
		}
		if _, err := c.socket.Write(bytes); err != nil {
			c.fail(err)
			return
		}
	}
}

func (c *connection) read() {
	framer := http2.NewFramer(nil, bufferedReader(c.socket))
	framer.SetReuseFrames()
	framer.ReadMetaHeaders = hpack.NewDecoder(4_096, nil)
	received := 0
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			c.fail(err)
			return
		}
		switch frame := frame.(type) {
		case *http2.DataFrame:
			received += int(frame.Header().Length)
			if received > connectionWindow/2 {
				c.put(func() { _ = c.framer.WriteWindowUpdate(0, uint32(received)) })
				received = 0
			}
			c.takeData(frame)
		case *http2.MetaHeadersFrame:
			c.takeHeaders(frame)
		case *http2.RSTStreamFrame:
			c.done(frame.StreamID, outcome{codeOf(frame.ErrCode), "reset by the server: " + frame.ErrCode.String()})
		case *http2.SettingsFrame:
			c.takeSettings(frame)
		case *http2.WindowUpdateFrame:
			if frame.StreamID == 0 {
				c.put(func() { c.window += int(frame.Increment); c.sendWaiting() })
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				data := frame.Data
				c.put(func() { _ = c.framer.WritePing(true, data) })
			}
		case *http2.GoAwayFrame:
			c.leave()
		}
	}
}

// put changes what goes out.
func (c *connection) put(change func()) {
	c.mutex.Lock()
	change()
	c.mutex.Unlock()
	c.flush()
}

func (c *connection) takeData(frame *http2.DataFrame) {
	c.mutex.Lock()
	one := c.pending[frame.StreamID]
	c.mutex.Unlock()
	if one != nil {
		one.answer = append(one.answer, frame.Data()...)
	}
	if frame.StreamEnded() {
		c.done(frame.StreamID, outcome{internal, "an answer without a status"})
	}
}

func (c *connection) takeHeaders(frame *http2.MetaHeadersFrame) {
	if !frame.StreamEnded() {
		return
	}
	found := outcome{unknown, "an answer without a status"}
	for _, field := range frame.Fields {
		switch field.Name {
		case "grpc-status":
			code, err := strconv.ParseUint(field.Value, 10, 32)
			if err == nil {
				found = outcome{uint32(code), found.message}
			}
		case "grpc-message":
			if text, err := url.PathUnescape(field.Value); err == nil {
				found.message = text
			}
		}
	}
	c.done(frame.StreamID, found)
}

func (c *connection) takeSettings(frame *http2.SettingsFrame) {
	if frame.IsAck() {
		return
	}
	c.put(func() {
		if value, ok := frame.Value(http2.SettingMaxConcurrentStreams); ok {
			c.maxStreams = value
		}
		if value, ok := frame.Value(http2.SettingHeaderTableSize); ok {
			c.encoder.SetMaxDynamicTableSizeLimit(value)
		}
		_ = c.framer.WriteSettingsAck()
		c.sendWaiting()
	})
}

func (c *connection) done(id uint32, found outcome) {
	c.mutex.Lock()
	one := c.pending[id]
	delete(c.pending, id)
	c.sendWaiting()
	isLast := c.hasLeft && len(c.pending) == 0
	c.mutex.Unlock()
	c.flush()
	if one != nil {
		c.onDone(one, found)
	}
	if isLast {
		c.fail(errors.New("the server said goodbye"))
	}
}

// expire ends calls whose deadline has passed.
func (c *connection) expire() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-c.closed:
			return
		}
		now := time.Now()
		var late []*call
		c.mutex.Lock()
		for len(c.sweep) > 0 && !c.sweep[0].deadline.After(now) {
			id := c.sweep[0].id
			c.sweep = c.sweep[1:]
			if one := c.pending[id]; one != nil {
				late = append(late, one)
				delete(c.pending, id)
				_ = c.framer.WriteRSTStream(id, http2.ErrCodeCancel)
			}
		}
		for len(c.waiting) > 0 && !c.waiting[0].deadline.After(now) {
			late = append(late, c.waiting[0])
			c.waiting = c.waiting[1:]
		}
		c.mutex.Unlock()
		c.flush()
		for _, one := range late {
			c.onDone(one, outcome{deadlineExceeded, "no answer within its deadline"})
		}
	}
}

// leave takes no new calls any more.
func (c *connection) leave() {
	c.mutex.Lock()
	isFirst := !c.hasLeft
	c.hasLeft = true
	isIdle := len(c.pending) == 0
	c.mutex.Unlock()
	if isFirst {
		c.onLeave()
	}
	if isIdle {
		c.fail(errors.New("the server said goodbye"))
	}
}

// fail ends the connection and all that goes over it.
func (c *connection) fail(err error) {
	c.mutex.Lock()
	if c.isClosed {
		c.mutex.Unlock()
		return
	}
	c.isClosed = true
	lost := c.waiting
	for _, one := range c.pending {
		lost = append(lost, one)
	}
	c.pending, c.waiting = map[uint32]*call{}, nil
	c.mutex.Unlock()
	close(c.closed)
	_ = c.socket.Close()
	if errors.Is(err, io.EOF) {
		err = errors.New("the server closed the connection")
	}
	for _, one := range lost {
		c.onDone(one, outcome{unavailable, fmt.Sprint(err)})
	}
	c.leave()
}
