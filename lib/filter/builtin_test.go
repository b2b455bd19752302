package filter

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// ownSample is a line of lib/filter/builtin/testdata with what must come of it. The line before it says so:
//
//	# {"match":true,"ip":"192.0.2.1","user":"root","time":"2024-03-01T10:00:00"}
//	# {"match":false}
//
// Names other than match, ip, id and time are captures. A line `# options: {"mode":"aggressive"}` sets the
// filter's options, and begins anew, for the lines that follow.
type ownSample struct {
	where string
	spec  string
	line  string
	want  map[string]any
}

// builtinNames lists the built-in filters: the files that are not only included by others.
func builtinNames(t *testing.T) []string {
	files, err := fs.Glob(builtin, "builtin/filter.d/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no built-in filters: %v", err)
	}
	var names []string
	for _, f := range files {
		if name := strings.TrimSuffix(path.Base(f), ".conf"); !strings.HasSuffix(name, "common") {
			names = append(names, name)
		}
	}
	return names
}

func ownSamples(t *testing.T, name string) []ownSample {
	file := filepath.Join("builtin", "testdata", name+".log")
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("%s: a built-in filter needs samples: %v", name, err)
	}
	defer f.Close()
	var out []ownSample
	var want map[string]any
	spec := name
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		where := fmt.Sprintf("%s:%d", file, n)
		switch {
		case strings.HasPrefix(line, "# options:"):
			spec = specOf(t, name, strings.TrimPrefix(line, "# options:"))
		case strings.HasPrefix(line, "# {"):
			if want != nil {
				t.Fatalf("%s: two expectations in a row", where)
			}
			if err := json.Unmarshal([]byte(line[2:]), &want); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
		case want != nil:
			out = append(out, ownSample{where, spec, line, want})
			want = nil
		case line != "" && line[0] != '#':
			t.Fatalf("%s: a line without an expectation", where)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func specOf(t *testing.T, name, options string) string {
	g := &group{}
	if err := json.Unmarshal([]byte(options), &g.options); err != nil {
		t.Fatalf("%s: options %s: %v", name, options, err)
	}
	return g.spec(name)
}

// TestBuiltinSamples runs the built-in filters over their own samples. Each has some that match and some
// that do not, a description, and patterns that all run in linear time.
func TestBuiltinSamples(t *testing.T) {
	for _, name := range builtinNames(t) {
		t.Run(name, func(t *testing.T) {
			checkText(t, name)
			kinds := map[any]int{}
			var b *bench
			spec := ""
			for _, s := range ownSamples(t, name) {
				kinds[s.want["match"]]++
				if b == nil || s.spec != spec {
					spec, b = s.spec, load(t, s.spec, Options{})
					checkPatterns(t, b)
				}
				if problem := s.check(b); problem != "" {
					t.Errorf("%s: %s\n\t%s", s.where, problem, s.line)
				}
			}
			if kinds[true] == 0 || kinds[false] == 0 {
				t.Errorf("%d samples match and %d do not; there must be some of both", kinds[true], kinds[false])
			}
		})
	}
}

func checkText(t *testing.T, name string) {
	text, err := fs.ReadFile(builtin, "builtin/filter.d/"+name+".conf")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(first, "# ") || len(first) < 20 {
		t.Errorf("the first line must say what the filter catches, not %q", first)
	}
	if !strings.Contains(string(text), "\n#\t") {
		t.Error("an example line is missing (a comment that begins with a tab)")
	}
}

func checkPatterns(t *testing.T, b *bench) {
	if ok, others := b.Linear(); !ok {
		t.Errorf("not linear: %q", others)
	}
	for _, r := range slices.Concat([]*rule{b.prefregex}, b.failregex, b.ignore) {
		if r == nil {
			continue
		}
		if _, err := syntax.Parse(r.re.String(), syntax.Perl); err != nil {
			t.Errorf("no RE2 syntax: %v", err)
		}
	}
	if len(b.said) > 0 {
		t.Errorf("loading it warns: %q", b.said)
	}
}

// check runs a sample and tells what is wrong with the outcome.
func (s *ownSample) check(b *bench) string {
	matches := slices.Clone(b.Process(Line{Text: s.line}).Matches)
	if s.want["match"] != true {
		if len(matches) > 0 {
			return "it matched " + matches[0].Who()
		}
		return ""
	}
	if len(matches) != 1 {
		return fmt.Sprintf("%d failures, want 1", len(matches))
	}
	for key, want := range s.want {
		if have := s.value(&matches[0], key); have != fmt.Sprint(want) {
			return fmt.Sprintf("%s is %q, want %q", key, have, want)
		}
	}
	return ""
}

func (s *ownSample) value(m *Match, key string) string {
	switch key {
	case "match":
		return "true"
	case "ip":
		return prefixText(m.IP)
	case "id":
		return m.ID
	case "time":
		return m.Time.UTC().Format("2006-01-02T15:04:05")
	}
	v, _ := m.Capture(captureName(key))
	return v
}
