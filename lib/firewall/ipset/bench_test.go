package ipset

import (
	"testing"
	"time"

	"f2b/lib/firewall/fwtest"
)

// A restart brings many bans back at once.
func BenchmarkBan100000(b *testing.B) {
	bans := fwtest.Many("sshd", 100_000, time.Hour)
	backend := suite(forms[0]).Start(b, fwtest.Plain)
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
	backend := suite(forms[0]).Start(b, fwtest.Plain)
	if err := backend.Ban(fwtest.Many("sshd", 100_000, time.Hour)); err != nil {
		b.Fatal(err)
	}
	ban := fwtest.Bans("sshd", time.Hour, "203.0.113.1")
	for b.Loop() {
		if err := backend.Ban(ban); err != nil {
			b.Fatal(err)
		}
	}
}

// Check is asked several times a second.
func BenchmarkCheck(b *testing.B) {
	backend := suite(forms[0]).Start(b, fwtest.Plain)
	if err := backend.Ban(fwtest.Many("sshd", 1000, time.Hour)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if lost, err := backend.Check(); err != nil || len(lost) > 0 {
			b.Fatal(lost, err)
		}
	}
}
