package window

import (
	"hash/maphash"
	"math"
)

// Room is where windows keep what they know, together: what one of them gives back is there for the others, and the texts
// of all have one bound. Only one goroutine may use it and its windows.
//
// Where the texts and failures are too many, the window that holds most of them forgets its keys, those first whose last failure
// came longest ago. So a flood in one window takes nothing from those that hold little.
type Room struct {
	seed     maphash.Seed
	keys     pool[tracked]
	names    texts // of the keys that are texts
	failures pool[failure]
	lines    texts // of the failures

	windows  []*Window
	total    int // bytes that all windows hold
	maxBytes int
	crowded  int64

	matches []string // room for the lines of a decision
}

// NewRoom returns an empty Room.
func NewRoom() *Room { return &Room{seed: maphash.MakeSeed(), maxBytes: MaxBytes} }

// Window returns an empty Window in this Room.
func (r *Room) Window(o Options) *Window {
	w := &Window{
		Room:       r,
		options:    o,
		findtime:   length(o.Findtime),
		maxretry:   int32(min(max(o.Maxretry, 1), math.MaxInt32)),
		maxmatches: int32(min(max(o.Maxmatches, 0), math.MaxInt32)),
		maxTracked: o.MaxTracked,
		place:      len(r.windows),
	}
	if w.maxTracked <= 0 {
		w.maxTracked = DefaultMaxTracked
	}
	r.windows = append(r.windows, w)
	return w
}

// Crowded is the number of keys that were forgotten, with the failures they had, because texts and failures took too much room.
func (r *Room) Crowded() int64 { return r.crowded }

// hold counts bytes that a window holds from now on, or, if they are negative, no longer.
func (w *Window) hold(bytes int) {
	w.bytes += bytes
	w.total += bytes
}

// fit forgets keys until what is kept fits. The key whose failure came last in w, which was just added to, stays.
func (r *Room) fit(w *Window) {
	for r.total > r.maxBytes {
		fullest := r.fullest(w)
		if fullest == nil {
			return
		}
		fullest.forget(fullest.recent.first)
		r.crowded++
	}
}

// fullest is the window that holds most, of those with a key that may be forgotten; nil if there is none. The last one of w may not.
func (r *Room) fullest(w *Window) (fullest *Window) {
	for _, one := range r.windows {
		if one.index.n > 1 || one.index.n == 1 && one != w {
			if fullest == nil || one.bytes > fullest.bytes {
				fullest = one
			}
		}
	}
	return fullest
}

// Close forgets all keys of a window, which is not to be used any more, and leaves its room to the others.
func (w *Window) Close() {
	if w.past != nil {
		w.past.Close()
	}
	for w.recent.first != 0 {
		w.forget(w.recent.first)
	}
	last := len(w.windows) - 1
	w.windows[w.place] = w.windows[last]
	w.windows[w.place].place = w.place
	w.windows[last] = nil
	w.windows = w.windows[:last]
}
