package growth

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// growth is one way to set up the growing of bans, in fail2ban's words.
type growth struct {
	Formula, Factor, Multipliers, Maxtime string
}

var growths = []growth{
	{},
	{Factor: "2"},
	{Factor: "0.5"},
	{Maxtime: "3600"},
	{Factor: "2.0 / 2.885385", Formula: "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)"},
	{Multipliers: "1 2 4 8 16 32 64"},
	{Multipliers: "1 5 30 60 300 720 1440 2880", Maxtime: "86400"},
	{Multipliers: "1 5", Factor: "3"},
	{Formula: "ban.Time * ban.Count / 3"},
	{Formula: "ban.Time + 3600 * ban.Count", Maxtime: "100000"},
}

// fail2banTimes asks fail2ban's own classes how long the bans are: by setup, ban time and number of bans before.
func fail2banTimes(t *testing.T, times, counts []int) [][][]int64 {
	t.Helper()
	script := `
import sys, json
from fail2ban.server.jail import Jail
from fail2ban.server.observer import ObserverThread
growths, times, counts = json.load(sys.stdin)
observer, all = ObserverThread(), []
for g in growths:
    jail = Jail("x", backend="polling")
    jail.setBanTimeExtra("increment", "true")
    for option in ("formula", "factor", "multipliers", "maxtime"):
        if g[option.capitalize()]:
            jail.setBanTimeExtra(option, g[option.capitalize()])
    all.append([[int(observer.calcBanTime(jail, t, c)) for c in counts] for t in times])
json.dump(all, sys.stdout)
`
	in, err := json.Marshal([]any{growths, times, counts})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", script)
	cmd.Stdin = strings.NewReader(string(in))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fail2ban: %v\n%s", err, complaint.String())
	}
	var all [][][]int64
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return all
}

func (g growth) escalation(t *testing.T) *Escalation {
	x, _, err := Parse(g.Factor, g.Formula, g.Multipliers)
	if err != nil {
		t.Fatal(err)
	}
	if g.Maxtime != "" {
		if err := json.Unmarshal([]byte(g.Maxtime), &x.Maxtime); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ factor, formula, multipliers, option, want string }{
		{factor: "2 *", option: "factor", want: "a number or a name is missing"},
		{factor: "1 / 0", option: "factor", want: "division by zero"},
		{formula: "ban.Time * import os", option: "formula", want: `"import" is nothing`},
		{multipliers: "1 5 0", option: "multipliers", want: `"0" is no whole number above 0`},
		{multipliers: "1 x", option: "multipliers", want: `"x" is no whole number above 0`},
	} {
		_, option, err := Parse(c.factor, c.formula, c.multipliers)
		if option != c.option || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %s: %v", c, option, err)
		}
	}
}

func TestBanTimesAreFail2bans(t *testing.T) {
	times, counts := []int{60, 600, 3600, 86400}, []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 19, 20, 21, 30}
	all := fail2banTimes(t, times, counts)
	for i, g := range growths {
		x := g.escalation(t)
		for j, bantime := range times {
			for l, count := range counts {
				got, err := x.Bantime(int64(bantime), count)
				if want := min(all[i][j][l], MaxBantime); err != nil || got != want {
					t.Errorf("%+v: %d s after %d bans: got %d, %v; fail2ban says %d", g, bantime, count, got, err, want)
				}
			}
		}
	}
}

func TestFirstAndPermanentBansDoNotGrow(t *testing.T) {
	x := &Escalation{Factor: 1}
	for _, c := range []struct {
		bantime int64
		before  int
	}{{600, 0}, {-1, 5}} {
		if got, err := x.Bantime(c.bantime, c.before); got != c.bantime || err != nil {
			t.Errorf("%+v: got %d, %v", c, got, err)
		}
	}
}

func TestRandomPartComesOnTop(t *testing.T) {
	x := &Escalation{Factor: 1, Maxtime: 1000, Rndtime: 100, Rand: func() float64 { return 0.5 }}
	if got, err := x.Bantime(600, 1); got != 1050 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	x.Rand = nil
	seen := map[int64]bool{}
	for range 200 {
		got, err := x.Bantime(600, 1)
		if got < 1000 || got >= 1100 || err != nil {
			t.Fatalf("got %d, %v", got, err)
		}
		seen[got] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d different times", len(seen))
	}
}

func TestAFormulaThatFailsLeavesTheTime(t *testing.T) {
	for _, text := range []string{"1 / (ban.Count - 1)", "math.inf - math.inf"} {
		f, err := ParseFormula(text)
		if err != nil {
			t.Fatal(err)
		}
		x := &Escalation{Factor: 1, Formula: f}
		if got, err := x.Bantime(600, 1); got != 600 || err == nil {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
	}
}
