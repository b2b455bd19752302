package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"f2b/lib/event"
	"f2b/lib/jail"
	"f2b/lib/window"
)

// sampleTime is the present for the sample logs of fail2ban, as its own tests have it.
const sampleTime = "2005-08-14T12:00:00+02:00"

// ban is whom a jail bans, or finds failing, and when.
type ban struct {
	key string
	at  int64
}

// reference is what fail2ban makes of a jail's log.
type reference struct{ Found, Banned [][2]any }

// differs lists what is meant to differ from fail2ban: lines without a date count at the time of the last dated line, and an address with
// padded octets is written as it is read.
var differs = map[string]func([]ban) []ban{
	"sshd":          rename("192.30.0.6", "192.030.0.6"),
	"named-refused": without(ban{"192.0.2.1", 1098495340}),
	"asterisk":      without(ban{"192.0.2.1", 1109687753}),
}

func rename(from, to string) func([]ban) []ban {
	return func(bans []ban) []ban {
		for i := range bans {
			if bans[i].key == from {
				bans[i].key = to
			}
		}
		return bans
	}
}

func without(b ban) func([]ban) []ban {
	return func(bans []ban) []ban { return slices.DeleteFunc(bans, func(other ban) bool { return other == b }) }
}

// TestBansAsFail2ban has both programs read the installed configuration with every jail enabled on the sample log of its filter, in one
// pipeline here, and holds the bans against each other. With maxretry 1 they are the same. With more they are those that an exact window
// makes of the failures that fail2ban itself finds; where fail2ban's own estimate of the rate bans otherwise, that is logged.
func TestBansAsFail2ban(t *testing.T) {
	t.Setenv("TZ", "Europe/Zurich")
	dir, jails := sampleJails(t)
	for _, maxretry := range []int{1, 2, 0} {
		t.Run(fmt.Sprintf("maxretry %d", maxretry), func(t *testing.T) {
			want, got := fail2banBans(t, dir, maxretry), ourBans(t, dir, maxretry)
			banned := 0
			for _, j := range jails {
				ours := got[j.Name]
				if correct := differs[j.Name]; correct != nil {
					ours = correct(ours)
				}
				theirs, exact := bansOf(t, want[j.Name].Banned), inWindow(t, want[j.Name].Found, j, maxretry)
				banned += len(ours)
				if !slices.Equal(ours, exact) {
					t.Errorf("%s: banned\n%v, an exact window makes of fail2ban's failures\n%v", j.Name, ours, exact)
				}
				switch {
				case slices.Equal(theirs, exact):
				case maxretry == 1:
					t.Errorf("%s: fail2ban bans\n%v, we\n%v", j.Name, theirs, ours)
				default:
					t.Logf("%s: fail2ban's estimate bans\n%v, the window\n%v", j.Name, theirs, ours)
				}
			}
			if banned == 0 {
				t.Error("nobody was banned")
			}
			t.Logf("%d bans in %d jails", banned, len(jails))
		})
	}
}

// sampleJails copies the installed configuration with every jail enabled on the sample log of its filter.
func sampleJails(t *testing.T) (dir string, jails []*jail.Counting) {
	const logs = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs"
	dir = filepath.Join(t.TempDir(), "fail2ban")
	if err := os.CopyFS(dir, os.DirFS("/etc/fail2ban")); err != nil {
		t.Fatalf("%v: Debian's package fail2ban brings it", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "jail.d")); err != nil {
		t.Fatal(err)
	}
	c, err := jail.Read(jail.Options{Dirs: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	var local strings.Builder
	for _, name := range c.Names() {
		m, err := c.Matching(name)
		if err != nil {
			t.Fatal(err)
		}
		log := filepath.Join(logs, m.FilterName)
		if _, err := os.Stat(log); err != nil {
			t.Errorf("jail %s: %v", name, err)
			continue
		}
		fmt.Fprintf(&local, "[%s]\nenabled = true\nbackend = polling\nlogpath = %s\n", name, log)
		k, err := c.Counting(name)
		if err != nil {
			t.Fatal(err)
		}
		jails = append(jails, k)
	}
	if err := os.WriteFile(filepath.Join(dir, "jail.local"), []byte(local.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(jails) < 80 {
		t.Fatalf("only %d jails", len(jails))
	}
	return dir, jails
}

func fail2banBans(t *testing.T, dir string, maxretry int) map[string]reference {
	now, err := time.Parse(time.RFC3339, sampleTime)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "testdata/bans.py", dir, strconv.Itoa(maxretry), strconv.FormatInt(now.Unix(), 10))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var all map[string]reference
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// ourBans runs the pipeline, one of each tool for all jails.
func ourBans(t *testing.T, dir string, maxretry int) map[string][]ban {
	flags := ""
	if maxretry > 0 {
		flags = "-maxretry " + strconv.Itoa(maxretry)
	}
	cmd := exec.Command("sh", "-c", "f2b-match -config "+dir+" -jail all -usedns no -now "+sampleTime+
		" | f2b-count -config "+dir+" -jail all -ignoreself=false -ignorecommand false "+flags)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	all := map[string][]ban{}
	for line := range strings.Lines(string(out)) {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Jail] = append(all[e.Jail], ban{e.Key(), e.Time.Unix()})
	}
	return all
}

func bansOf(t *testing.T, pairs [][2]any) []ban {
	var all []ban
	for _, p := range pairs {
		key, ok := p[0].(string)
		at, ok2 := p[1].(float64)
		if !ok || !ok2 {
			t.Fatalf("%v is no address with a time", p)
		}
		all = append(all, ban{key, int64(at)})
	}
	return all
}

// inWindow counts failures in an exact window.
func inWindow(t *testing.T, found [][2]any, j *jail.Counting, maxretry int) []ban {
	if maxretry == 0 {
		maxretry = j.Maxretry
	}
	w := window.New(window.Options{Findtime: time.Duration(j.Findtime) * time.Second, Maxretry: maxretry, MaxTracked: 10000})
	var all []ban
	for i, f := range bansOf(t, found) {
		fraction := found[i][1].(float64) - float64(f.at)
		at := time.Unix(f.at, int64(fraction*1e6)*1000)
		if _, decided := w.Add(window.Text(f.key), at, nil); decided {
			all = append(all, f)
		}
	}
	return all
}
