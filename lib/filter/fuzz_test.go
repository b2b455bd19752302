package filter

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"f2b/lib/bounds"
)

// FuzzFilter takes the text of a filter file and of a log. Whatever they hold, loading ends in an error or
// a filter, and every match names a real address or some id.
func FuzzFilter(f *testing.F) {
	f.Add("[Definition]\nfailregex = ^x <HOST>$\n", "x 192.0.2.1\nx 999.1.1.1\n")
	f.Add("[Definition]\nprefregex = ^<F-MLFID>\\S+</F-MLFID> <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^bad <F-USER>\\S*</F-USER> <HOST>\n ^<F-NOFAIL>from</F-NOFAIL> <HOST>$\nignoreregex = root\n",
		"7 from 192.0.2.1\n7 bad root\n7 bad eve 192.0.2.2\n")
	f.Add("[Definition]\nmaxlines = 3\nfailregex = ^a <HOST>$<SKIPLINES>^b$\ndatepattern = ^EPOCH\n", "a 2001:db8::1\nc\nb\n")
	f.Add("[Definition]\nfailregex = ^(?P<q>[\"'])<F-ID>.*?</F-ID>(?P=q)$\nusedns = raw\n", "'id'\n\"\xff\"\n")
	for _, name := range []string{"sshd", "dovecot", "postfix"} {
		text, err := fs.ReadFile(builtin, "builtin/filter.d/"+name+".conf")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.Replace(string(text), "[INCLUDES]\nbefore = common.conf", "", 1), "Mar  1 10:00:00 h x[1]: y from 192.0.2.1\n")
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text, log string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		path := filepath.Join(dir, fmt.Sprintf("fuzz-%d.conf", os.Getpid()))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		flt, err := Load(path, Options{Now: func() time.Time { return time.Unix(1.7e9, 0) }, Location: time.UTC})
		if err != nil {
			return
		}
		checkLines(t, flt, log)
	})
}

// FuzzLines tries hostile lines on a built-in filter with sessions.
func FuzzLines(f *testing.F) {
	for _, name := range []string{"sshd", "dovecot", "asterisk"} {
		data, err := os.ReadFile("builtin/testdata/" + name + ".log")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, string(data))
	}
	filters := map[string]*Filter{}
	f.Fuzz(func(t *testing.T, name, log string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if name != "sshd" && name != "dovecot" {
			name = "asterisk"
		}
		if filters[name] == nil {
			flt, err := Load(name, Options{Location: time.UTC})
			if err != nil {
				t.Fatal(err)
			}
			filters[name] = flt
		}
		checkLines(t, filters[name], log)
	})
}

// checkLines runs lines and checks what must hold of any match.
func checkLines(t *testing.T, f *Filter, log string) {
	for line := range strings.SplitSeq(strings.ToValidUTF8(log, "\uFFFD"), "\n") {
		for _, m := range f.Process(Line{Text: line}).Matches {
			if m.Who() == "" && m.ID == "" && m.DNS == "" && m.IP == (netip.Prefix{}) && !emptyID(&m) {
				t.Errorf("a match names nobody: %q", line)
			}
			if m.IP.IsValid() && m.IP != m.IP.Masked() {
				t.Errorf("%s has host bits", m.IP)
			}
			e := m.Event()
			if !utf8.Valid(e.AppendJSON(nil)) {
				t.Errorf("the event of %q is no UTF-8", line)
			}
		}
	}
}

// emptyID tells whether the pattern itself captured an empty id.
func emptyID(m *Match) bool {
	id, ok := m.Capture("fid")
	return ok && id == ""
}
