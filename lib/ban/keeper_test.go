package ban

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/growth"
)

// bubble runs a test of a keeper in its own time.
func bubble(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newBench(t)) })
}

func TestBanLivesAndEnds(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"))
		want(t, "at once", b.events(), []string{"banned 192.0.2.1 600"})
		want(t, "in the firewall", b.wall.banned(), []string{"sshd 192.0.2.1"})
		want(t, "for", b.wall.left("sshd 192.0.2.1"), 10*time.Minute)
		time.Sleep(10*time.Minute - time.Second)
		synctest.Wait()
		want(t, "before its end", b.events(), nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		want(t, "at its end", b.events(), []string{"unbanned 192.0.2.1 600"})
		want(t, "in the firewall", b.wall.banned(), nil)
		b.stop()
	})
}

func TestEventsKeepTheirMembers(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(`{"v":1,"type":"ban","time":"2000-01-01T02:00:00+02:00","ip":"192.0.2.1","filter":"sshd","rule":3,"line":"the line",` +
			`"fields":{"user":"root"},"failures":5,"matches":["a","b"],"note":{"x":[1,2]}}`)
		const head = `"time":"2000-01-01T02:00:00+02:00","ip":"192.0.2.1","filter":"sshd","jail":"sshd"`
		const rest = `"rule":3,"line":"the line","fields":{"user":"root"},"failures":5,"matches":["a","b"],` +
			`"bantime":600,"expires":"2000-01-01T02:10:00+02:00","bancount":1,"backend":"nftables","note":{"x":[1,2]}}` + "\n"
		time.Sleep(time.Hour)
		synctest.Wait()
		want(t, "the output", b.out.String(), `{"v":1,"type":"banned",`+head+","+rest+
			`{"v":1,"type":"unbanned",`+strings.Replace(head, "02:00:00+", "02:10:00+", 1)+","+rest)
		b.stop()
	})
}

func TestForeignEventsAndBadLines(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		foreign := `{ "type" : "weather", "rain":true }`
		match := `{"v":1,"type":"match","ip":"192.0.2.9","x":1}`
		b.send(decision("192.0.2.1"), foreign, "garbage", decision("192.0.2.2"), match, `{"type":"ban"}`, `{"type":"ban","ip":"999.1.1.1"}`)
		lines := strings.Split(b.out.String(), "\n")
		want(t, "lines", len(lines), 5)
		want(t, "the second", lines[1], foreign)
		want(t, "the fourth", lines[3], match)
		for _, said := range []string{"line 3:", "line 6: neither ip nor id", "line 7: ip:"} {
			if !strings.Contains(b.voice.said(), said) {
				t.Errorf("%q is not in %q", said, b.voice.said())
			}
		}
		b.stop()
	})
}

func TestBurstGoesInBulk(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		var lines []string
		for i := range 1000 {
			lines = append(lines, decision(fmt.Sprintf("198.51.%d.%d", i/250, i%250+1)))
		}
		b.send(lines...)
		want(t, "events", len(b.events()), 1000)
		want(t, "banned", len(b.wall.banned()), 1000)
		if calls := b.wall.said(); len(calls) > 10 {
			t.Errorf("%d calls: %q", len(calls), calls)
		}
		b.stop()
	})
}

func TestRebanProlongs(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"))
		time.Sleep(5 * time.Minute)
		b.send(decision("192.0.2.1"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "prolonged 192.0.2.1 600"})
		want(t, "extended", b.wall.left("sshd 192.0.2.1"), 10*time.Minute)
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		want(t, "past the first end", b.events(), nil)
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		want(t, "at the second end", b.events(), []string{"unbanned 192.0.2.1 600"})
		b.send(decision("192.0.2.1"))
		want(t, "a new one", b.events(), []string{"banned 192.0.2.1 600 x2"})
		b.stop()
	})
}

func TestTwoDecisionsOfOneBatch(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"), decisionAt(time.Now().Add(time.Millisecond), "192.0.2.1"), decision("2001:db8::1"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "prolonged 192.0.2.1 600", "banned 2001:db8::1 600"})
		want(t, "calls", b.wall.said(), []string{"ban 2"})
		b.stop()
	})
}

// TestReplayedDecisions has a keeper start anew and take what a log that is read again leads to.
func TestReplayedDecisions(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		first := time.Now()
		b.send(decisionAt(first, "192.0.2.1"))
		b.stop()
		time.Sleep(5 * time.Minute)
		b.start()
		b.events()
		b.send(decisionAt(first.Add(-time.Minute), "192.0.2.1"), decisionAt(first, "192.0.2.1"))
		why := "ignored 192.0.2.1: decided before: the last ban here was at " + first.UTC().Format(time.RFC3339)
		want(t, "said", b.events(), []string{why, why})
		want(t, "not prolonged", b.wall.left("sshd 192.0.2.1"), 5*time.Minute)

		time.Sleep(6 * time.Minute)
		synctest.Wait()
		want(t, "at the first end", b.events(), []string{"unbanned 192.0.2.1 600"})
		b.send(decisionAt(first, "192.0.2.1"))
		want(t, "not anew", b.events(), []string{why})
		want(t, "nobody", b.wall.banned(), nil)
		b.send(decision("192.0.2.1"))
		want(t, "after another failure", b.events(), []string{"banned 192.0.2.1 600 x2"})
		b.stop()
	})
}

func TestAPermanentBanStays(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Bantime = -1
		b.start()
		b.send(decision("192.0.2.1"))
		want(t, "for ever", b.wall.left("sshd 192.0.2.1"), 0)
		if e := b.parsed(); !e[0].Expires.IsZero() || e[0].Bantime != -1 {
			t.Errorf("got %+v", e[0])
		}
		time.Sleep(time.Second)
		b.send(decision("192.0.2.1", `"bantime":600`))
		want(t, "still", b.events(), []string{"prolonged 192.0.2.1 -1"})
		time.Sleep(time.Hour)
		synctest.Wait()
		want(t, "nothing ends", b.wall.banned(), []string{"sshd 192.0.2.1"})
		b.stop()
	})
}

// An old log is enforced from now on, but its decisions are told apart by its own time.
func TestOldLogLeavesItsBansBehind(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		old := time.Now().Add(-5000 * time.Hour)
		b.send(decisionAt(old, "192.0.2.1"), decisionAt(old.Add(time.Minute), "192.0.2.1"), decisionAt(old.Add(time.Hour), "192.0.2.1"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "prolonged 192.0.2.1 600", "banned 192.0.2.1 600 x2"})
		want(t, "in force", b.wall.left("sshd 192.0.2.1"), 10*time.Minute)
		b.stop()
		want(t, "after the end", b.wall.banned(), []string{"sshd 192.0.2.1"})
	})
}

func TestEventTimeOfADryRun(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Clock = &EventTime{}
		b.start()
		old := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
		b.send(decisionAt(old, "192.0.2.1"), decisionAt(old.Add(time.Hour), "192.0.2.2"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "unbanned 192.0.2.1 600", "banned 192.0.2.2 600"})
		time.Sleep(11 * time.Minute) // the log goes on without decisions
		synctest.Wait()
		e := b.parsed()
		if len(e) != 1 || !e[0].Time.Equal(old.Add(70*time.Minute)) {
			t.Errorf("got %+v", e)
		}
		b.stop()
	})
}

// Fault: firewall: it refuses one ban of many. Outcome: that one is answered by failed, is not in the ledger, and does not count
// for the next; the others stand.
func TestFailedBansAreToldAndForgotten(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.wall.refuse(func(ban firewall.Ban) error {
			if ban.Prefix == netip.MustParsePrefix("192.0.2.2/32") {
				return errRefused
			}
			return nil
		})
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"), decision("192.0.2.3"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "failed 192.0.2.2: the kernel refuses", "banned 192.0.2.3 600"})
		want(t, "to people", b.voice.said(), "error: sshd: 192.0.2.2: the kernel refuses")
		b.wall.refuse(nil)
		b.send(decision("192.0.2.2"))
		want(t, "the next time, the first that counts", b.events(), []string{"banned 192.0.2.2 600"})
		b.stop()
	})
}

func TestAFailedProlongationLeavesTheBan(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"))
		time.Sleep(time.Minute)
		b.wall.refuse(func(firewall.Ban) error { return errRefused })
		b.send(decision("192.0.2.1"))
		b.wall.refuse(nil)
		time.Sleep(9*time.Minute + time.Second)
		synctest.Wait()
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "failed 192.0.2.1: the kernel refuses", "unbanned 192.0.2.1 600"})
		b.stop()
	})
}

// Fault: firewall: it fails once. Outcome: it is asked once more, and nobody notices.
func TestAPassingFailureIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.wall.whole = errors.New("busy")
		b.send(decision("192.0.2.1"), decision("192.0.2.2"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "banned 192.0.2.2 600"})
		want(t, "to people", b.voice.said(), "")
		b.stop()
	})
}

func TestAnIdIsBannedToo(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(`{"type":"ban","id":"someone@example.com","jail":"mail"}`, `{"type":"unban","id":"someone@example.com"}`)
		want(t, "said", b.events(), []string{"banned someone@example.com 600", "unbanned someone@example.com 600"})
		b.stop()
	})
}

func TestUnbanByTheStream(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.1", `"jail":"other"`), decision("192.0.2.2", `"note":1`))
		b.events()
		b.send(`{"type":"unban","ip":"192.0.2.1","jail":"other"}`)
		want(t, "in one jail", b.wall.banned(), []string{"sshd 192.0.2.1", "sshd 192.0.2.2"})
		b.send(`{"type":"unban","ip":"192.0.2.2","why":"a mistake"}`, `{"type":"unban","ip":"192.0.2.9"}`)
		e := b.parsed()
		want(t, "types", []string{e[0].Type, e[1].Type, e[2].Type}, []string{"unbanned", "unbanned", "ignored"})
		want(t, "members of both", len(e[1].Unknown), 2)
		want(t, "left", b.wall.banned(), []string{"sshd 192.0.2.1"})
		time.Sleep(time.Hour)
		synctest.Wait()
		want(t, "only the other ends", b.events(), []string{"unbanned 192.0.2.1 600"})
		b.stop()
	})
}

// Fault: firewall: it refuses to end a ban. Outcome: that is said by failed, and tried again until it is done.
func TestAnUnbanThatFailsIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"))
		b.wall.refuse(func(firewall.Ban) error { return errRefused })
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "failed 192.0.2.1 600: the kernel refuses"})
		b.wall.refuse(nil)
		time.Sleep(expireRetry)
		synctest.Wait()
		want(t, "then", b.events(), []string{"unbanned 192.0.2.1 600"})
		b.stop()
	})
}

func TestTheKernelEndsItsBans(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.wall.kernel = true
		k := b.idle()
		long := fmt.Sprintf(`"bantime":%d`, int(firewall.MaxKernelTimeout/time.Second)+1)
		k.take(items(t, decision("192.0.2.1"), decision("192.0.2.2", long))...)
		b.wall.said()
		time.Sleep(time.Hour)
		k.expire()
		want(t, "no call", b.wall.said(), nil)
		time.Sleep(firewall.MaxKernelTimeout)
		k.expire()
		k.out.Flush()
		want(t, "said", len(b.events()), 4)
		want(t, "the long one by us", b.wall.said(), []string{"unban 1"})
	})
}

func TestBansGrow(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Escalation = &growth.Escalation{Factor: 1}
		b.start()
		for _, bantime := range []int{600, 1200, 2400, 4800} {
			b.send(decision("192.0.2.1"))
			time.Sleep(time.Duration(bantime)*time.Second + time.Second)
			synctest.Wait()
		}
		b.send(decision("192.0.2.2"))
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "unbanned 192.0.2.1 600", "banned 192.0.2.1 1200 x2", "unbanned 192.0.2.1 1200 x2",
			"banned 192.0.2.1 2400 x3", "unbanned 192.0.2.1 2400 x3", "banned 192.0.2.1 4800 x4", "unbanned 192.0.2.1 4800 x4", "banned 192.0.2.2 600"})
		b.stop()
	})
}

func TestBansOfAllJailsCount(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Escalation = &growth.Escalation{Factor: 1, Overall: true}
		b.start()
		for _, jail := range []string{"a", "b", "c"} {
			b.send(decision("192.0.2.1", fmt.Sprintf(`"jail":%q`, jail)))
			time.Sleep(time.Second)
		}
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "banned 192.0.2.1 1200", "banned 192.0.2.1 2400"})
		b.stop()
	})
}

func TestWhoseBantimeCounts(t *testing.T) {
	for _, c := range []struct {
		fixed   bool
		want    int64
		brought int64
	}{{false, 60, 60}, {true, 600, 60}, {false, -1, -5}, {false, growth.MaxBantime, 1<<63 - 1}, {false, 600, 0}} {
		p := Policy{Bantime: 600, Fixed: c.fixed}
		got, err := p.bantime(&event.Event{Bantime: c.brought}, 0)
		if got != c.want || err != nil {
			t.Errorf("%+v: got %d, %v", c, got, err)
		}
	}
}

func TestASignalTakesWhatIsThere(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.cancel()
		b.send(decision("192.0.2.1"))
		if err := <-b.done; err != nil {
			t.Error(err)
		}
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600"})
		want(t, "the ban stays", b.wall.banned(), []string{"sshd 192.0.2.1"})
		b.in.Close()
	})
}

func TestFlushOnExit(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Flush = true
		b.start()
		b.send(decision("192.0.2.1"))
		b.stop()
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "unbanned 192.0.2.1 600"})
		want(t, "in the firewall", b.wall.banned(), nil)
	})
}
