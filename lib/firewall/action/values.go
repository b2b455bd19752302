package action

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
)

// A subject is whom an operation is about.
type subject struct {
	firewall.Ban
	key    string // what the ban is known by
	family string // inet4, inet6, or empty when there is no address
	event  *event.Event
}

var noEvent = &event.Event{}

func newSubject(b firewall.Ban) *subject {
	s := &subject{Ban: b, event: noEvent}
	if b.Event != nil {
		e := *b.Event // it is looked at when the caller has gone on
		s.event = &e
	}
	if prefix, err := b.Address(); err == nil {
		s.Prefix = prefix
		s.family = "inet4"
		if prefix.Addr().Is6() {
			s.family = "inet6"
		}
	}
	s.key = s.ID
	if s.key == "" {
		s.key = s.address()
	}
	return s
}

// nobody is what the commands are about that set an action up: no address and no event, but a time.
func (s *subject) nobody() *subject {
	at := s.event.Time
	if at.IsZero() {
		at = time.Now()
	}
	return &subject{Ban: firewall.Ban{Jail: s.Jail}, family: s.family, event: &event.Event{Time: at, Bantime: s.bantime()}}
}

// address is the banned address or network as it is usually written; empty without one.
func (s *subject) address() string {
	switch {
	case !s.Prefix.IsValid():
		return ""
	case s.Prefix.IsSingleIP():
		return s.Prefix.Addr().String()
	}
	return s.Prefix.String()
}

// surroundings are what a tag may stand for beside the ban itself.
type surroundings struct {
	timeout       time.Duration
	banned, total int
	resolve       func(context.Context, netip.Addr) string
}

// value is what a tag stands for. Only <ip-host> waits for somebody: for a name server.
func (s *subject) value(ctx context.Context, tag string, around *surroundings) value {
	if name, ok := strings.CutPrefix(tag, "F-"); ok {
		return s.field(name)
	}
	switch tag {
	case "ip":
		if s.Prefix.IsValid() {
			return value{s.address(), ours}
		}
		return value{s.ID, id}
	case "fid":
		return s.identity()
	case "family":
		return value{s.family, ours}
	case "ip-rev":
		return value{reverse(s.Prefix), ours}
	case "ip-host":
		if !s.Prefix.IsValid() {
			return value{}
		}
		return value{oneLine(around.resolve(ctx, s.Prefix.Addr())), foreign}
	case "matches", "ipmatches", "ipjailmatches":
		return value{strings.Join(s.lines(), "\n"), foreign}
	case "raw-ticket":
		return value{strings.TrimSpace(string(s.event.AppendJSON(nil))), foreign}
	case "jail.banned":
		return number(int64(around.banned))
	case "jail.banned_total":
		return number(int64(around.total))
	case "timeout":
		return number(int64(around.timeout / time.Second))
	}
	return s.count(tag)
}

// count is what a tag stands for that is a number of the event.
func (s *subject) count(tag string) value {
	switch tag {
	case "failures", "ipfailures", "ipjailfailures":
		return number(int64(s.event.Failures))
	case "bancount":
		return number(int64(s.event.Bancount))
	case "time":
		if s.event.Time.IsZero() {
			return number(0)
		}
		return number(s.event.Time.Unix())
	case "bantime":
		return number(s.bantime())
	case "restored":
		if s.event.Restored {
			return number(1)
		}
		return number(0)
	}
	return value{}
}

func number(n int64) value { return value{strconv.FormatInt(n, 10), ours} }

// bantime is how long the whole ban is, in seconds, -1 for ever: what the event says, else what is left of it.
func (s *subject) bantime() int64 {
	switch {
	case s.event.Bantime != 0:
		return s.event.Bantime
	case s.Timeout == 0:
		return -1
	}
	return int64((s.Timeout + time.Second - 1) / time.Second)
}

func (s *subject) identity() value {
	if s.ID != "" {
		return value{s.ID, id}
	}
	return value{s.address(), ours}
}

// lines are those that the failures were found in.
func (s *subject) lines() []string {
	switch {
	case len(s.event.Matches) > 0:
		return s.event.Matches
	case len(s.event.Lines) > 0:
		return s.event.Lines
	case s.event.Line != "":
		return []string{s.event.Line}
	}
	return nil
}

// field is what a capture of the filter took; nothing, when there is no such capture.
func (s *subject) field(name string) value {
	switch name {
	case "ID":
		return s.identity()
	case "IP4", "IP6", "ADDR", "HOST":
		if name == "IP4" && s.family != "inet4" || name == "IP6" && s.family != "inet6" {
			return value{}
		}
		return value{s.address(), ours}
	case "DNS":
		return value{oneLine(s.event.DNS), foreign}
	}
	name = strings.ToLower(name)
	i := slices.IndexFunc(s.event.Fields, func(f event.Field) bool { return f.Name == name })
	if i < 0 {
		return value{"", foreign}
	}
	return value{oneLine(s.event.Fields[i].Value), foreign}
}

// oneLine makes one line of what was captured out of several, so that it cannot begin a header of a letter.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, s)
}

// reverse is an address as the name servers of block lists are asked for it, with a dot at its end: 1.2.0.192.
func reverse(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	a := p.Addr()
	var labels []string
	if a.Is4() {
		for _, b := range a.As4() {
			labels = append(labels, strconv.Itoa(int(b)))
		}
	} else {
		for _, c := range strings.ReplaceAll(a.StringExpanded(), ":", "") {
			labels = append(labels, string(c))
		}
	}
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "."
}
