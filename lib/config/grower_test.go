package config

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// grower makes up configurations whose files override each other and whose options refer to each other.
type grower struct {
	*rand.Rand
	names []string // an option refers to those before it, seldom to others
}

func newGrower(seed int, names ...string) *grower {
	return &grower{rand.New(rand.NewPCG(uint64(seed), 1)), names}
}

func (g *grower) pick(all ...string) string { return all[g.IntN(len(all))] }

func (g *grower) chance(percent int) bool { return g.IntN(100) < percent }

// value makes up the text of the option at a place in names.
func (g *grower) value(place int) string {
	var b strings.Builder
	for range g.IntN(4) {
		switch {
		case g.chance(1):
			b.WriteString(g.pick("%", "%(nothing)s", "%(a", "<a>%(A)s", "%(Sec-B/a)s", "%(no/a)s"))
		case place == 0 || g.chance(40):
			b.WriteString(g.pick("x", "1", "<HOST>", "%%d", "a b", `\d+`, "(?P<n>x)", "<", ">", "->", "é", "\n  two", "\n\n  three",
				" ; a comment", " #none", "a;b", "<F-ID>\\S</F-ID>", "=:", "[y]", "\n # no\n  yes", "%%(a)s", "%%%%", "<<p-x>"))
		default:
			b.WriteString(g.reference(place))
		}
	}
	return b.String()
}

func (g *grower) reference(place int) string {
	name := g.names[g.IntN(place)]
	if g.chance(1) {
		name = g.pick(g.names...)
	}
	form := g.pick("%({n})s", "%({n})s", "<{n}>", "<{n}>", "<{n}>", "%(known/{n})s", "%(default/{n})s", "%(sec/{n})s", "<known/{n}>", "<default/{n}>",
		"<sec/{n}>", "<Sec-B/{n}>", "<no/{n}>", "<KNOWN/{n}>", "<Default/{n}>", "<p-<{n}>>", "<s<{n}>/{n}>", "<{N}>", "%({N})s", "%(__name__)s", "<<{n}>", "<{n}>>")
	if !slices.Contains(g.names, "p-x") {
		form = strings.Replace(form, "<p-<", "<p_<", 1)
	}
	return strings.NewReplacer("{n}", name, "{N}", strings.ToUpper(name)).Replace(form)
}

// section makes up a section that sets each option with the given chance.
func (g *grower) section(header string, percent int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s[%s]%s\n", g.pick("", "", "# note\n"), header, g.pick("", " ; note", " rest"))
	for place, name := range g.names {
		if g.chance(percent) {
			b.WriteString(g.pick(name, name, name, strings.ToUpper(name)) + g.pick(" = ", "=", ": ", " : ", " =\n   ") + g.value(place) + "\n")
		}
	}
	return b.String() + g.pick("", "\n", "; end\n")
}

// includes makes up what a file includes: one of the lists, or nothing.
func (g *grower) includes(before, after []string) string {
	text := ""
	if g.chance(50) {
		text += "before = " + g.pick(before...) + "\n"
	}
	if g.chance(50) {
		text += "after: " + g.pick(after...) + "\n"
	}
	if text == "" {
		return ""
	}
	return "[INCLUDES]\n" + text
}

// file makes up a file without includes.
func (g *grower) file(percent int, headers ...string) string {
	var b strings.Builder
	for _, h := range headers {
		if h == "Definition" || g.chance(60) {
			b.WriteString(g.section(h, percent))
		}
	}
	return b.String()
}

// defaults makes up a [DEFAULT] that sets the first options to plain text, so that references to them succeed.
func (g *grower) defaults() string {
	text := "[DEFAULT]\n"
	for _, name := range g.names[:5] {
		text += name + " = " + g.pick("x", "1", "d-"+name, "", "a") + "\n"
	}
	return text
}

// plant writes the files of x and what they include below a folder, and returns what it wrote.
func (g *grower) plant(t *testing.T, dir string, headers ...string) string {
	files := []struct{ name, text string }{
		{"x.conf", g.includes([]string{"common.conf", "common.conf\n  missing.conf", "sub/deep.conf\n common.conf", ""}, []string{"after.conf", "after.conf\n after.conf", "common.local"}) +
			g.defaults() + g.file(50, headers...)},
		{"common.conf", g.defaults() + g.file(30, headers...)},
		{"sub/deep.conf", g.includes([]string{"../common.conf"}, []string{"missing.conf", "deep.conf"}) + g.file(30, headers...)},
		{"after.conf", g.includes([]string{"x.conf"}, []string{"x.local", "after.conf"}) + g.file(15, headers...)},
		{"x.d/10.conf", g.file(15, headers...)},
		{"x.d/05-first.conf", g.includes([]string{"../common.conf"}, []string{"../after.conf"}) + g.file(15, headers...)},
		{"x.d/20.local", g.file(15, headers...)},
		{"x.local", g.includes([]string{"after.conf"}, []string{"common.conf"}) + g.file(20, headers...)},
		{"common.local", g.file(15, headers...)},
	}
	var all strings.Builder
	for _, f := range files {
		if f.name != "x.conf" && g.chance(50) {
			continue
		}
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "--- %s\n%s", f.name, f.text)
	}
	return all.String()
}
