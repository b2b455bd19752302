package config

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// tree makes a file system of names and texts.
func tree(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func mustRead(t *testing.T, fsys fs.FS, base string) *Config {
	t.Helper()
	c, err := Read(fsys, base)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOrderOfFiles(t *testing.T) {
	jail := func(name string) string { return "[DEFAULT]\nlast = " + name + "\n[" + name + "]\nx = %(last)s\n" }
	fsys := tree(
		"jail.conf", jail("conf"), "jail.local", jail("local"),
		"jail.d/b.conf", jail("d-b"), "jail.d/a.conf", jail("d-a"), "jail.d/a.local", jail("d-a-local"),
		"jail.d/.hidden.conf", jail("hidden"), "jail.d/readme.txt", "no configuration",
	)
	for _, want := range []string{"d-a-local", "local", "d-b", "d-a", "conf"} {
		c := mustRead(t, fsys, "jail")
		if got, _, _ := c.Get("conf", "last"); got != want {
			t.Errorf("last = %q, want %q of %q", got, want, c.Files())
		}
		delete(fsys, map[string]string{"d-a-local": "jail.d/a.local", "local": "jail.local", "d-b": "jail.d/b.conf", "d-a": "jail.d/a.conf"}[want])
	}
}

func TestIncludes(t *testing.T) {
	fsys := tree(
		"filter.d/x.conf", "[INCLUDES]\nbefore = common.conf\n  missing.conf\nafter = after.conf\n[Definition]\nwho = x\nkept = %(known/who)s\n",
		"filter.d/common.conf", "[INCLUDES]\nbefore = x.conf\n[Definition]\nwho = common\n",
		"filter.d/common.local", "[Definition]\nwho = common.local\n",
		"filter.d/after.conf", "[Definition]\nlast = after\n",
		"filter.d/x.local", "[Definition]\nlast = x.local, before it %(known/last)s\n",
	)
	c := mustRead(t, fsys, "filter.d/x")
	want := []string{"filter.d/common.conf", "filter.d/common.local", "filter.d/x.conf", "filter.d/after.conf", "filter.d/x.local"}
	if !slices.Equal(c.Files(), want) {
		t.Errorf("read %q, want %q", c.Files(), want)
	}
	for option, want := range map[string]string{"who": "x", "kept": "common.local", "last": "x.local, before it after"} {
		if got, _, err := c.Get("Definition", option); got != want || err != nil {
			t.Errorf("%s = %q, %v; want %q", option, got, err, want)
		}
	}
	if got := c.Origin("Definition", "last"); got != (Pos{"filter.d/x.local", 2}) {
		t.Errorf("last comes from %v", got)
	}
}

func TestReadFile(t *testing.T) {
	fsys := tree("etc/mine.filter", "[INCLUDES]\nbefore = base.conf\n[Definition]\na = %(b)s\n", "etc/base.conf", "[DEFAULT]\nb = 1\n", "etc/mine.local", "[DEFAULT]\nb = 2\n")
	c, err := ReadFile(fsys, "etc/mine.filter")
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := c.Get("Definition", "a"); got != "2" || err != nil {
		t.Errorf("a = %q, %v; want 2", got, err)
	}
}

func TestNoSuchFile(t *testing.T) {
	_, err := Read(fstest.MapFS{}, "filter.d/x")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "filter.d/x.conf") {
		t.Errorf("got %v, want that filter.d/x.conf is not there", err)
	}
}

func TestUnreadableIsLeftOut(t *testing.T) {
	c := mustRead(t, tree("x.conf", "[Definition]\na = 1\n", "x.local", "[Definition]\n# caf\xe9\na = 2\n"), "x")
	if got, _, _ := c.Get("Definition", "a"); got != "1" {
		t.Errorf("a = %q, want 1 of x.conf", got)
	}
	if w := c.Warnings(); len(w) != 1 || w[0].Pos != (Pos{"x.local", 2}) {
		t.Errorf("warnings %q, want one about x.local:2", w)
	}
}

func TestNames(t *testing.T) {
	c := mustRead(t, tree("jail.conf", "[INCLUDES]\nbefore = none.conf\n[DEFAULT]\nport = 1\n[sshd]\nPort = %(__name__)s\n[B]\nx=1\n[sshd?a=b]\ny=2\n", "jail.local", "[B]\nx=2\n"), "jail")
	if got := c.Sections(); !slices.Equal(got, []string{"sshd", "B"}) {
		t.Errorf("sections %q", got)
	}
	if got := c.Options("sshd"); !slices.Equal(got, []string{"port", "y?a=b"}) {
		t.Errorf("options %q", got)
	}
	if !c.Has("sshd", "PORT") || c.Has("B", "port") || !c.Has("DEFAULT", "port") || c.Has("none", "port") {
		t.Error("Has is to tell what a section itself sets")
	}
	for _, test := range []struct {
		section, option, want string
		ok                    bool
	}{{"sshd", "Port", "sshd", true}, {"B", "port", "1", true}, {"DEFAULT", "port", "1", true}, {"none", "port", "", false}, {"B", "none", "", false}} {
		if got, ok, err := c.Get(test.section, test.option); got != test.want || ok != test.ok || err != nil {
			t.Errorf("[%s] %s = %q, %v, %v; want %q", test.section, test.option, got, ok, err, test.want)
		}
	}
}

// TestInterpolation has what the comparison with fail2ban does not reach.
func TestInterpolation(t *testing.T) {
	c := mustRead(t, tree("jail.conf", "[DEFAULT]\na = 100%%\n[j]\nb = %(a)s %(known/failregex)s %(X)s\n"), "jail")
	got, _, err := c.Get("j", "b", Arg{"known/failregex", "50% %(a)s"}, Arg{"x", "y"})
	if want := "100% 50% %(a)s y"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"a = 1\n", "x.conf:1: no section header before this line (begin with [Definition] in a filter or action, [DEFAULT] or a jail's name in jail.local)"},
		{"[Definition]\na = 1\nb = 2\nA = 3\n", "x.conf:4: [Definition] a: this option is already in line 2 (keep one of them)"},
		{"[Definition]\na = 1\n[Definition]\n", "x.conf:3: [Definition]: this section is already in line 1 (put its options together under one header)"},
		{"[Definition]\na = 1\nmore\n", `x.conf:3: [Definition]: no = in "more" (indent the line to continue the value above it)`},
		{"[Definition]\n= 1\n", "x.conf:2: [Definition]: no option name before ="},
		{"[Definition]\nfailregex = a\n  b\n  100% c\n", "x.conf:4: [Definition] failregex: a lone % (write %% for a percent sign)"},
		{"[Definition]\nfailregex = %(a\n", `x.conf:2: [Definition] failregex: "%(a" is no reference (write %(name)s, or %% for a percent sign)`},
		{"[Definition]\nfailregex = a\n  %(__prefix_lien)s\n__prefix_line = x\n", "x.conf:3: [Definition] failregex: no option __prefix_lien for %(__prefix_lien)s (did you mean %(__prefix_line)s?)"},
		{"[Definition]\nfailregex = %(a)s\na = %(b)s\nb = %(a)s\n", "x.conf:4: [Definition] b: more than 10 values inside each other (one of them refers to itself)"},
		{"[Definition]\nfailregex = <a>\na = <b>\nb = <a>\n", "x.conf:3: [Definition] a: refers to itself: <a> <b> <a>"},
		{"[Definition]\nfailregex = %(Sec/a)s\n[Sec]\na = 1\n", "x.conf:2: [Definition] failregex: %(Sec/a)s is not found because of its capitals (write <Sec/a>, or the section in lower case)"},
		{"[Init]\na = 1\n", "x.conf: no section [Definition] (this file is made to be included by others)"},
		{"[INCLUDES]\nbefore = 100%\n", "x.conf:2: [INCLUDES] before: a lone % (write %% for a percent sign)"},
	} {
		c, err := Read(tree("x.conf", test.text), "x")
		if err == nil {
			_, err = c.Definition(nil)
		}
		if _, ok := errors.AsType[*Error](err); !ok || err.Error() != test.want {
			t.Errorf("%q:\n got %v\nwant %s", test.text, err, test.want)
		}
	}
}

// TestComments holds what of a line is a comment.
func TestComments(t *testing.T) {
	c := mustRead(t, tree("x.conf", "\ufeff[s] ; note\r\na = x ; note\nb = x;y\nc = g #h\nd = 1\n  # out\n  2\n\n  ; out\n  3\ne =\n"), "x")
	for option, want := range map[string]string{"a": "x", "b": "x;y", "c": "g #h", "d": "1\n2\n\n3", "e": ""} {
		if got, ok, err := c.Get("s", option); got != want || !ok || err != nil {
			t.Errorf("%s = %q, %v, %v; want %q", option, got, ok, err, want)
		}
	}
}
