package dryrun

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"f2b/lib/firewall"
)

var _ firewall.Backend = (*Backend)(nil)

func jails(name string) firewall.Jail {
	jail := firewall.Jail{Name: name}
	switch name {
	case "sshd":
		jail.Ports = []firewall.PortRange{{First: 22, Last: 22}}
	case "asterisk":
		jail.Protocol, jail.Blocktype = firewall.AllProtocols, firewall.Drop
	case "broken":
		jail.Protocol = "smtp"
	}
	return jail
}

func TestSaysWhatItWouldDo(t *testing.T) {
	var said []string
	b := New(jails, func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) })
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	bans := []firewall.Ban{
		{Jail: "sshd", Prefix: netip.MustParsePrefix("192.0.2.1/32"), Timeout: 10 * time.Minute},
		{Jail: "asterisk", Prefix: netip.MustParsePrefix("2001:db8::7/64")},
	}
	for _, err := range []error{b.Ban(bans), b.Unban(bans[:1]), b.Flush("sshd"), b.Flush(), b.Close()} {
		if err != nil {
			t.Error(err)
		}
	}
	want := []string{
		"would ban 192.0.2.1 in sshd, for 10m0s: reject tcp to ports 22",
		"would ban 2001:db8::/64 in asterisk, for good: drop everything",
		"would unban 192.0.2.1 in sshd",
		"would remove every ban and every rule of sshd",
		"would remove every ban and every rule of f2b",
	}
	if !slices.Equal(said, want) {
		t.Errorf("said\n%q, want\n%q", said, want)
	}
}

func TestFailsWhereARealFirewallWould(t *testing.T) {
	err := New(jails, nil).Ban([]firewall.Ban{
		{Jail: "sshd", ID: "alice"},
		{Jail: "sshd", Prefix: netip.MustParsePrefix("192.0.2.1/32")},
		{Jail: "broken", Prefix: netip.MustParsePrefix("192.0.2.2/32")},
	})
	var partial *firewall.PartialError
	if !errors.As(err, &partial) || len(partial.Failed) != 2 || partial.Failed[0].Index != 0 || partial.Failed[1].Index != 2 {
		t.Fatalf("got %v", err)
	}
	if !errors.Is(partial.Failed[0].Err, firewall.ErrNoAddress) {
		t.Errorf("an ID: got %v", partial.Failed[0].Err)
	}
}
