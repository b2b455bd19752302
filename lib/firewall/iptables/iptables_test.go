package iptables

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
		"iptables -I f2b-sshd": both("-I f2b-sshd -j ACCEPT"),
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
		Pluck: func(t testing.TB, prefix string) {
			tool := form
			if strings.Contains(prefix, ":") {
				tool = six
			}
			fwtest.Run(t, tool, "-D f2b-sshd -p tcp -j REJECT --reject-with tcp-reset -s "+prefix)
		},
		Empty: func(t testing.TB) {
			fwtest.Run(t, form, "-F f2b-sshd")
			fwtest.Run(t, form, "-A f2b-sshd -m comment --comment f2b:sshd -j RETURN")
		},
		Many: 20_000,
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

// tools makes a PATH of links to these tools alone.
func tools(t *testing.T, form string, names ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		target, err := exec.LookPath(strings.Replace(name, "iptables", form, 1))
		if strings.HasPrefix(name, "ip6") {
			target, err = exec.LookPath(strings.Replace(name, "ip6tables", strings.Replace(form, "ip", "ip6", 1), 1))
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

// Without ip6tables the IPv4 addresses are banned all the same, and it is said once.
//
// Fault: firewall: ip6tables is not there. Outcome: that is said once; IPv4 is banned, and IPv6 answered by failed with the reason.
func TestWithoutIPv6(t *testing.T) {
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			fwtest.Reset(t)
			path := os.Getenv("PATH")
			tools(t, form, "iptables", "iptables-restore")
			var said []error
			b := New(fwtest.Plain, Options{Report: func(err error) { said = append(said, err) }})
			for range 2 {
				if err := b.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			err := b.Ban(fwtest.Bans("sshd", time.Hour, "2001:db8::1", "192.0.2.1"))
			var partial *firewall.PartialError
			if !errors.As(err, &partial) || len(partial.Failed) != 1 || partial.Failed[0].Index != 0 || !strings.Contains(err.Error(), "ip6tables: not found") {
				t.Errorf("got %v, want a failure of the IPv6 address alone", err)
			}
			if len(said) != 1 || !strings.Contains(said[0].Error(), "no IPv6") {
				t.Errorf("said %v", said)
			}
			if lost, err := b.Check(); err != nil || len(lost) > 0 {
				t.Errorf("Check: %q, %v", lost, err)
			}
			t.Setenv("PATH", path)
			if got := bans(t, form, "sshd"); len(got) != 1 {
				t.Errorf("banned are %v", got)
			}
		})
	}
}

// Fault: firewall: iptables is not there. Outcome: f2b-ban does not start, and says what to install.
func TestMissingTools(t *testing.T) {
	for _, names := range [][]string{{}, {"iptables"}} {
		t.Run(strings.Join(names, " "), func(t *testing.T) {
			tools(t, "iptables-nft", names...)
			err := New(fwtest.Plain, Options{}).Open(t.Context())
			if err == nil || !strings.Contains(err.Error(), "iptables: not found: try apt-get install iptables") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A chain of fail2ban's has the same name and is neither used nor removed.
func TestAnothersChain(t *testing.T) {
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			b := suite(form).Start(t, fwtest.Plain)
			fwtest.Run(t, form, "-N f2b-sshd")
			fwtest.Run(t, form, "-A f2b-sshd -s 192.0.2.7 -j REJECT")
			fwtest.Run(t, form, "-A f2b-sshd -j RETURN")
			before := fwtest.Run(t, form, "-S")
			err := b.Ban(fwtest.Bans("sshd", time.Hour, "192.0.2.1"))
			if err == nil || !strings.Contains(err.Error(), "chain f2b-sshd is another program's") {
				t.Errorf("got %v", err)
			}
			if err := b.Unban(fwtest.Bans("sshd", 0, "192.0.2.7")); err != nil {
				t.Error(err)
			}
			if err := b.Flush(); err != nil {
				t.Error(err)
			}
			if now := fwtest.Run(t, form, "-S"); now != before {
				t.Errorf("the rules were\n%s\nand are\n%s", before, now)
			}
		})
	}
}

// The rules of a jail with settings are those that a reader of iptables -S expects.
func TestRules(t *testing.T) {
	jail := firewall.Jail{Chains: []string{"INPUT", "FORWARD"}, Protocol: firewall.UDP, Blocktype: firewall.Drop}
	for port := range uint16(17) {
		jail.Ports = append(jail.Ports, firewall.PortRange{First: 100 + 2*port, Last: 100 + 2*port})
	}
	jail.Ports = append(jail.Ports, firewall.PortRange{First: 5060, Last: 5061})
	jails := func(name string) firewall.Jail { jail.Name = name; return jail }
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			b := suite(form).Start(t, jails)
			if err := b.Ban(fwtest.Bans("a very long name of a jail", time.Hour, "192.0.2.1", "198.51.100.0/24")); err != nil {
				t.Fatal(err)
			}
			rules := fwtest.Run(t, form, "-S")
			chain := chainName("a very long name of a jail")
			for _, want := range []string{
				"-A INPUT -p udp -m multiport --dports 100,102,104,106,108,110,112,114,116,118,120,122,124,126,128 ",
				"-A INPUT -p udp -m multiport --dports 130,132,5060:5061 ",
				"-A FORWARD -p udp -m multiport --dports 130,132,5060:5061 ",
				`--comment "f2b:a_very_long_name_of_a_jail/`,
				"-j " + chain + "\n",
				"-A " + chain + " -s 192.0.2.1/32 -j DROP\n",
				"-A " + chain + " -s 198.51.100.0/24 -j DROP\n",
			} {
				if !strings.Contains(rules, want) {
					t.Errorf("there is no %q in\n%s", want, rules)
				}
			}
		})
	}
}

// A restart with other settings replaces the rules.
func TestSettingsChange(t *testing.T) {
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			jail := firewall.Jail{Ports: []firewall.PortRange{{First: 22, Last: 22}}}
			jails := func(name string) firewall.Jail { jail.Name = name; return jail }
			ban := fwtest.Bans("sshd", time.Hour, "192.0.2.1")
			if err := suite(form).Start(t, jails).Ban(ban); err != nil {
				t.Fatal(err)
			}
			jail = firewall.Jail{Protocol: firewall.AllProtocols, Ports: []firewall.PortRange{{First: 53, Last: 53}}}
			b := New(jails, Options{Binary: form})
			if err := b.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := b.Ban(ban); err != nil {
				t.Fatal(err)
			}
			rules := fwtest.Run(t, form, "-S")
			if strings.Contains(rules, "--dports 22") || strings.Count(rules, "--dports 53") != 2 || strings.Count(rules, "-s 192.0.2.1/32") != 2 {
				t.Errorf("the rules are\n%s", rules)
			}
		})
	}
}

func TestNoSuchChain(t *testing.T) {
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			b := suite(form).Start(t, func(name string) firewall.Jail {
				return firewall.Jail{Name: name, Chains: []string{"DOCKER-USER"}}
			})
			err := b.Ban(fwtest.Bans("sshd", time.Hour, "192.0.2.1"))
			if err == nil || !strings.Contains(err.Error(), "no chain DOCKER-USER") {
				t.Errorf("got %v", err)
			}
		})
	}
}
