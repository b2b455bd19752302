package window

// index finds tracked keys. It is a hash table with linear probing that holds no pointer and no key, only where in the pool a
// key is: a map would take four times its memory.
type index struct {
	slots []slot // as many as a power of two, of which a quarter is free at least
	n     int
}

// slot names a key of the pool; number 0 is a free slot.
type slot struct {
	hash   uint32
	number int32
}

// firstSlots is how many slots the first key gets.
const firstSlots = 64

// find returns the number of the key with that hash for which same is true, 0 if there is none.
func (x *index) find(hash uint32, same func(number int32) bool) int32 {
	if len(x.slots) == 0 {
		return 0
	}
	for i := x.home(hash); ; i = x.next(i) {
		switch s := x.slots[i]; {
		case s.number == 0:
			return 0
		case s.hash == hash && same(s.number):
			return s.number
		}
	}
}

// add adds a key that isn't there.
func (x *index) add(hash uint32, number int32) {
	if 4*(x.n+1) > 3*len(x.slots) {
		old := x.slots
		x.slots = make([]slot, max(2*len(old), firstSlots))
		for _, s := range old {
			if s.number != 0 {
				x.put(s)
			}
		}
	}
	x.n++
	x.put(slot{hash, number})
}

// put takes the first free slot.
func (x *index) put(s slot) {
	i := x.home(s.hash)
	for x.slots[i].number != 0 {
		i = x.next(i)
	}
	x.slots[i] = s
}

// remove removes a key that is there. What stands behind it moves up, so that no search ends too early.
func (x *index) remove(hash uint32, number int32) {
	gap := x.home(hash)
	for x.slots[gap].number != number {
		gap = x.next(gap)
	}
	mask := uint32(len(x.slots) - 1)
	for i := x.next(gap); x.slots[i].number != 0; i = x.next(i) {
		if (i-x.home(x.slots[i].hash))&mask >= (i-gap)&mask {
			x.slots[gap] = x.slots[i]
			gap = i
		}
	}
	x.slots[gap] = slot{}
	x.n--
}

func (x *index) home(hash uint32) uint32 { return hash & uint32(len(x.slots)-1) }
func (x *index) next(i uint32) uint32    { return (i + 1) & uint32(len(x.slots)-1) }
