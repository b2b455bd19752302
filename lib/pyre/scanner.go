package pyre

import (
	"encoding/binary"
	"slices"
)

// Scanner sends texts through a union, for one goroutine. It is an automaton whose states - the sets of places at which the patterns can
// stand - are made when texts come to them. There is a bound on them: when it is reached all are forgotten and made anew.
type Scanner struct {
	union    *Union
	table    []int32 // for each state and class what comes next: a state, or something below 0
	sets     [][]int32
	verdicts []*Verdict // of each state, where it was asked for
	known    map[string]int32
	start    int32

	mark  []uint32 // of each place: the round in which it was seen last
	round uint32
	key   []byte

	trust   []int      // of each pattern: see alone.go
	only    []*Verdict // for each pattern that it alone may match
	scanned int        // bytes, since all was forgotten last
	work    int        // places looked at to make states, since then
	resting int        // how many texts more are not scanned
}

// A state is said by where its row of the table begins. What the table holds besides: that nothing is known yet, that the text is one that
// is not looked through, and the states in which nothing changes any more, as stopped less where their row begins.
const (
	unknown = -1
	beyond  = -2
	enough  = -3 // in no table: the text need not be looked through
	stopped = -4
)

// maxStates bounds the memory of a scanner. Where states come new for less than bytesPerState bytes each, the search for them costs more
// than it is worth, and is let be for some texts. So it is where states are so large that it takes long to make them.
const (
	maxStates     = 2000
	bytesPerState = 16
	workPerByte   = 32
	freeWork      = 1 << 22 // some 30 ms
	restingTexts  = 2000
)

// Verdict tells which patterns may match a text.
type Verdict struct {
	Patterns []int32 // by number, in order
}

// NewScanner returns a scanner of u.
func (u *Union) NewScanner() *Scanner {
	s := &Scanner{union: u, mark: make([]uint32, len(u.places)), trust: make([]int, u.patterns), only: make([]*Verdict, u.patterns)}
	s.forget()
	return s
}

// forget begins again with the first state alone.
func (s *Scanner) forget() {
	if len(s.sets) > 0 && s.scanned < maxStates*bytesPerState {
		s.resting = restingTexts
	}
	s.scanned, s.work = 0, 0
	s.table, s.sets, s.verdicts = s.table[:0], s.sets[:0], s.verdicts[:0]
	s.known = make(map[string]int32)
	s.start = s.state(slices.Clone(s.union.starts))
}

// Scan tells which patterns may match the text that head, tail and a newline make; nil says that any may. The parts are what is left of a
// line when its date is cut out.
func (s *Scanner) Scan(head, tail string) *Verdict {
	if s.resting > 0 {
		s.resting--
		return nil
	}
	s.scanned += len(head) + len(tail)
	at, alone := s.start, int32(0)
	for _, part := range [2]string{head, tail} {
		if at >= 0 {
			at, alone = s.run(at, alone, part)
		}
	}
	switch {
	case at == beyond:
		return nil
	case at == enough:
		return s.alone(alone, head, tail)
	case at < 0:
		at = stopped - at
	}
	v := s.verdict(at)
	if alone > 0 {
		s.learn(alone-1, len(v.Patterns) > 0)
	}
	return v
}

// run goes on from a state through a text. It also tells the first pattern, from 1, that was seen to be alone, 0 if none was.
func (s *Scanner) run(at, alone int32, text string) (int32, int32) {
	table, class, column := s.table, &s.union.class, s.union.classes-1
	for len(text) > 0 {
		part := text[:min(len(text), stride)]
		text = text[len(part):]
		for i := range len(part) {
			c := class[part[i]]
			next := table[int(at)+int(c)]
			if next == unknown {
				next = s.step(at, c)
				table = s.table
			}
			if next < 0 {
				return next, alone
			}
			at = next
		}
		if n := table[int(at)+column]; n > 0 && alone == 0 {
			if alone = n; s.trust[n-1] >= trusted {
				return enough, alone
			}
		}
	}
	return at, alone
}

// step finds out what comes after a state behind a byte of a class.
func (s *Scanner) step(at int32, class uint8) int32 {
	var next int32
	switch class {
	case classNL:
		next = beyond
	case classMore:
		next = at
	default:
		if s.work > freeWork+workPerByte*s.scanned {
			s.forget()
			s.resting = restingTexts
			return beyond
		}
		if len(s.sets) == maxStates {
			set := s.after(at, class)
			s.forget()
			return s.state(set)
		}
		next = s.state(s.after(at, class))
	}
	s.table[int(at)+int(class)] = next
	return next
}

// after lists the places behind those of a state.
func (s *Scanner) after(at int32, class uint8) []int32 {
	u := s.union
	var set []int32
	s.round++
	for _, n := range s.sets[int(at)/u.classes] {
		p := &u.places[n]
		s.work += 1 + len(p.next)
		switch {
		case p.kind == atMatch:
			set = s.add(set, n)
		case p.kind == atChar && u.holds(p, class):
			for _, next := range p.next {
				set = s.add(set, next)
			}
		}
	}
	slices.Sort(set)
	return set
}

func (u *Union) holds(p *place, class uint8) bool {
	if class == classHigh {
		return len(p.set.high) > 0
	}
	return p.set.ascii.has(u.sample[class])
}

// add adds a place that was not seen in this round.
func (s *Scanner) add(set []int32, n int32) []int32 {
	if s.mark[n] == s.round {
		return set
	}
	s.mark[n] = s.round
	return append(set, n)
}

// state returns the state with these places, which are sorted.
func (s *Scanner) state(set []int32) int32 {
	s.key = s.key[:0]
	for _, n := range set {
		s.key = binary.LittleEndian.AppendUint16(s.key, uint16(n))
	}
	if at, ok := s.known[string(s.key)]; ok {
		return at
	}
	at := int32(len(s.table))
	for range s.union.classes {
		s.table = append(s.table, unknown)
	}
	s.table[len(s.table)-1] = s.one(set)
	s.sets, s.verdicts = append(s.sets, set), append(s.verdicts, nil)
	if s.final(set) {
		at = stopped - at
	}
	s.known[string(s.key)] = at
	return at
}

// final tells whether nothing changes any more.
func (s *Scanner) final(set []int32) bool {
	for _, n := range set {
		if s.union.places[n].kind != atMatch {
			return false
		}
	}
	return true
}

// verdict tells what it means that a text ends, but for its newline, in a state.
func (s *Scanner) verdict(at int32) *Verdict {
	n := int(at) / s.union.classes
	if s.verdicts[n] == nil {
		v := &Verdict{}
		for _, p := range s.sets[n] {
			v.end(s.union, &s.union.places[p])
		}
		slices.Sort(v.Patterns)
		v.Patterns = slices.Compact(v.Patterns)
		s.verdicts[n] = v
	}
	return s.verdicts[n]
}

// end adds the patterns that a place before the last newline, or one right behind it, makes match.
func (v *Verdict) end(u *Union, p *place) {
	switch {
	case p.kind == atMatch || p.kind == beforeEnd:
		v.Patterns = append(v.Patterns, p.pattern)
	case p.kind == atChar && p.set.ascii.has('\n'):
		for _, n := range p.next {
			if behind := &u.places[n]; behind.kind != atChar {
				v.Patterns = append(v.Patterns, behind.pattern)
			}
		}
	}
}
