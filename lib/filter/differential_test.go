package filter

import (
	"bufio"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
)

// run is a run of lines through one filter with the same memory.
type run struct {
	Filter      string            `json:"filter"`
	Options     map[string]string `json:"options"`
	Journal     bool              `json:"journal"`
	Ignoreregex []string          `json:"ignoreregex"`
	Maxlines    int               `json:"maxlines"`
	Usedns      string            `json:"usedns"`
	Lines       []string          `json:"lines"`
	Now         []int64           `json:"now"`
}

// load makes our filter for a run.
func (r *run) load(zone *time.Location, now *time.Time) (*Filter, error) {
	g := group{options: r.Options}
	o := Options{Dirs: []string{installed}, Usedns: r.Usedns, Location: zone, Journal: r.Journal,
		Maxlines: r.Maxlines, Now: func() time.Time { return *now }}
	if len(r.Ignoreregex) > 0 {
		o.Ignoreregex = append([]string{"%(known/ignoreregex)s"}, r.Ignoreregex...)
	}
	return Load(g.spec(r.Filter), o)
}

// failed is one failure as both sides tell it.
type failed struct {
	who     string
	address string // where it is something else than whom
	dated   bool
	seconds int64
	lines   int
}

// theirs is what fail2ban makes of a line.
type theirs struct {
	exception string // that lost the line
	failures  []failed
}

// UnmarshalJSON reads an entry of the answer that testdata/filter.py describes.
func (a *theirs) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &a.exception) == nil {
		return nil
	}
	var rows [][]any
	if err := json.Unmarshal(data, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		f := failed{who: row[0].(string), lines: int(row[3].(float64))}
		f.address, _ = row[1].(string)
		if s, ok := row[2].(float64); ok {
			f.dated, f.seconds = true, int64(s)
		}
		a.failures = append(a.failures, f)
	}
	return nil
}

// outcome is what both made of a line.
type outcome struct {
	line   string
	ours   []failed
	theirs theirs
}

func newOutcome(line string, result *Result, other theirs) outcome {
	o := outcome{line: line, theirs: other}
	for _, m := range result.Matches {
		f := failed{who: m.Who(), dated: true, seconds: m.Time.Unix(), lines: len(m.Lines)}
		if m.ID != "" && m.IP.IsValid() && m.ID != m.DNS {
			f.address = prefixText(m.IP)
		}
		o.ours = append(o.ours, f)
	}
	return o
}

func (o outcome) equal() bool {
	return o.theirs.exception == "" && slices.Equal(o.ours, o.theirs.failures)
}

// amendments are the disagreements that are meant and leave what both sides remember the same: they make of a failure
// that fail2ban finds the one that is wanted here, or none.
var amendments = []struct {
	reason string
	amend  func(f failed, when int64) (wanted failed, counts bool) // when: the time that the line has here
}{
	{
		"an address that cannot be, such as 999.1.1.1 or 12:7998: fail2ban bans the text, here it is refused",
		func(f failed, _ int64) (failed, bool) { return f, !addressShape.MatchString(f.who) || isAddress(f.who) },
	},
	{
		"zeros in front of a number of an address: fail2ban passes the text on, here it is the address in canonical form",
		func(f failed, _ int64) (failed, bool) {
			if isAddress(f.who) {
				f.who = canonical(f.who)
			}
			return f, true
		},
	},
	{
		"a line without a date a minute or more after the last one: fail2ban gives it no time, here it has that of the last one",
		func(f failed, when int64) (failed, bool) {
			if !f.dated {
				f.dated, f.seconds = true, when
			}
			return f, true
		},
	},
}

// disagreements are the others that are meant.
var disagreements = []struct {
	reason string
	meant  func(o outcome) bool
}{
	{
		"fail2ban's pattern runs away on the line: more than two seconds of processor time",
		func(o outcome) bool { return o.theirs.exception == "TimeoutError" },
	},
}

// addressShape is what the patterns take for an address.
var addressShape = regexp.MustCompile(`^(\d{1,3}\.){3}\d{1,3}$|^[0-9a-fA-F]*:[0-9a-fA-F:]*$`)

func isAddress(text string) bool {
	_, err := ParseAddress(text, "")
	return err == nil
}

// amended gives fail2ban's failures as they are wanted here.
func (o *oracle) amended(found []failed, when int64) (wanted []failed) {
	for _, f := range found {
		counts := true
		for i := 0; i < len(amendments) && counts; i++ {
			before := f
			if f, counts = amendments[i].amend(f, when); f != before || !counts {
				o.amends[i]++
			}
		}
		if counts {
			wanted = append(wanted, f)
		}
	}
	return wanted
}

// oracle is a running fail2ban.
type oracle struct {
	in     io.Writer
	out    *bufio.Reader
	amends []int // how often each of amendments was needed
	seen   []int // how often each of disagreements was met
	lines  int   // compared
	found  int   // failures in them
}

func startOracle(t *testing.T) *oracle {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/filter.py")
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
			t.Errorf("fail2ban: %v", err)
		}
	})
	return &oracle{in: in, out: bufio.NewReader(out),
		amends: make([]int, len(amendments)), seen: make([]int, len(disagreements))}
}

func (o *oracle) ask(t *testing.T, r *run) (answer []theirs) {
	t.Helper()
	question, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(question, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("no answer from fail2ban: %v", err)
	}
	if err := json.Unmarshal(line, &answer); err != nil || len(answer) != len(r.Lines) {
		t.Fatalf("%v: fail2ban answers %s", err, line)
	}
	return answer
}

// compare holds both sides' word on a run against each other. After a difference they remember different
// things, so the rest of the run is left out.
func (o *oracle) compare(t *testing.T, r *run, zone *time.Location) {
	t.Helper()
	var now time.Time
	f, err := r.load(zone, &now)
	if err != nil {
		t.Fatal(err)
	}
	for i, answer := range o.ask(t, r) {
		now = time.Unix(r.Now[i], 0)
		l := Line{Text: r.Lines[i]}
		if r.Journal {
			l.Time = now
		}
		result := f.Process(l)
		answer.failures = o.amended(answer.failures, f.dates.lastDate.Unix())
		got := newOutcome(r.Lines[i], result, answer)
		o.lines++
		o.found += len(got.ours)
		if got.equal() {
			continue
		}
		if !o.listed(got) {
			t.Errorf("%s options %q ignoreregex %q maxlines %d usedns %s, line %d:\n%s\ngot  %+v\nwant %+v\nthe lines before: %q",
				r.Filter, r.Options, r.Ignoreregex, r.Maxlines, r.Usedns, i, got.line, got.ours, got.theirs, r.Lines[max(0, i-4):i])
		}
		return
	}
}

// listed tells whether a difference is in the table, and counts it there.
func (o *oracle) listed(got outcome) bool {
	for i, d := range disagreements {
		if d.meant(got) {
			o.seen[i]++
			return true
		}
	}
	return false
}

// TestDifferential runs the installed filters and ours, as they are configured there, over the sample logs and over
// logs made by mutating them, and compares whom each line names, when, and with how many lines.
func TestDifferential(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	o := startOracle(t)
	g := &generator{Rand: rand.New(rand.NewPCG(1, 2026)), zone: zone}
	for _, name := range sampledFilters(t) {
		for _, samples := range readSamples(t, name) {
			if len(samples.samples) == 0 {
				continue
			}
			o.compare(t, g.samples(name, samples), zone)
			for range runsPerGroup {
				o.compare(t, g.mutated(name, samples), zone)
			}
		}
	}
	if o.lines < 20_000 || o.found < 5_000 {
		t.Errorf("only %d lines with %d failures were compared", o.lines, o.found)
	}
	t.Logf("%d lines compared, with %d failures", o.lines, o.found)
	for i, n := range o.amends {
		met(t, n, amendments[i].reason)
	}
	for i, n := range o.seen {
		met(t, n, disagreements[i].reason)
	}
}

// met holds that a difference that is listed is one.
func met(t *testing.T, times int, reason string) {
	t.Helper()
	if times == 0 {
		t.Errorf("this difference is listed, but there is none: %s", reason)
	}
	t.Logf("%d times: %s", times, reason)
}

// sampledFilters lists the installed filters that have sample logs.
func sampledFilters(t *testing.T) (names []string) {
	t.Helper()
	logs, err := filepath.Glob(sampleLogs + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range logs {
		if _, err := os.Stat(filepath.Join(installed, "filter.d", filepath.Base(path)+".conf")); err == nil {
			names = append(names, filepath.Base(path))
		}
	}
	if len(names) < 80 {
		t.Fatalf("only %d sample logs at %s", len(names), sampleLogs)
	}
	return names
}
