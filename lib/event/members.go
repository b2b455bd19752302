package event

import (
	"time"
)

// member is one member of the schema: how it is read from a line, and how what appendMember has written of it is stepped over.
type member struct {
	name string
	key  string // how it begins
	read func(p *parser, name string)
	view func(v *View, i, at int) int // steps over a value; unseen if it would have been written otherwise
}

// The members, by their place in the canonical order.
const (
	atV = iota
	atType
	atTime
	atIP
	atID
	atDNS
	atFilter
	atJail
	atRule
	atFile
	atLineno
	atLine
	atLines
	atFields
	atFailures
	atFirst
	atFindtime
	atMaxretry
	atMatches
	atBantime
	atExpires
	atBancount
	atBackend
	atRestored
	atError
	inTable // how many there are
)

// members is the schema, in canonical order.
var members = [inTable]member{
	atV:        {"v", key("v"), readVersion, viewVersion},
	atType:     text("type", func(e *Event) *string { return &e.Type }),
	atTime:     moment("time", func(e *Event) *time.Time { return &e.Time }),
	atIP:       {"ip", key("ip"), readAddress, viewAddress},
	atID:       text("id", func(e *Event) *string { return &e.ID }),
	atDNS:      text("dns", func(e *Event) *string { return &e.DNS }),
	atFilter:   text("filter", func(e *Event) *string { return &e.Filter }),
	atJail:     text("jail", func(e *Event) *string { return &e.Jail }),
	atRule:     number("rule", 0, func(e *Event) *int { return &e.Rule }),
	atFile:     text("file", func(e *Event) *string { return &e.File }),
	atLineno:   number("lineno", 0, func(e *Event) *int64 { return &e.Lineno }),
	atLine:     text("line", func(e *Event) *string { return &e.Line }),
	atLines:    list("lines", func(e *Event) *[]string { return &e.Lines }),
	atFields:   {"fields", key("fields"), readFields, viewFields},
	atFailures: number("failures", 0, func(e *Event) *int { return &e.Failures }),
	atFirst:    moment("first", func(e *Event) *time.Time { return &e.First }),
	atFindtime: number("findtime", -1, func(e *Event) *int64 { return &e.Findtime }),
	atMaxretry: number("maxretry", 0, func(e *Event) *int { return &e.Maxretry }),
	atMatches:  list("matches", func(e *Event) *[]string { return &e.Matches }),
	atBantime:  number("bantime", -1, func(e *Event) *int64 { return &e.Bantime }),
	atExpires:  moment("expires", func(e *Event) *time.Time { return &e.Expires }),
	atBancount: number("bancount", 0, func(e *Event) *int { return &e.Bancount }),
	atBackend:  text("backend", func(e *Event) *string { return &e.Backend }),
	atRestored: {"restored", key("restored"), readRestored, viewRestored},
	atError:    text("error", func(e *Event) *string { return &e.Error }),
}

// key is how a member of the table begins. The comma before the first one is put right at the end.
func key(name string) string { return `,"` + name + `":` }

// text is a member that holds a string.
func text(name string, at func(*Event) *string) member {
	return member{
		name, key(name),
		func(p *parser, name string) { *at(&p.e), _ = p.text(name) },
		viewText,
	}
}

// number is a member that holds a whole number of at least min.
func number[T int | int64](name string, min int64, at func(*Event) *T) member {
	return member{
		name, key(name),
		func(p *parser, name string) { *at(&p.e) = T(p.whole(name, min)) },
		func(v *View, _, at int) int { return ownNumber(v.line, at, min) },
	}
}

// moment is a member that holds a time.
func moment(name string, at func(*Event) *time.Time) member {
	return member{
		name, key(name),
		func(p *parser, name string) {
			s, ok := p.text(name)
			if !ok {
				return
			}
			t, ok := parseTime(s)
			if !ok {
				p.complain(name, "%q is no time like 2006-01-02T15:04:05+02:00", clip(s))
				return
			}
			*at(&p.e) = t
		},
		viewMoment,
	}
}

// list is a member that holds an array of strings.
func list(name string, at func(*Event) *[]string) member {
	return member{
		name, key(name),
		func(p *parser, name string) { *at(&p.e) = p.list(name) },
		viewList,
	}
}

func readVersion(p *parser, name string) {
	if p.e.V = int(p.whole(name, 1)); p.e.V > Version {
		p.complain(name, "%d is newer than %d, the one that is understood here; a newer f2b is needed", p.e.V, Version)
	}
}

func readAddress(p *parser, name string) {
	s, ok := p.text(name)
	if !ok {
		return
	}
	if p.e.IP, ok = parsePrefix(s); !ok {
		p.complain(name, "%q is no address", clip(s))
	}
}

func readFields(p *parser, name string) { p.e.Fields = p.fields(name) }

func readRestored(p *parser, name string) {
	if c := p.peek(); c != 't' && c != 'f' {
		p.mismatch(name, "true or false")
		return
	}
	p.e.Restored = p.literal() == "true"
}
