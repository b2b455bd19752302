package main

import (
	"container/list"
	"strings"

	"f2b/lib/window"
)

// What is kept of jails that no -jail names. Their names come with the events, so that there could be any number of them.
const (
	mostJails     = 4000
	mostNameBytes = 16 << 20
)

// jails are the jails at work.
type jails struct {
	named      map[string]*settings // of the jails of jail.conf
	unnamed    *settings            // of all others
	maxTracked int                  // addresses of each

	room      *window.Room // of all windows
	byName    map[string]*counted
	last      *counted   // the jail of the last event
	others    *list.List // those that are not named, the one that had an event last in front
	nameBytes int        // of the names of others
	forgotten int        // how many of others are gone
}

// counted is one jail at work.
type counted struct {
	*settings
	name   string
	window *window.Window
	place  *list.Element // in others; nil: it is named
}

// newJails returns no jail at work.
func newJails(named map[string]*settings, unnamed *settings, maxTracked int) *jails {
	return &jails{
		named: named, unnamed: unnamed, maxTracked: maxTracked,
		room: window.NewRoom(), byName: map[string]*counted{}, others: list.New(),
	}
}

// get returns the jail of an event.
func (j *jails) get(name string) *counted {
	if j.last != nil && j.last.name == name {
		return j.last
	}
	jail := j.byName[name]
	switch {
	case jail == nil:
		jail = j.begin(strings.Clone(name))
	case jail.place != nil:
		j.others.MoveToFront(jail.place)
	}
	j.last = jail
	return jail
}

// begin sets a jail to work.
func (j *jails) begin(name string) *counted {
	s := j.named[name]
	named := s != nil
	if !named {
		s = j.unnamed
	}
	jail := &counted{settings: s, name: name, window: j.room.Window(s.window(j.maxTracked))}
	j.byName[name] = jail
	if !named {
		jail.place = j.others.PushFront(jail)
		j.nameBytes += len(name)
		j.tidy()
	}
	return jail
}

// tidy forgets jails that are too many, those first that have been quiet for longest.
func (j *jails) tidy() {
	for j.others.Len() > 1 && (j.others.Len() > mostJails || j.nameBytes > mostNameBytes) {
		jail := j.others.Remove(j.others.Back()).(*counted)
		jail.window.Close()
		delete(j.byName, jail.name)
		j.nameBytes -= len(jail.name)
		j.forgotten++
	}
}
