package logtime

import (
	"strconv"
	"strings"
)

// Seconds since 1970, and the same with three or six more digits.
const (
	epochRegex     = `\d{10,11}\b(?:\.\d{3,6})?`
	longEpochRegex = `\d{10,11}(?:\d{3}(?:\.\d{1,6}|\d{3})?)?`
)

func epochDigits(long bool) string {
	if long {
		return longEpochRegex
	}
	return epochRegex
}

// epochPlace is where seconds may stand in a line: at its begin, after a bracket
// there, and in the "audit(1270449000.123:45)" of SELinux. What comes after them
// is not looked at: fail2ban's pattern means to, but is satisfied without.
const epochPlace = `(?:^|(?<=^\[)|(?<=\baudit\())`

func epochPlaced(s string, at int) bool {
	const audit = "audit("
	return at == 0 || at == 1 && s[0] == '[' ||
		strings.HasSuffix(s[:at], audit) && !wordBefore(s, at-len(audit))
}

func epoch(long bool) (*format, error) {
	t := newEpoch(long)
	return t.draft(`(`+epochPlace+epochDigits(long)+`)`, wordBounds{end: true}), nil
}

// epochAtBegin stands at the begin of the line after at most two non-word
// characters.
func epochAtBegin(long bool) (*format, error) {
	t := newEpoch(long)
	return t.draft(`(`+epochDigits(long)+`)`, wordBounds{begin: boundLine, end: true}), nil
}

func newEpoch(long bool) *format {
	t := &format{name: "Epoch", pattern: "EPOCH", read: epochReader(1, long)}
	if long {
		t.name, t.pattern = "LongEpoch", "LEPOCH"
	}
	return t
}

// epochWithin stands in the place of {EPOCH} or {LEPOCH} in a pattern, which is
// a regular expression without tokens; all that it matches is cut.
func epochWithin(pattern string, long bool) (*format, error) {
	t := &format{name: pattern, pattern: pattern, read: epochReader(2, long)}
	regex := replaceEpoch(pattern, "("+epochDigits(long)+")")
	return t.draft("("+regex+")", wordBounds{begin: boundWord, end: true}), nil
}

func hasEpoch(pattern string) bool { return replaceEpoch(pattern, "") != pattern }

// replaceEpoch replaces each {EPOCH} and {LEPOCH}, in any case and not after a
// backslash.
func replaceEpoch(pattern, digits string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if n := epochMark(pattern[i:]); n > 0 && (i == 0 || pattern[i-1] != '\\') {
			b.WriteString(digits)
			i += n - 1
			continue
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}

func epochMark(s string) int {
	for _, mark := range []string{"{EPOCH}", "{LEPOCH}"} {
		if len(s) >= len(mark) && strings.EqualFold(s[:len(mark)], mark) {
			return len(mark)
		}
	}
	return 0
}

// epochReader reads seconds, or with long their thousandths or millionths if
// there are so many digits.
func epochReader(group int, long bool) reader {
	return func(line string, loc []int) (values, bool) {
		if 2*group >= len(loc) || loc[2*group] < 0 {
			return values{}, false
		}
		text := line[loc[2*group]:loc[2*group+1]]
		whole, fraction, point := strings.Cut(text, ".")
		n, ok := atoi(whole)
		ns, ok2 := nanoseconds(fraction)
		if !ok || !ok2 {
			return values{}, false
		}
		// Python counts characters, and it is they that tell the unit.
		switch length := column(text, len(text)); {
		case long && length >= 16 && !point:
			return instant(n/1e6, n%1e6*1e3), true
		case long && length >= 13:
			return instant(n/1e3, n%1e3*1e6+ns/1e3), true
		}
		return instant(n, ns), true
	}
}

func instant(seconds, ns int64) values { return values{instant: true, seconds: seconds, ns: ns} }

// tai64n is a label of 64 bits of seconds and 32 of nanoseconds in hexadecimal,
// without the correction for leap seconds.
func tai64n(b wordBounds) (*format, error) {
	t := &format{name: "TAI64N", pattern: "TAI64N", read: readTAI64N}
	return t.draft(`@[0-9a-f]{24}`, b), nil
}

func readTAI64N(line string, loc []int) (values, bool) {
	label := line[loc[2]:loc[3]]
	// The first digit only marks the epoch: 2^62 is 1970.
	seconds, err := strconv.ParseInt(label[2:17], 16, 64)
	if err != nil {
		return values{}, false
	}
	ns, err := strconv.ParseInt(label[17:], 16, 64)
	if err != nil || ns >= 1e9 {
		ns = 0
	}
	return instant(seconds, ns), true
}
