package source

import (
	"fmt"
	"slices"
	"strings"
)

// Match says which entries of a journal are wanted, as journalctl and fail2ban's journalmatch say it: FIELD=value words
// of one group must all fit, of several with the same field one suffices, and groups are alternatives.
// The zero Match wants every entry.
type Match struct{ groups []group }

// A group fits when each of its terms does.
type group []term

// A term fits when the field has one of the values.
type term struct {
	field  string
	values []string
}

// ParseMatch reads a journalmatch: words as a shell cuts them, "+" between alternatives, further lines being
// alternatives too.
func ParseMatch(text string) (Match, error) {
	var m Match
	for line := range strings.Lines(text) {
		words, err := splitWords(line)
		if err != nil {
			return Match{}, fmt.Errorf("journalmatch %q: %w", strings.TrimSpace(line), err)
		}
		if err := m.addLine(words); err != nil {
			return Match{}, err
		}
	}
	return m, nil
}

// addLine adds the alternatives of one line.
func (m *Match) addLine(words []string) error {
	var g group
	for _, word := range append(words, "+") {
		if word == "+" {
			m.add(g)
			g = nil
			continue
		}
		field, value, ok := strings.Cut(word, "=")
		if !ok || !isField(field) {
			return fmt.Errorf("journalmatch: %q is no FIELD=value; a field is written in capitals, as in _SYSTEMD_UNIT=ssh.service", word)
		}
		g = g.with(field, value)
	}
	return nil
}

// add adds an alternative, unless it is empty or there already.
func (m *Match) add(g group) {
	same := func(other group) bool {
		return slices.EqualFunc(g, other, func(a, b term) bool {
			return a.field == b.field && slices.Equal(a.values, b.values)
		})
	}
	if len(g) > 0 && !slices.ContainsFunc(m.groups, same) {
		m.groups = append(m.groups, g)
	}
}

// with adds a word to a group.
func (g group) with(field, value string) group {
	for i := range g {
		if g[i].field == field {
			if !slices.Contains(g[i].values, value) {
				g[i].values = append(g[i].values, value)
			}
			return g
		}
	}
	return append(g, term{field, []string{value}})
}

// isField says whether the journal can be searched for a field of that name.
func isField(name string) bool {
	return name != "" && !strings.HasPrefix(name, "__") &&
		strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// AnyOf wants what at least one of several matches wants: one reader of the journal serves many jails.
func AnyOf(matches ...Match) Match {
	var all Match
	for _, m := range matches {
		if m.All() {
			return Match{}
		}
		for _, g := range m.groups {
			all.add(g)
		}
	}
	return all
}

// All says whether every entry is wanted.
func (m Match) All() bool { return len(m.groups) == 0 }

// Match says whether the entry that a line was made from is wanted. A line that came from no journal has no fields.
func (m Match) Match(l *Line) bool {
	return m.All() || slices.ContainsFunc(m.groups, func(g group) bool { return g.match(l) })
}

func (g group) match(l *Line) bool {
	for _, t := range g {
		if !t.match(l) {
			return false
		}
	}
	return true
}

func (t *term) match(l *Line) bool {
	value, ok := l.Fields[t.field]
	if !ok {
		return false
	}
	if slices.Contains(t.values, value) {
		return true
	}
	return slices.ContainsFunc(l.repeated[t.field], func(v string) bool { return slices.Contains(t.values, v) })
}

// Args are the words that make journalctl give these entries.
func (m Match) Args() []string {
	var words []string
	for i, g := range m.groups {
		if i > 0 {
			words = append(words, "+")
		}
		for _, t := range g {
			for _, value := range t.values {
				words = append(words, t.field+"="+value)
			}
		}
	}
	return words
}

// String is the match on one line, for people to read.
func (m Match) String() string { return strings.Join(m.Args(), " ") }
