package iptables

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

func TestSource(t *testing.T) {
	for _, c := range []struct {
		rule string
		v6   bool
		want string
	}{
		{"-s 192.0.2.1/32 -j DROP", false, "192.0.2.1/32"},
		{"-p tcp -s 198.51.100.0/24 -j REJECT --reject-with tcp-reset", false, "198.51.100.0/24"},
		{"-s 2001:db8::1/128 -j DROP", true, "2001:db8::1/128"},
		{"-j DROP", false, "0.0.0.0/0"},
		{"-j DROP", true, "::/0"},
	} {
		if got, ok := source(c.rule, c.v6); !ok || got.String() != c.want {
			t.Errorf("%q: %v, %v; want %s", c.rule, got, ok, c.want)
		}
	}
	if got, ok := source("-s 192.0.2.0/255.255.0.255 -j DROP", false); ok {
		t.Errorf("a mask that is no length became %v", got)
	}
}

func TestMarked(t *testing.T) {
	for rule, want := range map[string]bool{
		end("sshd"):   true,
		end("a \" b"): true,
		"-j RETURN":   false,
		`-s 192.0.2.1/32 -m comment --comment "f2b:sshd" -j DROP`: false,
		`-m comment --comment "another's" -j RETURN`:              false,
		`-m comment --comment f2b:sshd -j RETURN`:                 true,
	} {
		if got := marked([]string{rule}); got != want {
			t.Errorf("%q: %v, want %v", rule, got, want)
		}
	}
}

// What iptables lists is read back as what was banned, and whatever else may stand
// in a chain does no harm.
func FuzzBanned(f *testing.F) {
	for _, rule := range []string{"-s 192.0.2.1/32 -j DROP", "-j RETURN", "-j", " -s  -j x", `-m comment --comment " -s 192.0.2.1/32 -j" -j DROP`} {
		f.Add(rule, "198.51.100.0/24")
	}
	f.Fuzz(func(t *testing.T, other, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() || p.Addr().Zone() != "" || strings.Contains(other, "\n") {
			return
		}
		family := &xtables.Family{V6: p.Addr().Is6()}
		rules := ban(family, firewall.Jail{Protocol: firewall.TCP}, p)
		found := banned(append(rules, other), family.V6)
		if len(found[p]) == 0 || found[p][0] != rules[0] {
			t.Errorf("%q is not found in %q", p, found)
		}
	})
}
