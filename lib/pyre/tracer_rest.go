package pyre

import "strings"

// rest is a shorter way on from a state than to take the next step.
type rest struct {
	text   string // what must come, or else nothing matches any more; empty: whatever comes, the state stays as it is until a newline does
	behind struct{ at, rests int32 }
}

// rest tells whether a state of these ways has a shorter way on.
func (t *tracer) rest(at int32, ways []way) (r rest, ok bool) {
	text := t.literal(ways)
	if len(text) < minLiteral {
		return r, t.mayRest(ways) && t.restsAt(at)
	}
	behind := make([]way, len(ways))
	for i, w := range ways {
		for range text {
			w.pc = t.code[w.pc].next
		}
		behind[i] = way{pc: w.pc, state: t.behind(w.state, w.pc)}
	}
	r.text = text
	r.behind.at = t.state(behind, int32(t.class[text[len(text)-1]]))
	r.behind.rests = t.states[r.behind.at/t.width].rests
	return r, true
}

// minLiteral is how long a text must be to be worth comparing at once.
const minLiteral = 4

// literal returns the text that all ways want.
func (t *tracer) literal(ways []way) string {
	text := t.wanted(ways[0])
	for _, w := range ways[1:] {
		if text == "" {
			break
		}
		other, n := t.wanted(w), 0
		for n < min(len(text), len(other)) && text[n] == other[n] {
			n++
		}
		text = text[:n]
	}
	return text
}

// wanted returns the text that a way wants.
func (t *tracer) wanted(w way) string {
	if w.look != 0 || w.pc < 0 {
		return ""
	}
	var text []byte
	for pc := w.pc; t.code[pc].op == iChar; pc = t.code[pc].next {
		c, ok := t.code[pc].set.only()
		if !ok || c >= firstHigh || c == '\n' {
			break
		}
		text = append(text, byte(c))
	}
	return string(text)
}

// mayRest tells whether a state of these ways may be one that stays as it is until a newline comes: that of .+$ for one.
func (t *tracer) mayRest(ways []way) bool {
	if t.context || len(ways) != 1 || ways[0].look != 0 || ways[0].pc < 0 {
		return false
	}
	i := &t.code[ways[0].pc]
	return i.op == iSpan && i.set.ascii == notNL.ascii && i.set.high.same(allHigh) && !i.high
}

// restsAt tells whether a state that may rest does.
func (t *tracer) restsAt(at int32) bool {
	for class := range int32(len(t.sample)) {
		if class == int32(t.class['\n']) {
			continue
		}
		next := int32(t.table[at+class])
		if next == notMade {
			next = t.step(at, class)
		}
		if next != at || t.changes[at+class] != 0 {
			return false
		}
	}
	return true
}

// skip passes over what comes before a newline.
func skip(text string, pos int) int {
	if n := strings.IndexByte(text[min(pos, len(text)):], '\n'); n >= 0 {
		return pos + n
	}
	return max(pos, len(text))
}
