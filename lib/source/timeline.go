package source

import "time"

// leap is how far a clock goes in one step only if it was set: a single line whose time is that far from its neighbours'
// tells of something else than when it was written.
const leap = int64(24 * time.Hour / time.Microsecond)

// undated is in the place of the time of a line that has none.
const undated = earliest

// date finds the times by which the lines of a block are merged. A log is in order by itself, so a line without a time has
// that of the line before it (before the first date, that date), and so has one that is a little older: it was written
// later than its time. One that is much older, or newer, is believed if the next agrees; ahead gives the lines behind the
// block, if there are any and it comes to that.
func (s *stream) date(b *Block, ahead func() *Block) {
	s.keys = s.readTimes(s.keys[:0], b)
	next := 0
	for i, at := range s.keys {
		if at != undated {
			if next <= i {
				next = i + 1
			}
			for next < len(s.keys) && s.keys[next] == undated {
				next++
			}
			s.believe(at, s.keys[next:], ahead)
			if !s.dated && s.last == at {
				s.dated = true
				fill(s.keys[:i], at)
			}
		}
		s.keys[i] = s.last
	}
}

func fill(keys []int64, at int64) {
	for i := range keys {
		keys[i] = at
	}
}

// readTimes adds the times of lines to a list.
func (s *stream) readTimes(times []int64, b *Block) []int64 {
	for i := range b.Lines {
		at := undated
		if s.log.TimeOf != nil {
			if t, ok := s.log.TimeOf(b.Line(i), b.Written); ok {
				at = key(t)
			}
		}
		times = append(times, at)
	}
	return times
}

// believe moves the log's time on to that of a line, unless it is a stray one. later are the times of the next lines.
func (s *stream) believe(at int64, later []int64, ahead func() *Block) {
	switch forward := s.last == undated || at > s.last; {
	case forward && (s.last == undated || at-s.last > leap):
		if next := s.nextTime(later, ahead); next == undated || at-next <= leap {
			s.last = at
		}
	case forward:
		s.last = at
	case s.last-at > leap:
		if next := s.nextTime(later, ahead); next == undated || next-at <= leap {
			s.last = at
		}
	}
}

// nextTime is the time of the next line that has one.
func (s *stream) nextTime(later []int64, ahead func() *Block) int64 {
	if len(later) > 0 {
		return later[0]
	}
	if ahead == nil {
		return undated
	}
	b := ahead()
	if b == nil {
		return undated
	}
	for _, at := range s.readTimes(nil, b) {
		if at != undated {
			return at
		}
	}
	return undated
}
