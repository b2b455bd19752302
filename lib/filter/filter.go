// Package filter is a named filter: the patterns of a filter.d file, tried on log lines as fail2ban tries
// them. A line goes in, the failures that it completes come out.
//
// The order of things on a line is fail2ban's: the date is found and cut out; ignoreregex may be tried
// first; prefregex must match and may narrow the text; the first failregex that matches wins; ignoreregex
// may still take it back; the failure is joined with what earlier lines of the same session told; last the
// address is read. The file process.go follows that order.
package filter

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"f2b/lib/logtime"
	"f2b/lib/pyre"
)

// Line is one line of a log.
type Line struct {
	Text string    // without its line end; valid UTF-8
	Time time.Time // when the source knows the time itself (the journal); zero: it is read from Text
	File string    // which log it stands in: a line without a date has the time of the one before it there
	Now  time.Time // what its date is read against; zero: the present
}

// Result is what one line gave. Its slices are valid until the next call of Process.
type Result struct {
	Matches  []Match
	Ignored  []int    // the ignoreregexes that matched, from 1
	Prefixed bool     // prefregex matched
	Prefix   string   // what it captured, for people; only when all rules are checked
	Dated    bool     // a date was found
	Text     string   // the line without its date: what the patterns saw
	Consumed []string // with maxlines: earlier lines that no longer wait for a match
}

// Filter tries lines. It is not safe for use by several goroutines: it remembers earlier lines.
type Filter struct {
	Name         string   // the filter's name, empty for a bare failregex
	File         string   // where it was read from, empty for a bare failregex
	Journalmatch []string // what of the journal it wants, a line each
	Maxlines     int      // how many lines are matched together

	options   Settings
	usedns    string
	resolve   func(string) []netip.Addr
	known     map[string][]netip.Addr // answers of resolve
	checkAll  bool
	slots     *slotTable
	prefregex *rule
	failregex []*rule
	ignore    []*rule
	dates     *dateFinder
	report    func(error)
	stats     Stats

	buffer   []bufferedLine
	unused   *outlook     // of a line that was forgotten
	needs    int          // of all failregexes
	finder   *pyre.Finder // where lines are foreseen
	sessions sessions

	united   sync.Once
	patterns []*pyre.Regexp // of all rules, by their numbers
	queue    *pyre.Queue    // of the failregexes; nil where they cannot be looked for all at once
	plain    bool           // no steps: for tests, which compare them with the way without

	// What one line after the other needs, used again.
	result  Result
	worker  *Worker
	single  Batch
	matched [1]bufferedLine
	lines   []string   // of the result's matches
	who     []identity // of a failure
}

// Stats counts what a filter refused or could not do.
type Stats struct {
	Undated  int // failures on lines without a date
	Refused  int // texts in the place of an address that are no address
	Names    int // host names that were not asked for or not found
	Timeouts int // searches given up because they took too long
	Skipped  int // searches not made, because the pattern was set aside for that
}

// Stats tells the counts so far.
func (f *Filter) Stats() Stats { return f.stats }

// Option gives an option of the filter's file as it is after all replacements; a filter that New made has none.
func (f *Filter) Option(name string) (value string, ok bool) {
	if f.options == nil {
		return "", false
	}
	return f.options.Get(name)
}

// Failregex lists the failregexes as they are written.
func (f *Filter) Failregex() []string { return texts(f.failregex) }

// Ignoreregex lists the ignoreregexes as they are written.
func (f *Filter) Ignoreregex() []string { return texts(f.ignore) }

// Prefregex gives the prefregex with its tags expanded, or nothing.
func (f *Filter) Prefregex() string {
	if f.prefregex == nil {
		return ""
	}
	return f.prefregex.re.String()
}

// Dates gives the date detector, nil when lines are not searched for dates.
func (f *Filter) Dates() *logtime.Detector { return f.dates.detector }

// Resolves tells whether the filter asks for the addresses of host names.
func (f *Filter) Resolves() bool { return f.usedns == "yes" || f.usedns == "warn" }

// TimeReader makes a function that reads the time in a line as the filter does, against now, or the present if that is zero. It shares
// nothing with the filter, so it may be used beside it; it is nil when lines are not searched for dates.
func (f *Filter) TimeReader() (func(line string, now time.Time) (t time.Time, ok bool), error) {
	if f.dates.detector == nil {
		return nil, nil
	}
	detector, err := logtime.New(f.dates.options)
	if err != nil {
		return nil, err
	}
	return func(line string, now time.Time) (time.Time, bool) {
		m, found := detector.Find(line, f.dates.present(now))
		return m.Time, found && m.OK && m.End > m.Start
	}, nil
}

func texts(rules []*rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = r.text
	}
	return out
}

// rules lists all rules.
func (f *Filter) rules() []*rule {
	all := slices.Concat(f.failregex, f.ignore)
	if f.prefregex != nil {
		all = append(all, f.prefregex)
	}
	return all
}

// Linear tells whether every pattern runs in linear time, and names those that do not.
func (f *Filter) Linear() (ok bool, others []string) {
	for _, r := range f.slow() {
		others = append(others, r.text)
	}
	return len(others) == 0, others
}

// Slow names the patterns that do not run in linear time as people know them.
func (f *Filter) Slow() []string {
	var names []string
	for _, r := range f.slow() {
		names = append(names, f.called(r))
	}
	return names
}

func (f *Filter) slow() []*rule {
	all := slices.Concat(f.failregex, f.ignore)
	if f.prefregex != nil {
		all = append(all, f.prefregex)
	}
	return slices.DeleteFunc(all, func(r *rule) bool { return r.re.Linear() })
}

// flags are the ones fail2ban compiles with: MULTILINE for the failregexes of a filter that buffers lines.
func (f *Filter) flags() pyre.Flags {
	if f.Maxlines > 1 {
		return pyre.Multiline
	}
	return 0
}
