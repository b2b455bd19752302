package ban

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
)

func TestSafety(t *testing.T) {
	own := func() ([]netip.Prefix, error) {
		return []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32"), netip.MustParsePrefix("2001:db8::7/128")}, nil
	}
	for _, c := range []struct{ ip, reason string }{
		{"192.0.2.1/32", ""}, {"198.51.100.8/32", ""}, {"10.0.0.0/8", ""}, {"2001:db8::1/128", ""}, {"2001:e000::/19", ""},
		{"127.0.0.1/32", "loopback"}, {"127.255.0.0/16", "loopback"}, {"127.0.0.0/8", "loopback"}, {"::1/128", "loopback"}, {"::/64", "loopback"},
		{"0.0.0.0/32", "unspecified"}, {"0.0.0.0/8", "unspecified"}, {"::/128", "unspecified"},
		{"0.0.0.0/0", "a /8"}, {"10.0.0.0/7", "a /8"}, {"::/0", "a /19"}, {"2001::/18", "a /19"},
		{"198.51.100.7/32", "of this machine"}, {"198.51.100.0/24", "of this machine"}, {"2001:db8::7/128", "of this machine"}, {"2001:db8::/32", "of this machine"},
	} {
		e := event.Event{IP: netip.MustParsePrefix(c.ip)}
		s := &Safety{Own: own}
		if got := s.Refuse(&e); (got == "") != (c.reason == "") || !strings.Contains(got, c.reason) {
			t.Errorf("%s: got %q, want %q", c.ip, got, c.reason)
		}
		if got := (*Safety)(nil).Refuse(&e); got != "" {
			t.Errorf("%s: forced, got %q", c.ip, got)
		}
	}
	if got := (&Safety{Own: own}).Refuse(&event.Event{ID: "someone"}); got != "" {
		t.Errorf("an id: got %q", got)
	}
	if got := (&Safety{}).Refuse(&event.Event{IP: netip.MustParsePrefix("198.51.100.7/32")}); got != "" {
		t.Errorf("own addresses may be banned: got %q", got)
	}
}

func TestOwnAddressesAreFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		s := &Safety{Own: func() ([]netip.Prefix, error) { reads++; return nil, nil }}
		e := event.Event{IP: netip.MustParsePrefix("192.0.2.1/32")}
		for range 1000 {
			s.Refuse(&e)
			time.Sleep(10 * time.Millisecond)
		}
		if reads < 2 || reads > 3 {
			t.Errorf("read %d times in 10 s", reads)
		}
	})
}

func TestOwnAddresses(t *testing.T) {
	all, err := OwnAddresses()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if !p.IsSingleIP() || p.Addr().Is4In6() {
			t.Errorf("%v", p)
		}
	}
}

func TestRefusedBansAreAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Safety = &Safety{}
		b.start()
		b.send(decision("127.0.0.1"), decision("192.0.2.1"))
		want(t, "said", b.events(), []string{"ignored 127.0.0.1: a loopback address", "banned 192.0.2.1 600"})
		want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.1"})
		b.stop()
	})
}

func TestZoneHint(t *testing.T) {
	for _, c := range []struct {
		off  []time.Duration // how old the events are
		want string
	}{
		{[]time.Duration{0}, ""},
		{[]time.Duration{30 * time.Second, 40 * time.Minute, 90 * time.Minute}, ""},
		{[]time.Duration{2*time.Hour + time.Second}, "-2h off"},
		{[]time.Duration{-5*time.Hour + 3*time.Second}, "+5h off"},
		{[]time.Duration{20 * time.Minute, time.Hour, time.Hour + time.Second, time.Hour + 2*time.Second}, "-1h off"},
		{[]time.Duration{20 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 20 * time.Minute, 4 * time.Hour}, ""},
		{[]time.Duration{300 * time.Hour}, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			var z zoneHint
			v := &voice{}
			for _, off := range c.off {
				z.see(v, time.Now().Add(-off))
			}
			if said := v.said(); !strings.Contains(said, c.want) || (said == "") != (c.want == "") {
				t.Errorf("%v: said %q, want %q", c.off, said, c.want)
			}
		})
	}
}

func TestEventTimeNeverGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &EventTime{}
		at := time.Date(1999, 5, 1, 0, 0, 0, 0, time.UTC)
		for _, step := range []struct {
			see, want time.Duration
		}{{0, 0}, {time.Hour, time.Hour}, {time.Minute, time.Hour}, {1e6 * time.Hour, time.Hour}} {
			c.See(at.Add(step.see))
			if got := c.Now().Sub(at); got != step.want {
				t.Errorf("after %v: %v, want %v", step.see, got, step.want)
			}
		}
		time.Sleep(time.Minute)
		want(t, "it runs on", fmt.Sprint(c.Now().Sub(at)), "1h1m0s")
	})
}
