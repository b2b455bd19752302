package config

import (
	"slices"
	"strings"
	"testing"
)

const aFilter = `[DEFAULT]
_daemon = d
[Definition]
prefix = %(_daemon)s:
mode = normal
re-normal = a
re-normal-more = a2
re-ddos = b
re-ddos-more = b2
re-aggressive = %(re-normal)s|%(re-ddos)s
re-aggressive-more =
failregex = ^<prefix> <re-<mode>> <F-USER>x</F-USER> <HOST>$
            <re-<mode>-more>
[Init]
maxlines = 2
`

func define(t *testing.T, text string, args ...Arg) *Definition {
	t.Helper()
	d, err := mustRead(t, tree("x.conf", text), "x").Definition(args)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefinition(t *testing.T) {
	d := define(t, aFilter, Arg{"Mode", "aggressive"}, Arg{"_daemon", "other"}, Arg{"maxlines", "<known/maxlines>0"})
	for option, want := range map[string]string{
		"failregex": "^other: a|b <F-USER>x</F-USER> <HOST>$\n", "mode": "aggressive", "maxlines": "20", "FailRegex": "^other: a|b <F-USER>x</F-USER> <HOST>$\n",
	} {
		if got, ok := d.Get(option); got != want || !ok {
			t.Errorf("%s = %q, %v; want %q", option, got, ok, want)
		}
	}
	if _, ok := d.Get("ignoreregex"); ok {
		t.Error("an option that is not there has a value")
	}
	if got := d.Unresolved("failregex"); !slices.Equal(got, []string{"F-USER", "/F-USER", "HOST"}) {
		t.Errorf("unresolved %q", got)
	}
	if got := d.Origin("failregex"); got != (Pos{"x.conf", 12}) {
		t.Errorf("failregex comes from %v", got)
	}
	if got := d.Origin("mode"); got != (Pos{}) {
		t.Errorf("an argument comes from %v", got)
	}
	if got := d.Warnings(); len(got) > 0 {
		t.Errorf("warnings %q", got)
	}
	if i := slices.Index(d.Known(), Arg{"known/mode", "aggressive"}); i < 0 {
		t.Errorf("no known/mode in %q", d.Known())
	}
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		text string
		args []Arg
		want []string
	}{
		{aFilter, []Arg{{"mode", "agressive"}}, []string{"mode=agressive: no option is called <re-agressive> (did you mean aggressive? possible values: normal, ddos, aggressive)"}},
		{strings.Replace(aFilter, "mode = normal", "mode = extra", 1), nil, []string{"x.conf:5: mode=extra: no option is called <re-extra> (possible values: normal, ddos, aggressive)"}},
		{aFilter, []Arg{{"mdoe", "ddos"}}, []string{"mdoe=ddos: nothing uses this argument (did you mean mode?)"}},
		{aFilter, []Arg{{"maxline", "3"}}, []string{"maxline=3: nothing uses this argument (did you mean maxlines?)"}},
		{aFilter, []Arg{{"logtype", "file"}, {"mode", "normal"}}, nil},
		{"[Definition]\nfailregex = <HSOT> <Nothing> <prefx> (?P<name>a) <[^>]+> <SOME-LOG> <CODE>\nprefix=1\n", nil, []string{"x.conf:2: failregex: no option is called <HSOT>, so it stays as text (did you mean <HOST>?)", "x.conf:2: failregex: no option is called <prefx>, so it stays as text (did you mean <prefix>?)"}},
		{"[Definition]\nfailregex = <HOSTS>\n", nil, []string{"x.conf:2: failregex: no option is called <HOSTS>, so it stays as text (did you mean <HOST>?)"}},
		{"[Definition]\nfailregex = <t_<type>/p> <HOST>\ntype = c\n[t_a]\np=1\n[t_b]\np=2\n", nil, []string{"x.conf:3: type=c: no option is called <t_c/p> (possible values: a, b)"}},
	} {
		var got []string
		for _, w := range define(t, test.text, test.args...).Warnings() {
			got = append(got, w.String())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q:\n got %q\nwant %q", test.args, got, test.want)
		}
	}
}

const anAction = `[Definition]
actionban = <cmd> <name> <ip> <bantime> <actionflush><empty>
actioncheck = <table>/<cmd>
empty =
[Init]
cmd = iptables <opt>
opt = -w
bantime = 5
[Init?family=inet6]
cmd = ip6tables <opt>
`

func TestAction(t *testing.T) {
	c := mustRead(t, tree("a.conf", anAction), "a")
	d, err := c.Action("a", "sshd", []Arg{{"opt", "<known/opt> -x"}}, Arg{"table", "50%"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ option, condition, want string }{
		{"actionban", "", "iptables -w -x sshd <ip> <bantime> "},
		{"actionban", "family=inet4", "iptables -w -x sshd <ip> <bantime> "},
		{"actionban", "family=inet6", "ip6tables -w -x sshd <ip> <bantime> "},
		{"actioncheck", "family=inet6", "50%/ip6tables -w -x"},
		{"bantime", "", "5"}, {"actname", "", "a"}, {"name", "family=inet6", "sshd"},
	} {
		if got, ok := d.GetFor(test.option, test.condition); got != test.want || !ok {
			t.Errorf("%s ?%s = %q, %v; want %q", test.option, test.condition, got, ok, test.want)
		}
	}
	if got := d.Conditions(); !slices.Equal(got, []string{"family=inet6"}) {
		t.Errorf("conditions %q", got)
	}
}

// TestConditionalCommand has what fail2ban overlooks: a condition in [Definition].
func TestConditionalCommand(t *testing.T) {
	d := define(t, "[Definition]\nactionban = 4 <x>\nx = y\n[Definition?family=inet6]\nactionban = 6 <x>\n")
	for condition, want := range map[string]string{"": "4 y", "family=inet6": "6 y"} {
		if got, _ := d.GetFor("actionban", condition); got != want {
			t.Errorf("actionban ?%s = %q; want %q", condition, got, want)
		}
	}
}

func TestActionNames(t *testing.T) {
	c := mustRead(t, tree("a.conf", anAction), "a")
	for name, want := range map[string]string{"sshd": "a", "sshd-2": "a-2", "other": "a-other"} {
		d, err := c.Action("a", "sshd", []Arg{{"name", name}})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := d.Get("actname"); got != want {
			t.Errorf("name=%s: actname = %q, want %q", name, got, want)
		}
	}
}

// BenchmarkDefinition reads a filter and resolves it, which a tool does once when it starts.
func BenchmarkDefinition(b *testing.B) {
	fsys := tree("x.conf", aFilter)
	for b.Loop() {
		c, err := Read(fsys, "x")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Definition([]Arg{{"mode", "aggressive"}}); err != nil {
			b.Fatal(err)
		}
	}
}
