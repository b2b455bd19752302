package logtime

// valid tells whether there is such a date and time of day. Python knows no leap
// second and no 24:00.
func (v *values) valid() bool {
	return v.year >= 1 && v.year <= 9999 &&
		v.month >= 1 && v.month <= 12 &&
		v.day >= 1 && v.day <= monthDays(v.year, v.month) &&
		v.hour >= 0 && v.hour <= 23 &&
		v.minute >= 0 && v.minute <= 59 &&
		v.second >= 0 && v.second <= 59
}

// wall returns the seconds since 1970-01-01 00:00:00 on the same clock.
func (v *values) wall() int64 {
	return days(v.year, v.month, v.day)*daySeconds + int64(v.hour*3600+v.minute*60+v.second)
}

// fromYearDay sets year, month and day from the day of the year, or from the week
// of the year and a day of it, if the line gives them. It is false if they lead
// out of the calendar.
func (v *values) fromYearDay() bool {
	yearDay := v.yearDay
	if yearDay == none {
		if v.week == none || v.weekday == none {
			return true
		}
		yearDay = v.weekDay()
	}
	if v.year < 1 || v.year > 9999 {
		return false
	}
	wall := (days(v.year, 1, 1) + int64(yearDay) - 1) * daySeconds
	if wall < minWall || wall > maxWall {
		return false
	}
	v.year, v.month, v.day = civil(wall)
	return true
}

// weekDay returns the day of the year of a day in a week. Week 1 begins with the
// year's first Sunday or Monday; what comes before is week 0.
func (v *values) weekDay() int {
	first := mod(days(v.year, 1, 1)+3-int64(v.weekStart), 7) // how far into its week January 1 is
	into := mod(int64(v.weekday-v.weekStart), 7)
	if v.week == 0 {
		return int(1 + into - first)
	}
	return int(1 + mod(-first, 7) + 7*int64(v.week-1) + into)
}

func monthDays(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// days counts the days from 1970-01-01 to a date. The year is taken to begin
// in March so that the leap day is its last.
func days(year, month, day int) int64 {
	y, m := int64(year), int64(month)
	if m <= 2 {
		y--
		m += 12
	}
	const toEpoch = 719469 // from 1 March of the year 0, less the day counted twice
	return 365*y + floor(y, 4) - floor(y, 100) + floor(y, 400) + (153*(m-3)+2)/5 + int64(day) - toEpoch
}

// civil returns the date of a wall time.
func civil(wall int64) (year, month, day int) {
	z := floor(wall, daySeconds) + 719468
	era := floor(z, 146097)
	inEra := z - era*146097
	y := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*y + y/4 - y/100)
	m := (5*inYear + 2) / 153
	day = int(inYear - (153*m+2)/5 + 1)
	month = int(m + 3)
	year = int(y + era*400)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

func floor(a, b int64) int64 {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

func mod(a, b int64) int64 { return a - floor(a, b)*b }
