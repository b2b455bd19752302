package pyre

import "strings"

// Where a text has come so far that only one pattern may still match it, the rest of it need not be looked through: to search for that pattern
// tells as much. But that is dearer where it then does not match, and so it is done for those patterns alone that mostly did. The scanner keeps
// a measure of that for each of them, and looks every few characters.
const (
	stride   = 8  // how many
	trusted  = 16 // the trust that it takes
	maxTrust = 32
	misled   = 8 // the trust that a miss costs
)

// one tells which pattern all places are of, from 1; 0 if they are of several, or of what comes before them, or if its search may take long.
func (s *Scanner) one(set []int32) int32 {
	if len(set) == 0 {
		return 0
	}
	pattern := s.union.places[set[0]].pattern
	for _, n := range set {
		if s.union.places[n].pattern != pattern {
			return 0
		}
	}
	if pattern < 0 || !s.union.linear[pattern] {
		return 0
	}
	return pattern + 1
}

// alone returns the verdict that a pattern, from 1, alone may match.
func (s *Scanner) alone(pattern int32, head, tail string) *Verdict {
	if strings.IndexByte(head, '\n') >= 0 || strings.IndexByte(tail, '\n') >= 0 {
		return nil // as when the text is looked through
	}
	v := &s.only[pattern-1]
	if *v == nil {
		*v = &Verdict{Patterns: []int32{pattern - 1}}
	}
	return *v
}

// learn notes whether a text that a pattern alone might match was one that it did.
func (s *Scanner) learn(pattern int32, matched bool) {
	if matched {
		s.trust[pattern] = min(s.trust[pattern]+1, maxTrust)
	} else {
		s.trust[pattern] = max(s.trust[pattern]-misled, 0)
	}
}

// Misled tells the scanner that a text did not match, though it named this pattern.
func (s *Scanner) Misled(pattern int32) { s.learn(pattern, false) }
