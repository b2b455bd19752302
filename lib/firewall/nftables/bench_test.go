package nftables

import (
	"net/netip"
	"testing"
	"time"

	"f2b/lib/firewall"
	"f2b/lib/firewall/fwtest"
)

// A restart brings many bans back at once.
func BenchmarkBan100000(b *testing.B) {
	bans := fwtest.Many("sshd", 100_000, time.Hour)
	backend := suite().Start(b, fwtest.Plain)
	for b.Loop() {
		b.StopTimer()
		if err := backend.Flush(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := backend.Ban(bans); err != nil {
			b.Fatal(err)
		}
	}
}

// A live ban comes alone, here beside 100,000 others.
func BenchmarkBan1(b *testing.B) {
	backend := suite().Start(b, fwtest.Plain)
	if err := backend.Ban(fwtest.Many("sshd", 100_000, time.Hour)); err != nil {
		b.Fatal(err)
	}
	one(b, backend, "203.0.113.1")
}

// A network goes into an interval set, here one that holds 10,000.
func BenchmarkBan1Network(b *testing.B) {
	backend := suite().Start(b, fwtest.Plain)
	if err := backend.Ban(networks(10_000)); err != nil {
		b.Fatal(err)
	}
	one(b, backend, "2001:db8:ffff:ffff::/64")
}

func BenchmarkBan10000Networks(b *testing.B) {
	bans := networks(10_000)
	backend := suite().Start(b, fwtest.Plain)
	for b.Loop() {
		if err := backend.Ban(bans); err != nil {
			b.Fatal(err)
		}
	}
}

// Check is asked several times a second.
func BenchmarkCheck(b *testing.B) {
	backend := suite().Start(b, fwtest.Plain)
	if err := backend.Ban(fwtest.Many("sshd", 1000, time.Hour)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if lost, err := backend.Check(); err != nil || len(lost) > 0 {
			b.Fatal(lost, err)
		}
	}
}

func one(b *testing.B, backend firewall.Backend, prefix string) {
	ban := fwtest.Bans("sshd", time.Hour, prefix)
	for b.Loop() {
		if err := backend.Ban(ban); err != nil {
			b.Fatal(err)
		}
	}
}

// networks makes n bans of different IPv6 networks of the length /64.
func networks(n int) []firewall.Ban {
	var bans []firewall.Ban
	for _, ban := range fwtest.Many("sshd", 2*n, time.Hour) {
		addr := ban.Prefix.Addr().As16()
		if !ban.Prefix.Addr().Is6() {
			continue
		}
		copy(addr[4:8], addr[12:16])
		ban.Prefix = netip.PrefixFrom(netip.AddrFrom16(addr), 64).Masked()
		bans = append(bans, ban)
	}
	return bans
}

// What is missing among many is looked for when the kernel cannot tell.
func BenchmarkMissing100000(b *testing.B) {
	bans := fwtest.Many("sshd", 100_000, time.Hour)
	backend := suite().Start(b, fwtest.Plain)
	if err := backend.Ban(bans); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if missing, err := backend.(*Backend).Missing(bans); err != nil || len(missing) > 0 {
			b.Fatal(len(missing), err)
		}
	}
}
