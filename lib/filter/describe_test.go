package filter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"webmin-auth": "# Mine.\n[Definition]\nfailregex = x <HOST>\n",
		"own":         "#\n# What it catches, in\n# two lines. And more.\n#\n# Else.\n[Definition]\nfailregex = x <HOST>\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, "filter.d"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "filter.d", name+".conf"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ spec, file, summary string }{
		{"own", dir + "/filter.d/own.conf", "What it catches, in two lines"},
		{"own[a=b]", dir + "/filter.d/own.conf", "What it catches, in two lines"},
		{dir + "/filter.d/own.conf", dir + "/filter.d/own.conf", "What it catches, in two lines"},
		{"webmin-auth", dir + "/filter.d/webmin-auth.conf", "Webmin and Usermin: failed logins"},
		{"nagios", "builtin/filter.d/nagios.conf", "Nagios Remote Plugin Executor: hosts that may not talk to it"},
		{"common", "builtin/filter.d/common.conf", "What stands in front of a daemon's own words: the prefix syslog or the journal puts there"},
	} {
		f, err := Find(c.spec, []string{dir})
		if err != nil {
			t.Fatal(err)
		}
		if f.File != c.file || f.Summary() != c.summary || f.Builtin() != strings.HasPrefix(c.file, "builtin/") {
			t.Errorf("%s: %s %q, want %s %q", c.spec, f.File, f.Summary(), c.file, c.summary)
		}
	}
	if _, err := Find("nagiso", []string{dir}); err == nil || !strings.Contains(err.Error(), "did you mean nagios?") {
		t.Errorf("a name that is none: %v", err)
	}
}

// TestBuiltinSummaries: what is said of the built-in filters is short and a whole phrase.
func TestBuiltinSummaries(t *testing.T) {
	for _, name := range builtinNames(t) {
		f, err := Find(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if s := f.Summary(); len(s) < 20 || len(s) > 170 || strings.Count(s, "(") != strings.Count(s, ")") {
			t.Errorf("%s: %d bytes: %s", name, len(s), s)
		}
	}
}
