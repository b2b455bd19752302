package logtime

import (
	"math"
	"strings"
	"unicode"
)

// A field is what a named group holds.
type field byte

const (
	noField field = iota
	fullYear
	shortYear
	month
	monthName
	shortMonthName
	day
	hour
	hour12
	minute
	second
	fraction
	yearDay
	weekFromSunday
	weekFromMonday
	weekday
	weekdayName
	shortWeekdayName
	zone
)

var fieldNames = map[string]field{
	"Y": fullYear, "y": shortYear, "m": month, "B": monthName, "b": shortMonthName, "d": day,
	"H": hour, "I": hour12, "M": minute, "S": second, "f": fraction,
	"j": yearDay, "U": weekFromSunday, "W": weekFromMonday,
	"w": weekday, "A": weekdayName, "a": shortWeekdayName, "z": zone, "Z": zone,
}

// none marks a value that the line does not give.
const none = math.MinInt32

// values are what the line says. Hour, minute and second are 0 if it does not.
type values struct {
	year, month, day     int
	hour, minute, second int
	ns                   int64
	yearDay              int
	week, weekday        int // weekday: 0 is Monday
	weekStart            int // what week counts from: a weekday
	offset               int // of the zone, in seconds east of Greenwich

	instant bool  // the line gives seconds since 1970 and nothing else
	seconds int64 // and these are they
}

// A reader reads the groups of a match. It is false if they hold no values that
// any date could have.
type reader func(line string, loc []int) (values, bool)

// calendarReader returns the reader of a format whose groups have these names.
func calendarReader(names []string) reader {
	var groups []int
	var fields []field
	half := 0 // the group of AM or PM
	for i, name := range names {
		if f := fieldNames[name]; f != noField {
			groups, fields = append(groups, i), append(fields, f)
		}
		if name == "p" {
			half = i
		}
	}
	return func(line string, loc []int) (values, bool) {
		v := values{year: none, month: none, day: none, yearDay: none, week: none, weekday: none, offset: none}
		for i, f := range fields {
			text := groupText(line, loc, groups[i])
			if text == "" && loc[2*groups[i]] < 0 {
				continue
			}
			if !v.set(f, text) {
				return v, false
			}
			if f == hour12 {
				v.hour = in24(v.hour, groupText(line, loc, half))
			}
		}
		return v, true
	}
}

// groupText returns the text of a group, "" for group 0 and one that took no part.
func groupText(line string, loc []int, i int) string {
	if i == 0 || loc[2*i] < 0 {
		return ""
	}
	return line[loc[2*i]:loc[2*i+1]]
}

// set reads the text of one group. It is false if the text is no such value;
// ranges are checked later.
func (v *values) set(f field, text string) bool {
	switch f {
	case monthName, shortMonthName, weekdayName, shortWeekdayName:
		return v.setName(f, text)
	case fraction:
		v.ns, _ = nanoseconds(text) // fail2ban doesn't look at it, so it can't be wrong
		return true
	case zone:
		offset, ok := parseOffset(text)
		v.offset = offset
		return ok
	}
	n, ok := number(text)
	if !ok {
		return false
	}
	switch f {
	case fullYear:
		v.year = n
	case shortYear:
		v.year = n
		if n <= 2000 {
			v.year += 2000
		}
	case month:
		v.month = n
	case day:
		v.day = n
	case hour, hour12:
		v.hour = n
	case minute:
		v.minute = n
	case second:
		v.second = n
	case yearDay:
		v.yearDay = n
	case weekFromSunday:
		v.week, v.weekStart = n, 6
	case weekFromMonday:
		v.week, v.weekStart = n, 0
	case weekday:
		v.weekday = (n + 6) % 7
	}
	return true
}

// setName reads the name of a month or a day, in any case.
func (v *values) setName(f field, text string) bool {
	switch f {
	case monthName:
		v.month = index(longMonthNames, text) + 1
		return v.month > 0
	case shortMonthName:
		v.month = index(shortMonthNames, text) + 1
		return v.month > 0
	case weekdayName:
		v.weekday = index(longDayNames, text)
	case shortWeekdayName:
		v.weekday = index(shortDayNames, text)
	}
	return v.weekday >= 0
}

var (
	shortMonthNames = strings.Split(shortMonths, "|")
	longMonthNames  = strings.Split(longMonths, "|")
	shortDayNames   = strings.Split(shortDays, "|")
	longDayNames    = strings.Split(longDays, "|")
)

// index returns the place of a word among lower-case names, ignoring case, or -1.
func index(names []string, word string) int {
	for i, name := range names {
		if word != "" && word[0]|0x20 == name[0] && equalFoldASCII(name, word) {
			return i
		}
	}
	return -1
}

// equalFoldASCII compares a lower-case word. Unlike strings.EqualFold it takes no
// character beyond ASCII for a letter, as "ſ" for "s".
func equalFoldASCII(lower, s string) bool {
	if len(lower) != len(s) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != lower[i] && (c < 'A' || c > 'Z' || c|0x20 != lower[i]) {
			return false
		}
	}
	return true
}

// in24 turns the hour of a 12-hour clock; without AM or PM it counts as AM.
func in24(hour int, half string) int {
	switch {
	case (half == "" || equalFoldASCII("am", half)) && hour == 12:
		return 0
	case equalFoldASCII("pm", half) && hour != 12:
		return hour + 12
	}
	return hour
}

// nanoseconds reads the digits after the decimal point.
func nanoseconds(digits string) (int64, bool) {
	ns, scale := int64(0), int64(1e9)
	for _, r := range digits {
		d := digit(r)
		if d < 0 {
			return 0, false
		}
		scale /= 10
		ns += int64(d) * scale
	}
	return ns, true
}

// number reads a value of a date. Most have two digits, the first of which may be
// a space.
func number(s string) (int, bool) {
	if len(s) == 2 {
		tens, ones := s[0]-'0', s[1]-'0'
		if tens <= 9 && ones <= 9 {
			return 10*int(tens) + int(ones), true
		}
	}
	n, ok := atoi(strings.TrimSpace(s))
	return int(n), ok && n <= math.MaxInt32
}

// atoi reads digits of any script, as Python does. It is false if there are none,
// too many, or anything else.
func atoi(s string) (int64, bool) {
	n := int64(0)
	for _, r := range s {
		d := digit(r)
		if d < 0 || n > math.MaxInt64/10-1 {
			return 0, false
		}
		n = 10*n + int64(d)
	}
	return n, s != ""
}

// digit returns the value of a decimal digit, or -1.
func digit(r rune) int {
	if r < 0x80 {
		if r >= '0' && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	// Unicode's decimal digits come in runs of ten from the zero up.
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return int(r-rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return int(r-rune(run.Lo)) % 10
		}
	}
	return -1
}
