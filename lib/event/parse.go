package event

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Parse reads the event of one line. The package comment says which lines are refused.
// The event's strings share the memory of one copy of the line: whoever keeps a few of them for long clones them.
func Parse(line []byte) (Event, error) {
	var p parser
	err := p.parse(line)
	return p.e, err
}

// parser reads events, one after the other.
type parser struct {
	scanner
	e       Event
	hint    int    // the index of the member that comes next in canonical order
	seen    uint32 // which members have come, a bit for each index
	unknown names  // which others have come
	wrong   error  // the first member that holds the wrong kind of value
}

// parse reads the event of a line into p.e, which is left empty when there is none.
func (p *parser) parse(line []byte) error {
	*p = parser{scanner: scanner{s: string(line)}, e: Event{V: Version}}
	p.object()
	if p.space(); p.err == nil && p.pos < len(p.s) {
		p.fail("the end of the line")
	}
	err := p.verdict()
	if err != nil {
		p.e = Event{}
	}
	return err
}

// verdict says what is wrong with the line. What an event of a foreign type holds is not ours to judge.
func (p *parser) verdict() error {
	switch {
	case p.err != nil:
		return p.err
	case p.wrong != nil && (p.e.Type == "" || p.e.Known()):
		return p.wrong
	case p.e.Type == "":
		return errors.New("type: missing")
	}
	return nil
}

// object reads the event's object, member by member.
func (p *parser) object() {
	if p.space() != '{' {
		p.err = errors.New("no JSON object")
		return
	}
	p.open()
	for first := true; p.next('}', first); first = false {
		if i := p.expected(); i >= 0 {
			p.known(i)
		} else if name := p.name(); p.err == nil {
			p.member(name)
		}
	}
}

// expected steps over the name and the colon of a member if they are written as we write them and it is one that comes
// later in canonical order; it returns its index, or -1.
func (p *parser) expected() int {
	rest := p.s[p.pos:]
	for i := p.hint; i < len(members) && len(rest) > 2; i++ {
		if k := members[i].key; k[2] == rest[1] && strings.HasPrefix(rest, k[1:]) {
			p.pos += len(k) - 1
			p.space()
			return i
		}
	}
	return -1
}

// member reads the value of the member called name.
func (p *parser) member(name string) {
	if i := p.index(name); i >= 0 {
		p.known(i)
	} else {
		p.keep(name)
	}
}

// known reads the value of a member of the table.
func (p *parser) known(i int) {
	name := members[i].name
	if p.seen&(1<<i) != 0 {
		p.twice(name)
		return
	}
	p.seen |= 1 << i
	p.hint = i + 1
	if p.peek() == 'n' {
		p.literal() // null: the member is absent
		return
	}
	members[i].read(p, name)
}

// index finds a member in the table, -1 if it isn't there. Events mostly come in canonical order, so the search begins
// where the last one ended.
func (p *parser) index(name string) int {
	for i := p.hint; i < len(members); i++ {
		if members[i].name == name {
			return i
		}
	}
	for i := range members[:p.hint] {
		if members[i].name == name {
			return i
		}
	}
	return -1
}

// keep keeps a member that isn't in the table.
func (p *parser) keep(name string) {
	if !p.unknown.add(name) {
		p.twice(name)
		return
	}
	if raw := p.skip(); p.err == nil {
		p.e.Unknown = append(p.e.Unknown, Member{name, []byte(raw)})
	}
}

// twice refuses a name that came before: readers of JSON differ on which of the two values counts.
func (p *parser) twice(name string) {
	p.err = fmt.Errorf("%s: given twice", clip(name))
}

// complain notes that a member's value is not what is wanted there. The first complaint is the one that counts.
func (p *parser) complain(name, format string, a ...any) {
	if p.wrong == nil && p.err == nil {
		p.wrong = fmt.Errorf("%s: %s", clip(name), fmt.Sprintf(format, a...))
	}
}

// mismatch steps over a value that is not of the kind that is wanted.
func (p *parser) mismatch(name, wanted string) {
	raw := p.skip()
	p.complain(name, "wants %s, got %s", wanted, clip(raw))
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// text reads a string.
func (p *parser) text(name string) (s string, ok bool) {
	if p.peek() != '"' {
		p.mismatch(name, "a string")
		return "", false
	}
	s = p.str()
	return s, p.err == nil
}

// whole reads a whole number that is at least min. 6e2 and 600.0 are whole, for the tools that write them so.
func (p *parser) whole(name string, min int64) int64 {
	if c := p.peek(); c != '-' && (c < '0' || c > '9') {
		p.mismatch(name, "a whole number")
		return 0
	}
	if n, end := p.small(); end > 0 && n >= min {
		p.pos = end
		return n
	}
	raw := p.number()
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(raw, 64)
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			p.complain(name, "%s is no whole number that fits", clip(raw))
			return 0
		}
		n = int64(f)
	}
	if n < min || int64(int(n)) != n {
		p.complain(name, "%s is less than %d or far too large", clip(raw), min)
		return 0
	}
	return n
}

// small reads a number of few digits and nothing else, which most are. It returns where it ends, 0 if it is no such one.
func (p *parser) small() (n int64, end int) {
	at := p.pos
	for at < len(p.s) && p.s[at]-'0' <= 9 && at-p.pos < 9 {
		n = 10*n + int64(p.s[at]-'0')
		at++
	}
	if at == p.pos || p.s[p.pos] == '0' || at == len(p.s) || p.s[at] != ',' && p.s[at] != '}' {
		return 0, 0
	}
	return n, at
}

// list reads an array of strings.
func (p *parser) list(name string) (list []string) {
	if p.peek() != '[' {
		p.mismatch(name, "an array of strings")
		return nil
	}
	p.open()
	for first := true; p.next(']', first); first = false {
		if s, ok := p.text(name); ok {
			list = append(list, s)
		}
	}
	return list
}

// fields reads an object of strings. As everywhere, null means absent.
func (p *parser) fields(name string) (fields []Field) {
	if p.peek() != '{' {
		p.mismatch(name, "an object of strings")
		return nil
	}
	var seen names
	p.open()
	for first := true; p.next('}', first); first = false {
		field := p.name()
		switch {
		case p.err != nil:
			return nil
		case !seen.add(field):
			p.twice(name + "." + field)
		case p.peek() == 'n':
			p.literal()
		case p.peek() != '"':
			p.mismatch(name+"."+field, "a string")
		default:
			if fields == nil {
				fields = make([]Field, 0, 4)
			}
			fields = append(fields, Field{field, p.str()})
		}
	}
	return fields
}
