package nftables

import (
	"slices"

	nft "github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"f2b/lib/firewall"
)

// register is the kernel register that all matches compare in.
const register = 1

// addRules adds the rules that send the packets of one set's addresses away.
// None of them looks at the connection's state: a ban also cuts the sessions that
// its address has open.
func (b *Backend) addRules(chain *nft.Chain, jail firewall.Jail, s set) error {
	for _, protocol := range jail.Protocols() {
		if protocol == "" && jail.Blocktype == firewall.Reject {
			// Without a protocol to match, tcp still wants its own refusal.
			b.addRule(chain, concat(transport(firewall.TCP), source(jail.Name, s), verdict(jail.Blocktype, firewall.TCP)))
		}
		ports, err := b.ports(jail.Ports)
		if err != nil {
			return err
		}
		b.addRule(chain, concat(transport(protocol), ports, source(jail.Name, s), verdict(jail.Blocktype, protocol)))
	}
	return nil
}

// addNeighbours lets IPv6 neighbour discovery through, of which a jail for all
// protocols would cut off everybody on the same wire: with a network that holds
// the router, this machine itself. IPv4 asks for neighbours below the firewall.
func (b *Backend) addNeighbours(chain *nft.Chain, jail firewall.Jail) {
	if len(jail.Ports) > 0 || jail.Protocol != firewall.AllProtocols {
		return
	}
	b.addRule(chain, []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register},
		equal([]byte{unix.IPPROTO_ICMPV6}),
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: 0, Len: 1},
		&expr.Range{Op: expr.CmpOpEq, Register: register, FromData: []byte{neighbourSolicit}, ToData: []byte{neighbourAdvert}},
		&expr.Verdict{Kind: expr.VerdictAccept},
	})
}

// letsNeighboursThrough recognises the rule that addNeighbours makes.
func letsNeighboursThrough(rule []expr.Any) bool {
	if len(rule) != 5 {
		return false
	}
	is, isCmp := rule[1].(*expr.Cmp)
	types, isRange := rule[3].(*expr.Range)
	return isCmp && isRange && slices.Equal(is.Data, []byte{unix.IPPROTO_ICMPV6}) &&
		slices.Equal(types.FromData, []byte{neighbourSolicit}) && slices.Equal(types.ToData, []byte{neighbourAdvert})
}

// ICMPv6 types (RFC 4861).
const (
	neighbourSolicit = 135
	neighbourAdvert  = 136
)

func (b *Backend) addRule(chain *nft.Chain, exprs []expr.Any) {
	b.conn.AddRule(&nft.Rule{Table: chain.Table, Chain: chain, Exprs: exprs})
}

func concat(parts ...[]expr.Any) (all []expr.Any) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// transport matches the transport protocol: "meta l4proto tcp".
func transport(protocol string) []expr.Any {
	number := map[string]byte{firewall.TCP: unix.IPPROTO_TCP, firewall.UDP: unix.IPPROTO_UDP}[protocol]
	if number == 0 {
		return nil
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register},
		equal([]byte{number}),
	}
}

// ports matches the destination port, which is at the same place in tcp and udp:
// "dport 22", "dport 5060-5061" or "dport { 22, 80 }". Several ports are an
// anonymous set, which is part of its rule and goes with it.
func (b *Backend) ports(ports []firewall.PortRange) ([]expr.Any, error) {
	if len(ports) == 0 {
		return nil, nil
	}
	load := &expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}
	if len(ports) == 1 {
		return []expr.Any{load, within(ports[0])}, nil
	}
	s := &nft.Set{Table: table(), Anonymous: true, Constant: true, KeyType: nft.TypeInetService}
	var elements []nft.SetElement
	for _, r := range ports {
		s.Interval = s.Interval || r.First != r.Last
	}
	for _, r := range ports {
		elements = append(elements, nft.SetElement{Key: port(r.First)})
		if s.Interval && r.Last < 65535 {
			elements = append(elements, nft.SetElement{Key: port(r.Last + 1), IntervalEnd: true})
		}
	}
	if err := b.conn.AddSet(s, elements); err != nil {
		return nil, err
	}
	return []expr.Any{load, &expr.Lookup{SourceRegister: register, SetName: s.Name, SetID: s.ID}}, nil
}

func within(r firewall.PortRange) expr.Any {
	if r.First == r.Last {
		return equal(port(r.First))
	}
	return &expr.Range{Op: expr.CmpOpEq, Register: register, FromData: port(r.First), ToData: port(r.Last)}
}

func port(n uint16) []byte { return binaryutil.BigEndian.PutUint16(n) }

// source matches the source address against a set, after the family: in an inet
// table the bytes at an address's place may be those of the other family.
func source(jail string, s set) []expr.Any {
	family, offset, length := byte(unix.NFPROTO_IPV4), uint32(12), uint32(4)
	if s.v6 {
		family, offset, length = unix.NFPROTO_IPV6, 8, 16
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register},
		equal([]byte{family}),
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: length},
		&expr.Lookup{SourceRegister: register, SetName: s.name(jail)},
	}
}

func equal(data []byte) expr.Any {
	return &expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: data}
}

// verdict counts and drops, or rejects so that a client fails at once with "connection
// refused": by a tcp reset where the protocol is tcp, else by port-unreachable.
func verdict(blocktype, protocol string) []expr.Any {
	count := &expr.Counter{}
	switch {
	case blocktype == firewall.Drop:
		return []expr.Any{count, &expr.Verdict{Kind: expr.VerdictDrop}}
	case protocol == firewall.TCP:
		return []expr.Any{count, &expr.Reject{Type: unix.NFT_REJECT_TCP_RST}}
	}
	return []expr.Any{count, &expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_PORT_UNREACH}}
}
