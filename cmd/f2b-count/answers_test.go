package main

import (
	"net/netip"
	"testing"
	"time"

	"f2b/lib/event"
	"f2b/lib/jail"
)

func TestAnswers(t *testing.T) {
	a := newAnswers(&jail.Cache{Key: "<ip>/<family>", MaxCount: 2, MaxTime: 60})
	now := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	key := func(s string) string { return a.key(&event.Event{}, netip.MustParsePrefix(s)) }
	one, two, three := key("192.0.2.1/32"), key("192.0.2.0/24"), key("2001:db8::1/128")
	if one != "192.0.2.1/inet4" || two != "192.0.2.0/24/inet4" || three != "2001:db8::1/inet6" {
		t.Errorf("keys %q %q %q", one, two, three)
	}
	a.put(one, true, now)
	a.put(two, false, now)
	if ignored, known := a.get(one, now.Add(59*time.Second)); !ignored || !known {
		t.Error("the answer about the first is forgotten")
	}
	if _, known := a.get(one, now.Add(60*time.Second)); known {
		t.Error("the answer about the first is too old")
	}
	a.put(three, true, now)
	if _, known := a.get(one, now); known || len(a.byKey) != 2 {
		t.Error("there are more answers than wanted")
	}
	if ignored, known := a.get(two, now); ignored || !known {
		t.Error("the answer about the second is forgotten")
	}
	if newAnswers(nil) != nil {
		t.Error("a memory that nobody wants")
	}
}
