package literal

// Hits is where literals were found. What it holds is used again by the next search.
type Hits struct {
	runs [lanes][]Hit
}

// Hit says that a literal of a group stands at a place of the text: it begins there or a little before.
type Hit struct {
	At, Group int32
}

// lanes is how many looks go through a text side by side.
const lanes = 4

// Each calls f for all hits in their order; f returns false to end it.
func (h *Hits) Each(f func(Hit) bool) {
	for _, run := range h.runs {
		for _, hit := range run {
			if !f(hit) {
				return
			}
		}
	}
}

// Find looks for all literals in a text of less than 2 GB. One that stands in another one may be left out.
func (s *Set) Find(text string, h *Hits) {
	for i := range h.runs {
		h.runs[i] = h.runs[i][:0]
	}
	first := s.window - 1
	quarter := (len(text) - first) / lanes
	if quarter < s.window {
		s.lane(text, first, len(text), &h.runs[0])
		return
	}
	var at, end [lanes]int
	for i := range at {
		at[i], end[i] = first+i*quarter, first+(i+1)*quarter
	}
	end[lanes-1] = len(text)
	s.abreast(text, &at, &end, h)
	for i := range at {
		s.lane(text, at[i], end[i], &h.runs[i])
	}
}

// abreast goes on in all lanes until one is near its end.
func (s *Set) abreast(text string, at, end *[lanes]int, h *Hits) {
	a, b, c, d := at[0], at[1], at[2], at[3]
	for {
		safe := min(end[0]-a, end[1]-b, end[2]-c, end[3]-d) / s.window // so many moves lead beyond no end
		if safe <= 0 {
			break
		}
		for range safe {
			moveA := s.moves[pairOf(text[a-1], text[a])]
			moveB := s.moves[pairOf(text[b-1], text[b])]
			moveC := s.moves[pairOf(text[c-1], text[c])]
			moveD := s.moves[pairOf(text[d-1], text[d])]
			if (moveA|moveB|moveC|moveD)&firstBucket != 0 {
				if moveA >= firstBucket {
					moveA = s.look(moveA, text, a, &h.runs[0])
				}
				if moveB >= firstBucket {
					moveB = s.look(moveB, text, b, &h.runs[1])
				}
				if moveC >= firstBucket {
					moveC = s.look(moveC, text, c, &h.runs[2])
				}
				if moveD >= firstBucket {
					moveD = s.look(moveD, text, d, &h.runs[3])
				}
			}
			a, b, c, d = a+int(moveA), b+int(moveB), c+int(moveC), d+int(moveD)
		}
	}
	*at = [lanes]int{a, b, c, d}
}

// lane goes on in one lane to its end.
func (s *Set) lane(text string, at, end int, run *[]Hit) {
	for at < end {
		move := s.moves[pairOf(text[at-1], text[at])]
		if move >= firstBucket {
			move = s.look(move, text, at, run)
		}
		at += int(move)
	}
}

// look adds the literals that stand at the window that ends at a place, and returns how far to move on.
//
//go:noinline // it is seldom called, and the loops around it want the registers
func (s *Set) look(move uint8, text string, at int, run *[]Hit) uint8 {
	begin := at - s.window + 1
	for i := range s.bucket[move-firstBucket] {
		e := &s.bucket[move-firstBucket][i]
		if from := begin - int(e.offset); from >= 0 && stands(e.text, text[from:]) {
			*run = append(*run, Hit{int32(begin), e.group})
		}
	}
	return 1
}

// stands tells whether text begins with a literal.
func stands(literal, text string) bool {
	if len(text) < len(literal) {
		return false
	}
	for i := range len(literal) {
		if lower[text[i]] != literal[i] {
			return false
		}
	}
	return true
}
