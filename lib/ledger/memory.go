package ledger

import (
	"slices"
	"time"
)

// memory is a ledger that ends with the process, and that nobody else can read: there is nothing for a database to do.
// Its answers are those of the tables; a test holds it against them.
type memory struct {
	bans  map[string][]row // by key
	jails map[jailID]Jail
	rev   int64
	last  int64    // the number of the row that was written last
	undo  []undone // what the change at hand has written over
}

// row is a ban with its number, which grows with each that is written.
type row struct {
	Ban
	number int64
}

type jailID struct{ name, backend string }

// undone is what stood under a key, or of a jail, before a change.
type undone struct {
	key  string
	rows []row
	jail *jailID // nil: rows are meant
	was  Jail
	had  bool
}

func newMemory() *memory { return &memory{bans: map[string][]row{}, jails: map[jailID]Jail{}} }

// update does a change as a whole, or not at all.
func (m *memory) update(l *Ledger, change func(*Tx) error) error {
	m.rev++
	m.undo = m.undo[:0]
	err := change(&Tx{l: l, Rev: m.rev})
	if err == nil {
		return nil
	}
	m.rev--
	for _, u := range slices.Backward(m.undo) {
		switch {
		case u.jail == nil:
			m.bans[u.key] = u.rows
		case u.had:
			m.jails[*u.jail] = u.was
		default:
			delete(m.jails, *u.jail)
		}
	}
	return err
}

// set writes what stands under a key. The old rows are left as they are, for undoing it.
func (m *memory) set(key string, rows []row) {
	m.undo = append(m.undo, undone{key: key, rows: m.bans[key]})
	if len(rows) == 0 {
		delete(m.bans, key)
	} else {
		m.bans[key] = rows
	}
}

// find returns where the row of a ban is among those of its key, -1 if there is none.
func (m *memory) find(id ID) (rows []row, at int) {
	rows = m.bans[id.Key]
	return rows, slices.IndexFunc(rows, func(r row) bool { return r.Jail == id.Jail && r.Backend == id.Backend })
}

func (m *memory) get(id ID) (b Ban, found bool) {
	rows, at := m.find(id)
	if at < 0 {
		return b, false
	}
	return rows[at].Ban, true
}

// put writes a row. Times become as exact as those of a file are.
func (m *memory) put(b Ban) {
	rows, at := m.find(b.ID())
	m.last++
	b.Time, b.Expires = instant(micros(b.Time)), instant(micros(b.Expires))
	fresh := make([]row, 0, len(rows)+1)
	for i := range rows {
		if i != at {
			fresh = append(fresh, rows[i])
		}
	}
	m.set(b.Key, append(fresh, row{b, m.last}))
}

// end and lift are those of Tx.
func (m *memory) end(id ID, now time.Time, rev int64) {
	m.change(id, func(b *Ban) {
		if expiry(b.Expires) > micros(now) {
			b.Expires = instant(micros(now))
		}
		b.State, b.Event, b.Keeper, b.Rev = Over, []byte{}, 0, rev
	})
}

func (m *memory) lift(id ID, rev int64) {
	m.change(id, func(b *Ban) {
		if b.State == InForce {
			b.State, b.Rev = Lifting, rev
		}
	})
}

// change writes over a row that is there.
func (m *memory) change(id ID, do func(*Ban)) {
	if rows, at := m.find(id); at >= 0 {
		rows = slices.Clone(rows)
		do(&rows[at].Ban)
		m.set(id.Key, rows)
	}
}

func (m *memory) remove(id ID) {
	if rows, at := m.find(id); at >= 0 {
		m.set(id.Key, slices.Delete(slices.Clone(rows), at, at+1))
	}
}

// count is how often a key was banned in all jails.
func (m *memory) count(key string) (n int) {
	jails := map[string]int{}
	for _, r := range m.bans[key] {
		jails[r.Jail] = max(jails[r.Jail], r.Bancount)
	}
	for _, most := range jails {
		n += most
	}
	return n
}

// elsewhere is how often a key was banned in its jail by other backends before the time at.
func (m *memory) elsewhere(id ID, at time.Time) (n int) {
	for _, r := range m.bans[id.Key] {
		if r.Jail == id.Jail && r.Backend != id.Backend && micros(r.Time) < micros(at) {
			n = max(n, r.Bancount)
		}
	}
	return n
}

func (m *memory) putJail(j Jail) {
	id := jailID{j.Name, j.Backend}
	was, had := m.jails[id]
	m.undo = append(m.undo, undone{jail: &id, was: was, had: had})
	j.Used = instant(micros(j.Used))
	m.jails[id] = j
}

// purge forgets the bans whose time ran out before.
func (m *memory) purge(before time.Time) {
	m.undo = m.undo[:0]
	for key, rows := range m.bans {
		kept := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return expiry(r.Expires) < micros(before) })
		if len(kept) < len(rows) {
			m.set(key, kept)
		}
	}
	m.undo = m.undo[:0]
}
