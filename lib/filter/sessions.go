package filter

import "time"

// What is kept of sessions is bounded, so that an attacker who opens them without end fills no memory:
// the oldest go first. fail2ban keeps 100, which a busy server outruns; the age is fail2ban's.
const (
	maxSessions     = 10000
	maxSessionAge   = 300 * time.Second
	maxSessionLines = 100
	maxSessionText  = 16 << 20 // bytes of lines and captures, over all sessions
)

// sessions is the bounded memory of sessions. Those that are remembered are linked in the order of their first lines.
type sessions struct {
	byID           map[string]*session
	oldest, newest *session
	size           int

	last *session   // of the line before
	free []*session // to be used again
}

// maxFree bounds how many sessions wait to be used again, maxRoom the room for texts in each.
const (
	maxFree = 64
	maxRoom = 4 << 10
)

// next goes on to another line. The session of the one before is used again if it is not remembered.
func (ss *sessions) next() {
	s := ss.last
	if s == nil || s.known {
		return
	}
	ss.last = nil
	if len(ss.free) < maxFree {
		clear(s.captures)
		*s = session{captures: s.captures[:0], matches: emptied(s.matches), kept: emptied(s.kept), said: roomIn(s.said), read: roomIn(s.read)}
		ss.free = append(ss.free, s)
	}
}

// roomIn is the room of a text that nobody needs any more, unless it is a large one.
func roomIn(text []byte) []byte {
	if cap(text) > maxRoom {
		return nil
	}
	return text[:0]
}

// get finds a session that is still young enough at the time when.
func (ss *sessions) get(id string, when time.Time) *session {
	s := ss.last // lines of a session often come one behind the other
	if s == nil || !s.known || s.id != id {
		if s = ss.byID[id]; s == nil {
			return nil
		}
	}
	if when.Sub(s.since) > maxSessionAge {
		ss.drop(s)
		return nil
	}
	return s
}

// new returns a session that is not remembered yet.
func (ss *sessions) new(when time.Time) *session {
	n := len(ss.free)
	if n == 0 {
		return &session{since: when}
	}
	s := ss.free[n-1]
	ss.free = ss.free[:n-1]
	s.since = when
	return s
}

// add remembers a session.
func (ss *sessions) add(s *session) {
	if ss.byID == nil {
		ss.byID = map[string]*session{}
	}
	ss.byID[s.id] = s
	s.known, s.older = true, ss.newest
	if ss.newest != nil {
		ss.newest.newer = s
	} else {
		ss.oldest = s
	}
	ss.newest = s
	for len(ss.byID) > maxSessions {
		ss.drop(ss.oldest)
	}
}

// drop forgets a session. What it holds stays for those who use it still.
func (ss *sessions) drop(s *session) {
	if !s.known {
		return
	}
	delete(ss.byID, s.id)
	ss.size -= s.size
	if s.older != nil {
		s.older.newer = s.newer
	} else {
		ss.oldest = s.newer
	}
	if s.newer != nil {
		s.newer.older = s.older
	} else {
		ss.newest = s.older
	}
	s.size, s.known, s.older, s.newer = 0, false, nil, nil
}

// resize counts anew what a session holds and makes room when all of them hold too much.
func (ss *sessions) resize(s *session) {
	if !s.known {
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
	for ss.size > maxSessionText && ss.oldest != ss.newest {
		ss.drop(ss.oldest)
	}
}
