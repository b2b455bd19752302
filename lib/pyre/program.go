package pyre

// opcode says what an instruction of a program does.
type opcode uint8

const (
	iChar   opcode = iota // consume a character of set
	iString               // consume text
	iSpan                 // consume as many characters of set as there are; if the rest fails, one less, and so on
	iSplit                // go on at next; if that fails, at other
	iJump                 // go on at next
	iSave                 // remember the position in slot n
	iAt                   // hold only at a position
	iLook                 // hold only where the body at other matches (or, with neg, does not)
	iAtomic               // the first match of the body at other, and no other one
	iCond                 // go on at next if one of bits is set, else at other
	iSet                  // put bits on the state
	iClear                // take bits off the state
	iFail                 // fail
	iDone                 // the program, or a body, has matched
)

// inst is one instruction.
type inst struct {
	op          opcode
	at          at
	neg         bool
	loop        bool // iSplit: every iteration of a loop comes by it, and so is noted even where it leaves no choice
	bits        state
	n           int32 // iSave: the slot; iLook: how many characters before the position the body begins
	pc          int32 // iSpan: where it stands
	memo        int32 // iSplit, iSpan: the row of the table of what was tried
	next, other int32
	set         *charset
	text        string // of iString; of iLook, where its body is nothing but a text
	hint        *hint
}

// hint tells how the two ways on from a split, or the way on from a span, may begin.
type hint struct{ next, other begin }

// begin is how a match may begin: with one of the ASCII characters in the bitmap, with others if high, or at the end of the text if empty.
type begin struct {
	ascii       bitmap
	high, empty bool
}

// admits tells whether a match may begin at pos.
func (b *begin) admits(s string, pos int) bool {
	if b.empty {
		return true
	}
	if pos >= len(s) {
		return false
	}
	if c := s[pos]; c < firstHigh {
		return b.ascii.has(c)
	}
	return b.high
}

// state says what the way to an instruction has left behind that matters to the way on: which groups that conditionals ask for have taken
// part, and which loops have consumed nothing since their iteration began. Two visits of an instruction at the same position and with the
// same state end the same, which is why no such pair is tried twice.
type state uint16

// program is a pattern for the tracker.
type program struct {
	code   []inst
	rows   int   // of the table of what was tried in vain
	bodies int   // rows of the table of where matches of bodies end
	states int   // how many values a state can take
	loops  state // the bits of loops
	start  begin
	groups int
}

// opening tells whether the pattern matches at the begin of the text only, and what every match begins with, as far as that is known.
func (p *program) opening() (anchored bool, prefix string) {
	for pc := int32(0); ; {
		i := &p.code[pc]
		switch i.op {
		case iSave, iJump:
		case iAt:
			anchored = anchored || i.at == atTextBegin
		case iString:
			return anchored, i.text
		case iChar:
			if c, ok := i.set.only(); ok {
				return anchored, string(c)
			}
			return anchored, ""
		default:
			return anchored, ""
		}
		pc = i.next
	}
}

// maxHints bounds the work of giving hints, which is quadratic for the worst of patterns.
const maxHints = 1 << 18

// giveHints works out how the ways on from each split and span may begin.
func (p *program) giveHints() {
	h := &hinter{code: p.code, seen: make([]int32, len(p.code))}
	n := 0
	for i := range p.code {
		if op := p.code[i].op; op == iSplit || op == iSpan {
			n++
		}
	}
	hints := make([]hint, 0, n)
	for i := range p.code {
		switch in := &p.code[i]; in.op {
		case iSplit:
			hints = append(hints, hint{h.begins(in.next), h.begins(in.other)})
			in.hint = &hints[len(hints)-1]
		case iSpan:
			hints = append(hints, hint{next: h.begins(in.next)})
			in.hint = &hints[len(hints)-1]
		case iLook:
			if body := p.code[in.other:]; in.n == 0 && body[0].op == iString && body[1].op == iDone {
				in.text = body[0].text
			}
		}
	}
	p.start = h.begins(0)
}

// hinter follows ways through a program as far as they consume nothing.
type hinter struct {
	code  []inst
	seen  []int32 // the round in which an instruction was seen last
	round int32
	work  int
}

func (h *hinter) begins(pc int32) begin {
	var b begin
	h.round++
	h.collect(pc, &b)
	if h.work > maxHints {
		return begin{empty: true}
	}
	return b
}

// collect adds to b how matches from pc on may begin.
func (h *hinter) collect(pc int32, b *begin) {
	for h.seen[pc] != h.round && h.work <= maxHints {
		h.seen[pc] = h.round
		h.work++
		i := &h.code[pc]
		switch i.op {
		case iChar:
			b.add(i.set)
			return
		case iString:
			b.addText(i.text)
			return
		case iSpan:
			b.add(i.set)
		case iSplit, iCond:
			h.collect(i.other, b)
		case iAtomic:
			h.collect(i.other, b)
			return // what follows it matters only where it may be empty, and then anything is admitted anyway
		case iFail:
			return
		case iDone:
			b.empty = true
			return
		}
		pc = i.next
	}
}

func (b *begin) add(s *charset) {
	b.ascii = b.ascii.or(s.ascii)
	b.high = b.high || len(s.high) > 0
}

func (b *begin) addText(s string) {
	if s[0] < firstHigh {
		b.ascii.add(s[0])
	} else {
		b.high = true
	}
}
