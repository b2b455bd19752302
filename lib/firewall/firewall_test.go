package firewall

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestNormalFillsInDefaults(t *testing.T) {
	got, err := Jail{Name: "sshd"}.Normal()
	if err != nil {
		t.Fatal(err)
	}
	if got.Protocol != TCP || got.Blocktype != Reject || got.Hook != Input || len(got.Chains) != 1 || got.Chains[0] != "INPUT" {
		t.Errorf("got %+v", got)
	}
}

func TestNormalRefusesUnknownWords(t *testing.T) {
	for word, jail := range map[string]Jail{
		"protocol": {Name: "x", Protocol: "icmp"}, "blocktype": {Name: "x", Blocktype: "tarpit"}, "hook": {Name: "x", Hook: "output"},
	} {
		if _, err := jail.Normal(); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%+v: got %v, want an error that names %s", jail, err, word)
		}
	}
}

func TestProtocols(t *testing.T) {
	ports := []PortRange{{22, 22}}
	for _, c := range []struct {
		jail Jail
		want string
	}{
		{Jail{Protocol: TCP}, "tcp"},
		{Jail{Protocol: UDP, Ports: ports}, "udp"},
		{Jail{Protocol: AllProtocols}, ""},
		{Jail{Protocol: AllProtocols, Ports: ports}, "tcp udp"},
	} {
		if got := strings.Join(c.jail.Protocols(), " "); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.jail, got, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1/32":           "192.0.2.1/32",
		"192.0.2.77/24":          "192.0.2.0/24",
		"2001:db8::5/64":         "2001:db8::/64",
		"::ffff:192.0.2.1/128":   "192.0.2.1/32",
		"::ffff:192.0.2.77/120":  "192.0.2.0/24",
		"2001:db8::192.0.2.1/96": "2001:db8::/96",
	} {
		got, err := Ban{Prefix: netip.MustParsePrefix(in)}.Address()
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v; want %s", in, got, err, want)
		}
	}
	if _, err := (Ban{ID: "alice"}).Address(); !errors.Is(err, ErrNoAddress) {
		t.Errorf("a ban with an ID only: got %v", err)
	}
}

func TestPartialErrorNamesItsCauses(t *testing.T) {
	if err := Partial(nil); err != nil {
		t.Fatalf("no failure is an error: %v", err)
	}
	err := Partial([]Failure{{Index: 3, Err: ErrNoAddress}, {Index: 5, Err: errors.New("no room")}})
	var partial *PartialError
	if !errors.As(err, &partial) || len(partial.Failed) != 2 || !errors.Is(err, ErrNoAddress) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(err.Error(), "2 bans failed") {
		t.Errorf("got %q", err)
	}
}
