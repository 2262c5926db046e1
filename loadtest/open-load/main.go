// Sends unary gRPC calls at a rate that does not wait for answers, and prints what came of them as JSON.
//
// Arrivals are a Poisson process that is fixed before the first call: a server that stalls does not slow the questions down, and the time of a call counts from the
// moment at which it was due, whether or not it could be sent then.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand"
	"os"
	"runtime/debug"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// answer is one call that has ended.
type answer struct {
	second    int
	latencyMs float64
	code      uint32
	tier      uint64
	message   string
}

type quantiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	P999  float64 `json:"p999_ms"`
	Max   float64 `json:"max_ms"`
}

type secondOf struct {
	OK      int     `json:"ok"`
	Refused int     `json:"refused"`
	Failed  int     `json:"failed"`
	P99     float64 `json:"p99_ms"`
}

type report struct {
	Seconds   float64        `json:"seconds"`
	Offered   int            `json:"offered"`
	LateSends int            `json:"late_sends"`
	OK        quantiles      `json:"ok"`
	Refused   quantiles      `json:"refused"`
	Failed    map[string]int `json:"failed"`
	LastError string         `json:"last_error"`
	InTime    int            `json:"in_time"`
	Tiers     map[string]int `json:"tiers"`
	BySecond  []secondOf     `json:"by_second"`
}

func main() {
	address := flag.String("address", "", "host:port")
	path := flag.String("path", "", "method, such as /mlmesh.router.v1.RouterService/Predict")
	framesFile := flag.String("frames", "", "requests, each after its length in 4 bytes, little-endian")
	rate := flag.Float64("rate", 0, "calls a second; 0 keeps --in-flight calls under way instead")
	inFlight := flag.Int("in-flight", 64, "calls under way at most without a rate")
	seconds := flag.Float64("seconds", 10, "how long")
	connections := flag.Int("connections", 4, "connections")
	deadlineMs := flag.Float64("deadline-ms", 1000, "deadline of a call")
	sloMs := flag.Float64("slo-ms", 50, "an answer counts as in time up to here")
	seed := flag.Int64("seed", 1, "of the arrivals")
	flag.Parse()
	if err := run(*address, *path, *framesFile, options{*rate, *inFlight, *seconds, *connections, *deadlineMs, *sloMs, *seed}); err != nil {
		fmt.Fprintln(os.Stderr, "open-load:", err)
		os.Exit(1)
	}
}

type options struct {
	rate        float64
	inFlight    int
	seconds     float64
	connections int
	deadlineMs  float64
	sloMs       float64
	seed        int64
}

func run(address, path, framesFile string, o options) error {
	frames, err := readFrames(framesFile)
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent) // collections of this process are no latency of that one
	var mutex sync.Mutex
	answers := make([]answer, 0, int(math.Max(o.rate, 10_000)*o.seconds*1.2))
	var waiting sync.WaitGroup
	var next func(one *call) // in a load without a rate, what follows an answer
	onDone := func(one *call, found outcome) {
		a := answer{second: one.second, latencyMs: float64(time.Since(one.due)) / float64(time.Millisecond), code: found.code}
		if found.code != ok {
			a.message = nameOf(found.code) + ": " + found.message
		} else if len(one.answer) > prefixBytes {
			a.tier = tierOf(one.answer[prefixBytes:])
		}
		mutex.Lock()
		answers = append(answers, a)
		mutex.Unlock()
		if next != nil {
			next(one)
		}
		waiting.Done()
	}
	// Callers of a service have their connections before they have calls.
	slots := make([]*slot, o.connections)
	for i := range slots {
		slots[i] = &slot{address: address, path: path, onDone: onDone}
		if err := slots[i].open(); err != nil {
			return err
		}
	}
	start := time.Now()
	deadlineIn := time.Duration(o.deadlineMs * float64(time.Millisecond))
	begin := func(i int, due time.Time) {
		waiting.Add(1)
		slots[i%len(slots)].start(&call{second: int(due.Sub(start).Seconds()), due: due, deadline: due.Add(deadlineIn), request: frames[i%len(frames)]})
	}
	offered, late := 0, 0
	end := start.Add(time.Duration(o.seconds * float64(time.Second)))
	if o.rate > 0 {
		random := rand.New(rand.NewSource(o.seed))
		due := start
		for {
			due = due.Add(time.Duration(random.ExpFloat64() / o.rate * float64(time.Second)))
			if due.After(end) {
				break
			}
			if wait := time.Until(due); wait > 0 {
				time.Sleep(wait)
			} else if wait < -5*time.Millisecond {
				late++
			}
			begin(offered, due)
			offered++
		}
	} else {
		var count atomic.Int64
		next = func(*call) {
			// On a goroutine of its own: a call that fails at once would be a call within a call.
			if now := time.Now(); now.Before(end) {
				waiting.Add(1)
				go func() { defer waiting.Done(); begin(int(count.Add(1))-1, now) }()
			}
		}
		waiting.Add(1)
		for range o.inFlight {
			begin(int(count.Add(1))-1, time.Now())
		}
		waiting.Done()
	}
	waiting.Wait()
	if o.rate == 0 {
		offered = len(answers)
	}
	return json.NewEncoder(os.Stdout).Encode(summarise(answers, o, offered, late))
}

// gcPercent lets the heap grow by so much before it is collected: some tens of megabytes.
const gcPercent = 800

// connectMax is how long connections may take.
const connectMax = 10 * time.Second

func summarise(answers []answer, o options, offered, late int) report {
	r := report{Seconds: o.seconds, Offered: offered, LateSends: late, Failed: map[string]int{}, Tiers: map[string]int{}}
	r.BySecond = make([]secondOf, int(math.Ceil(o.seconds)))
	okBySecond := make([][]float64, len(r.BySecond))
	var okMs, refusedMs []float64
	for _, a := range answers {
		at := min(a.second, len(r.BySecond)-1)
		switch a.code {
		case ok:
			okMs = append(okMs, a.latencyMs)
			okBySecond[at] = append(okBySecond[at], a.latencyMs)
			r.BySecond[at].OK++
			r.Tiers[tierNames[a.tier]]++
			if a.latencyMs <= o.sloMs {
				r.InTime++
			}
		case resourceExhausted:
			refusedMs = append(refusedMs, a.latencyMs)
			r.BySecond[at].Refused++
		default:
			r.Failed[nameOf(a.code)]++
			r.BySecond[at].Failed++
			r.LastError = a.message
		}
	}
	for i := range r.BySecond {
		r.BySecond[i].P99 = quantilesOf(okBySecond[i]).P99
	}
	r.OK, r.Refused = quantilesOf(okMs), quantilesOf(refusedMs)
	return r
}

var tierNames = map[uint64]string{0: "none", 1: "model", 2: "fallback", 3: "rules"}

// tierOf reads field 3 of a mlmesh.router.v1.PredictResponse.
func tierOf(message []byte) uint64 {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return 0
		}
		message = message[n:]
		if number == 3 && kind == protowire.VarintType {
			value, _ := protowire.ConsumeVarint(message)
			return value
		}
		n = protowire.ConsumeFieldValue(number, kind, message)
		if n < 0 {
			return 0
		}
		message = message[n:]
	}
	return 0
}

func quantilesOf(values []float64) quantiles {
	if len(values) == 0 {
		return quantiles{}
	}
	sort.Float64s(values)
	at := func(q float64) float64 { return values[min(len(values)-1, int(q*float64(len(values))))] }
	return quantiles{len(values), at(0.5), at(0.99), at(0.999), values[len(values)-1]}
}

// prefixBytes is the header of a gRPC message, which frames have: not compressed, and the length.
const prefixBytes = 5

func readFrames(path string) ([][]byte, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var frames [][]byte
	for len(bytes) >= 4 {
		n := int(binary.LittleEndian.Uint32(bytes))
		if n < prefixBytes || len(bytes) < 4+n {
			return nil, fmt.Errorf("%s ends within a request", path)
		}
		frames = append(frames, bytes[4+prefixBytes:4+n])
		bytes = bytes[4+n:]
	}
	if len(frames) == 0 {
		return nil, fmt.Errorf("%s holds no request", path)
	}
	return frames, nil
}
