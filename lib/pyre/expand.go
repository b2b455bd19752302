package pyre

// maxWays bounds how many texts a group may match whose references are written out.
const maxWays = 8

// expand writes out references to groups that can match a few texts only, such as a quote: (["']).*\1 becomes what "(").*"|(').*' says,
// with the same group in both branches. The branches come in the order in which the group tries its texts, so matches stay the same.
func expand(n *node) *node {
	n = n.each(expand)
	if n.op != opSeq {
		return n
	}
	for i, s := range n.subs {
		rest := n.subs[i+1:]
		if s.op != opGroup || !refersTo(rest, s.group) {
			continue
		}
		if ways, ok := ways(s.subs[0]); ok {
			return seq(append(append([]*node{}, n.subs[:i]...), branches(s, ways, rest))...)
		}
	}
	return n
}

func refersTo(subs []*node, group int) bool {
	for _, s := range subs {
		if s.has(func(n *node) bool { return n.op == opBackref && n.group == group }) {
			return true
		}
	}
	return false
}

// branches makes a branch of each way of the group g, with the rest as it is once g has matched that.
func branches(g *node, ways []string, rest []*node) *node {
	var out []*node
	for _, w := range ways {
		subs := []*node{g.with(text(w))}
		for _, s := range rest {
			subs = append(subs, substitute(s, g.group, w))
		}
		out = append(out, expand(seq(subs...)))
	}
	return alt(out...)
}

// text is a tree that matches s.
func text(s string) *node {
	var subs []*node
	for _, c := range s {
		subs = append(subs, exactly(c))
	}
	return seq(subs...)
}

// substitute puts a text in the place of references to a group.
func substitute(n *node, group int, s string) *node {
	if n.op == opBackref && n.group == group {
		if !n.fold {
			return text(s)
		}
		return foldedText(s)
	}
	if len(n.subs) == 0 {
		return n
	}
	subs := make([]*node, len(n.subs))
	for i, sub := range n.subs {
		subs[i] = substitute(sub, group, s)
	}
	if n.op == opSeq {
		return seq(subs...)
	}
	return n.with(subs...)
}

// foldedText matches what a reference takes for s when case does not count: unlike for literals, lower cases alone are compared.
func foldedText(s string) *node {
	var subs []*node
	for _, c := range s {
		set := single(c)
		for d := range orbit(c).each {
			if lower(d) == lower(c) {
				set = set.union(single(d))
			}
		}
		subs = append(subs, one(set))
	}
	return seq(subs...)
}

// ways lists the texts that n matches in the order in which it tries them. It fails where there are many.
func ways(n *node) ([]string, bool) {
	switch n.op {
	case opEmpty:
		return []string{""}, true
	case opSet:
		return members(n.set)
	case opSeq:
		out := []string{""}
		for _, s := range n.subs {
			w, ok := ways(s)
			if !ok || len(out)*len(w) > maxWays {
				return nil, false
			}
			out = product(out, w)
		}
		return out, true
	case opAlt:
		var out []string
		for _, s := range n.subs {
			w, ok := ways(s)
			if !ok || len(out)+len(w) > maxWays {
				return nil, false
			}
			out = append(out, w...)
		}
		return out, true
	case opRepeat:
		w, ok := ways(n.subs[0])
		if !ok || n.min != 0 || n.max != 1 || n.greed == possessive {
			return nil, false
		}
		if n.greed == lazy {
			return append([]string{""}, w...), true
		}
		return append(w, ""), true
	}
	return nil, false
}

func members(s *charset) ([]string, bool) {
	var out []string
	for c := range s.each {
		if len(out) == maxWays {
			return nil, false
		}
		out = append(out, string(c))
	}
	return out, true
}

func product(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}
