package event

// names is a set of names that is cheap while it is small and stays quick when someone sends a line of a million of them.
type names struct {
	n    int
	few  [8]string
	many map[string]bool
}

// add puts name into the set; it is false if it is there already.
func (s *names) add(name string) bool {
	for _, known := range s.few[:s.n] {
		if known == name {
			return false
		}
	}
	switch {
	case s.n < len(s.few):
		s.few[s.n] = name
		s.n++
		return true
	case s.many[name]:
		return false
	case s.many == nil:
		s.many = make(map[string]bool)
	}
	s.many[name] = true
	return true
}
