package pyre

// differences are those that are known between pyre and the Python it is compared with, each with its reason.
var differences = []struct {
	reason string
	holds  func(*node) bool // of a node of the pattern's tree
}{
	{
		"a counted repeat of what can match nothing: engines count empty iterations differently, and with them what a group holds at the end",
		func(n *node) bool {
			return n.op == opRepeat && n.max != unlimited && n.max > 1 && nullable(n.subs[0])
		},
	},
	{
		"a reference that ignores case, to a group that may match any number of texts: Python compares lower cases, regexp2 all cases",
		func(n *node) bool { return n.op == opBackref && n.fold },
	},
	{
		"Python 3.11 before 3.11.5 loses its place in possessive repeats of a group (its issues 101955 and 106052); later ones agree with pyre",
		func(n *node) bool {
			return n.op == opRepeat && n.greed == possessive && n.subs[0].op != opSet
		},
	},
}

// isKnown tells whether a difference in pattern is a known one.
func isKnown(pattern string, flags Flags) bool {
	t, err := parse(pattern, flags)
	if err != nil {
		return false
	}
	for _, d := range differences {
		if simplify(t.root).has(d.holds) {
			return true
		}
	}
	return false
}
