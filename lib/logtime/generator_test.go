package logtime

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A generator makes dates and lines, all from one seed.
type generator struct{ *rand.Rand }

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// formats are layouts of dates for render: those of every built-in format with
// the variants it allows, and near misses.
var formats = []string{
	"%Y-%m-%dT%H:%M:%S%f%z", "%Y/%m/%d %H:%M:%S%f%z", "%Y.%m.%d  %H:%M:%S", "%Y-%m/%d %H:%M:%S", "%Y-%m-%d%H:%M:%S",
	"%b %d %H:%M:%S", "%a %b %d %H:%M:%S%f", "%a %b %d %H:%M:%S%f %Y", "%b %e %H:%M:%S %Y", "%b %d  %e:%M:%S",
	"%a %b %d %Y %H:%M:%S%f", "%b %d %Y %H:%M:%S",
	"%d/%m/%Y %H:%M:%S", "%d-%m-%y %H:%M:%S", "%d/%m-%Y %H:%M:%S",
	"%d/%b/%Y:%H:%M:%S %z", "%d-%b-%Y %H:%M:%S%f %z", "%d/%b/%Y%H:%M:%S", "[%d/%b/%Y:%H:%M:%S %z]",
	"%m/%d/%Y:%H:%M:%S", "%m-%d-%Y %H:%M:%S%f",
	"%s", "%s%f", "[%s]", "[%s", "audit(%s%f:%N)", "audit(%s)", "%s%N", " %s", "(%s)",
	"%H:%M:%S", "[%H:%M:%S]", "-- %H:%M:%S", "--- %H:%M:%S", "%H:%M:%S%f",
	"<%m/%d/%y@%H:%M:%S>", "%y%m%d %H:%M:%S", "%y%m%d  %H:%M:%S",
	"%b %d, %Y %I:%M:%S %p", "%b-%d-%y %H:%M:%S",
	"%Y%m%dT%H%M%S%f%z", "%Y%m%d %H%M%S", "%Y%m%d%H%M%S",
	"%Z %b %d %H:%M:%S", "%Z %a %b %d %H:%M:%S%f %Y", "%z %b %d %H:%M:%S %Y", "%z %a %b %d %H:%M:%S",
	"@%T", "[@%T]", "x@%T",
}

// patterns are datepatterns of users, some of them odd.
var patterns = []string{
	"%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%H:%M", "%k:%M", "%l:%M %p", "%I:%M:%S %p", "%Exl:%M", "%Exk:%M:%S",
	"%a %d %B %Y %H:%M:%S", "%A, %d. %b %Y", "%B %d", "%j %H:%M", "%Y %j", "%Y-%j %H:%M:%S", "%Y %U %w", "%Y-W%W-%w %H:%M", "%y W%U %a",
	"%G-%V-%u", "%c", "%x %X", "%X", "%%%Y", "%Y%%%m", "%ExY%Exm%Exd", "%Exd.%Exm.%Exy %ExH:%ExM:%ExS",
	"%b %d %H:%M:%S %Exz", "%H:%M:%S %ExZ", "%b %d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %Z", "%d/%b/%Y:%H:%M:%S %z",
	"%H:%M:%S %z", "%m-%d %H:%M", "%d %b", "%Y", "%y", "%d %H:%M", "%m %H:%M", "%M:%S", "%S",
	`{UNB}%H:%M:%S`, `{^LN-BEG}%Y-%m-%d %H:%M:%S`, `{^LN-BEG}%H:%M`, `^%Y-%m-%d`, `^\[%Y-%m-%d %H:%M:%S\]`, `%Y-%m-%d$`, `%H:%M:%S\s`,
	`**%H:%M:%S`, `%H:%M:%S**`, `**%H:%M:%S**`, `(**%Y-%m-%d**)`, `^(?:%Y-)?%m-%d`, `(%Y-%m-%d) (%H:%M:%S)`, `(?:%Y-%m-%d) (%H:%M:%S)`,
	`\[(%Y-%m-%d %H:%M:%S)\]`, `date (%b %d %H:%M:%S)`, ` %H:%M:%S `, `\s%H:%M:%S`, `[(]?(%H:%M)`, `\(%Y-%m-%d\)`,
	`(?i)x %Y-%m-%d`, `%Y-%m-%d(?i)X`, `(?i)^%b %d`, `(?:x|y) %H:%M:%S`, `(?:^|x)%H:%M:%S`, `(^|\[)%H:%M:%S`, `(?:^)%H:%M:%S`, `(^%H:%M:%S)`,
	`(?P<Y>\d{2,4})/(?P<m>\d+)/(?P<d>\d+)`, `(?P<H>\d+)h(?P<M>\d+)`, `(?P<b>\w+) (?P<d>\d+)`, `()%Y-%m-%d`, `(x)?%Y-%m-%d`, `(?P<w>\d) %H:%M`,
	"EPOCH", "epoch", "LEPOCH", "{^LN-BEG}EPOCH", "^EPOCH", "{^LN-BEG}LEPOCH", "^LEPOCH", "^Epoch", "{EPOCH}", "{LEPOCH}", `\[{EPOCH}\]`, `^{LEPOCH}\s`,
	`time=(?:{EPOCH})`, `(time)={EPOCH}`, `audit\({LEPOCH}:\d+\)`, `{epoch}`, "TAI64N", "tai64n", "{^LN-BEG}TAI64N", "^TAI64N", "{NONE}", "{none}",
	"{DATE}", "{^LN-BEG}{DATE}", `^{DATE}`, `\[{DATE}\]`, `^\[({DATE})\] `, `^<W>{DATE}`, `date={DATE} `, `{DATE}$`, `**{DATE}`, `{UNB}{DATE}`,
	`^[^\[]*\[({DATE})`, `^[^\[]*(\[{DATE}\s*\])`, `(?:{DATE})`, `{date}`,
	"{DEFAULT}", "{^LN-BEG}", "{default}", "%Y-%m-%d\n{DEFAULT}", "{^LN-BEG}\n{DEFAULT}", "{^LN-BEG}EPOCH\n%H:%M:%S\n{^LN-BEG}%b %d", "EPOCH\nLEPOCH\nTAI64N",
	"%H:%M:%S\n%Y-%m-%d %H:%M:%S", "%Y-%m-%d\n%H:%M:%S\n%b %d\n{NONE}", "  %H:%M:%S  \n\n %Y-%m-%d", "%d/%m/%Y\n%m/%d/%Y", "{DATE}\n{DEFAULT}",
}

// render fills in a layout, most often with a real date.
func (g *generator) render(layout string) string {
	t := g.time()
	two := func(n, most int) string {
		if g.IntN(60) == 0 {
			n = g.IntN(most + 5)
		}
		if g.IntN(12) == 0 {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%02d", n)
	}
	year := t.Year()
	if g.IntN(40) == 0 {
		year = pick(g, []int{0, 1, 1969, 1970, 1999, 2000, 2029, 9999})
	}
	return replaceTokens(layout, map[byte]func() string{
		'Y': func() string { return fmt.Sprintf("%04d", year) },
		'y': func() string { return fmt.Sprintf("%02d", t.Year()%100) },
		'm': func() string { return two(int(t.Month()), 12) },
		'd': func() string { return g.day(t) },
		'e': func() string { return fmt.Sprintf("%2d", t.Day()) },
		'H': func() string { return two(t.Hour(), 23) },
		'I': func() string { return two((t.Hour()+11)%12+1, 12) },
		'M': func() string { return two(t.Minute(), 59) },
		'S': func() string { return two(t.Second(), 61) },
		'f': func() string { return g.fraction() },
		'b': func() string { return g.odd(t.Format("Jan")) },
		'B': func() string { return g.odd(t.Format("January")) },
		'a': func() string { return g.odd(pick(g, []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"})) },
		'A': func() string { return g.odd(t.Format("Monday")) },
		'p': func() string { return pick(g, []string{"AM", "PM", "am", "pM", "xm"}) },
		'z': func() string { return pick(g, zoneTexts) },
		'Z': func() string { return pick(g, zoneNames) },
		's': func() string { return g.epoch(t) },
		'N': func() string { return fmt.Sprint(g.IntN(1000000)) },
		'T': func() string { return g.tai(t) },
		'j': func() string { return fmt.Sprintf("%03d", g.IntN(368)) },
		'w': func() string { return fmt.Sprint(g.IntN(8)) },
		'U': func() string { return fmt.Sprintf("%02d", g.IntN(55)) },
	})
}

func replaceTokens(layout string, values map[byte]func() string) string {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] == '%' && i+1 < len(layout) && values[layout[i+1]] != nil {
			i++
			b.WriteString(values[layout[i]]())
			continue
		}
		b.WriteByte(layout[i])
	}
	return b.String()
}

var (
	zoneTexts = []string{"", "", "Z", " Z", "UTC", " GMT", "+0100", " +01:00", " -0430", "-07", " +1545", "  +0200", "EST", " CEST", "+2500", "+01:60", " -0000"}
	zoneNames = []string{"PDT", "CET", "UTC", "Z", "GMT", "EST", "AEDT", "YEKST", "pdt", "Cet", "utc", "XYZ", "A", "ET", "foo", "NFT", "HLV"}
)

// day is often one at the edge of a month, real or not.
func (g *generator) day(t time.Time) string {
	n := t.Day()
	if g.IntN(15) == 0 {
		n = pick(g, []int{0, 28, 29, 30, 31, 32})
	}
	return fmt.Sprintf(pick(g, []string{"%02d", "%02d", "%2d", "%d"}), n)
}

func (g *generator) fraction() string {
	return pick(g, []string{"", "", ".1", ".123", ",123", ".123456", ".1234567", ".", ".000001", ";5"})
}

// odd changes the case of some letters, seldom the letters.
func (g *generator) odd(name string) string {
	switch g.IntN(10) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.ToLower(name)
	case 2:
		return name[:1] + strings.ToUpper(name[1:])
	case 3:
		if g.IntN(4) == 0 {
			return strings.NewReplacer("s", "ſ", "S", "ſ", "i", "ı", "a", "ä").Replace(name)
		}
	}
	return name
}

// epoch has 9 to 17 digits.
func (g *generator) epoch(t time.Time) string {
	s := fmt.Sprintf("%d%08d", t.Unix(), g.IntN(1e8))
	return s[:pick(g, []int{9, 10, 10, 10, 10, 11, 12, 13, 13, 14, 15, 16, 16, 17})]
}

func (g *generator) tai(t time.Time) string {
	s := fmt.Sprintf("40000000%08x%08x", t.Unix(), g.Uint32())
	switch g.IntN(8) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return s[:20]
	case 2:
		return fmt.Sprintf("%016x%08x", g.Uint64(), g.Uint32())
	}
	return s
}

// time is somewhere in this century, often at an edge.
func (g *generator) time() time.Time {
	if g.IntN(4) == 0 {
		edge := pick(g, []string{"2024-02-29 12:00:00", "2023-12-31 23:59:59", "2025-01-01 00:00:00", "2024-03-31 02:30:00",
			"2024-10-27 02:30:00", "2024-03-10 02:30:00", "2024-11-03 01:30:00", "2001-09-09 01:46:40", "2000-01-01 00:00:00", "2028-12-31 23:59:59"})
		t, err := time.Parse(time.DateTime, edge)
		if err != nil {
			panic(err)
		}
		return t.Add(time.Duration(g.IntN(7200)-3600) * time.Second)
	}
	return time.Unix(946684800+g.Int64N(29*365*86400), 0).UTC()
}

func (g *generator) now() float64 {
	return float64(g.time().Unix()) + 0.25*float64(g.IntN(4))
}

// line is a date in any format within some text.
func (g *generator) line() string {
	switch g.IntN(25) {
	case 0:
		return pick(g, []string{"", " ", "no date at all", "from 192.0.2.1 port 22", "12345", "ä", "\u2028", "x:y:z 1:2"})
	case 1:
		return g.decorate(g.render(pick(g, formats)) + pick(g, []string{" ", "", "] [", ": "}) + g.render(pick(g, formats)))
	}
	return g.decorate(g.render(pick(g, formats)))
}

// decorate puts text before and after a date.
func (g *generator) decorate(date string) string {
	before, after := "", pick(g, []string{" host sshd[1]: Failed password for root from 192.0.2.1", " x", "", "]", ": y", "z", "9", "\u00e9", " 2024-01-02 03:04:05 z"})
	switch g.IntN(4) {
	case 0:
		before = pick(g, []string{" ", "[", "([", "([ ", "<38>", "x ", "x", "1", "host: ", "192.0.2.1 - - [", "\u00e9 ", "\u65e5\u672c ", "\u00e9", "t=", "\t"})
	case 1:
		before = strings.Repeat(pick(g, []string{"a", "-", "ab ", "\u00df "}), g.IntN(6))
	}
	return before + date + after
}

// mutate changes a line here and there, or splices it with another.
func (g *generator) mutate(line, other string) string {
	for range 1 + g.IntN(3) {
		if line == "" {
			return other
		}
		i, chars := 0, []rune(line)
		if len(chars) > 30 && g.IntN(3) > 0 {
			i = g.IntN(30)
		} else {
			i = g.IntN(len(chars))
		}
		switch g.IntN(7) {
		case 0:
			chars[i] = pick(g, []rune("0123456789:/-. []T,+ZaM\u00e9\u0663"))
			line = string(chars)
		case 1:
			line = string(chars[:i]) + string(chars[i+1:])
		case 2:
			line = string(chars[:i]) + pick(g, []string{" ", ":", "1", "x", "\u00e9", "."}) + string(chars[i:])
		case 3:
			line = string(chars[i:])
		case 4:
			line = string(chars[:i]) + other
		case 5:
			line = g.render(pick(g, formats)) + " " + line
		case 6:
			line = strings.ToUpper(line)
		}
	}
	return line
}

// tail gives a line another end, as the next line of the same second has.
func (g *generator) tail(line string) string {
	chars := []rune(line)
	keep := max(0, min(len(chars), 10+g.IntN(30)))
	return string(chars[:keep]) + pick(g, []string{"", " ", "1", " 2024", ".5", " +0100", "x", "Z", "\u00e9", " host sshd[2]: other", " 2024-01-02 03:04:05"})
}

// forPattern makes a line that a datepattern is likely to match.
func (g *generator) forPattern(pattern string) string {
	lines := strings.Split(pattern, "\n")
	p := strings.TrimSpace(pick(g, lines))
	layout := strings.NewReplacer(
		"%Ex", "%", "%k", "%H", "%l", "%I", "%c", "%a %b %d %H:%M:%S %Y", "%x", "%m/%d/%y", "%X", "%H:%M:%S", "%W", "%U", "%G", "%Y", "%V", "%U", "%u", "%w",
		"%%", "%", "{UNB}", "", "{^LN-BEG}", "", "**", "", `(?:`, "", `(?i)`, "", `(?P<_sep>[-/.])`, "-", `(?P=_sep)`, "-", "[T ]", "T",
		"{DATE}", pick(g, formats), "{date}", pick(g, formats), "{EPOCH}", "%s", "{epoch}", "%s", "{LEPOCH}", "%s", "EPOCH", "%s", "epoch", "%s", "Epoch", "%s",
		"TAI64N", "@%T", "tai64n", "@%T", `\s`, " ", `\`, "", "^", "", "$", "", ")?", "", "(", "", ")", "", "[", "[", `[^[]*[`, "x [",
	).Replace(p)
	text := g.render(layout)
	if g.IntN(3) == 0 {
		return g.decorate(text)
	}
	return text + pick(g, []string{"", " x", "x", " 192.0.2.1"})
}

// session makes one with the same time for all lines.
func (g *generator) session(zone string, patterns, lines []string, now float64) session {
	s := session{TZ: zone, Patterns: patterns, Lines: lines, Now: make([]float64, len(lines))}
	for i := range s.Now {
		s.Now[i] = now
	}
	return s
}
