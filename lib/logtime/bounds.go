package logtime

import "strings"

// wordBounds say where a date may begin and end.
type wordBounds struct {
	begin beginBound
	end   bool // at the end of a word, at the end of the line or before punctuation
}

type beginBound int

const (
	boundNone beginBound = iota // anywhere
	boundWord                   // at the begin of a word or of the line, or with punctuation
	boundLine                   // at the begin of the line, after at most two non-word characters
)

// What the bounds are in a regular expression.
const (
	wordBegin = `(?=^|\b|\W)`
	wordEnd   = `(?=\b|\W|$)`
	lineBegin = `^\W{0,2}`
)

// bound gives a date's regular expression its bounds and a group 1 if it has no
// group. A pattern that is anchored itself, or opens or ends in "**", gets none
// on that side. Inline flags are returned apart, as they must come first.
func (t *format) bound(regex string, b wordBounds) (flags, bounded string) {
	flags, regex = cutFlags(regex)
	if anchoredBegin(regex) {
		b.begin = boundNone
	}
	if anchoredEnd(regex) {
		b.end = false
	}
	if !grouped(regex) {
		regex = group(regex)
	}
	switch b.begin {
	case boundWord:
		regex = wordBegin + regex
	case boundLine:
		regex = lineBegin + regex
		t.lineBegin = true
		if !strings.HasPrefix(t.name, "{^LN-BEG}") {
			t.name = "{^LN-BEG}" + t.name
		}
	}
	if b.end {
		regex += wordEnd
	}
	t.lineBegin = t.lineBegin || opensWithLine(regex)
	t.lineEnd = endsWithLine(regex)
	return flags, dropStars(regex)
}

// cutFlags takes the first (?flags) out of a regular expression.
func cutFlags(regex string) (flags, rest string) {
	for i := 0; i < len(regex); i++ {
		n := flagGroup(regex[i:])
		if n > 0 && strings.Trim(regex[i+2:i+n-1], "abcdefghijklmnopqrstuvwxyz") == "" {
			return regex[i : i+n], regex[:i] + regex[i+n:]
		}
	}
	return "", regex
}

// flagGroup returns the length of the (?flags) that s opens with, or 0.
func flagGroup(s string) int {
	if !strings.HasPrefix(s, "(?") {
		return 0
	}
	i := 2
	for i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	if i == 2 || i == len(s) || s[i] != ')' {
		return 0
	}
	return i + 1
}

// anchoredBegin tells whether a pattern says itself where it begins: by ^ or **,
// perhaps after parentheses and flags.
func anchoredBegin(s string) bool {
	inner := strings.TrimLeft(s, "(")
	opens := func(in string, parens bool) bool {
		return in != "" && in[0] == '^' || strings.HasPrefix(in, "**") || parens && strings.HasPrefix(in, "?:^")
	}
	if opens(inner, len(inner) < len(s)) {
		return true
	}
	if len(inner) == len(s) {
		return false
	}
	n := flagGroup("(" + inner)
	if n == 0 {
		return false
	}
	rest := inner[n-1:]
	deeper := strings.TrimLeft(rest, "(")
	depth := len(rest) - len(deeper)
	return strings.HasPrefix(deeper, "**") ||
		depth <= 1 && deeper != "" && deeper[0] == '^' ||
		depth == 1 && strings.HasPrefix(deeper, "?:^")
}

// anchoredEnd tells whether a pattern says itself where it ends: by $, \b, \s or
// **.
func anchoredEnd(s string) bool {
	for _, end := range []string{"$", "$)", `\b`, `\s`} {
		if head, ok := strings.CutSuffix(s, end); ok && !strings.HasSuffix(head, `\`) {
			return true
		}
	}
	head, ok := strings.CutSuffix(strings.TrimRight(s, ")"), "**")
	return ok && !strings.HasSuffix(head, `\`)
}

// grouped tells whether a pattern has a plain group, which then is group 1
// unless a named one comes before it. It is a rough look, as fail2ban's: "(" in
// a character class counts too.
func grouped(s string) bool {
	for i := range len(s) {
		if s[i] != '(' || strings.HasPrefix(s[i+1:], "?") {
			continue
		}
		if !strings.HasSuffix(s[:i], `\`) && !strings.HasSuffix(s[:i], "(?") {
			return true
		}
	}
	return false
}

// group makes group 1 of all of a pattern but its flags and its anchors.
func group(s string) string {
	begin := flagGroup(s)
	if strings.HasPrefix(s[begin:], "^") {
		begin++
	}
	begin += flagGroup(s[begin:])
	end := len(s)
	if end > begin && s[end-1] == '$' {
		end--
	}
	return s[:begin] + "(" + s[begin:end] + ")" + s[end:]
}

// opensWithLine tells whether a regular expression can match at the begin of the
// line only.
func opensWithLine(s string) bool {
	s = s[flagGroup(s):]
	if strings.HasPrefix(s, "^") {
		return true
	}
	for _, open := range []string{"(^", "(?:^"} {
		if rest, ok := strings.CutPrefix(s, open); ok && !strings.HasPrefix(rest, "|") {
			return true
		}
	}
	return false
}

// endsWithLine tells whether a regular expression can match at the end of the
// line only.
func endsWithLine(s string) bool {
	s, ok := strings.CutSuffix(strings.TrimSuffix(s, ")"), "$")
	return ok && !strings.HasSuffix(s, `\`) && !strings.HasSuffix(s, "|")
}

// dropStars takes the "**" that mean "no bound here" off both ends.
func dropStars(s string) string {
	open := len(s) - len(strings.TrimLeft(s, "("))
	if open > 0 {
		if n := flagGroup(s[open-1:]); n > 0 {
			open += n - 1
			open += len(s[open:]) - len(strings.TrimLeft(s[open:], "("))
		}
	}
	if strings.HasPrefix(s[open:], "**") {
		s = s[:open] + s[open+2:]
	}
	head := strings.TrimRight(s, ")")
	if cut, ok := strings.CutSuffix(head, "**"); ok && !strings.HasSuffix(cut, `\`) {
		s = cut + s[len(head):]
	}
	return s
}

// numbered tells whether a regular expression refers to groups by their number.
func numbered(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; s[i] >= '1' && s[i] <= '9' {
				return true
			}
		case strings.HasPrefix(s[i:], "(?(") && i+3 < len(s) && s[i+3] >= '1' && s[i+3] <= '9':
			return true
		}
	}
	return false
}
