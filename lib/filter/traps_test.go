package filter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bench is a filter under test with what it said.
type bench struct {
	*Filter
	t    *testing.T
	said []string
}

// load makes a filter; o may be empty. Its clock stands at noon, 1 July 2024, UTC.
func load(t *testing.T, spec string, o Options) *bench {
	t.Helper()
	b := &bench{t: t}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC) }
	}
	o.Location = time.UTC
	o.Report = func(err error) { b.said = append(b.said, err.Error()) }
	f, err := Load(spec, o)
	if err != nil {
		t.Fatalf("%s: %v", spec, err)
	}
	b.Filter = f
	return b
}

// loadText makes a filter of the text of its file.
func loadText(t *testing.T, text string) *bench {
	t.Helper()
	return load(t, writeFilter(t, text), Options{})
}

func writeFilter(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trap.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// who runs lines and joins whom the failures are about.
func (b *bench) who(lines ...string) string {
	var all []string
	for _, line := range lines {
		for _, m := range b.Process(Line{Text: line}).Matches {
			all = append(all, m.Who())
		}
	}
	return strings.Join(all, " ")
}

func (b *bench) want(who string, lines ...string) {
	b.t.Helper()
	if got := b.who(lines...); got != who {
		b.t.Errorf("%v on %q: got %q, want %q", b.Failregex(), lines, got, who)
	}
}

func TestTrapEndOfLine(t *testing.T) {
	for pattern, who := range map[string]string{
		`^x <HOST>$`: "192.0.2.1", `^x <HOST>\s$`: "192.0.2.1", `^x <HOST>\n$`: "192.0.2.1", `^x <HOST>\Z`: "",
	} {
		load(t, pattern, Options{}).want(who, "x 192.0.2.1")
	}
}

const dated = "2024-03-01 10:00:00"

func TestTrapOnlyGroupOneOfTheDateIsCut(t *testing.T) {
	o := Options{Datepattern: []string{`^\[({DATE})\] `}}
	load(t, `^\[\] post <HOST>$`, o).want("192.0.2.1", "["+dated+"] post 192.0.2.1")
	load(t, `^post <HOST>$`, o).want("", "["+dated+"] post 192.0.2.1")
}

func TestTrapDatepatternIsStripped(t *testing.T) {
	load(t, `^ x <HOST>$`, Options{Datepattern: []string{"  %Y-%m-%d %H:%M:%S  "}}).
		want("192.0.2.1", dated+" x 192.0.2.1")
}

func TestTrapWhatIgnoreregexSees(t *testing.T) {
	head := "[Definition]\nprefregex = ^pre <F-CONTENT>.+</F-CONTENT>$\nignoreregex = ^pre\nfailregex = ^a <HOST>$\n"
	// Of few failregexes, ignoreregex sees the content alone, which does not begin with pre ...
	loadText(t, head).want("192.0.2.1", "pre a 192.0.2.1")
	// ... and of many it is tried on the whole line first.
	loadText(t, head+" ^b <HOST>$\n ^c <HOST>$\n ^d <HOST>$\n").want("", "pre a 192.0.2.1")
}

func TestTrapCommentsInPatterns(t *testing.T) {
	text := "[Definition]\nfailregex = ^a;b <HOST>$\n  ^g #h <HOST>$\n  # ^gone <HOST>$\n  ; ^gone <HOST>$\n  ^cut <HOST> ; and this$\n"
	b := loadText(t, text)
	b.want("192.0.2.1 192.0.2.2 192.0.2.3", "a;b 192.0.2.1", "g #h 192.0.2.2", "cut 192.0.2.3 behind", "gone 192.0.2.4")
	if n := len(b.Failregex()); n != 3 {
		t.Errorf("%d patterns, want 3", n)
	}
}

func TestTrapMisspeltMode(t *testing.T) {
	b := load(t, "sshd[mode=agressive]", Options{Dirs: []string{installed}})
	said := strings.Join(b.said, "\n")
	if !strings.Contains(said, "agressive") || !strings.Contains(said, "aggressive") {
		t.Errorf("a misspelt mode is not warned of, or the right one not named: %q", said)
	}
	if b := load(t, "sshd[mode=aggressive]", Options{Dirs: []string{installed}}); len(b.said) > 0 {
		t.Errorf("the right mode is warned of: %q", b.said)
	}
}

func TestTrapSuccessAsAnotherUser(t *testing.T) {
	pre := "Mar  1 10:00:0"
	two := load(t, "sshd", Options{Dirs: []string{installed}})
	two.want("192.0.2.1 192.0.2.1",
		pre+"1 h sshd[7]: Failed publickey for dave from 192.0.2.1 port 40000 ssh2: RSA x",
		pre+"2 h sshd[7]: Failed publickey for eve from 192.0.2.1 port 40000 ssh2: RSA x",
		pre+"3 h sshd[7]: Accepted publickey for eve from 192.0.2.1 port 40000 ssh2: RSA x")
	one := load(t, "sshd", Options{Dirs: []string{installed}})
	one.want("",
		pre+"1 h sshd[7]: Failed publickey for eve from 192.0.2.1 port 40000 ssh2: RSA x",
		pre+"2 h sshd[7]: Failed publickey for eve from 192.0.2.1 port 40000 ssh2: RSA x",
		pre+"3 h sshd[7]: Accepted publickey for eve from 192.0.2.1 port 40000 ssh2: RSA x")
}

func TestTrapAddressOnAnEarlierLine(t *testing.T) {
	b := load(t, "sshd", Options{Dirs: []string{installed}})
	first := "Mar  1 10:00:01 h sshd[9]: Connection from 192.0.2.1 port 40000"
	second := "Mar  1 10:00:02 h sshd[9]: Disconnecting: Too many authentication failures for root [preauth]"
	b.want("", first)
	m := b.Process(Line{Text: second}).Matches
	if len(m) != 1 || m[0].Who() != "192.0.2.1" || len(m[0].Lines) != 2 || m[0].Lines[0] != first {
		t.Errorf("got %+v", m)
	}
}

func TestTrapDateInTheMiddle(t *testing.T) {
	load(t, `^pre \[\] post <HOST>$`, Options{}).want("192.0.2.1", "pre ["+dated+"] post 192.0.2.1")
}

// times runs one line for each time text and gives the times found.
func times(t *testing.T, now time.Time, texts ...string) []time.Time {
	var out []time.Time
	for _, text := range texts {
		b := load(t, `<HOST>$`, Options{Now: func() time.Time { return now }})
		m := b.Process(Line{Text: text + " x 192.0.2.1"}).Matches
		if len(m) != 1 {
			t.Fatalf("%s: %d matches", text, len(m))
		}
		out = append(out, m[0].Time.UTC())
	}
	return out
}

func TestTrapYearless(t *testing.T) {
	got := times(t, time.Date(2026, 1, 1, 0, 10, 0, 0, time.UTC), "Dec 31 23:59:58", "Jan  2 00:05:00", "Jan  2 00:15:00")
	for i, year := range []int{2025, 2026, 2025} {
		if got[i].Year() != year {
			t.Errorf("%s: want the year %d", got[i], year)
		}
	}
}

func TestTrapDateOrders(t *testing.T) {
	got := times(t, time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC),
		"01/02/2024 10:00:00", "01-27-2012 10:00:00", "2024-03-01 10:00:00 EST", "PDT Mar  1 10:00:00")
	for i, want := range []string{"2024-02-01T10", "2012-01-27T10", "2024-03-01T10", "2024-03-01T17"} {
		if have := got[i].Format("2006-01-02T15"); have != want {
			t.Errorf("got %s, want %s", have, want)
		}
	}
}

func TestTrapImpossibleAddresses(t *testing.T) {
	b := load(t, `^x <HOST>$`, Options{})
	b.want("", "x 999.999.999.999")
	if b.Stats().Refused != 1 || len(b.said) != 1 {
		t.Errorf("refused %d, said %q", b.Stats().Refused, b.said)
	}
	b.want("192.30.0.6", "x 192.030.0.6")
}

func TestTrapLeftmostHost(t *testing.T) {
	line := "Invalid user a from 198.51.100.66 from 192.0.2.1"
	load(t, `^Invalid user .*? from <HOST>`, Options{}).want("198.51.100.66", line)
	load(t, `^Invalid user .*? from <HOST>$`, Options{}).want("192.0.2.1", line)
}

func TestTrapPercent(t *testing.T) {
	_, err := Load(writeFilter(t, "[Definition]\nfailregex = ^100% <HOST>$\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "%") || !strings.Contains(err.Error(), "trap.conf:2") {
		t.Errorf("a lone %% in a file: got %v, want an error with file and line", err)
	}
	loadText(t, "[Definition]\nfailregex = ^100%% <HOST>$\n").want("192.0.2.1", "100% 192.0.2.1")
	load(t, `^100% <HOST>$`, Options{}).want("192.0.2.1", "100% 192.0.2.1")
}

func TestTrapMappedAndNets(t *testing.T) {
	b := load(t, `^x <HOST>$`, Options{})
	b.want("192.0.2.1 192.0.2.1", "x ::ffff:192.0.2.1", "x ::ffff:c000:0201")
	load(t, `^x <SUBNET>$`, Options{}).want("192.0.2.0/24", "x 192.0.2.77/24")
}

func TestOldHostGroup(t *testing.T) {
	load(t, `rip=(?P<host>\S*),`, Options{}).want("192.0.2.1", "x rip=192.0.2.1, y")
}
