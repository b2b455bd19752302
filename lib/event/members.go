package event

import (
	"net/netip"
	"strconv"
	"time"
)

// member is one member of the schema: how it is read from a line, and how it is written unless it is absent.
type member struct {
	name  string
	read  func(p *parser, name string)
	write func(w *writing, name string, e *Event)
}

// members is the schema, in canonical order.
var members = [...]member{
	{"v", readVersion, writeVersion},
	text("type", func(e *Event) *string { return &e.Type }),
	moment("time", func(e *Event) *time.Time { return &e.Time }),
	{"ip", readAddress, writeAddress},
	text("id", func(e *Event) *string { return &e.ID }),
	text("dns", func(e *Event) *string { return &e.DNS }),
	text("filter", func(e *Event) *string { return &e.Filter }),
	text("jail", func(e *Event) *string { return &e.Jail }),
	number("rule", 0, func(e *Event) *int { return &e.Rule }),
	text("file", func(e *Event) *string { return &e.File }),
	number("lineno", 0, func(e *Event) *int64 { return &e.Lineno }),
	text("line", func(e *Event) *string { return &e.Line }),
	list("lines", func(e *Event) *[]string { return &e.Lines }),
	{"fields", readFields, writeFields},
	number("failures", 0, func(e *Event) *int { return &e.Failures }),
	moment("first", func(e *Event) *time.Time { return &e.First }),
	number("findtime", 0, func(e *Event) *int64 { return &e.Findtime }),
	number("maxretry", 0, func(e *Event) *int { return &e.Maxretry }),
	list("matches", func(e *Event) *[]string { return &e.Matches }),
	number("bantime", -1, func(e *Event) *int64 { return &e.Bantime }),
	moment("expires", func(e *Event) *time.Time { return &e.Expires }),
	number("bancount", 0, func(e *Event) *int { return &e.Bancount }),
	text("backend", func(e *Event) *string { return &e.Backend }),
	{"restored", readRestored, writeRestored},
	text("error", func(e *Event) *string { return &e.Error }),
}

// text is a member that holds a string.
func text(name string, at func(*Event) *string) member {
	return member{
		name,
		func(p *parser, name string) { *at(&p.e), _ = p.text(name) },
		func(w *writing, name string, e *Event) {
			if s := *at(e); s != "" {
				w.name(name)
				w.b = appendString(w.b, s)
			}
		},
	}
}

// number is a member that holds a whole number of at least min.
func number[T int | int64](name string, min int64, at func(*Event) *T) member {
	return member{
		name,
		func(p *parser, name string) { *at(&p.e) = T(p.whole(name, min)) },
		func(w *writing, name string, e *Event) {
			if n := *at(e); n != 0 {
				w.name(name)
				w.b = strconv.AppendInt(w.b, int64(n), 10)
			}
		},
	}
}

// moment is a member that holds a time.
func moment(name string, at func(*Event) *time.Time) member {
	return member{
		name,
		func(p *parser, name string) {
			s, ok := p.text(name)
			if !ok {
				return
			}
			t, ok := parseTime(s)
			if !ok {
				p.complain(name, "%q is no time like 2006-01-02T15:04:05+02:00", clip(s))
			}
			*at(&p.e) = t
		},
		func(w *writing, name string, e *Event) {
			if t := *at(e); !t.IsZero() {
				w.name(name)
				w.b = append(appendTime(append(w.b, '"'), t), '"')
			}
		},
	}
}

// list is a member that holds an array of strings.
func list(name string, at func(*Event) *[]string) member {
	return member{
		name,
		func(p *parser, name string) { *at(&p.e) = p.list(name) },
		func(w *writing, name string, e *Event) {
			if l := *at(e); len(l) > 0 {
				w.name(name)
				w.list(l)
			}
		},
	}
}

func readVersion(p *parser, name string) {
	if p.e.V = int(p.whole(name, 1)); p.e.V > Version {
		p.complain(name, "%d is newer than %d, the one that is understood here; a newer f2b is needed", p.e.V, Version)
	}
}

// writeVersion writes our version, whatever the event says: what follows is in it.
func writeVersion(w *writing, name string, _ *Event) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, Version, 10)
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

func writeAddress(w *writing, name string, e *Event) {
	if e.IP.IsValid() {
		w.name(name)
		w.b = append(appendPrefix(append(w.b, '"'), e.IP), '"')
	}
}

func readFields(p *parser, name string) { p.e.Fields = p.fields(name) }

func writeFields(w *writing, name string, e *Event) {
	if len(e.Fields) > 0 {
		w.name(name)
		w.fields(e.Fields)
	}
}

func readRestored(p *parser, name string) {
	if c := p.peek(); c != 't' && c != 'f' {
		p.mismatch(name, "true or false")
		return
	}
	p.e.Restored = p.literal() == "true"
}

func writeRestored(w *writing, name string, e *Event) {
	if e.Restored {
		w.name(name)
		w.b = append(w.b, "true"...)
	}
}

// parsePrefix reads an address or a CIDR into canonical form: IPv4 where IPv4 is meant, no bits behind the prefix.
func parsePrefix(s string) (netip.Prefix, bool) {
	addr, err := netip.ParseAddr(s)
	bits := 0
	if err == nil {
		bits = addr.BitLen()
	} else {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		addr, bits = prefix.Addr(), prefix.Bits()
	}
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	prefix, err := addr.Prefix(bits)
	return prefix, err == nil && addr.Zone() == ""
}

// appendPrefix writes a prefix, one of full length as an address.
func appendPrefix(b []byte, p netip.Prefix) []byte {
	if p.IsSingleIP() {
		return p.Addr().Unmap().AppendTo(b)
	}
	return p.AppendTo(b)
}

// parseTime reads a time of RFC 3339.
func parseTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	// Package time is lenient with the digits of the hour, a comma and an offset's size.
	if err != nil || len(s) < len("2006-01-02T15:04:05Z") || s[13] != ':' || s[19] == ',' {
		return time.Time{}, false
	}
	_, offset := t.Zone()
	if offset == 0 {
		return t.UTC(), true
	}
	const day = 24 * 60 * 60
	return t.In(time.FixedZone("", offset)), -day < offset && offset < day && s[len(s)-2] < '6'
}

// appendTime writes a time of RFC 3339, which knows no seconds in an offset and no year beyond four digits.
func appendTime(b []byte, t time.Time) []byte {
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC()
	}
	switch year := t.Year(); {
	case year > 9999:
		return append(b, "9999-12-31T23:59:59Z"...)
	case year < 0:
		return append(b, "0000-01-01T00:00:00Z"...)
	}
	return t.AppendFormat(b, time.RFC3339Nano)
}
