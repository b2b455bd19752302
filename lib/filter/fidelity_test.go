package filter

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The annotated sample logs of the installed fail2ban, and its filters.
const (
	sampleLogs = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs"
	installed  = "/etc/fail2ban"
)

// sample is one line of a sample log with what fail2ban's own tests expect of it.
type sample struct {
	where string
	line  string
	want  expectation
}

type expectation struct {
	Match      bool     `json:"match"`
	Host       *string  `json:"host"`
	User       *string  `json:"user"`
	Users      []string `json:"users"`
	Time       *string  `json:"time"`
	Attempts   *int     `json:"attempts"`
	DNS        *string  `json:"dns"`
	Constraint string   `json:"constraint"`
}

// group is a run of samples under the same filter options.
type group struct {
	options map[string]string
	samples []sample
}

func (g *group) spec(name string) string {
	var opts []string
	for k, v := range g.options {
		if !strings.HasPrefix(k, "test.") {
			opts = append(opts, fmt.Sprintf("%s=%q", k, v))
		}
	}
	if len(opts) == 0 {
		return name
	}
	slices.Sort(opts)
	return name + "[" + strings.Join(opts, ", ") + "]"
}

// holds evaluates the two kinds of Python conditions that the samples use.
func holds(t *testing.T, condition, name string, options map[string]string) bool {
	t.Helper()
	m := regexp.MustCompile(`^(name|opts\.get\('(\w+)'\)) ?(==|!=) ?'([^']*)'$`).FindStringSubmatch(condition)
	if m == nil {
		t.Fatalf("a condition of a kind that is not known: %s", condition)
	}
	have := name
	if m[2] != "" {
		have = options[m[2]]
	}
	return (have == m[4]) == (m[3] == "==")
}

var annotation = regexp.MustCompile(`^#+ ?(failJSON|(?:file|filter)Options|addFILE):(.+)$`)

// readSamples reads the samples of a filter and of the files they name, grouped by options.
func readSamples(t *testing.T, name string) []*group {
	r := &sampleReader{t: t, name: name, byKey: map[string]*group{}}
	for queue := []string{name}; len(queue) > 0; queue = append(queue[1:], r.files...) {
		r.files = nil
		r.read(queue[0])
	}
	return r.groups
}

type sampleReader struct {
	t       *testing.T
	name    string
	common  map[string]string
	current []*group
	skip    bool
	byKey   map[string]*group
	groups  []*group
	files   []string
}

func (r *sampleReader) read(file string) {
	data, err := os.ReadFile(filepath.Join(sampleLogs, file))
	if err != nil {
		r.t.Fatalf("%v (Debian's package fail2ban brings the sample logs)", err)
	}
	r.skip = false
	var want *expectation
	number := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		if m := annotation.FindStringSubmatch(line); m != nil {
			if m[1] == "failJSON" {
				want = &expectation{}
				r.decode(m[2], want)
			} else {
				r.option(m[1], m[2])
			}
			continue
		}
		if want == nil && (line == "" || line[0] == '#' || strings.TrimSpace(line) == "") {
			continue
		}
		if want == nil {
			want = &expectation{}
		}
		if !r.skip {
			r.add(sample{fmt.Sprintf("%s:%d", file, number), line, *want})
		}
		want = nil
	}
}

func (r *sampleReader) decode(text string, to any) {
	if err := json.Unmarshal([]byte(text), to); err != nil {
		r.t.Fatalf("%s: %v", text, err)
	}
}

func (r *sampleReader) option(kind, text string) {
	switch kind {
	case "fileOptions":
		r.common = nil
		r.decode(text, &r.common)
	case "addFILE":
		var file string
		r.decode(text, &file)
		r.files = append(r.files, file)
	case "filterOptions":
		var all []map[string]string
		if strings.HasPrefix(strings.TrimSpace(text), "[") {
			r.decode(text, &all)
		} else {
			all = append(all, nil)
			r.decode(text, &all[0])
		}
		r.current, r.skip = nil, false
		for _, o := range all {
			for k, v := range r.common {
				if _, own := o[k]; !own {
					o[k] = v
				}
			}
			if c := o["test.condition"]; c != "" {
				r.skip = !holds(r.t, c, r.name, o)
			}
			if !r.skip {
				r.current = append(r.current, r.group(o))
			}
		}
	}
}

// group finds the group with these options or begins one.
func (r *sampleReader) group(options map[string]string) *group {
	key := fmt.Sprint(options) // printed in the order of the keys
	if r.byKey[key] == nil {
		r.byKey[key] = &group{options: options}
		r.groups = append(r.groups, r.byKey[key])
	}
	return r.byKey[key]
}

func (r *sampleReader) add(s sample) {
	if r.current == nil {
		r.current = []*group{r.group(r.common)}
	}
	for _, g := range r.current {
		g.samples = append(g.samples, s)
	}
}

// TestInstalledSamples runs every filter of the installed fail2ban over its annotated samples: every line
// must give what fail2ban's own tests expect, journal lines included, with the first pattern winning (as
// f2b-match) and with all patterns tried (as f2b-regex).
func TestInstalledSamples(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2005, 8, 14, 12, 0, 0, 0, zone)
	logs, _ := filepath.Glob(sampleLogs + "/*")
	filters, lines := 0, 0
	for _, path := range logs {
		name := filepath.Base(path)
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(installed, "filter.d", name+".conf")); err != nil {
			continue
		}
		filters++
		t.Run(name, func(t *testing.T) {
			for _, g := range readSamples(t, name) {
				for _, all := range []bool{false, true} {
					lines += len(g.samples)
					runSamples(t, name, g, now, all)
				}
			}
		})
	}
	if filters < 80 || lines < 2000 {
		t.Errorf("only %d filters with %d lines were seen", filters, lines)
	}
}

func runSamples(t *testing.T, name string, g *group, now time.Time, all bool) {
	journal := g.options["logtype"] == "journal"
	f, err := Load(g.spec(name), Options{Dirs: []string{installed}, Usedns: "raw", Location: now.Location(),
		Now: func() time.Time { return now }, CheckAll: all})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range g.samples {
		l := Line{Text: s.line}
		if journal {
			l = Line{Text: g.options["test.prefix-line"] + s.line, Time: now}
		}
		r := f.Process(l)
		if c := s.want.Constraint; c != "" && !holds(t, c, name, g.options) {
			continue
		}
		var found []Match
		for _, m := range r.Matches {
			if !m.Nofail && !m.Pending {
				found = append(found, m)
			}
		}
		if problem := compare(found, s.want, now.Location()); problem != "" {
			t.Errorf("%s %s: all=%v: %s\n\t%s", g.spec(name), s.where, all, problem, s.line)
		}
	}
}

// compare tells how a line's matches differ from what is expected.
func compare(found []Match, want expectation, zone *time.Location) string {
	switch {
	case !want.Match && len(found) > 0:
		return "it matched"
	case !want.Match:
		return ""
	case len(found) != 1:
		return fmt.Sprintf("%d failures, want 1", len(found))
	}
	m := found[0]
	if want.Host != nil && canonical(m.Who()) != canonical(*want.Host) && canonical(prefixText(m.IP)) != canonical(*want.Host) {
		return fmt.Sprintf("host %q, want %q", m.Who(), *want.Host)
	}
	if user, _ := m.Capture("user"); want.User != nil && user != *want.User {
		return fmt.Sprintf("user %q, want %q", user, *want.User)
	}
	if want.DNS != nil && m.DNS != *want.DNS {
		return fmt.Sprintf("dns %q, want %q", m.DNS, *want.DNS)
	}
	if want.Attempts != nil && len(m.Lines) != *want.Attempts {
		return fmt.Sprintf("%d lines %q, want %d", len(m.Lines), m.Lines, *want.Attempts)
	}
	if want.Time != nil {
		at, err := time.ParseInLocation("2006-01-2T15:04:05", *want.Time, zone)
		if err != nil {
			return err.Error()
		}
		// Fractions of a second are kept on purpose; the samples mostly leave them out.
		if !m.Time.Truncate(time.Second).Equal(at.Truncate(time.Second)) {
			return fmt.Sprintf("time %s, want %s", m.Time.In(zone).Format(time.RFC3339Nano), *want.Time)
		}
	}
	return ""
}

// canonical writes an address as we do: what the samples expect may have padded octets.
func canonical(host string) string {
	if p, err := ParseAddress(strings.ToLower(host), ""); err == nil {
		return prefixText(p)
	}
	return strings.ToLower(host)
}
