package iptables

import (
	"testing"
	"time"

	"f2b/lib/firewall/fwtest"
)

// A restart brings many bans back at once.
func BenchmarkBan10000(b *testing.B) {
	for _, form := range forms {
		b.Run(form, func(b *testing.B) {
			bans := fwtest.Many("sshd", 10_000, time.Hour)
			backend := suite(form).Start(b, fwtest.Plain)
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
		})
	}
}

// A live ban comes alone, here beside a hundred others.
func BenchmarkBan1(b *testing.B) {
	for _, form := range forms {
		b.Run(form, func(b *testing.B) {
			backend := suite(form).Start(b, fwtest.Plain)
			if err := backend.Ban(fwtest.Many("sshd", 100, time.Hour)); err != nil {
				b.Fatal(err)
			}
			ban := fwtest.Bans("sshd", time.Hour, "203.0.113.1")
			for b.Loop() {
				if err := backend.Ban(ban); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := backend.Unban(ban); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// Check is asked several times a second.
func BenchmarkCheck(b *testing.B) {
	for _, form := range forms {
		b.Run(form, func(b *testing.B) {
			backend := suite(form).Start(b, fwtest.Plain)
			if err := backend.Ban(fwtest.Many("sshd", 100, time.Hour)); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if lost, err := backend.Check(); err != nil || len(lost) > 0 {
					b.Fatal(lost, err)
				}
			}
		})
	}
}
