package action

import (
	"testing"

	"f2b/lib/firewall/fwtest"
)

// A ban and its end, of an action that starts no program but its shell: what the backend itself costs.
func BenchmarkBan(b *testing.B) {
	w := newBench(b)
	backend := w.open(w.write("cheap", "actionban = : <ip> <F-USER> \"<matches>\"\nactionunban = : <ip>\n"))
	all := bans(nil, "192.0.2.1")
	for b.Loop() {
		if err := backend.Ban(all); err != nil {
			b.Fatal(err)
		}
		if err := backend.Unban(all); err != nil {
			b.Fatal(err)
		}
	}
}

// The same with iptables, as Debian's action has it.
func BenchmarkIptables(b *testing.B) {
	fwtest.Reset(b)
	w := newBench(b)
	backend := w.open(installed + "/action.d/iptables-multiport[name=x]")
	all := bans(nil, "192.0.2.1")
	for b.Loop() {
		if err := backend.Ban(all); err != nil {
			b.Fatal(err)
		}
		if err := backend.Unban(all); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading an action and making all of its commands ready, once for each jail.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(installed+"/action.d/iptables-ipset-proto6", "sshd", nil); err != nil {
			b.Fatal(err)
		}
	}
}
