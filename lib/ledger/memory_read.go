package ledger

import (
	"cmp"
	"maps"
	"slices"
)

// list gives those of some rows that are wanted, in an order.
func list(from map[string][]row, want func(*row) bool, order func(a, b *row) int) (all []Ban) {
	var found []row
	for _, rows := range from {
		for i := range rows {
			if want(&rows[i]) {
				found = append(found, rows[i])
			}
		}
	}
	slices.SortFunc(found, func(a, b row) int { return order(&a, &b) })
	for i := range found {
		all = append(all, found[i].Ban)
	}
	return all
}

func (m *memory) inForce(jail string) []Ban {
	return list(m.bans,
		func(r *row) bool { return r.State != Over && (jail == "" || r.Jail == jail) },
		func(a, b *row) int {
			return cmp.Or(cmp.Compare(a.Jail, b.Jail), a.Time.Compare(b.Time), cmp.Compare(a.Key, b.Key), cmp.Compare(a.number, b.number))
		})
}

func (m *memory) of(key string) []Ban {
	return list(map[string][]row{key: m.bans[key]},
		func(r *row) bool { return r.State != Over },
		func(a, b *row) int { return cmp.Or(cmp.Compare(a.Jail, b.Jail), cmp.Compare(a.Backend, b.Backend)) })
}

func (m *memory) since(rev int64) []Ban {
	return list(m.bans,
		func(r *row) bool { return r.Rev > rev },
		func(a, b *row) int { return cmp.Or(cmp.Compare(a.Rev, b.Rev), cmp.Compare(a.number, b.number)) })
}

// page is what is behind a cursor, which is moved.
func (m *memory) page(c *Cursor, backend string, n int, events bool) []Ban {
	numbers := map[ID]int64{}
	page := list(m.bans,
		func(r *row) bool {
			wanted := r.number > c.after && r.State != Over && r.Backend == backend
			if wanted {
				numbers[r.ID()] = r.number
			}
			return wanted
		},
		func(a, b *row) int { return cmp.Compare(a.number, b.number) })
	page = page[:min(n, len(page))]
	for i := range page {
		c.after = numbers[page[i].ID()]
		if !events {
			page[i].Event = nil
		}
	}
	c.Done = len(page) < n
	return page
}

func (m *memory) allJails() []Jail {
	return slices.SortedFunc(maps.Values(m.jails), func(a, b Jail) int {
		return cmp.Or(b.Used.Compare(a.Used), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Backend, b.Backend))
	})
}

func (m *memory) standing() (all []Standing) {
	bans := map[jailID]int{}
	for _, rows := range m.bans {
		for i := range rows {
			if rows[i].State != Over {
				bans[jailID{rows[i].Jail, rows[i].Backend}]++
			}
		}
	}
	for id, n := range bans {
		all = append(all, Standing{id.name, id.backend, n})
	}
	slices.SortFunc(all, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(a.Backend, b.Backend), cmp.Compare(a.Jail, b.Jail))
	})
	return all
}

// totals counts what two backends enforce once: in force if one of them has it so, as often as the most of them.
func (m *memory) totals() (all []Total) {
	byName := map[string]Total{}
	for id := range m.jails {
		byName[id.name] = Total{Jail: id.name}
	}
	for _, rows := range m.bans {
		once := map[string]Total{}
		for _, r := range rows {
			t := once[r.Jail]
			if r.State == InForce {
				t.InForce = 1
			}
			t.Ever = max(t.Ever, r.Bancount)
			once[r.Jail] = t
		}
		for jail, t := range once {
			sum := byName[jail]
			byName[jail] = Total{jail, sum.InForce + t.InForce, sum.Ever + t.Ever}
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b Total) int { return cmp.Compare(a.Jail, b.Jail) })
}
