package fwtest

import (
	"slices"
	"testing"
	"time"

	"f2b/lib/firewall"
)

// audit: single bans that another program takes out are found, and no others.
func (s Suite) audit(t *testing.T) {
	b := s.Start(t, Plain)
	auditor, ok := b.(firewall.Auditor)
	if !ok {
		t.Fatal("no firewall.Auditor")
	}
	must(t, b.Ban(Bans("dovecot", time.Hour, "192.0.2.1")))
	bans := append(Many("sshd", 500, time.Hour), Bans("sshd", time.Hour, "198.51.100.0/24", "198.51.0.0/16", "2001:db8:77::/48")...)
	must(t, b.Ban(bans))
	held := map[string]int{"dovecot": 1, "sshd": len(bans)}
	s.suspects(t, b, held) // whatever there is to say about the beginning
	plucked := []string{"10.0.0.0", "2001:db8::1f3", "198.51.100.0/24", "2001:db8:77::/48"}
	for _, prefix := range plucked {
		want := slices.IndexFunc(bans, func(b firewall.Ban) bool { return b.Prefix == parse(prefix) })
		s.Pluck(t, prefix)
		if got := s.suspects(t, b, held); !slices.Contains(got, "sshd") {
			t.Errorf("without %s suspects are %q", prefix, got)
		}
		missing, err := auditor.Missing(bans)
		if err != nil || !slices.Equal(missing, []int{want}) {
			t.Errorf("without %s, which is %d, %d are missing, %v", prefix, want, missing, err)
		}
		must(t, b.Ban(bans[want:want+1]))
		s.suspects(t, b, held)
		if got := s.suspects(t, b, held); len(got) > 0 {
			t.Errorf("with %s again suspects are %q", prefix, got)
		}
	}
	s.emptied(t, b, auditor, bans, held)
}

// emptied: everything that a set held is missing, and the rest is not.
func (s Suite) emptied(t *testing.T, b firewall.Backend, auditor firewall.Auditor, bans []firewall.Ban, held map[string]int) {
	s.Empty(t)
	if got := s.suspects(t, b, held); !slices.Contains(got, "sshd") {
		t.Errorf("of an emptied set suspects are %q", got)
	}
	missing, err := auditor.Missing(bans)
	must(t, err)
	there := s.Bans(t, "sshd")
	for i, ban := range bans {
		_, present := there[Text(ban.Prefix.String())]
		if named := slices.Contains(missing, i); named == present {
			t.Fatalf("%s: in force %v, named as missing %v", ban.Prefix, present, named)
		}
	}
	missing, err = auditor.Missing(Bans("unheard-of", 0, "192.0.2.1", "198.51.100.0/24"))
	if err != nil || len(missing) != 2 {
		t.Errorf("of a jail that is not there %d are missing, %v", missing, err)
	}
}

// suspects asks as a keeper does: after Check, which has nothing to say.
func (s Suite) suspects(t *testing.T, b firewall.Backend, held map[string]int) []string {
	t.Helper()
	if lost, err := b.Check(); err != nil || len(lost) > 0 {
		t.Errorf("Check: lost %q, %v", lost, err)
	}
	all, err := b.(firewall.Auditor).Suspects(held)
	must(t, err)
	var jails []string
	for _, s := range all {
		jails = append(jails, s.Jail)
	}
	return jails
}
