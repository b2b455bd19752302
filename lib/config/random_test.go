package config

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// trees is how many configurations each test makes up; the number of a tree is its seed.
const trees = 250

func (g *grower) args() [][2]string {
	var args [][2]string
	for place, name := range g.names {
		if g.chance(10) {
			value := strings.NewReplacer("%", "", "\n", " ", ";", "").Replace(g.value(place))
			args = append(args, [2]string{name, value})
		}
	}
	return args
}

func TestRandomFilters(t *testing.T) {
	base := t.TempDir()
	jobs, texts := make([]job, trees), make([]string, trees)
	for seed := range trees {
		g := newGrower(seed, "a", "b", "c", "d", "mode", "p-x", "p-1", "e", "f", "g", "datepattern", "ignoreregex", "prefregex", "failregex")
		dir := filepath.Join(base, strconv.Itoa(seed))
		texts[seed] = g.plant(t, filepath.Join(dir, "filter.d"), "sec", "Definition", "Sec-B", "Init", "s1", "sx")
		jobs[seed] = job{Kind: "filter", Base: dir, Name: "x", Args: g.args()}
	}
	report(t, jobs, texts, compareFilter)
}

// TestRandomActions compares actions. Three differences are known and kept out of the trees or allowed by further:
//
//	a condition on a name with a dash     fail2ban overlooks it where the name has a value without condition too
//	what stands in a conditional option   fail2ban looks it up among the parameters only, we in [Definition] and other sections too
//	and is wrong there                    fail2ban does not notice, we refuse the action (in two trees of a thousand)
func TestRandomActions(t *testing.T) {
	base := t.TempDir()
	jobs, texts := make([]job, trees), make([]string, trees)
	for seed := range trees {
		g := newGrower(seed, "a", "b", "c", "d", "mode", "p_x", "p_1", "e", "f", "name", "actioncheck", "actionstart", "actionban", "actionunban")
		dir := filepath.Join(base, strconv.Itoa(seed))
		texts[seed] = g.plant(t, filepath.Join(dir, "action.d"), "sec", "Definition", "Sec-B", "Init", "Init?family=inet6", "s1")
		jobs[seed] = job{Kind: "action", Base: dir, Name: "x", Args: g.args(), Skip: []string{"timeout", "banepoch"}}
	}
	report(t, jobs, texts, compareAction)
}

// report compares what fail2ban answers; most questions must have had an answer, or the comparison is worth little.
func report(t *testing.T, jobs []job, texts []string, compare func(*testing.T, job, answer) int) {
	good, compared := 0, 0
	for seed, a := range ask(t, jobs) {
		if a.Error == "" {
			good++
		}
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			if compared += compare(t, jobs[seed], a); t.Failed() {
				t.Log(texts[seed])
			}
		})
	}
	t.Logf("%d of %d accepted, %d values", good, len(jobs), compared)
	if good < len(jobs)/3 {
		t.Errorf("fail2ban accepts only %d of %d", good, len(jobs))
	}
}

func TestRandomJails(t *testing.T) {
	base := t.TempDir()
	jobs, texts := make([]job, trees), make([]string, trees)
	for seed := range trees {
		g := newGrower(seed, "a", "b", "c", "d", "e", "port", "logpath", "filter", "action_", "action")
		dir := filepath.Join(base, strconv.Itoa(seed))
		texts[seed] = g.plant(t, dir, "sec", "Definition", "Sec-B", "s1", "sshd")
		for _, ext := range []string{"conf", "local"} {
			_ = os.Rename(filepath.Join(dir, "x."+ext), filepath.Join(dir, "jail."+ext)) // x.local may not be there
		}
		_ = os.Rename(filepath.Join(dir, "x.d"), filepath.Join(dir, "jail.d"))
		jobs[seed] = job{Kind: "jail", Base: dir}
	}
	report(t, jobs, texts, func(t *testing.T, j job, a answer) int {
		c, err := Read(OS, j.Base+"/jail")
		if err != nil || a.Error != "" {
			if err == nil || a.Error == "" {
				t.Errorf("got error %v, fail2ban says %q", err, a.Error)
			}
			return 0
		}
		return compareJails(t, c, decode[map[string]map[string]*string](t, a), j.Base)
	})
}

// TestRandomText compares the parser alone on lines of all sorts, most of which are wrong somewhere.
func TestRandomText(t *testing.T) {
	dir := t.TempDir()
	var jobs []job
	var texts []string
	for seed := range 4 * trees {
		g := newGrower(seed)
		var b strings.Builder
		for range g.IntN(12) {
			for range 1 + g.IntN(3) {
				b.WriteString(g.pick("[DEFAULT]\n", "[a]\n", "[b]\n", "[c?x=1]\n", "[]\n", "[a", "x = 1", "y: 2", "z=", "Z = ]", " ", "\t", "\n", "\n", "\n", "\r\n", "\r", "  x",
					"#c", ";c", " ; c", " # c", "=", ":", "é", "\u00a0", "\u2003", "\x1c", "\x0b", "%", "w w = 3", "x", "[a] y"))
			}
			b.WriteString("\n")
		}
		file := filepath.Join(dir, strconv.Itoa(seed))
		text := "[first]\n" + b.String()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		jobs, texts = append(jobs, job{Kind: "parse", File: file}), append(texts, text)
	}
	for seed, a := range ask(t, jobs) {
		f, err := parse(jobs[seed].File, texts[seed])
		if (err != nil) != (a.Error != "") {
			t.Errorf("seed %d: got error %v, fail2ban says %q:\n%q", seed, err, a.Error, texts[seed])
		}
		if err == nil && a.Error == "" {
			compareText(t, f, decode[map[string]map[string]string](t, a), texts[seed])
		}
	}
}

func compareText(t *testing.T, f *file, want map[string]map[string]string, text string) {
	if len(want) != len(f.sections)+1 {
		t.Errorf("%d sections, want %d:\n%q", len(f.sections)+1, len(want), text)
	}
	for name, options := range want {
		b := f.section(name)
		if b == nil || len(b.values) != len(options) {
			t.Errorf("[%s] is %v, want %v:\n%q", name, b, options, text)
			continue
		}
		for option, want := range options {
			if v := b.values[option]; v == nil || v.text != want {
				t.Errorf("[%s] %s is %v, want %q:\n%q", name, option, v, want, text)
			}
		}
	}
}

func TestRandomNames(t *testing.T) {
	var jobs []job
	for seed := range 10 * trees {
		g := newGrower(seed)
		text := g.pick("a", "sshd", "a-b_c.d ")
		for range g.IntN(9) {
			text += g.pick("[", "[", "]", "][", "] [", ",", ", ", "=", "a=", "b.c=", "é=", "1", "x y", `"`, `"q, r"`, "'s]t'", "'", " ", "\n", ";", `""`)
		}
		text = strings.TrimSpace(text + g.pick("", "]", "]", "]"))
		jobs = append(jobs, job{Kind: "name", Text: text}, job{Kind: "split", Text: text + g.pick("", " ", "\n") + g.pick("", "b", "b[c=1]")})
	}
	good := 0
	for i, a := range ask(t, jobs) {
		if jobs[i].Kind == "split" {
			compareSplit(t, jobs[i].Text, decode[[]string](t, a))
			continue
		}
		name, args, err := ParseName(jobs[i].Text)
		if (err != nil) != (a.Error != "") {
			t.Errorf("ParseName(%q): got %q, %q, %v; fail2ban says %q", jobs[i].Text, name, args, err, a.Error)
		}
		if err != nil || a.Error != "" {
			continue
		}
		good++
		want := decode[struct {
			Name string
			Args map[string]string
		}](t, a)
		got := map[string]string{}
		for _, arg := range args {
			got[arg.Name] = arg.Value
		}
		if name != strings.TrimSpace(want.Name) || fmt.Sprint(got) != fmt.Sprint(want.Args) {
			t.Errorf("ParseName(%q) = %q, %q; want %q", jobs[i].Text, name, args, want)
		}
	}
	t.Logf("%d of %d names accepted", good, len(jobs)/2)
}

// compareSplit holds a list of actions against fail2ban's, which splits also what it cannot read afterwards.
func compareSplit(t *testing.T, text string, want []string) {
	for i := range want {
		want[i] = strings.TrimFunc(want[i], isSpace)
	}
	got, err := SplitActions(text)
	if err != nil {
		if !slices.ContainsFunc(want, func(action string) bool { _, _, err := ParseName(action); return err != nil }) {
			t.Errorf("SplitActions(%q): %v; want %q", text, err, want)
		}
		return
	}
	if !slices.Equal(got, want) {
		t.Errorf("SplitActions(%q) = %q; want %q", text, got, want)
	}
}

func TestRandomDurations(t *testing.T) {
	var jobs []job
	for seed := range 10 * trees {
		g := newGrower(seed)
		text, operator := "", true
		for range 1 + g.IntN(7) {
			if !operator && g.chance(15) {
				text += g.pick("+", "-", "*", "/", " + ", " - ", " * ")
				operator = true
				continue
			}
			operator = false
			text += g.pick("1", "2", "10", "60", "1.5", "0") + g.pick("", "", " ", "s", "m", "h", "d", "w", "mo", "y", " days", "min ", "H", " hour ", "mon", "mm", "years ", "x", "(")
		}
		jobs = append(jobs, job{Kind: "duration", Text: text})
	}
	good := 0
	for i, a := range ask(t, jobs) {
		if a.Error != "" {
			continue // what fail2ban cannot read we may
		}
		want, err := strconv.ParseFloat(decode[string](t, a), 64)
		if err != nil || math.IsInf(want, 0) || math.Abs(want) > 1<<53 {
			continue
		}
		good++
		if want = math.Trunc(want); want < 0 {
			want = -1
		}
		if got, err := ParseDuration(jobs[i].Text); err != nil || got != Duration(want) {
			t.Errorf("ParseDuration(%q) = %d, %v; fail2ban says %v", jobs[i].Text, got, err, want)
		}
	}
	if good < len(jobs)/4 {
		t.Errorf("fail2ban accepts only %d of %d durations", good, len(jobs))
	}
}
