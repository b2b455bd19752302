package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Duration is a time in whole seconds; Forever is -1.
type Duration int64

// Forever is the bantime of a ban that never ends.
const Forever Duration = -1

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	year   = 365.25 * day // leap years count
	month  = year / 12
)

// units has every spelling that fail2ban knows: m and mm are minutes, mo and mon are months.
var units = func() map[string]float64 {
	seconds := map[string]float64{}
	for spellings, n := range map[string]float64{
		"s ss se sec second seconds": 1, "m mm mi min minute minutes": minute, "h hh ho hou hour hours": hour, "d dd da day days": day,
		"w ww we wee week weeks": week, "mo mon month months": month, "y yy ye yea year years": year,
	} {
		for name := range strings.FieldsSeq(spellings) {
			seconds[name] = n
		}
	}
	return seconds
}()

// ParseDuration reads fail2ban's durations: 600, 10m, 1d12h, 1w 2d, 1.5h, 60*60, 1mo, -1. Numbers that follow each other are added.
// A part of a second is dropped, and what is negative then means forever, as fail2ban takes it for bans.
func ParseDuration(s string) (Duration, error) {
	p := durationParser{text: strings.ToLower(s)}
	n, err := p.sum()
	if err == nil && p.skip() && p.at < len(p.text) {
		err = fmt.Errorf("unexpected %q", clip(p.text[p.at:]))
	}
	if err == nil && (math.IsNaN(n) || math.Abs(n) >= math.MaxInt64) {
		err = fmt.Errorf("out of range")
	}
	if err != nil {
		return 0, fmt.Errorf("duration %q: %w (write 600, 10m, 1d12h or -1 for ever)", clip(s), err)
	}
	if n <= -1 {
		return Forever, nil
	}
	return Duration(n), nil
}

// durationParser reads sums of products of numbers, where a number may be followed by a unit.
type durationParser struct {
	text  string
	at    int
	depth int
}

// skip goes over white space; it is always true.
func (p *durationParser) skip() bool {
	for p.at < len(p.text) && strings.IndexByte(" \t\n\r\v\f", p.text[p.at]) >= 0 {
		p.at++
	}
	return true
}

// peek gives the next byte after white space, or 0.
func (p *durationParser) peek() byte {
	if p.skip(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *durationParser) sum() (float64, error) {
	n, err := p.product()
	for err == nil {
		var next float64
		switch c := p.peek(); {
		case c == '+', c == '-':
			p.at++
			next, err = p.product()
			if c == '-' {
				next = -next
			}
		case isDigit(c):
			next, err = p.product()
		default:
			return n, nil
		}
		n += next
	}
	return n, err
}

func (p *durationParser) product() (float64, error) {
	n, err := p.factor()
	for err == nil {
		switch c := p.peek(); {
		case c == '*', c == '/':
			p.at++
			var next float64
			if next, err = p.factor(); c == '*' {
				n *= next
			} else {
				n /= next
			}
		case c >= 'a' && c <= 'z':
			var unit float64
			unit, err = p.unit()
			n *= unit
		default:
			return n, nil
		}
	}
	return n, err
}

// factor reads a number, a sum in brackets or a sign before one.
func (p *durationParser) factor() (float64, error) {
	if p.depth++; p.depth > 50 {
		return 0, fmt.Errorf("too many brackets")
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); {
	case c == '-', c == '+':
		p.at++
		n, err := p.factor()
		if c == '-' {
			n = -n
		}
		return n, err
	case c == '(':
		p.at++
		n, err := p.sum()
		if err == nil && p.peek() != ')' {
			err = fmt.Errorf("no ) for a (")
		}
		p.at++
		return n, err
	}
	return p.number()
}

func (p *durationParser) number() (float64, error) {
	start := p.at
	for p.at < len(p.text) && (isDigit(p.text[p.at]) || p.text[p.at] == '.') {
		p.at++
	}
	if p.at == start {
		return 0, fmt.Errorf("a number is missing")
	}
	n, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", clip(p.text[start:p.at]))
	}
	return n, nil
}

func (p *durationParser) unit() (float64, error) {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= 'a' && p.text[p.at] <= 'z' {
		p.at++
	}
	name := p.text[start:p.at]
	seconds, ok := units[name]
	if !ok {
		return 0, fmt.Errorf("no unit %q: units are s m h d w mo y", clip(name))
	}
	return seconds, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// UnmarshalText reads a duration as ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// String gives the shortest text that ParseDuration reads back: 10m, 1d12h, -1.
func (d Duration) String() string {
	if d < 0 {
		return "-1"
	}
	if d == 0 {
		return "0"
	}
	var b strings.Builder
	for _, u := range []struct {
		seconds Duration
		name    string
	}{{week, "w"}, {day, "d"}, {hour, "h"}, {minute, "m"}, {1, "s"}} {
		if n := d / u.seconds; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d %= u.seconds
		}
	}
	return b.String()
}
