// Package window counts failures in an exact sliding window over the time of the events. It has no clock.
//
// A key is decided on when maxretry of its failures lie within findtime; its count then starts again. Both ends of the
// window belong to it: failures that are exactly findtime apart count together, as they do in fail2ban. (Most logs give whole
// seconds, so that "within 10 minutes" would otherwise be 9:59.)
//
// Failures of a key may come out of order: as long as one is no more than findtime older than the newest it is counted
// as if it had come in time. One that is older than that is counted too, but apart, together with others that
// came as late: logs that are read newest first, or that two clocks stamp, give their decisions all the same.
//
// The memory is bounded by MaxTracked and by the bytes of the failures, their lines and the keys that are texts. Beyond the bound
// the keys whose last failure came longest ago are forgotten. A key whose window has passed costs nothing for long either: each
// failure that is added looks after two of the keys that have been quiet the longest. Windows in one [Room] share its bytes.
package window

import (
	"time"
	"unsafe"
)

// The defaults and bounds of the memory.
const (
	DefaultMaxTracked = 1_000_000 // keys of a window, of some 100 bytes each where no lines are kept

	MaxBytes = 256 << 20 // of failures, their lines and texts, in one Room

	maxKeyBytes = 256 << 10 // of lines kept for one key, so that a decision fits into a line of the stream
	fewKeys     = 1024      // up to here it isn't worth looking for keys whose window has passed
)

// Options say how a Window counts.
type Options struct {
	Findtime   time.Duration // the length of the window; negative: without end
	Maxretry   int           // how many failures within it decide; less than 1 means 1
	Maxmatches int           // how many lines are kept of each key, the last ones; 0: none
	MaxTracked int           // how many keys are kept; DefaultMaxTracked if not positive
}

// Decision says what led to it.
type Decision struct {
	Failures int       // how many were counted
	First    time.Time // the first of them, in the zone of the last
	Matches  []string  // their lines in the order of time, at most the last Maxmatches; they are valid until the next Add
}

// Window is a sliding window for any number of keys.
type Window struct {
	*Room
	options    Options
	findtime   moment
	maxretry   int32
	maxmatches int32
	maxTracked int

	index   index // of keys
	recent  list  // the keys by when their last failure came
	bytes   int   // that it holds in the room
	place   int   // among the windows of the room
	evicted int64
	past    *Window // for what comes too late; nil until something does
	isPast  bool
}

// list names the ends of a doubly linked list.
type list struct{ first, last int32 }

// tracked is a key with failures.
type tracked struct {
	hi, lo         uint64 // as in its Key; lo is the number of a text
	hash           uint32
	kind           uint16
	newest, oldest int32 // the ends of its failures, which are linked in the order of time
	kept           int32 // the oldest failure whose line is kept; so are those of all that are newer
	count          int32 // of failures
	lines, bytes   int32 // that are kept
	before, after  int32 // the neighbours in recent
}

// failure is one failure of a key.
type failure struct {
	seconds      int64 // of its moment, which as a whole would take four bytes more
	nanos        int32
	older, newer int32
	line         int32 // the number of its line, if that is kept
}

func (f *failure) moment() moment { return moment{f.seconds, f.nanos} }

// New returns an empty Window in a Room of its own.
func New(o Options) *Window { return NewRoom().Window(o) }

// Len is the number of keys that are tracked.
func (w *Window) Len() int {
	if w.past == nil {
		return w.index.n
	}
	return w.index.n + w.past.Len()
}

// Evicted is the number of keys that were forgotten, with the failures they had, because there were too many.
func (w *Window) Evicted() int64 {
	if w.past == nil {
		return w.evicted
	}
	return w.evicted + w.past.evicted
}

// Add counts one failure of key at time t, with its raw line. If it is the one that decides, Add returns the decision,
// and the key starts again with nothing counted. What is kept of the line is a copy.
func (w *Window) Add(key Key, t time.Time, line []byte) (d Decision, decided bool) {
	at, hash := momentOf(t), key.hash(w.seed)
	i := w.find(key, hash)
	known := i != 0
	if known && w.late(i, at) {
		if !w.isPast {
			return w.pastWindow().Add(key, t, line)
		}
		w.clear(w.keys.at(i)) // the past has gone back yet further
	}
	if !known {
		i = w.track(key, hash)
	}
	k := w.keys.at(i)
	w.insert(k, at, line)
	w.prune(k)
	w.touch(i)
	if k.count >= w.maxretry {
		d, decided = w.decide(k, t.Location()), true
		w.forget(i)
	}
	w.tidy(at)
	return d, decided
}

// late says whether a failure at the given time comes too late to be counted with the newest of a key.
func (w *Window) late(i int32, at moment) bool {
	return w.failures.at(w.keys.at(i).newest).moment().since(at).more(w.findtime)
}

// pastWindow is the window for what comes too late for this one.
func (w *Window) pastWindow() *Window {
	if w.past == nil {
		w.past = w.Window(w.options)
		w.past.isPast = true
	}
	return w.past
}

// decide makes the decision on a key.
func (w *Window) decide(k *tracked, zone *time.Location) Decision {
	d := Decision{
		Failures: int(k.count),
		First:    w.failures.at(k.oldest).moment().time(zone),
	}
	d.Matches = w.keptLines(k)
	return d
}

// keptLines are the lines that are kept of a key. They are where they lie, which no other line does before the next Add.
func (w *Window) keptLines(k *tracked) []string {
	w.matches = w.matches[:0]
	for i := k.kept; i != 0; i = w.failures.at(i).newer {
		line := w.lines.get(w.failures.at(i).line)
		w.matches = append(w.matches, unsafe.String(unsafe.SliceData(line), len(line)))
	}
	return w.matches
}
