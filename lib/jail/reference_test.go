package jail

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"f2b/lib/config"
)

// installed is where fail2ban's own configuration stands.
const installed = "/etc/fail2ban"

// told is what fail2ban's server would be told of a jail.
type told struct {
	Error        string
	Backend      string
	Logpath      string
	Failregex    []string
	Ignoreregex  []string
	Journalmatch []string
	Options      map[string]any
	Actions      map[string]map[string]string
}

// ask has the installed fail2ban read the jails of a folder. Its absence fails the test: without it nothing here is known.
func ask(t *testing.T, dir string) map[string]told {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/reference.py", dir)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fail2ban's reader: %v (apt-get install fail2ban)\n%s", err, stderr.String())
	}
	var answer map[string]told
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestInstalledJails holds the settings of every jail of the installed configuration against what fail2ban makes of it.
func TestInstalledJails(t *testing.T) {
	if n := compareAll(t, installed); n < 80 {
		t.Errorf("there are only %d jails in %s", n, installed)
	}
}

// TestChangedJails does the same with files of an administrator's over it.
func TestChangedJails(t *testing.T) {
	files, err := filepath.Glob("testdata/changed/*.local")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "fail2ban")
			if err := os.CopyFS(dir, os.DirFS(installed)); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "jail.local"), text, 0o644); err != nil {
				t.Fatal(err)
			}
			compareAll(t, dir)
		})
	}
}

func compareAll(t *testing.T, dir string) int {
	c, err := Read(Options{Dirs: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	want := ask(t, dir)
	if len(want) != len(c.Names()) {
		t.Errorf("%d jails, fail2ban has %d", len(c.Names()), len(want))
	}
	for name, w := range want {
		if w.Error != "" {
			_, err := c.Matching(name)
			_, err2 := c.Banning(name)
			if err == nil && err2 == nil {
				t.Errorf("[%s]: taken, but fail2ban says %s", name, w.Error)
			}
			continue
		}
		compareMatching(t, c, name, w)
		compareCounting(t, c, name, w)
		compareBanning(t, c, name, w)
	}
	return len(want)
}

// option gives one of the options of fail2ban as text; set is false where it was not told of it.
func (w *told) option(name string) (text string, set bool) {
	switch v := w.Options[name].(type) {
	case nil:
		return "", false
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	case string:
		return v, true
	default:
		panic(v)
	}
}

func compareMatching(t *testing.T, c *Config, name string, w told) {
	m, err := c.Matching(name)
	if err != nil && w.Logpath == "" && strings.Contains(err.Error(), "no log to read") {
		return
	}
	if err != nil {
		t.Errorf("[%s]: %v", name, err)
		return
	}
	for option, want := range map[string][]string{"failregex": w.Failregex, "ignoreregex": w.Ignoreregex, "journalmatch": w.Journalmatch} {
		text, _ := m.Get(option)
		got := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
		for i := range got {
			if option == "journalmatch" {
				got[i] = strings.Join(strings.Fields(got[i]), " ")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("[%s] %s:\n got %q\nwant %q", name, option, got, want)
		}
	}
	for _, option := range []string{"usedns", "prefregex", "datepattern", "maxlines"} {
		got, _ := m.Get(option)
		if want, _ := w.option(option); got != want {
			t.Errorf("[%s] %s:\n got %q\nwant %q", name, option, got, want)
		}
	}
	for option, got := range map[string]string{"logencoding": m.Logencoding, "logtimezone": m.Logtimezone} {
		if want, _ := w.option(option); got != want {
			t.Errorf("[%s] %s: got %q, want %q", name, option, got, want)
		}
	}
	if want := strings.HasPrefix(w.Backend, "systemd"); m.Journal != want {
		t.Errorf("[%s] backend %s: journal %v", name, w.Backend, m.Journal)
	}
	var logs []string
	for _, log := range m.Logpath {
		logs = append(logs, log.Glob+map[bool]string{true: " tail"}[log.Tail])
	}
	if got, want := strings.Join(logs, "\n"), strings.ReplaceAll(w.Logpath, " head", ""); got != want {
		t.Errorf("[%s] logpath: got %q, want %q", name, got, want)
	}
}

func compareCounting(t *testing.T, c *Config, name string, w told) {
	k, err := c.Counting(name)
	if err != nil {
		t.Errorf("[%s]: %v", name, err)
		return
	}
	compare(t, name, w, map[string]string{
		"findtime": seconds(k.Findtime), "maxretry": strconv.Itoa(k.Maxretry), "maxmatches": strconv.Itoa(k.Maxmatches),
		"ignoreip":   strings.Join(strings.FieldsFunc(k.Ignoreip, func(r rune) bool { return strings.ContainsRune(" ,\n\t", r) }), " "),
		"ignoreself": strconv.FormatBool(k.Ignoreself), "ignorecommand": k.Ignorecommand,
	}, map[string]string{"findtime": "600", "maxretry": "5", "maxmatches": strconv.Itoa(k.Maxretry), "ignoreself": "true"})
	want, _ := w.option("ignorecache")
	if (k.Ignorecache != nil) != (want != "") {
		t.Errorf("[%s] ignorecache: got %+v, want %q", name, k.Ignorecache, want)
	}
}

func compareBanning(t *testing.T, c *Config, name string, w told) {
	b, err := c.Banning(name)
	if err != nil {
		t.Errorf("[%s]: %v", name, err)
		return
	}
	compare(t, name, w, map[string]string{
		"bantime": seconds(b.Bantime), "bantime.increment": strconv.FormatBool(b.Growth.Increment), "bantime.factor": b.Growth.Factor,
		"bantime.formula": b.Growth.Formula, "bantime.multipliers": b.Growth.Multipliers, "bantime.maxtime": seconds(b.Growth.Maxtime),
		"bantime.rndtime": seconds(b.Growth.Rndtime), "bantime.overalljails": strconv.FormatBool(b.Growth.Overalljails),
	}, map[string]string{"bantime": "600", "bantime.increment": "false", "bantime.overalljails": "false", "bantime.maxtime": "0", "bantime.rndtime": "0"})
	if len(b.Actions) != len(w.Actions) {
		t.Errorf("[%s]: %d actions, want %d", name, len(b.Actions), len(w.Actions))
	}
	for _, a := range b.Actions {
		actname, _ := a.Definition.Get("actname")
		want, ok := w.Actions[actname]
		if !ok {
			t.Errorf("[%s]: action %s is not among fail2ban's", name, actname)
			continue
		}
		for _, option := range []string{"port", "protocol", "name", "norestored"} {
			if got, _ := a.Definition.Get(option); !strings.Contains(want[option], "<") && truth(got) != truth(want[option]) {
				t.Errorf("[%s] %s %s: got %q, want %q", name, actname, option, got, want[option])
			}
		}
	}
}

// compare holds settings against fail2ban's, or against what it does by default where it was told nothing.
func compare(t *testing.T, name string, w told, got, unset map[string]string) {
	t.Helper()
	for option, value := range got {
		want, set := w.option(option)
		if !set {
			want = unset[option]
		}
		if value != want {
			t.Errorf("[%s] %s: got %q, want %q", name, option, value, want)
		}
	}
}

func seconds(d config.Duration) string { return strconv.FormatInt(int64(d), 10) }

// truth undoes that fail2ban makes True of an option's 1 or yes.
func truth(s string) string {
	if lower := strings.ToLower(s); slices.Contains(truths, lower) {
		return "true"
	} else if slices.Contains(lies, lower) {
		return "false"
	}
	return s
}
