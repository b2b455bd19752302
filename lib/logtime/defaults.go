package logtime

import (
	"fmt"
	"strings"
	"sync"
)

// The parts the built-in formats are made of.
const (
	isoTime  = `%H:%M:%S(?:[,.]%f)?(?:\s*%z)?`
	clockSub = `%k:%M:%S(?:\.%f)?`
	asctime  = `(?:%a )?%b %d ` + clockSub + `(?: %ExY)?`
)

// defaults are the built-in formats in their order, which is fail2ban's. Each
// that is not bound to the begin of the line is first tried in a twin that is.
var defaults = []string{
	// ISO 8601 and its like: 2005-01-23T21:59:59.981746+01:00, 2005/01/23 21:59:59
	`%ExY(?P<_sep>[./-])%m(?P=_sep)%d(?:T| {1,2})` + isoTime,
	// syslog and asctime: Jan 23 21:59:59, Sun Jan 23 21:59:59.011 2005
	asctime,
	// Sun Jan 23 2005 21:59:59.011
	`(?:%a )?%b %d %ExY ` + clockSub,
	// 23/01/2005 21:59:59, 23-01-05 21:59:59
	`%d(?P<_sep>[/-])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S`,
	// Apache's: 31/Oct/2006:09:22:55 -0000, 26-Jul-2007 15:20:52.252
	`%d(?P<_sep>[/-])%b(?P=_sep)%ExY[: ]?%H:%M:%S(?:\.%f)?(?: %z)?`,
	// 05/20/2008:01:57:39
	`%m/%d/%ExY:%H:%M:%S`,
	// 01-27-2012 16:22:44.252
	`%m-%d-%ExY ` + clockSub,
	`Epoch`,
	// 21:59:59
	`{^LN-BEG}%H:%M:%S`,
	// <09/16/08@05:03:30>
	`^<%m/%d/%Exy@%H:%M:%S>`,
	// MySQL's: 130322 11:46:11
	`%Exy%Exm%Exd {1,2}%H:%M:%S`,
	// Tomcat's: Apr 27, 2013 02:33:06 AM
	`%b %d, %ExY %I:%M:%S %p`,
	// ASSP's: Apr-27-13 02:33:06
	`^%b-%d-%Exy %k:%M:%S`,
	// 20050123T215959.981746Z
	`%ExY%Exm%Exd(?:T| {1,2})%ExH%ExM%ExS(?:[,.]%f)?(?:\s*%z)?`,
	// monit's: PDT Apr 16 21:05:29
	`(?:%Z )?` + asctime,
	// +00:00 Jan 23 21:59:59.011 2005
	`(?:%z )?` + asctime,
	`TAI64N`,
}

// A list collects the templates of a Detector.
type list struct {
	templates []*template
	names     map[string]bool
	formats   *Formats
}

// add adds what one line of a datepattern stands for.
func (l *list) add(pattern string) error {
	word := pattern
	if !strings.Contains(pattern, "%") {
		word = strings.ToUpper(pattern)
	}
	switch {
	case word == "{DEFAULT}":
		return l.addDefaults(nil)
	case word == "{^LN-BEG}":
		return l.addDefaults((*format).anchoredAtBegin)
	case strings.Contains(word, "{DATE}"):
		return l.addWithin(pattern)
	case word == "{NONE}":
		pattern = "{UNB}^"
	}
	t, err := l.formats.get(pattern)
	if err != nil {
		return err
	}
	if l.names[t.name] {
		return fmt.Errorf("the same format twice")
	}
	l.append(t)
	return nil
}

// append adds f unless it is there already.
func (l *list) append(f *format) {
	if !l.names[f.name] {
		l.names[f.name] = true
		l.templates = append(l.templates, &template{format: f, distance: nowhere})
	}
}

func (f *format) anchoredAtBegin() bool { return f.lineBegin }

// addDefaults adds the built-in formats that keep accepts.
func (l *list) addDefaults(keep func(*format) bool) error {
	ready, err := builtin()
	for _, t := range ready {
		if keep == nil || keep(t) {
			l.append(t)
		}
	}
	return err
}

// builtin returns the built-in formats, drafted once: first the twins that match
// at the begin of the line only, which weigh more, then the formats themselves.
var builtin = sync.OnceValues(func() ([]*format, error) {
	var twins, plain []*format
	for _, p := range defaults {
		t, err := draft(p)
		if err != nil {
			return nil, fmt.Errorf("built-in format %q: %w", p, err)
		}
		t.builtin = true
		plain = append(plain, t)
		if strings.HasPrefix(p, "^") || strings.HasPrefix(p, "{^LN-BEG}") {
			continue
		}
		twin, err := draft("{^LN-BEG}" + p)
		if err != nil {
			return nil, fmt.Errorf("built-in format %q: %w", p, err)
		}
		twin.weight, twin.builtin = 100, true
		twins = append(twins, twin)
	}
	return append(twins, plain...), nil
})

// addWithin adds a pattern that contains {DATE} once for each built-in format,
// put in that place. The formats that no tokens express can only stand there
// alone: within a pattern their names are plain text.
func (l *list) addWithin(pattern string) error {
	for _, p := range defaults {
		t, err := l.formats.get(replaceDate(pattern, strings.TrimPrefix(p, "{^LN-BEG}")))
		if err != nil {
			return err
		}
		l.append(t)
	}
	return nil
}

// replaceDate replaces each {DATE}, in any case and not after a backslash.
func replaceDate(pattern, date string) string {
	const mark = "{DATE}"
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		end := i + len(mark)
		if end <= len(pattern) && strings.EqualFold(pattern[i:end], mark) && (i == 0 || pattern[i-1] != '\\') {
			b.WriteString(date)
			i = end - 1
			continue
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}
