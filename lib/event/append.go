package event

import (
	"bytes"
	"unicode/utf8"
)

// AppendJSON appends the event's line to dst, its "\n" included. Members come in canonical order, then the unknown ones.
// Whatever the strings hold, the result is one line of valid JSON in UTF-8.
func (e *Event) AppendJSON(dst []byte) []byte {
	start, have := len(dst), inTable
	if e.undecided() {
		have = atFailures
	}
	for i := range have {
		dst = e.appendMember(dst, i)
	}
	for _, m := range e.Unknown {
		dst = appendString(append(dst, ','), m.Name)
		dst = appendRaw(append(dst, ':'), m.Value)
	}
	dst[start] = '{' // every member begins with a comma, and v is always there
	return append(dst, '}', '\n')
}

// undecided tells that an event has none of the members that only decisions have, and what became of them, as all those of
// f2b-match have not.
func (e *Event) undecided() bool {
	return e.Failures == 0 && e.Findtime == 0 && e.Maxretry == 0 && e.Bantime == 0 && e.Bancount == 0 && len(e.Matches) == 0 &&
		e.Backend == "" && !e.Restored && e.Error == "" && e.First.IsZero() && e.Expires.IsZero()
}

// appendRaw appends a raw value. A raw line end can only be white space between its parts, so it can be a blank; what drives a
// terminal can only be in a string, so it can be an escape.
func appendRaw(b, value []byte) []byte {
	if !utf8.Valid(value) {
		value = bytes.ToValidUTF8(value, []byte(string(utf8.RuneError)))
	}
	for len(value) > 0 {
		i := 0
		for i < len(value) && isRawPlain(value[i]) {
			i++
		}
		b = append(b, value[:i]...)
		if value = value[i:]; len(value) == 0 {
			break
		}
		r, size := utf8.DecodeRune(value)
		switch {
		case r >= utf8.RuneSelf:
			b = appendHigh(b, r)
		case r == 0x7f:
			b = appendEscape(b, byte(r))
		default:
			b = append(b, ' ')
		}
		value = value[size:]
	}
	return b
}

// isRawPlain tells whether a byte of a raw value is written as it is, whatever stands beside it.
func isRawPlain(c byte) bool { return c < 0x7f && c != '\n' && c != '\r' }

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Besides what JSON asks for it escapes DEL, the controls beyond ASCII, and what
// ends lines or turns text around there, so that an event that is printed on a terminal doesn't drive it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		i := skipPlain(s, 0)
		b = append(b, s[:i]...)
		if s = s[i:]; s == "" {
			return append(b, '"')
		}
		size := 1
		if c := s[0]; c < utf8.RuneSelf {
			b = appendEscape(b, c)
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(s)
			b = appendHigh(b, r)
		}
		s = s[size:]
	}
}

// appendHigh appends a rune beyond ASCII.
func appendHigh(b []byte, r rune) []byte {
	if !steers(r) {
		return utf8.AppendRune(b, r)
	}
	return append(b, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// steers tells whether a rune beyond ASCII is a control, ends a line for some readers, or turns around what stands beside it.
func steers(r rune) bool {
	return r < 0xa0 || r >= 0x200e && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x061c
}

// appendEscape appends the shortest escape of c.
func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
