package perjail

import (
	"errors"
	"slices"

	"f2b/lib/firewall"
)

// Suspects asks those backends that can tell which single bans may be gone.
func (b *Backend) Suspects(held map[string]int) (suspects []firewall.Suspect, err error) {
	var errs []error
	for _, p := range b.opened() {
		a, ok := p.(firewall.Auditor)
		if !ok {
			continue
		}
		more, err := a.Suspects(held)
		errs = append(errs, err)
		suspects = append(suspects, more...)
	}
	return suspects, errors.Join(errs...)
}

// Missing names a ban when one of its backends lacks it.
func (b *Backend) Missing(bans []firewall.Ban) (missing []int, err error) {
	var errs []error
	for _, name := range b.names(bans) {
		p, err := b.part(name)
		a, ok := p.(firewall.Auditor)
		if err != nil || !ok {
			continue
		}
		some, at := b.of(name, bans)
		gone, err := a.Missing(some)
		errs = append(errs, err)
		for _, i := range gone {
			missing = append(missing, at[i])
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing), errors.Join(errs...)
}
