package source

import (
	"strings"
	"testing"
)

func TestShortened(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "…",
		"ab":                               "…",
		"from 192.0.2.1":                   "from …",
		"from 192.0.2.166 ":                "from …",
		"from 192.0.2.166 port":            "from 192.0.2.166 …",
		"rhost=192.0.2.1":                  "…",
		"a\tüüüüü":                         "a\t…",
		"x " + strings.Repeat("ü", 200):    "x …",
		strings.Repeat("a", 2*longestWord): "…",
		`x {"ip":"192.0.2.166` + strings.Repeat(`"`, longestWord):         `x {"ip":"…`,
		`x {"ip":"192.0.2.166"}` + strings.Repeat(`,`, longestWord+8):     `x {"ip":"192.0.2.166"},,,,,…`,
		`x {"ip":"2001:db8::1/64` + strings.Repeat("\u2028", longestWord): `x {"ip":"…`,
		`x {"ip":"192.0.2.166` + strings.Repeat(`"`, longestWord-1) + "ü": `x {"ip":"…`,
	} {
		if got := shortened(text); got != want || len(got) > max(len(text), len(cutMark)) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
