package filter

import (
	"strings"
	"time"
)

// What is kept of sessions is bounded, so that an attacker who opens them without end fills no memory:
// the oldest go first. fail2ban keeps 100, which a busy server outruns; the age is fail2ban's.
const (
	maxSessions     = 10000
	maxSessionAge   = 300 * time.Second
	maxSessionLines = 100
	maxSessionText  = 16 << 20 // bytes of lines and captures, over all sessions
)

// session is what the lines with one <F-MLFID> (a connection, say) have told so far.
type session struct {
	id       string
	since    time.Time
	captures captures
	users    [2]string // the first two different users; more make no difference
	nofail   bool      // the last line was no failure by itself
	pending  bool      // a failure whose address is not known yet
	matches  []string  // the lines of the failure
	kept     []string  // lines that were no failure, shown when one comes
	size     int       // bytes held
}

// sawUser notes a user name.
func (s *session) sawUser(user string) {
	switch {
	case user == "" || user == s.users[0] || user == s.users[1]:
	case s.users[0] == "":
		s.users[0] = strings.Clone(user)
	case s.users[1] == "":
		s.users[1] = strings.Clone(user)
	}
}

func (s *session) severalUsers() bool { return s.users[1] != "" }

// session joins captures with what is known of their session and returns it, or nil when they name none.
// The steps are those of fail2ban, see fail2ban's filter.py; in short: a line may be a failure, no failure
// (F-NOFAIL), a success (F-MLFGAINED: pending failures are forgiven) or an end (F-MLFFORGET); a success as
// a second user, or one after a failure that still waits for its address, is a failure all the same.
func (f *Filter) session(c *captures, matched []bufferedLine, when time.Time) *session {
	id, ok := c.get(slotSession)
	if !ok {
		return nil
	}
	gained := c.text(slotGained) != ""
	nofail := gained || c.text(slotNofail) != ""
	forget := c.text(slotForget) != ""
	user := c.text(slotUser)
	for _, slot := range []int{slotNofail, slotForget, slotGained} {
		c.drop(slot)
	}

	s := f.sessions.get(id, when)
	switch {
	case s != nil:
		s.sawUser(user)
		wasNofail := s.nofail
		if gained {
			s.pending = false
		}
		if !wasNofail && !s.pending {
			s.matches = nil // they were told with an earlier failure
		}
		s.captures.overlayDetached(*c)
		if forget {
			f.sessions.drop(id)
		}
	default:
		s = &session{id: id, since: when, captures: *c}
		if !forget {
			s.captures = c.detached()
			s.id = s.captures.text(slotSession)
			s.sawUser(s.captures.text(slotUser))
			f.sessions.add(s)
		}
	}
	s.nofail = nofail
	if s.pending || s.severalUsers() {
		s.nofail, nofail = false, false
	}
	s.pending = false
	if !nofail || !forget {
		s.keepLines(matched, nofail)
	}
	f.sessions.resize(s)
	return s
}

// keepLines adds the lines of this match: to the failure when it is one, else to those kept for later.
func (s *session) keepLines(matched []bufferedLine, nofail bool) {
	if nofail {
		s.kept = lastOf(appendDetached(s.kept, matched))
		return
	}
	if len(s.kept) > 0 {
		s.matches = append(s.kept, s.matches...)
		s.kept = nil
	}
	s.matches = lastOf(appendDetached(s.matches, matched))
}

// appendDetached appends copies of lines that hold no other part of the log in memory.
func appendDetached(dst []string, lines []bufferedLine) []string {
	for _, l := range lines {
		dst = append(dst, strings.Clone(l.raw))
	}
	return dst
}

func lastOf(lines []string) []string { return lines[max(0, len(lines)-maxSessionLines):] }

// sessions is the bounded memory of sessions, oldest first.
type sessions struct {
	byID  map[string]*session
	order []*session // in the order of their first lines; may hold some already dropped
	size  int
}

// get finds a session that is still young enough at the time when.
func (ss *sessions) get(id string, when time.Time) *session {
	s := ss.byID[id]
	if s == nil {
		return nil
	}
	if when.Sub(s.since) > maxSessionAge {
		ss.drop(id)
		return nil
	}
	return s
}

func (ss *sessions) add(s *session) {
	if ss.byID == nil {
		ss.byID = map[string]*session{}
	}
	ss.byID[s.id] = s
	ss.order = append(ss.order, s)
	for len(ss.byID) > maxSessions {
		ss.dropOldest()
	}
}

func (ss *sessions) drop(id string) {
	if s := ss.byID[id]; s != nil {
		ss.size -= s.size
		s.size = 0
		delete(ss.byID, id)
	}
	// Dropped sessions leave their place in the order behind; it is cleared when most of it is such.
	if len(ss.order) > 64 && len(ss.order) > 2*len(ss.byID) {
		live := ss.order[:0]
		for _, s := range ss.order {
			if ss.byID[s.id] == s {
				live = append(live, s)
			}
		}
		clear(ss.order[len(live):])
		ss.order = live
	}
}

func (ss *sessions) dropOldest() {
	for len(ss.order) > 0 {
		s := ss.order[0]
		ss.order = ss.order[1:]
		if ss.byID[s.id] == s {
			ss.drop(s.id)
			return
		}
	}
}

// resize counts anew what a session holds and makes room when all of them hold too much.
func (ss *sessions) resize(s *session) {
	if ss.byID[s.id] != s {
		return
	}
	size := len(s.id)
	for _, list := range [...][]string{s.matches, s.kept} {
		for _, text := range list {
			size += len(text)
		}
	}
	for i := range s.captures {
		size += len(s.captures[i].text)
	}
	ss.size += size - s.size
	s.size = size
	for ss.size > maxSessionText && len(ss.byID) > 1 {
		ss.dropOldest()
	}
}
