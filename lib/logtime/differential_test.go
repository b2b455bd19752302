package logtime

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The installed fail2ban: what this package is held against.
const (
	python   = "/usr/bin/python3"
	logsGlob = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs/*"
	config   = "/etc/fail2ban"
)

// differences lists where another result than fail2ban's is meant.
var differences = []struct {
	reason string
	meant  func(o outcome) bool
}{
	{
		"a zone name it doesn't know, AM or PM left open, a day without a month, a date before the year 1: " +
			"fail2ban throws an exception and loses the line; here it is an undated one",
		func(o outcome) bool {
			return o.theirs != nil && o.theirs.exception != "" && o.theirs.exception != "error" && o.found
		},
	},
	{
		"%ExY is 20xx at all times; fail2ban takes no year beyond the decade it is in three years after its start",
		func(o outcome) bool { return regexp.MustCompile(`20[3-9]\d`).MatchString(o.line) },
	},
	{
		"a time beyond the year 9999 (TAI64N has them): RFC 3339 can't write it",
		func(o outcome) bool {
			return o.theirs != nil && o.theirs.dated && o.theirs.seconds > maxWall-daySeconds && o.found && !o.match.OK
		},
	},
	{
		"{DEFAULT} beside other patterns adds the built-in formats; fail2ban means to, but drops all of them",
		func(o outcome) bool {
			return len(o.patterns) > 1 && slices.Contains(o.patterns, "{DEFAULT}")
		},
	},
	{
		"a pattern that begins with %k or %l: fail2ban strips the space off what they stand for, and can't compile the rest",
		func(o outcome) bool {
			return len(o.patterns) == 1 && regexp.MustCompile(`^%(Ex)?[kl]`).MatchString(o.patterns[0]) && o.theirs.exception == "error"
		},
	},
	{
		"the guess of today and of this year is made in the logtimezone; fail2ban makes it in the zone its process runs in",
		func(o outcome) bool {
			const day, year = daySeconds, 365 * daySeconds
			apart := func(n int64) bool {
				return n == day || n == -day || n%year == 0 || (n-day)%year == 0 || (n+day)%year == 0
			}
			if o.logZone && strings.Contains(o.line, "29") && o.theirs != nil && o.theirs.dated != o.match.OK {
				return true // 29 February in another year
			}
			return o.logZone && o.found && o.theirs != nil && o.theirs.dated && o.match.OK && apart(o.theirs.seconds-o.match.Time.Unix())
		},
	},
	{
		"of several dates in a line the one farthest left is its own; fail2ban may take a later one, for its format or its place",
		func(o outcome) bool {
			return (len(o.patterns) == 0 || strings.EqualFold(o.patterns[0], "{default}")) && o.found && o.theirs != nil && o.theirs.exception == "" && o.match.Start < o.theirs.begin
		},
	},
	{
		"a day that a zone skipped whole: glibc may take it for the day before",
		func(o outcome) bool { return o.zone == "Pacific/Apia" && strings.Contains(o.line, "Dec 30 ") },
	},
}

// listed tells whether a difference is in the table, and counts it there.
func (o *oracle) listed(got outcome) bool {
	for i, d := range differences {
		if d.meant(got) {
			o.seen[i]++
			return true
		}
	}
	return false
}

// An outcome is what both made of a line.
type outcome struct {
	zone     string
	logZone  bool
	patterns []string
	line     string
	match    Match
	found    bool
	theirs   *answer
}

func (o outcome) equal() bool {
	if o.theirs == nil || !o.found {
		return o.found == (o.theirs != nil)
	}
	if o.theirs.exception != "" || o.theirs.dated != o.match.OK {
		return false
	}
	if o.theirs.begin == o.theirs.end {
		return o.match.Start == o.match.End
	}
	return o.theirs.begin == o.match.Start && o.theirs.end == o.match.End &&
		(!o.match.OK || o.theirs.seconds == o.match.Time.Unix())
}

// An answer is fail2ban's word on a line in which it found a date.
type answer struct {
	begin, end int
	seconds    int64
	dated      bool
	exception  string
}

func (a *answer) UnmarshalJSON(data []byte) error {
	var seconds *float64
	var exception *string
	err := json.Unmarshal(data, &[]any{&a.begin, &a.end, &seconds, &exception})
	if seconds != nil {
		a.seconds, a.dated = int64(*seconds), true
	}
	if exception != nil {
		a.exception = *exception
	}
	return err
}

// A session is a run of lines through one detector.
type session struct {
	TZ       string    `json:"tz"`
	Zone     *string   `json:"zone"`
	Patterns []string  `json:"patterns"`
	Lines    []string  `json:"lines"`
	Now      []float64 `json:"now"`
}

// An oracle is a running fail2ban date detector.
type oracle struct {
	in   io.Writer
	out  *bufio.Reader
	seen []int // how often each of differences was met
}

func startOracle(t testing.TB) *oracle {
	t.Helper()
	cmd := exec.Command(python, "testdata/datedetector.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: this test needs python3 and fail2ban installed", err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("fail2ban's date detector: %v", err)
		}
	})
	return &oracle{in: in, out: bufio.NewReader(out), seen: make([]int, len(differences))}
}

func (o *oracle) ask(t testing.TB, question, reply any) {
	t.Helper()
	q, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(q, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("no answer from fail2ban's date detector: %v", err)
	}
	if err := json.Unmarshal(line, reply); err != nil {
		t.Fatalf("%v: fail2ban's date detector answers %s", err, line)
	}
}

// compare runs a session through both and reports how many lines differ.
func (o *oracle) compare(t *testing.T, name string, s session) (lines int) {
	t.Helper()
	var theirs []*answer
	o.ask(t, s, &theirs)
	zone := s.TZ
	if s.Zone != nil {
		zone = *s.Zone
	}
	loc, err := ParseZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Patterns: s.Patterns, Location: loc})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return 0
	}
	for i, line := range s.Lines {
		m, found := d.Find(line, time.Unix(0, int64(s.Now[i]*1e9)))
		got := outcome{s.TZ, s.Zone != nil, s.Patterns, line, m, found, theirs[i]}
		if got.equal() {
			continue
		}
		if !o.listed(got) {
			t.Errorf("%s: line %d, TZ=%s now=%.0f patterns %q:\n%q\ngot  %s\nwant %s", name, i, s.TZ, s.Now[i], s.Patterns, line,
				describe(line, m, found), describeTheirs(line, theirs[i]))
		}
		return i // the detectors have learned different things by now
	}
	return len(s.Lines)
}

func describe(line string, m Match, found bool) string {
	if !found {
		return "no date"
	}
	return fmt.Sprintf("%q at %d, real %v: %s (%d)", line[m.Start:m.End], m.Start, m.OK, m.Time, m.Time.Unix())
}

func describeTheirs(line string, a *answer) string {
	if a == nil {
		return "no date"
	}
	return fmt.Sprintf("%q at %d, real %v: (%d) %s", line[a.begin:a.end], a.begin, a.dated, a.seconds, a.exception)
}

func TestDifferential(t *testing.T) {
	o := startOracle(t)
	total := 0
	samples := sampleLines(t)
	g := &generator{rand.New(rand.NewPCG(1, 2026))}
	total += compareSamples(t, o, g, samples)
	total += compareGenerated(t, o, g)
	total += compareLogZones(t, o, g)
	total += compareZoneEdges(t, o, g)
	total += comparePatterns(t, o, g, samples)
	if total < 20000 {
		t.Errorf("only %d lines compared", total)
	}
	t.Logf("%d lines compared", total)
	for i, n := range o.seen {
		if n == 0 {
			t.Errorf("this difference is listed, but there is none: %s", differences[i].reason)
		}
		t.Logf("%d times: %s", n, differences[i].reason)
	}
}

// sampleLines returns the lines of fail2ban's sample logs, by file.
func sampleLines(t testing.TB) [][]string {
	t.Helper()
	paths, err := filepath.Glob(logsGlob)
	if err != nil {
		t.Fatal(err)
	}
	var samples [][]string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		samples = append(samples, strings.Split(strings.TrimSuffix(strings.ToValidUTF8(string(data), "\uFFFD"), "\n"), "\n"))
	}
	if len(samples) < 80 {
		t.Fatalf("only %d sample logs at %s", len(samples), logsGlob)
	}
	return samples
}

func compareSamples(t *testing.T, o *oracle, g *generator, samples [][]string) (total int) {
	now := float64(time.Date(2005, 8, 14, 10, 0, 0, 0, time.UTC).Unix())
	for _, lines := range samples {
		total += o.compare(t, "sample", g.session("Europe/Zurich", nil, lines, now))
	}
	all := slices.Concat(samples...)
	total += o.compare(t, "samples in a row", g.session("America/New_York", nil, all, 1.79e9))
	for range 2 {
		mixed := slices.Clone(all)
		g.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		total += o.compare(t, "samples mixed", g.session("UTC", nil, mixed, 1.79e9))
		for i := range mixed {
			mixed[i] = g.mutate(mixed[i], mixed[g.IntN(len(mixed))])
		}
		for part := range slices.Chunk(mixed, 40) {
			total += o.compare(t, "samples mutated", g.session("Europe/Zurich", nil, part, 1.79e9))
		}
	}
	return total
}

func compareGenerated(t *testing.T, o *oracle, g *generator) (total int) {
	total += o.compare(t, "late in the century", g.session("UTC", nil, []string{"2099-01-02 03:04:05 x"}, g.now()))
	for _, zone := range []string{"UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		for range 100 {
			lines := make([]string, 20)
			for i := range lines {
				lines[i] = g.line()
			}
			total += o.compare(t, "generated", g.session(zone, nil, lines, g.now()))
		}
		for _, format := range formats { // one format for long, as in a log, with others here and there
			lines := make([]string, 30)
			for i := range lines {
				switch g.IntN(8) {
				case 0:
					lines[i] = g.line()
				case 1, 2, 3:
					lines[i] = g.tail(lines[max(0, i-1)])
				default:
					lines[i] = g.decorate(g.render(format))
				}
			}
			total += o.compare(t, "generated log", g.session(zone, nil, lines, g.now()))
		}
	}
	return total
}

// compareLogZones compares fixed zones given for the log.
func compareLogZones(t *testing.T, o *oracle, g *generator) (total int) {
	for _, zone := range []string{"UTC+0200", "CET", "-0430", "+13:45", "PDT"} {
		for range 20 {
			lines := make([]string, 20)
			for i := range lines {
				lines[i] = g.line()
			}
			s := g.session("UTC", nil, lines, g.now())
			s.Zone = &zone
			total += o.compare(t, "logtimezone "+zone, s)
		}
	}
	return total
}

// compareZoneEdges runs through every hour around the changes of the clocks and
// the turn of the year.
func compareZoneEdges(t *testing.T, o *oracle, g *generator) (total int) {
	for zone, edges := range map[string][]string{
		"Europe/Zurich":       {"2024-03-31T02:00", "2024-10-27T02:00", "2025-12-31T23:00"},
		"America/New_York":    {"2024-03-10T02:00", "2024-11-03T01:00", "2024-02-29T00:00"},
		"Australia/Lord_Howe": {"2024-10-06T02:00", "2024-04-07T01:30"},
		"Pacific/Apia":        {"2011-12-30T00:00"},
	} {
		for _, edge := range edges {
			at, err := time.Parse("2006-01-02T15:04", edge)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for m := -180; m <= 240; m += 7 {
				lines = append(lines, at.Add(time.Duration(m)*time.Minute).Format("2006-01-02 15:04:05 x"))
			}
			name := "edge " + edge
			total += o.compare(t, name, g.session(zone, nil, lines, 1.79e9))
			slices.Reverse(lines)
			total += o.compare(t, name+" backwards", g.session(zone, nil, lines, 1.79e9))
			g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			total += o.compare(t, name+" mixed", g.session(zone, nil, lines, 1.79e9))

			s := session{TZ: zone} // no year, no date: what is guessed as the present goes by
			for m := -2000; m <= 2000; m += 37 {
				for _, format := range []string{"Jan _2 15:04:05 x", "15:04:05 x", "+01:00 Jan _2 15:04:05 x"} {
					s.Lines = append(s.Lines, at.Format(format))
					s.Now = append(s.Now, float64(at.Unix()+int64(m*60)))
				}
			}
			total += o.compare(t, name+" guessed", s)
		}
	}
	return total
}

func comparePatterns(t *testing.T, o *oracle, g *generator, samples [][]string) (total int) {
	var installed []string
	o.ask(t, map[string]string{"filters": config}, &installed)
	if len(installed) < 20 {
		t.Errorf("only %d datepatterns in the filters of %s", len(installed), config)
	}
	all := slices.Concat(samples...)
	for _, p := range slices.Concat(installed, patterns) {
		var lines []string
		for range 40 {
			lines = append(lines, g.forPattern(p), g.line(), g.mutate(all[g.IntN(len(all))], g.line()))
		}
		list := strings.Split(p, "\n")
		total += o.compare(t, "datepattern", g.session("Europe/Zurich", list, lines, 1.79e9))
	}
	return total
}
