package fwtest

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/firewall"
)

// Jails is what a backend is made with.
type Jails = func(name string) firewall.Jail

// A Suite is what every backend promises, held against what another program
// reads from the kernel.
type Suite struct {
	// Make returns a backend that is not open yet.
	Make func(Jails) firewall.Backend
	// Bans reads a jail's bans from the kernel, and what is left of each: 0 for
	// good, or where the backend has no timeouts.
	Bans func(t testing.TB, jail string) map[string]time.Duration
	// Rules reads all that is in the firewall except for bans.
	Rules func(t testing.TB) string
	// Wreck lists what other programs do to our rules.
	Wreck map[string]func(t testing.TB)
	// Pluck takes a single ban of the jail sshd out, as another program does, and
	// Empty takes all IPv4 addresses.
	Pluck func(t testing.TB, prefix string)
	Empty func(t testing.TB)
	// Many is how many bans a bulk has to bring into the kernel.
	Many int
}

// Run runs the whole suite.
func (s Suite) Run(t *testing.T) {
	t.Run("WithoutRight", s.withoutRight)
	t.Run("Families", s.families)
	t.Run("Networks", s.networks)
	t.Run("Timeouts", s.timeouts)
	t.Run("Expiry", s.expiry)
	t.Run("Unban", s.unban)
	t.Run("StartedTwice", s.startedTwice)
	t.Run("NoAddress", s.noAddress)
	t.Run("HostileNames", s.hostileNames)
	t.Run("Together", s.together)
	t.Run("Bulk", s.bulk)
	t.Run("Repair", s.repair)
	t.Run("RepairByBan", s.repairByBan)
	t.Run("Audit", s.audit)
	t.Run("Flush", s.flush)
	t.Run("Traffic", s.traffic)
	t.Run("OpenSessionIsCut", s.openSession)
}

// Plain is the settings of a jail that has none of its own.
func Plain(name string) firewall.Jail { return firewall.Jail{Name: name} }

// Bans makes bans of one jail out of the texts of addresses and networks.
func Bans(jail string, timeout time.Duration, prefixes ...string) []firewall.Ban {
	bans := make([]firewall.Ban, len(prefixes))
	for i, text := range prefixes {
		bans[i] = firewall.Ban{Jail: jail, Prefix: parse(text), Timeout: timeout}
	}
	return bans
}

func parse(text string) netip.Prefix {
	if strings.Contains(text, "/") {
		return netip.MustParsePrefix(text)
	}
	addr := netip.MustParseAddr(text)
	return netip.PrefixFrom(addr, addr.BitLen())
}

// Text writes a prefix as Bans takes it: a single address without its length.
func Text(prefix string) string {
	if p := parse(prefix); p.IsSingleIP() {
		return p.Addr().String()
	}
	return prefix
}

// Long is the inverse of Text.
func Long(prefix string) string { return parse(prefix).String() }

// Many makes n bans of different addresses: every second one of IPv6.
func Many(jail string, n int, timeout time.Duration) []firewall.Ban {
	bans := make([]firewall.Ban, n)
	for i := range bans {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if i%2 == 1 {
			addr = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)})
		}
		bans[i] = firewall.Ban{Jail: jail, Prefix: netip.PrefixFrom(addr, addr.BitLen()), Timeout: timeout}
	}
	return bans
}

// Start empties the firewall and opens a backend that is closed with the test.
func (s Suite) Start(t testing.TB, jails Jails) firewall.Backend {
	t.Helper()
	Reset(t)
	return s.again(t, jails)
}

// again opens one more backend over the same firewall, as a second process does.
func (s Suite) again(t testing.TB, jails Jails) firewall.Backend {
	t.Helper()
	b := s.Make(jails)
	must(t, b.Open(t.Context()))
	t.Cleanup(func() { must(t, b.Close()) })
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless exactly these are banned.
func (s Suite) want(t testing.TB, jail string, prefixes ...string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(s.Bans(t, jail)))
	slices.Sort(prefixes)
	if !slices.Equal(got, prefixes) {
		t.Errorf("%s: banned are %q, want %q", jail, got, prefixes)
	}
}

// withoutRight: the very first thing that is said is what is missing.
func (s Suite) withoutRight(t *testing.T) {
	Reset(t)
	b := s.Make(Plain)
	var err error
	WithoutRight(t, func() { err = b.Open(t.Context()) })
	if err == nil || !strings.Contains(err.Error(), "permission denied: run as root") || strings.Contains(err.Error(), "\n") {
		t.Errorf("Open without the right: %v", err)
	}
	if err := b.Ban(Bans("sshd", time.Hour, "192.0.2.1")); err == nil {
		t.Error("a ban of a backend that is not open is no error")
	}
}

func (s Suite) families(t *testing.T) {
	b := s.Start(t, Plain)
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.9")))
	must(t, b.Ban(Bans("dovecot", time.Hour, "192.0.2.2")))
	s.want(t, "sshd", "192.0.2.1", "192.0.2.9", "2001:db8::1")
	s.want(t, "dovecot", "192.0.2.2")
}

// networks bans networks that hold one another, touch, and end where addresses do.
func (s Suite) networks(t *testing.T) {
	b := s.Start(t, Plain)
	prefixes := []string{
		"198.51.0.0/16", "198.51.100.0/24", "198.51.101.0/24", "198.51.100.128/25", "198.51.100.1", "255.255.255.0/24",
		"2001:db8::/32", "2001:db8::/64", "2001:db8:0:1::/64", "2001:db8::1", "ffff:ffff::/32",
	}
	must(t, b.Ban(Bans("sshd", time.Hour, prefixes...)))
	s.want(t, "sshd", prefixes...)
	must(t, b.Ban(Bans("sshd", time.Hour, "198.51.100.0/24", "198.51.0.0/16")))
	s.want(t, "sshd", prefixes...)
	must(t, b.Unban(Bans("sshd", 0, "198.51.0.0/16", "2001:db8::/64", "255.255.255.0/24", "203.0.113.0/24", "198.51.100.0/25")))
	s.want(t, "sshd", "198.51.100.0/24", "198.51.101.0/24", "198.51.100.128/25", "198.51.100.1", "2001:db8::/32", "2001:db8:0:1::/64", "2001:db8::1", "ffff:ffff::/32")
}

// timeouts: a ban of what is banned already ends when the new one does.
func (s Suite) timeouts(t *testing.T) {
	b := s.Start(t, Plain)
	prefixes := []string{"192.0.2.1", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/64"}
	for _, timeout := range []time.Duration{time.Minute, time.Hour, 2 * time.Minute, 0, 3 * time.Minute, 400 * 24 * time.Hour} {
		must(t, b.Ban(Bans("sshd", timeout, prefixes...)))
		s.want(t, "sshd", prefixes...)
		if !b.KernelExpiry() {
			continue
		}
		want := timeout
		if timeout > firewall.MaxKernelTimeout && b.Name() == "ipset" {
			want = 0 // Unban ends it
		}
		for prefix, left := range s.Bans(t, "sshd") {
			if left > want || left < want-30*time.Second {
				t.Errorf("%s: banned for %v, %v is left", prefix, timeout, left)
			}
		}
	}
}

// expiry: a ban of two seconds ends by itself where the kernel keeps the time.
func (s Suite) expiry(t *testing.T) {
	b := s.Start(t, Plain)
	if !b.KernelExpiry() {
		must(t, b.Ban(Bans("sshd", time.Millisecond, "192.0.2.1")))
		s.want(t, "sshd", "192.0.2.1")
		return
	}
	must(t, b.Ban(Bans("sshd", 2*time.Second, "192.0.2.1", "2001:db8::1", "198.51.100.0/24", "2001:db8:1::/64")))
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.2")))
	if n := len(s.Bans(t, "sshd")); n != 5 {
		t.Fatalf("%d bans at first, want 5", n)
	}
	Eventually(t, "the bans of two seconds are gone", func() bool { return len(s.Bans(t, "sshd")) == 1 })
	s.want(t, "sshd", "192.0.2.2")
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.1")))
	s.want(t, "sshd", "192.0.2.1", "192.0.2.2")
}

func (s Suite) unban(t *testing.T) {
	b := s.Start(t, Plain)
	must(t, b.Unban(Bans("sshd", 0, "192.0.2.1"))) // there is no jail yet
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")))
	must(t, b.Unban(Bans("sshd", 0, "192.0.2.1", "192.0.2.77", "192.0.2.1", "2001:db8::2", "2001:db8:77::/64")))
	s.want(t, "sshd", "192.0.2.2", "2001:db8::1")
	must(t, s.again(t, Plain).Unban(Bans("sshd", 0, "192.0.2.2"))) // another process
	s.want(t, "sshd", "2001:db8::1")
}

// startedTwice: a second process, and one after a restart, go on with what is there.
func (s Suite) startedTwice(t *testing.T) {
	jails := func(name string) firewall.Jail {
		return firewall.Jail{Name: name, Ports: []firewall.PortRange{{First: 22, Last: 22}, {First: 8000, Last: 8010}}}
	}
	first := s.Start(t, jails)
	must(t, first.Open(t.Context()))
	must(t, first.Ban(Bans("sshd", time.Hour, "192.0.2.1", "198.51.100.0/24")))
	rules := s.Rules(t)
	second := s.again(t, jails)
	must(t, second.Ban(Bans("sshd", time.Hour, "192.0.2.1", "192.0.2.2")))
	must(t, first.Ban(Bans("sshd", time.Hour, "192.0.2.3", "198.51.100.0/24")))
	if now := s.Rules(t); now != rules {
		t.Errorf("the rules changed from\n%s\nto\n%s", rules, now)
	}
	s.want(t, "sshd", "192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.0/24")
	for _, b := range []firewall.Backend{first, second} {
		if lost, err := b.Check(); err != nil || len(lost) > 0 {
			t.Errorf("Check: lost %q, %v", lost, err)
		}
	}
}

func (s Suite) noAddress(t *testing.T) {
	b := s.Start(t, Plain)
	bans := append(Bans("sshd", time.Hour, "192.0.2.1"), firewall.Ban{Jail: "sshd", ID: "alice"})
	bans = append(bans, Bans("sshd", time.Hour, "192.0.2.2")...)
	var partial *firewall.PartialError
	err := b.Ban(bans)
	if !errors.As(err, &partial) || len(partial.Failed) != 1 || partial.Failed[0].Index != 1 || !errors.Is(err, firewall.ErrNoAddress) {
		t.Errorf("got %v, want ErrNoAddress for the second ban alone", err)
	}
	s.want(t, "sshd", "192.0.2.1", "192.0.2.2")
}

// hostileNames: a jail's name is foreign text, and two names are two jails.
func (s Suite) hostileNames(t *testing.T) {
	b := s.Start(t, Plain)
	long := strings.Repeat("a-long-name.", 20)
	names := []string{"", "a b", "a_b", "a;b", "$(reboot)", "-j ACCEPT", "x\nflush ruleset", "ä", "\"}", "404", "!x", long, long + "x", strings.Repeat("x", 29), strings.Repeat("x", 30)}
	for i, name := range names {
		must(t, b.Ban(Bans(name, time.Hour, fmt.Sprintf("192.0.2.%d", i+1))))
	}
	for i, name := range names {
		s.want(t, name, fmt.Sprintf("192.0.2.%d", i+1))
	}
}

// bulk reads every single one back: there are libraries that lose some in silence.
func (s Suite) bulk(t *testing.T) {
	for _, n := range []int{2500, s.Many} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := s.Start(t, Plain)
			bans := Many("sshd", n, time.Hour)
			must(t, b.Ban(bans))
			there := s.Bans(t, "sshd")
			if len(there) != n {
				t.Errorf("%d bans reached the kernel, want %d", len(there), n)
			}
			for _, ban := range bans {
				if _, ok := there[ban.Prefix.Addr().String()]; !ok {
					t.Fatalf("%s is not banned", ban.Prefix)
				}
			}
			must(t, b.Ban(bans[:n/2])) // as a restart does: nothing doubles
			if got := len(s.Bans(t, "sshd")); got != n {
				t.Errorf("%d bans after half of them came again, want %d", got, n)
			}
			must(t, b.Unban(bans[1:]))
			if got := len(s.Bans(t, "sshd")); got != 1 {
				t.Errorf("%d bans are left, want 1", got)
			}
		})
	}
}
