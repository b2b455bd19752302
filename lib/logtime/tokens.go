package logtime

import (
	"fmt"
	"strings"
)

// A token is what a "%" and the letters after it stand for: a regular expression
// whose group names the value, and a word for people.
type token struct{ regex, word string }

// Names of months and days. fail2ban takes those of the locale it runs in, which
// is C for a service.
const (
	shortDays   = `mon|tue|wed|thu|fri|sat|sun`
	longDays    = `monday|tuesday|wednesday|thursday|friday|saturday|sunday`
	shortMonths = `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`
	longMonths  = `january|february|march|april|may|june|july|august|september|october|november|december`

	zoneOffset = `[+-][01]\d(?::?\d{2})?` // +hh, +hhmm, +hh:mm
	zoneName   = `[A-Z](?:[A-Z]{2,4})?`   // one letter, or three to five
)

// tokens are strptime's, some of them wider, some stricter, and those beginning
// with Ex, which are exact: no digit may be missing. The order of alternatives
// matters: a regular expression takes the first that fits.
var tokens = map[string]token{
	"Y":   {`(?P<Y>\d{4})`, "Year"},
	"ExY": {`(?P<Y>20\d\d)`, "ExYear"},
	"y":   {`(?P<y>\d\d)`, "Year2"},
	"Exy": {`(?P<y>\d{2})`, "ExYear2"},
	"m":   {`(?P<m>0?[1-9]|1[012])`, "Month"},
	"Exm": {`(?P<m>0[1-9]|1[012])`, "ExMonth"},
	"d":   {`(?P<d>[12]\d|[ 0]?[1-9]|3[01])`, "Day"},
	"Exd": {`(?P<d>[12]\d|0[1-9]|3[01])`, "ExDay"},
	"b":   {`(?P<b>` + shortMonths + `)`, "MON"},
	"B":   {`(?P<B>` + longMonths + `)`, "MONTH"},
	"a":   {`(?P<a>` + shortDays + `)`, "DAY"},
	"A":   {`(?P<A>` + longDays + `)`, "DAYNAME"},

	"H":   {`(?P<H>[01]?\d|2[0-3])`, "24hour"},
	"ExH": {`(?P<H>[01]\d|2[0-3])`, "Ex24hour"},
	"k":   {` ?(?P<H>[0-2]?\d)`, "%k"},
	"Exk": {` ?(?P<H>[01]?\d|2[0-3])`, "Ex%k"},
	"I":   {`(?P<I>1[012]|0?[1-9])`, "12hour"},
	"l":   {` ?(?P<I>1?\d)`, "%l"},
	"Exl": {` ?(?P<I>1[012]|\d)`, "%Exl"},
	"p":   {`(?P<p>am|pm)`, "AMPM"},
	"M":   {`(?P<M>[0-5]?\d)`, "Minute"},
	"ExM": {`(?P<M>[0-5]\d)`, "ExMinute"},
	"S":   {`(?P<S>[0-5]?\d|6[01])`, "Second"},
	"ExS": {`(?P<S>[0-5]\d|6[01])`, "ExSecond"},
	"f":   {`(?P<f>[0-9]{1,6})`, "Microseconds"},

	"j": {`(?P<j>36[0-6]|3[0-5]\d|[12]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0?[1-9])`, "Yearday"},
	"U": {`(?P<U>5[0-3]|[0-4]?\d)`, "Yearweek"},
	"W": {`(?P<W>5[0-3]|[0-4]?\d)`, "Yearweek"},
	"V": {`(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)`, "%V"},
	"G": {`(?P<G>\d{4})`, "%G"},
	"w": {`(?P<w>[0-6])`, "Weekday"},
	"u": {`(?P<u>[1-7])`, "%u"},

	"z":   {`(?P<z>Z|UTC|GMT|` + zoneOffset + `)`, "Zone offset"},
	"Z":   {`(?P<Z>Z|[A-Z]{3,5})`, "Zone name"},
	"Exz": {`(?P<z>(?:` + zoneName + `)?` + zoneOffset + `|` + zoneName + `)`, "ExZone offset"},
	"ExZ": {`(?P<Z>` + zoneName + `)`, "ExZone name"},

	"x": {plainDate, "%x"},
	"X": {plainTime, "%X"},
	"c": {`(?P<a>` + shortDays + `)\s+(?P<b>` + shortMonths + `)\s+` + plainDay + `\s+` + plainTime + `\s+(?P<Y>\d{4})`, "%c"},

	"%": {"%", "%"},
}

// What %x, %X and %c are made of; these are Python's own and take the longest
// number first.
const (
	plainDay  = `(?P<d>3[01]|[12]\d|0[1-9]|[1-9]| [1-9])`
	plainDate = `(?P<m>1[012]|0?[1-9])/` + plainDay + `/(?P<y>\d\d)`
	plainTime = `(?P<H>2[0-3]|[01]\d|\d):(?P<M>[0-5]\d|\d):(?P<S>6[01]|[0-5]\d|\d)`
)

// expand replaces the tokens of a datepattern, giving a regular expression and a
// name in words. With names of days, of months or of the half of the day in it,
// the whole pattern ignores case. Without them, white space around the pattern
// doesn't count (which it has after a {^LN-BEG} only).
func expand(pattern string) (regex, name string, err error) {
	var re, words strings.Builder
	foldCase := foldsCase(pattern)
	if !foldCase {
		pattern = strings.TrimSpace(pattern)
	}
	for rest := pattern; ; {
		text, after, found := strings.Cut(rest, "%")
		re.WriteString(text)
		words.WriteString(text)
		if !found {
			break
		}
		key := after[:min(1, len(after))]
		if strings.HasPrefix(after, "Ex") {
			key = after[:min(3, len(after))]
		}
		tok, ok := tokens[key]
		if !ok {
			return "", "", fmt.Errorf("unknown token %%%s; a plain percent sign is written %%%%", key)
		}
		re.WriteString(tok.regex)
		words.WriteString(tok.word)
		rest = after[len(key):]
	}
	regex = re.String()
	if foldCase {
		regex = "(?iu)" + regex
	}
	return regex, words.String(), nil
}

// foldsCase tells whether a token in the pattern stands for a name.
func foldsCase(pattern string) bool {
	for i := 1; i < len(pattern); i++ {
		if pattern[i-1] == '%' && strings.IndexByte("aAbBpc", pattern[i]) >= 0 && (i == 1 || pattern[i-2] != '%') {
			return true
		}
	}
	return false
}
