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
		"x " + strings.Repeat("ü", 200):    "x " + strings.Repeat("ü", 70) + "…",
		strings.Repeat("a", longestWord*2): strings.Repeat("a", longestWord-3) + "…",
	} {
		if got := shortened(text); got != want || len(got) > max(len(text), len(cutMark)) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
