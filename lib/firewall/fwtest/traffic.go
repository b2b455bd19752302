package fwtest

import (
	"net/netip"
	"testing"
	"time"

	"f2b/lib/firewall"
)

// clients is the addresses of a peer: each is banned in a case of its own.
var clients = []netip.Addr{
	netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("198.51.100.7"),
	netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("2001:db8:7::7"),
}

// traffic sends packets through every kind of jail.
func (s Suite) traffic(t *testing.T) {
	Reset(t)
	peer := NewPeer(t, clients...)
	ports := map[string]uint16{"tcp": Echo(t, "tcp"), "udp": Echo(t, "udp"), "tcp-other": Echo(t, "tcp")}
	mine := func(ports ...uint16) (list []firewall.PortRange) {
		for _, p := range ports {
			list = append(list, firewall.PortRange{First: p, Last: p})
		}
		return list
	}
	around := func(p uint16) []firewall.PortRange {
		return []firewall.PortRange{{First: 22, Last: 22}, {First: p - 1, Last: p + 1}}
	}
	tcp, udp := ports["tcp"], ports["udp"]
	for name, c := range map[string]struct {
		jail             firewall.Jail
		tcp, udp, others string
	}{
		"default":        {firewall.Jail{}, Refused, Answered, Refused},
		"one port":       {firewall.Jail{Ports: mine(tcp)}, Refused, Answered, Answered},
		"ports":          {firewall.Jail{Ports: around(tcp)}, Refused, Answered, Answered},
		"another port":   {firewall.Jail{Ports: mine(22, 80)}, Answered, Answered, Answered},
		"udp":            {firewall.Jail{Protocol: firewall.UDP, Ports: mine(udp)}, Answered, Refused, Answered},
		"all":            {firewall.Jail{Protocol: firewall.AllProtocols}, Refused, Refused, Refused},
		"all with ports": {firewall.Jail{Protocol: firewall.AllProtocols, Ports: mine(tcp, udp)}, Refused, Refused, Answered},
		"drop":           {firewall.Jail{Protocol: firewall.AllProtocols, Blocktype: firewall.Drop, Ports: mine(tcp, udp)}, Silent, Silent, Answered},
		"prerouting":     {firewall.Jail{Hook: firewall.Prerouting, Protocol: firewall.AllProtocols}, Refused, Refused, Refused},
		"many ports":     {firewall.Jail{Ports: append(mine(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33), around(tcp)...)}, Refused, Answered, Answered},
	} {
		t.Run(name, func(t *testing.T) {
			s.probe(t, peer, ports, c.jail, c.tcp, c.udp, c.others)
		})
	}
}

// probe bans an address and a network of each family, and compares what clients
// see before, during and after it.
func (s Suite) probe(t *testing.T, peer *Peer, ports map[string]uint16, jail firewall.Jail, tcp, udp, others string) {
	b := s.Start(t, func(name string) firewall.Jail {
		named := jail
		named.Name = name
		return named
	})
	look := func(when string, from netip.Addr, tcp, udp, others string) {
		t.Helper()
		server := Server4
		if from.Is6() {
			server = Server6
		}
		for _, probe := range []struct{ port, network, want string }{{"tcp", "tcp", tcp}, {"udp", "udp", udp}, {"tcp-other", "tcp", others}} {
			to := netip.AddrPortFrom(server, ports[probe.port])
			if got := peer.Try(t, probe.network, from, to); got != probe.want {
				t.Errorf("%s: %s from %s to %s: %s, want %s", when, probe.network, from, probe.port, got, probe.want)
			}
		}
	}
	bans := Bans("sshd", time.Hour, "192.0.2.1", "198.51.100.0/24", "2001:db8::1", "2001:db8:7::/64")
	must(t, b.Ban(bans))
	for i, from := range clients {
		if free := i%3 == 1; free {
			look("not banned", from, Answered, Answered, Answered)
			continue
		}
		look("banned", from, tcp, udp, others)
	}
	must(t, b.Unban(bans))
	look("unbanned", clients[0], Answered, Answered, Answered)
	look("unbanned", clients[5], Answered, Answered, Answered)
}
