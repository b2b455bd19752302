package event

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Steps over values that AppendJSON has written. Each returns where the value ends, or unseen if it would have been
// written otherwise.

// ownText steps over a string, and says whether it holds escapes.
func ownText(s string, at int) (end int, escaped bool) {
	if at >= len(s) || s[at] != '"' {
		return unseen, false
	}
	for i := at + 1; ; {
		if i = skipPlain(s, i); i >= len(s) {
			return unseen, false
		}
		switch c := s[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			n := ownEscape(s[i:])
			if n == 0 {
				return unseen, false
			}
			escaped = true
			i += n
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if size == 1 || steers(r) {
				return unseen, false
			}
			i += size
		default:
			return unseen, false
		}
	}
}

// ownEscape is the length of the escape that s begins with, 0 if it isn't written so.
func ownEscape(s string) int {
	if len(s) > 1 && strings.IndexByte(`"\bfnrt`, s[1]) >= 0 {
		return 2
	}
	if len(s) < 6 || s[1] != 'u' {
		return 0
	}
	var room [6]byte
	b := room[:0]
	switch r := hexRune(s[2:6]); {
	case r < ' ' || r == 0x7f:
		b = appendEscape(b, byte(r))
	case r >= 0x80 && steers(r):
		b = appendHigh(b, r)
	}
	if string(b) != s[:6] {
		return 0
	}
	return 6
}

// ownNumber steps over a whole number that isn't zero; it may be -1 where that is the least.
func ownNumber(s string, at int, min int64) int {
	if min < 0 && strings.HasPrefix(s[at:], "-1") {
		return at + 2
	}
	end := at
	for end < len(s) && s[end]-'0' <= 9 {
		end++
	}
	if end == at || s[at] == '0' {
		return unseen
	}
	if end-at > 9 {
		if n, err := strconv.ParseInt(s[at:end], 10, 64); err != nil || int64(int(n)) != n {
			return unseen
		}
	}
	return end
}

// ownList steps over an array of strings.
func ownList(s string, at int) int {
	if at >= len(s) || s[at] != '[' {
		return unseen
	}
	for {
		if at, _ = ownText(s, at+1); at == unseen || at >= len(s) {
			return unseen
		}
		switch s[at] {
		case ']':
			return at + 1
		case ',':
		default:
			return unseen
		}
	}
}

// ownFields steps over an object of strings, none of which comes twice.
func ownFields(s string, at int) int {
	if at >= len(s) || s[at] != '{' {
		return unseen
	}
	var came names
	for {
		start := at + 1
		if at, _ = ownText(s, start); at == unseen || at >= len(s) || s[at] != ':' || !came.add(s[start:at]) {
			return unseen
		}
		if at, _ = ownText(s, at+1); at == unseen || at >= len(s) {
			return unseen
		}
		switch s[at] {
		case '}':
			return at + 1
		case ',':
		default:
			return unseen
		}
	}
}

// ownValue says whether a raw value is written as it came.
func ownValue(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if isRawPlain(raw[i]) {
			continue
		}
		r, size := utf8.DecodeRuneInString(raw[i:])
		if r < utf8.RuneSelf || size == 1 || steers(r) {
			return false
		}
		i += size - 1
	}
	return true
}

// ownAddress steps over an address or a CIDR.
func ownAddress(s string, at int) (p netip.Prefix, end int) {
	if at >= len(s) || s[at] != '"' {
		return p, unseen
	}
	if addr, end := ownIPv4(s, at+1); end > 0 && end < len(s) && s[end] == '"' {
		return netip.PrefixFrom(addr, 32), end + 1
	}
	n := strings.IndexByte(s[at+1:], '"')
	if n < 0 {
		return p, unseen
	}
	text := s[at+1 : at+1+n]
	p, ok := parsePrefix(text)
	var b [64]byte
	if !ok || string(appendPrefix(b[:0], p)) != text {
		return p, unseen
	}
	return p, at + n + 2
}

// ownIPv4 steps over four numbers; end is 0 if there are none.
func ownIPv4(s string, at int) (addr netip.Addr, end int) {
	var b [4]byte
	for i := range b {
		n, digits := 0, 0
		for at < len(s) && s[at]-'0' <= 9 && digits < 4 {
			n = 10*n + int(s[at]-'0')
			digits++
			at++
		}
		if digits == 0 || n > 255 || digits > 1 && s[at-digits] == '0' {
			return addr, 0
		}
		b[i] = byte(n)
		if i < 3 {
			if at >= len(s) || s[at] != '.' {
				return addr, 0
			}
			at++
		}
	}
	return netip.AddrFrom4(b), at
}

// ownTime steps over a time.
func ownTime(s string, at int) (t time.Time, offset, end int) {
	if at >= len(s) || s[at] != '"' {
		return t, 0, unseen
	}
	t, offset, n := readTime(s[at+1:])
	end = at + 1 + n
	if n == 0 || end >= len(s) || s[end] != '"' || t.IsZero() {
		return t, 0, unseen
	}
	return t, offset, end + 1
}
