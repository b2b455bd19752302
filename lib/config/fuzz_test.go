package config

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// FuzzParse reads anything as a configuration that is changed by a second file: it must end, and what it gives must be within its bounds.
func FuzzParse(f *testing.F) {
	f.Add(aFilter, "[Definition]\nmode = ddos\nfailregex = %(known/failregex)s\n")
	f.Add(anAction, "[Init]\nopt = <known/opt> <sec/x>%%\n[sec]\nx=%(__name__)s\n")
	f.Add("[INCLUDES]\nbefore = x.conf\n  x.local\nafter=x.local\n[DEFAULT]\na = %(b)s\nb = %(a)s", "[INCLUDES]\nbefore=x.conf\n")
	for _, text := range bombs(2000) {
		f.Add(text, "")
	}
	f.Fuzz(func(t *testing.T, text, local string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		c, err := Read(tree("x.conf", text, "x.local", local), "x")
		if err != nil {
			return
		}
		for _, section := range c.Sections() {
			for _, option := range c.Options(section) {
				if got, _, _ := c.Get(section, option); len(got) > maxBytes {
					t.Fatalf("[%s] %s has %d bytes", section, option, len(got))
				}
			}
		}
		d, err := c.Action("x", "jail", []Arg{{"a", "<b>"}})
		if err != nil {
			return
		}
		for _, option := range d.Options() {
			if got, _ := d.GetFor(option, "family=inet6"); len(got) > maxBytes {
				t.Fatalf("%s has %d bytes", option, len(got))
			}
		}
		d.Warnings()
		d.Known()
	})
}

// bombs are files of about n bytes that would grow without bounds, or take for ever.
func bombs(n int) map[string]string {
	chain := func(format func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(format(i))
		}
		return "[Definition]\nfailregex = <a0>%(a0)s\n" + b.String()
	}
	next := func(i int) string { return "a" + strconv.Itoa(i+1) }
	name := func(i int) string { return "\na" + strconv.Itoa(i) + " = " }
	return map[string]string{
		"tags double":        chain(func(i int) string { return name(i) + strings.Repeat("<"+next(i)+">", 2) }),
		"references double":  chain(func(i int) string { return name(i) + strings.Repeat("%("+next(i)+")s", 2) }),
		"references fan out": "[Definition]\nfailregex = %(b0)s\nb8 = x\n" + fanOut("%%(b%d)s", n),
		"tags fan out":       "[Definition]\nfailregex = <b0>\nb8 = x\n" + fanOut("<b%d>", n),
		"empty refs fan out": "[Definition]\nfailregex = %(b0)s\nb8 = \n" + fanOut("%%(b%d)s", n),
		"empty tags fan out": "[Definition]\nfailregex = <b0>\nb8 = \n" + fanOut("<b%d>", n),
		"a long chain":       chain(func(i int) string { return name(i) + "<" + next(i) + ">" }),
		"all strays":         "[Definition]\nfailregex =" + strings.Repeat(" <stray> <x-stray>", n/18),
		"many strays":        chain(func(i int) string { return name(i) + "\n <s" + strconv.Itoa(i) + ">" }),
		"open tags":          "[Definition]\nfailregex = " + strings.Repeat("<", n),
		"open and close":     "[Definition]\nfailregex = " + strings.Repeat("<", n/2) + "a" + strings.Repeat(">", n/2) + "\na = <b>\nb = \n",
		"percent":            "[Definition]\nfailregex = " + strings.Repeat("%%", n/2),
		"sections":           strings.Repeat("[a]\n", n/4),
		"many sections":      "[Definition]\na=1\n" + numbered("[s%d]\nx=%%(a)s\n", n),
		"many conditions":    "[Definition]\na=1\n" + numbered("[Init?f=%d]\nx=<a>\n", n),
		"many includes":      "[INCLUDES]\nbefore = " + strings.Repeat("x.conf\n x.local\n ", n/17),
		"growing parameters": "[Definition]\nbig = " + strings.Repeat("x", n/2) + "\n[Init]\n" + numbered("p%d = <big><big>\n", n/2),
	}
}

func fanOut(form string, n int) string {
	var b strings.Builder
	for i := range 8 {
		ref := strings.Replace(strings.ReplaceAll(form, "%%", "%"), "%d", strconv.Itoa(i+1), 1)
		b.WriteString("b" + strconv.Itoa(i) + " = " + strings.Repeat(ref, n/8/len(ref)+1) + "\n")
	}
	return b.String()
}

func numbered(form string, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strings.ReplaceAll(strings.Replace(form, "%d", strconv.Itoa(i), 1), "%%", "%"))
	}
	return b.String()
}

// TestBombs reads large files of the sort; that it comes to its end is the test.
func TestBombs(t *testing.T) {
	for name, text := range bombs(1 << 20) {
		t.Run(name, func(t *testing.T) {
			c, err := Read(tree("x.conf", text), "x")
			if err != nil {
				t.Log(clip(err.Error()))
				return
			}
			d, err := c.Definition([]Arg{{"mode", "x"}})
			if err != nil {
				t.Log(err)
				return
			}
			d.Known()
			t.Logf("accepted, %d warnings", len(d.Warnings()))
		})
	}
}

// FuzzParseName checks that what is read can be written again and reads the same.
func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"sshd", "sshd[mode=aggressive]", `a[b="x, y", c='"']`, "a[b=1][c=2]", `a[b="x]y"]`, "a [b=\n1,]", "[", "a[b", `a[b="c]`, "a[é=ü]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		_, _ = SplitActions(text)
		name, args, err := ParseName(text)
		if err != nil {
			return
		}
		var b strings.Builder
		b.WriteString(name + "[")
		for _, a := range args {
			quote := `"`
			if strings.Contains(a.Value, quote) {
				quote = "'"
			}
			if strings.Contains(a.Value, quote) {
				return // it was not quoted, and cannot be
			}
			b.WriteString(a.Name + "=" + quote + a.Value + quote + ",")
		}
		again, args2, err := ParseName(b.String() + "]")
		if err != nil || again != name || !slices.Equal(args, args2) {
			t.Fatalf("%q is %q %q, but %q is %q %q, %v", text, name, args, b.String()+"]", again, args2, err)
		}
	})
}

// FuzzParseDuration checks that a duration is written so that it reads back.
func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"600", "1d12h", "60*60", "-1", "1y-6mo", "((1))", "1.5h 2", "9223372036854775807", "1/0", "----1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if back, err := ParseDuration(d.String()); err != nil || back != d && d < 1<<53 {
			t.Fatalf("%q is %d, written as %s, which is %d, %v", text, d, d, back, err)
		}
	})
}
