package window

import "unsafe"

// texts holds texts that come and go, without an allocation for each: the room of one that went is used again for one of about
// the same length.
type texts struct {
	pool  pool[[]byte]
	spare [longestSpare/grain + 1][]int32 // texts that went, by their room in grains
	held  int                             // bytes of spare room
}

const (
	grain        = 32      // room is given in multiples of this many bytes
	longestSpare = 1024    // the room of longer texts isn't kept
	mostSpare    = 1 << 20 // bytes of room are kept at most
)

// put keeps a copy of a text and returns its number; 0 for the empty text.
func (t *texts) put(text []byte) int32 {
	if len(text) == 0 {
		return 0
	}
	grains := (len(text) + grain - 1) / grain
	if grains < len(t.spare) {
		if n := len(t.spare[grains]); n > 0 {
			i := t.spare[grains][n-1]
			t.spare[grains] = t.spare[grains][:n-1]
			t.held -= grains * grain
			b := t.pool.at(i)
			*b = append((*b)[:0], text...)
			return i
		}
	}
	i := t.pool.take()
	*t.pool.at(i) = append(make([]byte, 0, grains*grain), text...)
	return i
}

// get is the text of a number, as long as it is kept.
func (t *texts) get(i int32) []byte {
	if i == 0 {
		return nil
	}
	return *t.pool.at(i)
}

// textSize is how much room a text of n bytes takes: what it is given, which may be more than it needs, and its place in the pool.
func textSize(n int) int {
	if n == 0 {
		return 0
	}
	return (n+grain-1)/grain*grain + int(unsafe.Sizeof([]byte{}))
}

// drop ends the keeping of a text.
func (t *texts) drop(i int32) {
	if i == 0 {
		return
	}
	room := cap(*t.pool.at(i))
	if room > longestSpare || t.held+room > mostSpare {
		t.pool.give(i)
		return
	}
	t.spare[room/grain] = append(t.spare[room/grain], i)
	t.held += room
}
