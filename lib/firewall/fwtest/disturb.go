package fwtest

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"f2b/lib/firewall"
)

// repair: Check names what another program took away, once, and bans bring it back.
func (s Suite) repair(t *testing.T) {
	if len(s.Wreck) == 0 {
		t.Fatal("nothing to repair from")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Wreck)) {
		t.Run(name, func(t *testing.T) {
			b := s.Start(t, Plain)
			bans := Bans("sshd", time.Hour, "192.0.2.1", "2001:db8::1", "198.51.100.0/24")
			must(t, b.Ban(bans))
			if lost, err := b.Check(); err != nil || len(lost) > 0 {
				t.Fatalf("before: lost %q, %v", lost, err)
			}
			rules := s.Rules(t)
			s.Wreck[name](t)
			if lost, err := b.Check(); err != nil || !slices.Equal(lost, []string{"sshd"}) {
				t.Errorf("after: lost %q, %v; want sshd", lost, err)
			}
			if lost, err := b.Check(); err != nil || len(lost) > 0 {
				t.Errorf("the loss is told twice: %q, %v", lost, err)
			}
			must(t, b.Ban(bans))
			s.want(t, "sshd", "192.0.2.1", "2001:db8::1", "198.51.100.0/24")
			if now := s.Rules(t); now != rules {
				t.Errorf("the rules were\n%s\nand are\n%s", rules, now)
			}
			if lost, err := b.Check(); err != nil || len(lost) > 0 {
				t.Errorf("repaired: lost %q, %v", lost, err)
			}
		})
	}
}

// repairByBan: a ban that finds everything gone is in force all the same, and
// the loss of the others is told.
func (s Suite) repairByBan(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(s.Wreck)) {
		t.Run(name, func(t *testing.T) {
			b := s.Start(t, Plain)
			must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.1", "2001:db8::1")))
			s.Wreck[name](t)
			must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.2")))
			if _, banned := s.Bans(t, "sshd")["192.0.2.2"]; !banned {
				t.Error("192.0.2.2 is not banned")
			}
			if lost, err := b.Check(); err != nil || !slices.Equal(lost, []string{"sshd"}) {
				t.Errorf("lost %q, %v; want sshd", lost, err)
			}
		})
	}
}

// together: several processes ban and unban in one jail at the same time, each
// from several goroutines, and no ban gets lost.
func (s Suite) together(t *testing.T) {
	const each = 40
	first := s.Start(t, Plain)
	old := Many("sshd", each, time.Hour)
	must(t, first.Ban(old))
	backends := []firewall.Backend{first, first, s.again(t, Plain), s.again(t, Plain)}
	another := s.again(t, Plain)
	var work sync.WaitGroup
	errs := make(chan error, each*len(backends)+1)
	for i, b := range backends {
		work.Go(func() {
			for n := range each {
				addr := netip.AddrFrom4([4]byte{198, 51, 100, byte(i*each + n)})
				errs <- b.Ban([]firewall.Ban{{Jail: "sshd", Prefix: netip.PrefixFrom(addr, 32), Timeout: time.Hour}})
			}
		})
	}
	work.Go(func() { errs <- another.Unban(old) })
	work.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	if got := len(s.Bans(t, "sshd")); got != each*len(backends) {
		t.Errorf("%d are banned, want %d", got, each*len(backends))
	}
	for i, b := range backends {
		if lost, err := b.Check(); err != nil || len(lost) > 0 {
			t.Errorf("backend %d has lost %q, %v", i, lost, err)
		}
	}
}

// flush removes what is ours and nothing else.
func (s Suite) flush(t *testing.T) {
	Reset(t)
	must(t, s.again(t, Plain).Flush()) // there is nothing
	before := s.Rules(t)
	b := s.again(t, Plain)
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.1", "198.51.100.0/24", "2001:db8::1")))
	one := s.Rules(t)
	must(t, b.Ban(Bans("dovecot", time.Hour, "192.0.2.2")))
	must(t, b.Flush("dovecot", "unheard-of"))
	s.want(t, "sshd", "192.0.2.1", "198.51.100.0/24", "2001:db8::1")
	if now := s.Rules(t); now != one {
		t.Errorf("without dovecot there is\n%s\nwant\n%s", now, one)
	}
	must(t, b.Ban(Bans("dovecot", time.Hour, "192.0.2.2")))
	must(t, s.again(t, Plain).Flush()) // another process, which never saw the jails
	if now := s.Rules(t); now != before {
		t.Errorf("what is left is\n%s\nwant\n%s", now, before)
	}
	if lost, err := b.Check(); err != nil || !slices.Equal(lost, []string{"dovecot", "sshd"}) {
		t.Errorf("the first process has lost %q, %v", lost, err)
	}
	must(t, b.Ban(Bans("sshd", time.Hour, "192.0.2.3")))
	must(t, b.Flush("sshd"))
	if now := s.Rules(t); now != before {
		t.Errorf("after the last jail's end there is\n%s\nwant\n%s", now, before)
	}
}

// openSession: a ban also cuts the connection that its address has open.
func (s Suite) openSession(t *testing.T) {
	b := s.Start(t, func(name string) firewall.Jail {
		return firewall.Jail{Name: name, Blocktype: firewall.Drop}
	})
	Run(t, "ip", "link set lo up")
	client := netip.MustParseAddr("127.0.0.66")
	port := Echo(t, "tcp")
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(client, 0))}
	conn, err := dialer.Dial("tcp", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String())
	must(t, err)
	defer conn.Close()
	talks := func() bool {
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := conn.Write([]byte("hello")); err != nil {
			return false
		}
		_, err := conn.Read(make([]byte, 5))
		return err == nil
	}
	if !talks() {
		t.Fatal("the session does not work before the ban")
	}
	must(t, b.Ban([]firewall.Ban{{Jail: "sshd", Prefix: netip.PrefixFrom(client, 32), Timeout: time.Hour}}))
	if talks() {
		t.Error("the session goes on after the ban")
	}
}
