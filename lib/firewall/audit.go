package firewall

import (
	"net/netip"
	"slices"
	"strings"
)

// An Auditor is a backend that can also find single bans gone. Check sees no more
// than whether chains, rules and sets are whole, which is what a flush or a reload
// of a firewall takes away; somebody may also delete one element, or empty a set.
type Auditor interface {
	// Suspects names what may have been lost since it was asked last: jails, or
	// single bans. held is how many addresses and networks the caller keeps banned in
	// each jail. It is asked after Check, and as cheap.
	Suspects(held map[string]int) ([]Suspect, error)

	// Missing returns, as indices, which of the bans are not in force. It may take
	// long where there are many bans; the other methods can be called meanwhile.
	// To ban again whom it names does no harm, even if there are too many.
	Missing([]Ban) ([]int, error)
}

// A Suspect is a ban that may be gone.
type Suspect struct {
	Jail   string
	Prefix netip.Prefix // the zero Prefix: any in the jail
}

// Fewer names the jails of which fewer bans were found than are held.
func Fewer(found, held map[string]int) (jails []Suspect) {
	for jail, n := range found {
		if n < held[jail] {
			jails = append(jails, Suspect{Jail: jail})
		}
	}
	slices.SortFunc(jails, func(a, b Suspect) int { return strings.Compare(a.Jail, b.Jail) })
	return jails
}
