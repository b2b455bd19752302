package main

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"f2b/lib/cli"
	"f2b/lib/jail"
)

// run gives the tool flags and lines, and returns what it writes and says.
func run(t *testing.T, flags string, lines ...string) (out, messages string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = cli.Run("f2b-count", description, new(count), strings.Fields(flags), strings.NewReader(strings.Join(lines, "\n")), &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}

// match is a failure of an address at a second after ten o'clock.
func match(ip string, second int) string {
	return fmt.Sprintf(`{"v":1,"type":"match","time":"2024-03-01T10:%02d:%02d+01:00","ip":%q,"filter":"sshd","line":"line %d"}`, second/60, second%60, ip, second)
}

// keys lists what the bans in a stream are about.
func keys(stream string) string {
	var keys []string
	for line := range strings.Lines(stream) {
		if _, rest, ok := strings.Cut(line, `"type":"ban"`); ok {
			_, rest, _ = strings.Cut(rest, `"ip":"`)
			ip, _, _ := strings.Cut(rest, `"`)
			keys = append(keys, ip)
		}
	}
	return strings.Join(keys, " ")
}

func TestBan(t *testing.T) {
	out, messages, status := run(t, "-findtime 1200 -maxretry 2",
		`{"v":1,"type":"match","time":"2024-03-01T10:00:00.5+01:00","ip":"192.0.2.1","filter":"sshd","line":"first"}`,
		`{"note":"x","v":1,"type":"match","time":"2024-03-01T10:20:00.25+01:00","ip":"192.0.2.1","id":"","dns":"host.example.com","filter":"sshd","jail":"",`+
			`"rule":3,"file":"/var/log/auth.log","lineno":7,"line":"second","lines":["before","second"],"fields":{"user":"root"},"mine":[1,{"a":2}]}`)
	want := `{"v":1,"type":"ban","time":"2024-03-01T10:20:00.25+01:00","ip":"192.0.2.1","dns":"host.example.com","filter":"sshd","rule":3,` +
		`"file":"/var/log/auth.log","lineno":7,"line":"second","fields":{"user":"root"},"failures":2,"first":"2024-03-01T10:00:00.5+01:00",` +
		`"findtime":1200,"maxretry":2,"matches":["before","second"],"note":"x","mine":[1,{"a":2}]}` + "\n"
	if out != want || messages != "" || status != 0 {
		t.Errorf("status %d, %s\n got %swant %s", status, messages, out, want)
	}
}

func TestCounting(t *testing.T) {
	id := func(id string) string {
		return `{"type":"match","time":"2024-03-01T10:00:00Z","id":"` + id + `","ip":"192.0.2.1"}`
	}
	tests := []struct {
		name, flags string
		lines       []string
		want        string
	}{
		{"too few", "-maxretry 3", []string{match("192.0.2.1", 0), match("192.0.2.1", 1)}, ""},
		{"too slow", "-maxretry 2 -findtime 10", []string{match("192.0.2.1", 0), match("192.0.2.1", 11)}, ""},
		{"each for itself", "-maxretry 2", []string{match("192.0.2.1", 0), match("192.0.2.2", 1), match("192.0.2.1", 2)}, "192.0.2.1"},
		{"twice", "-maxretry 1", []string{match("192.0.2.1", 0), match("192.0.2.1", 0)}, "192.0.2.1 192.0.2.1"},
		{"one address, many spellings", "-maxretry 2", []string{match("::ffff:192.0.2.1", 0), match("192.0.2.1", 0)}, "192.0.2.1"},
		{"a net of IPv4", "-maxretry 2 -ipv4-prefix 24", []string{match("192.0.2.1", 0), match("192.0.2.99", 1)}, "192.0.2.0/24"},
		{"a net of IPv6", "-maxretry 2 -ipv6-prefix 64", []string{match("2001:db8::1", 0), match("2001:db8::f:1", 1)}, "2001:db8::/64"},
		{"the other family alone", "-maxretry 2 -ipv6-prefix 64", []string{match("192.0.2.1", 0), match("192.0.2.2", 1)}, ""},
		{"a wider net stays", "-maxretry 1 -ipv4-prefix 24", []string{match("192.0.0.0/16", 0)}, "192.0.0.0/16"},
		{"a net that holds someone to leave alone", "-maxretry 2 -ipv4-prefix 24 -ignoreip 192.0.2.9",
			[]string{match("192.0.2.1", 0), match("192.0.2.2", 1), match("192.0.2.9", 1), match("192.0.2.2", 2)}, "192.0.2.2"},
		{"by id, not by ip", "-maxretry 2 -ipv4-prefix 8", []string{id("a"), id("b"), id("a")}, "192.0.2.1"},
		{"bans of bans", "-maxretry 2", []string{strings.Replace(match("192.0.2.1", 0), "match", "banned", 1), strings.Replace(match("192.0.2.1", 60), "match", "banned", 1)}, "192.0.2.1"},
		{"put back is not done again", "-maxretry 1", []string{strings.Replace(match("192.0.2.1", 0), `match"`, `banned","restored":true`, 1)}, ""},
		{"jails apart", "-maxretry 2", []string{match("192.0.2.1", 0), strings.Replace(match("192.0.2.1", 1), "sshd", "ftp", 1)}, ""},
		{"out of order", "-maxretry 3 -findtime 60", []string{match("192.0.2.1", 50), match("192.0.2.1", 0), match("192.0.2.1", 20)}, "192.0.2.1"},
		{"without end", "-maxretry 2 -findtime -1", []string{match("192.0.2.1", 0), strings.Replace(match("192.0.2.1", 0), "2024", "2039", 1)}, "192.0.2.1"},
	}
	for _, test := range tests {
		out, messages, status := run(t, test.flags, test.lines...)
		if got := keys(out); got != test.want || messages != "" || (status == 0) != (test.want != "") {
			t.Errorf("%s: status %d, %q; want %q; %s", test.name, status, got, test.want, messages)
		}
	}
}

func TestMatchesOfABan(t *testing.T) {
	lines := []string{match("192.0.2.1", 1), match("192.0.2.1", 2), match("192.0.2.1", 3)}
	for flags, want := range map[string]string{
		"-maxretry 3":                `"matches":["line 1","line 2","line 3"]}`,
		"-maxretry 3 -maxmatches 2":  `"matches":["line 2","line 3"]}`,
		"-maxretry 3 -maxmatches 0":  `"maxretry":3}`,
		"-maxretry 3 -maxmatches 10": `"matches":["line 1","line 2","line 3"]}`,
	} {
		if out, _, _ := run(t, flags, lines...); !strings.HasSuffix(out, want+"\n") {
			t.Errorf("%s: %s", flags, out)
		}
	}
}

// TestFirstOfAnyYear holds what a ban says of the first of two failures.
func TestFirstOfAnyYear(t *testing.T) {
	for _, test := range []struct{ first, last, want string }{
		{"1600-02-29T10:00:00.25Z", "1600-02-29T10:00:01Z", "1600-02-29T10:00:00.25Z"},
		{"1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z"},
		{"2262-04-11T23:47:16Z", "2262-04-11T23:47:17Z", "2262-04-11T23:47:16Z"},
		{"9999-12-31T23:00:00.000000001Z", "9999-12-31T23:00:01Z", "9999-12-31T23:00:00.000000001Z"},
		{"0000-01-01T00:00:00Z", "2024-03-01T10:00:00+01:00", "0000-01-01T01:00:00+01:00"},
		{"1600-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1600-01-01T00:00:00Z"},
		// In the zone of the last it would be before the year 0, which nobody can write.
		{"0000-01-01T00:00:00+01:00", "2024-03-01T10:00:00Z", "0000-01-01T22:59:00+23:59"},
	} {
		event := func(at string) string { return `{"v":1,"type":"match","time":"` + at + `","ip":"192.0.2.1"}` }
		out, messages, _ := run(t, "-findtime -1 -maxretry 2", event(test.first), event(test.last))
		if !strings.Contains(out, `"first":"`+test.want+`"`) || messages != "" {
			t.Errorf("%s, %s: %s%s", test.first, test.last, messages, out)
		}
	}
}

func TestBannedEventLosesItsBan(t *testing.T) {
	out, _, _ := run(t, "-maxretry 1", `{"type":"banned","time":"2024-03-01T10:00:00Z","ip":"192.0.2.1","jail":"sshd","line":"x","failures":5,"bantime":600,`+
		`"expires":"2024-03-01T10:10:00Z","bancount":3,"backend":"nftables"}`)
	want := `{"v":1,"type":"ban","time":"2024-03-01T10:00:00Z","ip":"192.0.2.1","jail":"sshd","line":"x","failures":1,"first":"2024-03-01T10:00:00Z","findtime":600,"maxretry":1,"matches":["x"]}` + "\n"
	if out != want {
		t.Errorf("got %swant %s", out, want)
	}
}

func TestOthersPassThroughWhole(t *testing.T) {
	lines := []string{
		`{"type":"unban",  "ip":"192.0.2.1"}`,
		`{"ip":5, "type":"heartbeat","IP":"x"}`,
		`{"type":"unbanned","ip":"192.0.2.1"}`,
	}
	out, messages, status := run(t, "", lines...)
	if want := strings.Join(lines, "\n") + "\n"; out != want || messages != "" || status != 0 {
		t.Errorf("status %d, %s%s", status, messages, out)
	}
}

func TestBadEventsAreSaidAndSkipped(t *testing.T) {
	out, messages, status := run(t, "-maxretry 1",
		`{"type":"match","time":"2024-03-01T10:00:00Z"}`,
		`{"type":"match","ip":"192.0.2.1"}`,
		`{"type":"match","time":"2024-03-01T10:00:00Z","ip":"999.1.1.1"}`,
		"\x1b[2Jgarbage",
		match("192.0.2.1", 0))
	want := "f2b-count: line 1: ip: missing\n" +
		"f2b-count: line 2: time: missing\n" +
		"f2b-count: line 3: ip: \"999.1.1.1\" is no address\n" +
		"f2b-count: line 4: no JSON object\n"
	if keys(out) != "192.0.2.1" || messages != want || status != 2 {
		t.Errorf("status %d, %s%s", status, messages, out)
	}
}

func TestWrongFlags(t *testing.T) {
	for flags, want := range map[string]string{
		"-findtime 0":                 "-findtime: 0 is no length of time",
		"-maxretry 0":                 "-maxretry: 0 is less than 1",
		"-maxmatches -1":              "-maxmatches: -1 is less than 0",
		"-ipv4-prefix 33":             "-ipv4-prefix: 33 is not between 1 and 32",
		"-ipv6-prefix 0":              "-ipv6-prefix: 0 is not between 1 and 128",
		"-max-tracked 0":              "-max-tracked: 0 is less than 1",
		"-ignoreip 999.1.1.1":         `-ignoreip: "999.1.1.1" is no address, net or host name`,
		"-ignoreip 192.0.2.0/33":      `-ignoreip: "192.0.2.0/33": "33" is no length of a prefix`,
		"-ignoreip 192.0.2.0/-1":      `-ignoreip: "192.0.2.0/-1": "-1" is no length of a prefix`,
		"-ignoreip 1.2.3.4/255.0.1.0": `-ignoreip: "1.2.3.4/255.0.1.0": 255.0.1.0 is no mask`,
		"-ignoreip a_b!":              `-ignoreip: "a_b!" is no address, net or host name`,
		"-ignorecommand <fid>":        "-ignorecommand: <fid> is not put into the command; its environment has F2B_IP, F2B_ID, F2B_JAIL, F2B_FILTER and F2B_LINE",
		"more":                        "unexpected argument more",
	} {
		out, messages, status := run(t, flags)
		if want := "f2b-count: " + want + " (see f2b-count -h)\n"; messages != want || status != 2 || out != "" {
			t.Errorf("%s: status %d, %swant %s", flags, status, messages, want)
		}
	}
}

func TestForgottenAddressesAreSaidOnce(t *testing.T) {
	var lines []string
	for i := range 100 {
		lines = append(lines, match(fmt.Sprintf("192.0.2.%d", i), 0))
	}
	out, messages, status := run(t, "-max-tracked 10", lines...)
	want := "f2b-count: more than 10 addresses fail at once: those quiet for longest are forgotten; -max-tracked says how many are kept\n"
	if out != "" || messages != want || status != 1 {
		t.Errorf("status %d, %s%s", status, messages, out)
	}
}

func TestNetsAreLeftAlone(t *testing.T) {
	list := new(ignoreList)
	for _, entry := range jail.SplitList("192.0.2.77/24, 2001:db8::/32\n\t203.0.113.9,,") {
		if _, err := list.add(entry); err != nil {
			t.Fatal(err)
		}
	}
	for address, want := range map[string]bool{
		"192.0.2.0/32": true, "192.0.2.255/32": true, "192.0.3.0/32": false, "2001:db8:ffff::1/128": true, "2001:db9::/128": false,
		"203.0.113.9/32": true, "203.0.113.8/32": false, "203.0.113.0/24": true, "198.51.100.0/24": false,
	} {
		if list.overlaps(netip.MustParsePrefix(address)) != want {
			t.Errorf("%s is left alone: %v", address, !want)
		}
	}
}

// BenchmarkCount counts failures of few addresses, of which every fifth decides.
func BenchmarkCount(b *testing.B) {
	const n = 10000
	var input bytes.Buffer
	for i := range n {
		fmt.Fprintf(&input, `{"v":1,"type":"match","time":"2024-03-01T10:%02d:%02d+01:00","ip":"192.0.2.%d","filter":"sshd","rule":4,"file":"/var/log/auth.log","lineno":%d,`+
			`"line":"Mar  1 10:00:00 host sshd[24200]: Failed password for invalid user bob from 192.0.2.%d port 38926 ssh2",`+
			`"fields":{"user":"bob","port":"38926"}}`+"\n", i/600%60, i/10%60, i%200, i+1, i%200)
	}
	b.SetBytes(int64(input.Len()))
	b.ReportAllocs()
	for b.Loop() {
		cli.Run("f2b-count", description, new(count), nil, bytes.NewReader(input.Bytes()), io.Discard, io.Discard)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
}
