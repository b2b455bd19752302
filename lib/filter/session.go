package filter

import (
	"strings"
	"time"
	"unsafe"
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
	said     []byte    // room for what the captures say, and
	read     []byte    // for the lines: both are used again once nothing stands there
	size     int       // bytes held

	known        bool     // it is one of those that are remembered
	older, newer *session // of these
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

// steering is what captures say of a session besides what they tell of the failure.
type steering struct{ nofail, forget, gained bool }

// steer takes the captures that steer a session out of c.
func (c *captures) steer() (s steering) {
	left := 0
	for i, one := range *c {
		switch one.slot {
		case slotNofail:
			s.nofail = one.text != ""
		case slotForget:
			s.forget = one.text != ""
		case slotGained:
			s.gained = one.text != ""
		default:
			if left < i {
				(*c)[left] = one
			}
			left++
		}
	}
	*c = (*c)[:left]
	return s
}

// session joins captures with what is known of their session and returns it, or nil when they name none.
// The steps are those of fail2ban, see fail2ban's filter.py; in short: a line may be a failure, no failure
// (F-NOFAIL), a success (F-MLFGAINED: pending failures are forgiven) or an end (F-MLFFORGET); a success as
// a second user, or one after a failure that still waits for its address, is a failure all the same.
func (f *Filter) session(c *captures, matched []bufferedLine, when time.Time) *session {
	id, ok := c.get(slotSession)
	if !ok {
		return nil
	}
	if !f.checkAll { // else one line can have several
		f.sessions.next()
	}
	say := c.steer()
	nofail := say.gained || say.nofail

	s := f.sessions.get(id, when)
	switch {
	case s != nil:
		s.sawUser(c.text(slotUser))
		wasNofail := s.nofail
		if say.gained {
			s.pending = false
		}
		if !wasNofail && !s.pending {
			s.matches = emptied(s.matches) // they were told with an earlier failure
			if len(s.kept) == 0 && !f.checkAll {
				s.read = s.read[:0] // with all patterns, several failures of one line may hold some of it
			}
		}
		s.captures.overlayDetached(*c)
		if say.forget {
			f.sessions.drop(s)
		}
	case say.forget:
		s = f.sessions.new(when)
		s.id, s.captures = id, append(s.captures, *c...)
	default:
		s = f.sessions.new(when)
		s.captures, s.said = c.detached(s.captures, s.said)
		s.id, s.users[0] = s.captures.text(slotSession), s.captures.text(slotUser)
		f.sessions.add(s)
	}
	f.sessions.last = s
	s.nofail = nofail
	if s.pending || s.severalUsers() {
		s.nofail, nofail = false, false
	}
	s.pending = false
	if !nofail || !say.forget {
		s.keepLines(matched, nofail)
	}
	f.sessions.resize(s)
	return s
}

// keepLines adds the lines of this match: to the failure when it is one, else to those kept for later.
func (s *session) keepLines(matched []bufferedLine, nofail bool) {
	if nofail {
		s.kept = lastOf(s.appendDetached(s.kept, matched))
		return
	}
	if len(s.kept) > 0 {
		s.kept = append(s.kept, s.matches...)
		s.kept, s.matches = emptied(s.matches), s.kept
	}
	s.matches = lastOf(s.appendDetached(s.matches, matched))
}

// appendDetached appends copies of lines that hold no other part of the log in memory.
func (s *session) appendDetached(dst []string, lines []bufferedLine) []string {
	for _, l := range lines {
		var line string
		line, s.read = copied(s.read, l.raw)
		dst = append(dst, line)
	}
	return dst
}

// minRoom is how much room for texts a session is given at once, in bytes.
const minRoom = 256

// copied appends a text to a room, or to a new one where there is too little, and returns the copy. What stands in a room is never written
// over unless the room is emptied.
func copied(room []byte, text string) (string, []byte) {
	if len(text) > cap(room)-len(room) {
		room = make([]byte, 0, max(minRoom, len(text)))
	}
	at := len(room)
	room = append(room, text...)
	return unsafe.String(unsafe.SliceData(room[at:]), len(text)), room
}

func lastOf(lines []string) []string { return lines[max(0, len(lines)-maxSessionLines):] }

// emptied is the room of a list, which holds nothing any more.
func emptied(list []string) []string {
	clear(list)
	return list[:0]
}
