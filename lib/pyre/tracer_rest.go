package pyre

import "strings"

// rest is a shorter way on from a state than to take the next step.
type rest struct {
	text   string // what must come, or else nothing matches any more; empty: whatever comes, the state stays as it is until a newline does
	behind struct{ at, rests int32 }
}

// rest tells whether a state of these ways has a shorter way on.
func (t *tracer) rest(at int32, ways []way) (r rest, ok bool) {
	text, last := t.literal(ways)
	if len(text) < minLiteral {
		return r, t.mayRest(ways) && t.restsAt(at)
	}
	r.text = text
	r.behind.at = t.state([]way{{pc: last.next, state: ways[0].state &^ t.loops}}, int32(t.class[text[len(text)-1]]))
	r.behind.rests = t.states[r.behind.at/t.width].rests
	return r, true
}

// minLiteral is how long a text must be to be worth comparing at once.
const minLiteral = 4

// literal returns the text that the only one of some ways wants, and the last instruction of it.
func (t *tracer) literal(ways []way) (text string, last *inst) {
	if len(ways) != 1 || ways[0].look != 0 || ways[0].pc < 0 {
		return "", nil
	}
	var b strings.Builder
	for pc := ways[0].pc; t.code[pc].op == iChar; pc = last.next {
		c, ok := t.code[pc].set.only()
		if !ok || c >= firstHigh || c == '\n' {
			break
		}
		b.WriteByte(byte(c))
		last = &t.code[pc]
	}
	return b.String(), last
}

// mayRest tells whether a state of these ways may be one that stays as it is until a newline comes: that of .+$ for one.
func (t *tracer) mayRest(ways []way) bool {
	if t.context || len(ways) != 1 || ways[0].look != 0 || ways[0].pc < 0 {
		return false
	}
	i := &t.code[ways[0].pc]
	return i.op == iSpan && i.set.ascii == notNL.ascii && i.set.high.same(allHigh) && !i.hint.next.high
}

// restsAt tells whether a state that may rest does.
func (t *tracer) restsAt(at int32) bool {
	for class := range int32(len(t.sample)) {
		if class == int32(t.class['\n']) {
			continue
		}
		next := t.table[at+class]
		if next == notMade {
			next = t.step(at, class)
		}
		if next != at<<1 {
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
