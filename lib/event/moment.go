package event

import "time"

// readTime reads the time that s begins with, if it is written as appendTime writes it. It returns the instant in UTC, the
// offset of its zone in seconds, and how many bytes it takes; 0 if there is no such time.
func readTime(s string) (t time.Time, offset, n int) {
	const shortest = "2006-01-02T15:04:05Z"
	if len(s) < len(shortest) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return t, 0, 0
	}
	year := 100*pair(s, 0) + pair(s, 2)
	month, day := pair(s, 5), pair(s, 8)
	hour, minute, second := pair(s, 11), pair(s, 14), pair(s, 17)
	if year > 9999 || month-1 > 11 || day-1 >= daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return t, 0, 0
	}
	nanos, at := fraction(s, 19)
	offset, n = zoneOffset(s, at)
	if n == 0 {
		return t, 0, 0
	}
	seconds := daysSince1970(int64(year), int64(month), int64(day))*86400 + int64(hour*3600+minute*60+second) - int64(offset)
	return time.Unix(seconds, int64(nanos)).UTC(), offset, n
}

// wrong is more than any number of two digits.
const wrong = 1 << 20

// pair is the number of two digits at s[i].
func pair(s string, i int) uint {
	tens, ones := s[i]-'0', s[i+1]-'0'
	if tens > 9 || ones > 9 {
		return wrong
	}
	return 10*uint(tens) + uint(ones)
}

// daysIn is how many days a month has.
func daysIn(year, month uint) uint {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return uint([...]uint8{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1])
}

// daysSince1970 counts the days to a date. Years begin in March here, so that the leap day is the last.
func daysSince1970(year, month, day int64) int64 {
	year += 400 // none is negative then
	if month < 3 {
		year--
		month += 12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469 - 146097
}

// fraction reads the fraction of a second at s[at], if there is one, without zeros at its end, and returns where it ends.
func fraction(s string, at int) (nanos, end int) {
	if s[at] != '.' {
		return 0, at
	}
	at++
	digits := 0
	for at < len(s) && s[at]-'0' <= 9 && digits < 9 {
		nanos = 10*nanos + int(s[at]-'0')
		digits++
		at++
	}
	if digits == 0 || s[at-1] == '0' {
		return 0, len(s)
	}
	for range 9 - digits {
		nanos *= 10
	}
	return nanos, at
}

// zoneOffset reads the offset at s[at] and returns where it ends, 0 if there is none.
func zoneOffset(s string, at int) (seconds, end int) {
	if at < len(s) && s[at] == 'Z' {
		return 0, at + 1
	}
	if len(s)-at < len("+00:00") || s[at] != '+' && s[at] != '-' || s[at+3] != ':' {
		return 0, 0
	}
	hours, minutes := pair(s, at+1), pair(s, at+4)
	if hours > 23 || minutes > 59 || hours+minutes == 0 {
		return 0, 0
	}
	seconds = int(hours*3600 + minutes*60)
	if s[at] == '-' {
		seconds = -seconds
	}
	return seconds, at + 6
}

// zone is the zone of an offset in seconds.
func zone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}
