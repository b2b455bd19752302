package perjail

import (
	"errors"
	"slices"
	"testing"

	"f2b/lib/firewall"
)

// audited is a wall that knows what it lacks.
type audited struct {
	*wall
	suspects []firewall.Suspect
	err      error
}

func (a *audited) Suspects(map[string]int) ([]firewall.Suspect, error) { return a.suspects, a.err }

func (a *audited) Missing(bans []firewall.Ban) (missing []int, err error) {
	for i, b := range bans {
		if !a.bans[b.Jail+" "+b.Prefix.Addr().String()] {
			missing = append(missing, i)
		}
	}
	return missing, nil
}

func suspects(jails ...string) (all []firewall.Suspect) {
	for _, jail := range jails {
		all = append(all, firewall.Suspect{Jail: jail})
	}
	return all
}

func TestAudit(t *testing.T) {
	nft := &audited{wall: &wall{name: "nftables", bans: map[string]bool{}}, suspects: suspects("web", "ssh")}
	set := &audited{wall: &wall{name: "ipset", bans: map[string]bool{}}, suspects: suspects("ssh"), err: errors.New("no answer")}
	mail := &wall{name: "mail", bans: map[string]bool{}}
	parts := map[string]firewall.Backend{"nftables": nft, "ipset": set, "mail": mail}
	jails := map[string][]string{"ssh": {"nftables", "ipset"}, "web": {"mail", "nftables"}, "post": {"mail"}}
	b := New(func(name string) firewall.Jail { return firewall.Jail{Name: name, Backends: jails[name]} },
		Options{Make: func(name string) (firewall.Backend, error) { return parts[name], nil }})
	all := slices.Concat(bans("ssh", "192.0.2.1"), bans("web", "192.0.2.2"), bans("post", "192.0.2.3"), bans("ssh", "192.0.2.4"), bans("web", "192.0.2.5"))
	if err := b.Ban(all); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Suspects(nil); !slices.Equal(got, suspects("web", "ssh", "ssh")) || err == nil {
		t.Errorf("suspects are %v, %v", got, err)
	}
	clear(mail.bans) // which nobody can tell
	if got, err := b.Missing(all); len(got) > 0 || err != nil {
		t.Errorf("missing are %d, %v", got, err)
	}
	delete(set.bans, "ssh 192.0.2.4")
	delete(nft.bans, "ssh 192.0.2.4")
	delete(nft.bans, "web 192.0.2.2")
	if got, err := b.Missing(all); !slices.Equal(got, []int{1, 3}) || err != nil {
		t.Errorf("missing are %d, %v, want 1 and 3", got, err)
	}
}
