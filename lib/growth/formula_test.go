package growth

import (
	"encoding/json"
	"math"
	"os/exec"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// expressions are formulas whose value must be Python's, for every ban time, count and factor of the test.
var expressions = []string{
	"ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor",
	"ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)",
	"ban.Time * banFactor * (1 << min(ban.Count, 20))",
	"ban.Time*(ban.Count**2)", "ban.Time ** 2 // 7 % 1000", "-2 ** 2 + ban.Time", "2 ** -ban.Count", "2 ** 3 ** 2",
	"-7 // 2 + -7 % 3 + 7 % -3", "7.5 // 2 - 7.5 % -2", "ban.Time / 7", "(ban.Time + 5) >> 2 << 1", "1 << 70", "100 >> 100",
	"1 < ban.Count < 4", "ban.Count == 3 or ban.Count != 2 and not ban.Count > 1", "0 or 5", "3 and 4",
	"ban.Time if ban.Count > 2 else 60 if ban.Count else 1", "max(1, 2.5, ban.Count)", "min(ban.Time, 3)", "abs(-ban.Count)",
	"int(7.9) + int(-7.9)", "round(2.5) + round(3.5) + round(-0.5)", "pow(2, ban.Count)", "math.floor(-1.5) + math.ceil(1.2)",
	"math.log(ban.Time) + math.log2(8) + math.log10(1000) + math.log(8, 2)", "math.sqrt(ban.Time) + math.pi * math.e",
	"0x10 + 1e3 + .5 + 1. + 2E-1", "ban.Time * 9223372036854775807", "9223372036854775807 + ban.Count", "-9223372036854775807 - 9 - ban.Count",
	"True + False + ban.Count", "not 0", "+ban.Count", "- - 3", "1_000 + 0b11 + 0o17", "math.pow(2, 0.5)", "2 ** 0.5",
}

// evaluate has Python evaluate every expression for every combination of variables.
func evaluate(t *testing.T, expressions []string, variables []Variables) [][]float64 {
	t.Helper()
	script := `
import sys, json, math
expressions, variables = json.load(sys.stdin)
class Ban: pass
def value(e, v):
    ban = Ban(); ban.Time, ban.Count, banFactor = v["Time"], v["Count"], v["Factor"]
    return float(eval(e))
json.dump([[value(e, v) for v in variables] for e in expressions], sys.stdout)
`
	in, err := json.Marshal([]any{expressions, variables})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", script)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	var values [][]float64
	if err := json.Unmarshal(out, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestFormulaIsPythons(t *testing.T) {
	var variables []Variables
	for _, bantime := range []float64{1, 60, 600, 86400} {
		for _, count := range []float64{1, 2, 3, 7, 25} {
			for _, factor := range []float64{1, 2, 0.5, 2.0 / 2.885385} {
				variables = append(variables, Variables{bantime, count, factor})
			}
		}
	}
	values := evaluate(t, expressions, variables)
	for i, text := range expressions {
		f, err := ParseFormula(text)
		if err != nil {
			t.Error(err)
			continue
		}
		for j, v := range variables {
			got, err := f.Eval(v)
			if want := values[i][j]; err != nil || math.Abs(got-want) > 1e-9*math.Abs(want) {
				t.Errorf("%s with %+v: got %v, %v; Python says %v", text, v, got, err, want)
			}
		}
	}
}

func TestFormulaErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "character 1: a number or a name is missing"},
		{"ban.Time *", "character 11: a number or a name is missing"},
		{"ban.Time * ban.Cuont", `character 12: "ban.Cuont" is nothing that a formula knows`},
		{"(1 + 2", `character 7: ")" is missing`},
		{"1 if 2", `character 7: "else" is missing`},
		{"1 2", `character 3: "2" is not expected here`},
		{"min(1)", "takes another number of arguments than 1"},
		{"__import__('os')", `"__import__" is nothing`},
		{"1; 2", `";" is nothing that a formula knows`},
		{"ban.Time.real", `"ban.Time.real" is nothing`},
		{"07", `"07" is no number`},
		{"1e", `"1e" is no number`},
		{"1 + if", `a number or a name is missing before "if"`},
		{strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), "too deep"},
		{strings.Repeat("-", 1000) + "1", "too deep"},
		{strings.Repeat("not ", 1000) + "1", "too deep"},
	} {
		_, err := ParseFormula(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: got %v, want %q", c.text, err, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"1 / (ban.Count - 1)", "division by zero"}, {"1 // 0", "division by zero"}, {"1 % 0.0", "division by zero"},
		{"0 ** -1", "division by zero"}, {"1 << -1", "a shift needs"}, {"1.5 << 1", "a shift needs"},
		{"math.sqrt(-1)", "has no value"}, {"math.log(0)", "has no value"}, {"(-1) ** 0.5", "no real number"}, {"int(math.inf)", "no whole number"},
	} {
		f, err := ParseFormula(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if v, err := f.Eval(Variables{600, 1, 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v; want %q", c.text, v, err, c.want)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, e := range expressions {
		f.Add(e, 600.0, 3.0)
	}
	f.Add("min(", 1.0, 1.0)
	f.Fuzz(func(t *testing.T, text string, bantime, count float64) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		formula, err := ParseFormula(text)
		if err != nil {
			return
		}
		formula.Eval(Variables{bantime, count, 1})
		x := Escalation{Formula: formula, Factor: 1}
		if got, _ := x.Bantime(600, 3); got < 600 || got > MaxBantime {
			t.Errorf("%q makes a ban of %d seconds", text, got)
		}
	})
}

func BenchmarkFormula(b *testing.B) {
	for b.Loop() {
		DefaultFormula.Eval(Variables{600, 5, 1})
	}
}
