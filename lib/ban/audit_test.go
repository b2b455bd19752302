package ban

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// auditedWall is a firewall that can tell which bans are gone.
type auditedWall struct {
	*fakeWall
	stirred  []firewall.Suspect // what the next Suspects names
	slow     time.Duration      // of a search
	searches int
	held     map[string]int // as Suspects was told
}

func (f *auditedWall) Suspects(held map[string]int) ([]firewall.Suspect, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	suspects := f.stirred
	f.stirred, f.held = nil, map[string]int{}
	for jail, n := range held {
		f.held[jail] = n
	}
	return suspects, nil
}

func (f *auditedWall) Missing(bans []firewall.Ban) (missing []int, err error) {
	if len(bans) > 2 { // few are found at once
		time.Sleep(f.slow)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.searches++
	for i, b := range bans {
		if _, there := f.bans[name(b)]; !there {
			missing = append(missing, i)
		}
	}
	return missing, nil
}

// pluck takes single bans out, as another program does; prefix is which, where that is told.
func (f *auditedWall) pluck(jail, prefix string, names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range names {
		delete(f.bans, n)
	}
	f.stirred = append(f.stirred, firewall.Suspect{Jail: jail, Prefix: prefixOf(&event.Event{}, prefix)})
}

// withAudit gives a bench such a firewall.
func (b *bench) withAudit() *auditedWall {
	wall := &auditedWall{fakeWall: b.wall}
	b.o.Backend = wall
	return wall
}

func TestSingleBansArePutBack(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		wall := b.withAudit()
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"), decision("192.0.2.3", `"jail":"other"`), decision("192.0.2.4", `"id":"alice","jail":"other"`))
		time.Sleep(time.Minute)
		b.events()
		wall.said()
		wall.pluck("sshd", "", "sshd 192.0.2.1")
		time.Sleep(time.Second)
		synctest.Wait()
		if left := wall.left("sshd 192.0.2.1"); left > 9*time.Minute || left < 8*time.Minute+58*time.Second {
			t.Errorf("with %v left", left)
		}
		want(t, "no other is touched", wall.said(), []string{"ban 1"})
		want(t, "ids are not counted: several may be of one address", wall.held, map[string]int{"sshd": 2, "other": 1})
		want(t, "said to people", b.voice.said(), "warning: another program removed our rules: 1 ban put back")
		want(t, "on stdout", b.events(), nil)
		b.stop()
	})
}

func TestWhatIsToldIsPutBackWhileASearchGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		wall := b.withAudit()
		wall.slow = time.Minute
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"), decision("192.0.2.3", `"id":"alice"`), decision("192.0.2.4"))
		wall.pluck("sshd", "", "sshd 192.0.2.4") // which takes a minute to find
		watched()
		wall.said()
		wall.pluck("sshd", "192.0.2.2", "sshd 192.0.2.2")
		wall.pluck("sshd", "192.0.2.3", "sshd alice")
		wall.pluck("sshd", "192.0.2.9") // nobody is banned there
		watched()
		want(t, "put back", wall.said(), []string{"ban 2"})
		time.Sleep(time.Minute)
		synctest.Wait()
		want(t, "found", wall.said(), []string{"ban 1"})
		b.stop()
	})
}

func TestASearchIsForWhatStandsAtItsEnd(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		wall := b.inFile(path).withAudit()
		wall.slow = 10 * time.Second
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"), decision("192.0.2.3"))
		wall.pluck("sshd", "", "sshd 192.0.2.1", "sshd 192.0.2.2", "sshd 192.0.2.3")
		time.Sleep(5 * time.Second)
		b.send(`{"v":1,"type":"unban","ip":"192.0.2.1"}`, decision("192.0.2.4"))
		l, err := ledger.Open(path, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		time.Sleep(5*time.Second - 10*time.Millisecond)
		err = l.Update(func(tx *ledger.Tx) error {
			return tx.Lift(ledger.ID{Jail: "sshd", Key: "192.0.2.2", Backend: "nftables"})
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		want(t, "in force", wall.banned(), []string{"sshd 192.0.2.3", "sshd 192.0.2.4"})
		b.stop()
	})
}

func TestSearchingRests(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		wall := b.withAudit()
		wall.slow = time.Second
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"), decision("192.0.2.3"))
		for range 400 { // 100 s
			wall.pluck("sshd", "")
			time.Sleep(watchEvery)
		}
		b.stop()
		if wall.searches < 9 || wall.searches > 11 {
			t.Errorf("%d searches of a second each in 100 s", wall.searches)
		}
	})
}

// setClock is a machine's clock that somebody sets.
type setClock struct {
	Wall
	off atomic.Int64
}

func (c *setClock) Now() time.Time               { return c.Wall.Now().Add(time.Duration(c.off.Load())) }
func (c *setClock) Start(at time.Time) time.Time { return c.Now() }

// Fault: clock: it is set forward or back while bans stand, by minutes or by a day. Outcome: bans end when the clock as it is now
// says so, and the kernel is given the time that is left; a permanent ban stays.
func TestTheClockIsSet(t *testing.T) {
	for _, c := range []struct {
		name string
		by   time.Duration
		left time.Duration // 0: the ban is over
	}{{"forward", 5 * time.Minute, 5 * time.Minute}, {"past the end", time.Hour, 0}, {"back", -time.Hour, 70 * time.Minute},
		{"a day forward", 24 * time.Hour, 0}, {"a day back", -24 * time.Hour, 24*time.Hour + 10*time.Minute}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, b *bench) {
				clock := &setClock{}
				b.o.Clock, b.wall.kernel = clock, true
				b.start()
				b.send(decision("192.0.2.1"), decision("192.0.2.2", `"bantime":-1`))
				b.events()
				b.wall.said()
				clock.off.Store(int64(c.by))
				watched()
				want(t, "what is left", b.wall.left("sshd 192.0.2.1").Round(time.Second), c.left)
				calls := strings.Join(b.wall.said(), ", ")
				if c.left == 0 {
					want(t, "the kernel would not have ended it", calls, "unban 1")
					want(t, "said", b.events(), []string{"unbanned 192.0.2.1 600"})
				} else {
					want(t, "calls", calls, "ban 1")
					time.Sleep(c.left)
					synctest.Wait()
					want(t, "said at the end", b.events(), []string{"unbanned 192.0.2.1 600"})
					want(t, "which the kernel sees to", b.wall.said(), nil)
				}
				b.stop()
			})
		})
	}
}

// partsWall is a firewall of several, of which one ends bans by itself.
type partsWall struct{ *fakeWall }

func (p partsWall) Retime(bans []firewall.Ban) error { return p.Ban(bans) }

func TestTheClockIsSetForSomeBackends(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		clock := &setClock{}
		b.o.Clock, b.o.Backend = clock, partsWall{b.wall}
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2", `"bantime":-1`), decision("192.0.2.1", `"id":"alice"`, `"bantime":60`))
		b.wall.said()
		clock.off.Store(int64(-time.Hour))
		watched()
		want(t, "what ends has the time that is left of the longest", b.wall.said(), []string{"ban 1"})
		want(t, "what is left", b.wall.left("sshd 192.0.2.1").Round(time.Second), 70*time.Minute)
		b.stop()
	})
}
