package main

import (
	"net/netip"
	"strings"
	"time"

	"f2b/lib/event"
	"f2b/lib/jail"
)

// answers remembers what an ignorecommand said, as a jail's ignorecache wants it.
type answers struct {
	text  string // of the key, with tags
	most  int
	age   time.Duration
	byKey map[string]said
	order []string // the keys, oldest first
}

// said is one answer.
type said struct {
	ignored bool
	at      time.Time
}

// newAnswers makes the memory that a jail wants; nil: none.
func newAnswers(c *jail.Cache) *answers {
	if c == nil {
		return nil
	}
	return &answers{text: c.Key, most: c.MaxCount, age: time.Duration(c.MaxTime) * time.Second, byKey: map[string]said{}}
}

// key is what tells answers about different addresses apart. What the command cannot know, a key cannot hold either.
func (a *answers) key(e *event.Event, address netip.Prefix) string {
	ip, family := addressText(address)
	return strings.NewReplacer("<ip>", ip, "<family>", family, "<fid>", e.Key()).Replace(a.text)
}

// get gives an answer that is young enough.
func (a *answers) get(key string, now time.Time) (ignored, known bool) {
	s, known := a.byKey[key]
	return s.ignored, known && now.Sub(s.at) < a.age
}

// put remembers an answer; the oldest goes where there are too many.
func (a *answers) put(key string, ignored bool, now time.Time) {
	if _, known := a.byKey[key]; !known {
		if len(a.order) >= a.most {
			delete(a.byKey, a.order[0])
			a.order = a.order[1:]
		}
		a.order = append(a.order, key)
	}
	a.byKey[key] = said{ignored, now}
}
