package filter

import (
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

func TestNearest(t *testing.T) {
	tests := []struct{ pattern, line, matched, rest string }{
		{`bad login for <F-USER>\S+</F-USER> at <HOST>$`, "bad login for bob from 192.0.2.1", "bad login for bob ", "at <HOST>$"},
		{`^x(?:y|z)+ <HOST>`, "xyzzy, 192.0.2.1", "xyzzy", " <HOST>"},
		{`user [<>]+ <HOST>`, "user <> at 192.0.2.1", "user <> ", "<HOST>"},
		{`from <ADDR> </F-`, "from 192.0.2.1 x", "from 192.0.2.1 ", "</F-"},
		{`from <HOST> <`, "from 192.0.2.1 x", "from 192.0.2.1 ", "<"},
		{`<HOST> zzz </F-`, "x y", "", ""},
		{`a <HOST>|b`, "a x", "", ""},
	}
	for _, test := range tests {
		f, err := Load(test.pattern, Options{Location: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		if n := f.Nearest(Line{Text: test.line}); n.Matched != test.matched || n.Rest != test.rest {
			t.Errorf("%s on %q: matched %q, rest %q", test.pattern, test.line, n.Matched, n.Rest)
		}
	}
}

// FuzzNearest holds that the search for the nearest pattern ends, and parts pattern and line without loss.
func FuzzNearest(f *testing.F) {
	f.Add(`bad <F-USER>\S+</F-USER> at <HOST>`, "bad bob from 192.0.2.1")
	f.Add(`<HOST> zzz </F-`, "x y")
	f.Add(`<ADDR>[]<]\<(?:a|b)*<F-A><F-B>x</F-A`, "192.0.2.1]<<abx")
	f.Fuzz(func(t *testing.T, pattern, line string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if filterName().MatchString(pattern) || len(pattern) > 200 || len(line) > 200 {
			return
		}
		flt, err := Load(pattern, Options{Location: time.UTC})
		if err != nil {
			return
		}
		line = strings.ToValidUTF8(line, "\uFFFD")
		n := flt.Nearest(Line{Text: line})
		if n.Rule > 0 && flt.Failregex()[n.Rule-1] != n.Pattern+n.Rest {
			t.Errorf("%q is not %q and %q", flt.Failregex()[n.Rule-1], n.Pattern, n.Rest)
		}
	})
}
