package iptables

import (
	"strings"
	"testing"
	"time"

	"f2b/lib/firewall"
	"f2b/lib/firewall/fwtest"
)

func TestMain(m *testing.M) { fwtest.Main(m) }

// forms are the two iptables that are in the field.
var forms = []string{"iptables-nft", "iptables-legacy"}

func suite(form string) fwtest.Suite {
	six := strings.Replace(form, "iptables", "ip6tables", 1)
	both := func(args string) func(testing.TB) {
		return func(t testing.TB) {
			fwtest.Run(t, form, args)
			fwtest.Run(t, six, args)
		}
	}
	wreck := map[string]func(testing.TB){
		"iptables -F":          both("-F"),
		"iptables -F f2b-sshd": both("-F f2b-sshd"),
		"iptables -F and -X":   func(t testing.TB) { both("-F")(t); both("-X")(t) },
		"one family":           func(t testing.TB) { fwtest.Run(t, form, "-F") },
	}
	if form == "iptables-nft" {
		wreck["nft flush ruleset"] = func(t testing.TB) { fwtest.Run(t, "nft", "flush ruleset") }
	}
	return fwtest.Suite{
		Make: func(jails fwtest.Jails) firewall.Backend {
			return New(jails, Options{Binary: form, Report: func(err error) { panic(err) }})
		},
		Bans:  func(t testing.TB, jail string) map[string]time.Duration { return bans(t, form, jail) },
		Rules: func(t testing.TB) string { return withoutBans(fwtest.Run(t, form, "-S") + fwtest.Run(t, six, "-S")) },
		Wreck: wreck,
		Many:  20_000,
	}
}

func TestBackend(t *testing.T) {
	for _, form := range forms {
		t.Run(form, suite(form).Run)
	}
}

// bans reads the sources of a chain's rules.
func bans(t testing.TB, form, jail string) map[string]time.Duration {
	t.Helper()
	found := map[string]time.Duration{}
	for _, tool := range []string{form, strings.Replace(form, "iptables", "ip6tables", 1)} {
		out, _ := fwtest.Try(t, tool, "-S "+chainName(jail))
		for line := range strings.Lines(out) {
			_, source, ok := strings.Cut(line, " -s ")
			if !ok {
				continue
			}
			source, _, _ = strings.Cut(source, " ")
			source = fwtest.Text(source)
			if _, twice := found[source]; twice {
				t.Errorf("%s is banned twice", source)
			}
			found[source] = 0
		}
	}
	return found
}

// withoutBans leaves out the rules of addresses.
func withoutBans(rules string) string {
	var kept strings.Builder
	for line := range strings.Lines(rules) {
		if !strings.Contains(line, " -s ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
