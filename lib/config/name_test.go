package config

import (
	"slices"
	"testing"
)

func TestParseName(t *testing.T) {
	for _, test := range []struct {
		in, name string
		args     []Arg
	}{
		{"sshd", "sshd", nil},
		{" sshd ", "sshd", nil},
		{"sshd[]", "sshd", nil},
		{"sshd [mode=ddos]", "sshd", []Arg{{"mode", "ddos"}}},
		{`sshd[mode=aggressive, a="x, y"]`, "sshd", []Arg{{"mode", "aggressive"}, {"a", "x, y"}}},
		{"a[b=1][c=2] ", "a", []Arg{{"b", "1"}, {"c", "2"}}},
		{"a[b=1]\n\t[c=2]", "a", []Arg{{"b", "1"}, {"c", "2"}}},
		{"a[b=1, b=2]", "a", []Arg{{"b", "2"}}},
		{"a[x=1 2]", "a", []Arg{{"x", "1 2"}}},
		{`a[x="a]b"]`, "a", []Arg{{"x", "a]b"}}},
		{`a[x=' a "b" ']`, "a", []Arg{{"x", `a "b"`}}},
		{"a[x=1, ]", "a", []Arg{{"x", "1"}}},
		{"a[x=]", "a", []Arg{{"x", ""}}},
		{`a[x="b]`, "a", []Arg{{"x", `"b`}}},
		{"a.b_c-d[e.f-g_h=\n1\n]", "a.b_c-d", []Arg{{"e.f-g_h", "1"}}},
	} {
		name, args, err := ParseName(test.in)
		if err != nil || name != test.name || !slices.Equal(args, test.args) {
			t.Errorf("ParseName(%q) = %q, %q, %v; want %q, %q", test.in, name, args, err, test.name, test.args)
		}
	}
}

func TestParseNameErrors(t *testing.T) {
	for _, in := range []string{"", " ", "[a=1]", "a[", "a[b", "a[x]", "a[b=1]c", "a['s']", `a[b="1" c=2]`, `a[b="x "" y"]`, "a[b=x, y]", "a[b=1,,c=2]", "a[b=1]]"} {
		if name, args, err := ParseName(in); err == nil {
			t.Errorf("ParseName(%q) = %q, %q; want an error", in, name, args)
		}
	}
}

func TestSplitActions(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" \n", nil},
		{"a\n\tb  c", []string{"a", "b", "c"}},
		{"a[x=y] b", []string{"a[x=y]", "b"}},
		{"a[x=y][z=\"1 2\"]\nb[c='d\n e']", []string{"a[x=y][z=\"1 2\"]", "b[c='d\n e']"}},
		{"a[x=1, y=2,\n  z=3]\nb", []string{"a[x=1, y=2,\n  z=3]", "b"}},
		{"a [x=1] b", []string{"a [x=1]", "b"}},
	} {
		if got, err := SplitActions(test.in); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("SplitActions(%q) = %q, %v; want %q", test.in, got, err, test.want)
		}
	}
	if got, err := SplitActions(`a[x="1, 2] b`); err == nil {
		t.Errorf("a quote left open: got %q, want an error", got)
	}
}
