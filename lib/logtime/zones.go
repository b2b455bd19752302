package logtime

// parseOffset reads the zone of a date: an offset, a name, or a name with an
// offset added to the name's own. It returns seconds east of Greenwich.
//
// A name stands for a fixed offset: CET never means summer time. Names are in
// capitals; which offset an ambiguous one means is fail2ban's choice.
func parseOffset(s string) (seconds int, ok bool) {
	letters := 0
	for letters < len(s) && (s[letters] >= 'A' && s[letters] <= 'Z') {
		letters++
	}
	if letters == 2 || letters > 5 {
		return 0, false
	}
	if letters > 0 {
		minutes, known := zoneMinutes[s[:letters]]
		if !known {
			return 0, false
		}
		seconds = 60 * int(minutes)
	}
	if s = s[letters:]; s == "" {
		return seconds, true
	}
	minutes, ok := offsetMinutes(s)
	return seconds + 60*minutes, ok
}

// offsetMinutes reads +hh, +hhmm and +hh:mm, at most 19 hours.
func offsetMinutes(s string) (int, bool) {
	sign := 1
	switch {
	case s == "" || s[0] != '+' && s[0] != '-':
		return 0, false
	case s[0] == '-':
		sign = -1
	}
	var digits [4]int
	n := 0
	for _, r := range s[1:] {
		if r == ':' && n == 2 && len(s) > 4 && s[3] == ':' {
			continue
		}
		d := digit(r)
		if d < 0 || n == len(digits) {
			return 0, false
		}
		digits[n] = d
		n++
	}
	if n != 2 && n != 4 || digits[0] > 1 {
		return 0, false
	}
	return sign * (60*(10*digits[0]+digits[1]) + 10*digits[2] + digits[3]), true
}
