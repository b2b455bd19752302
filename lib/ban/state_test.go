package ban

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/growth"
)

// reboot starts another keeper on the state of an earlier one, with a firewall that has forgotten everything.
func (b *bench) reboot() *bench {
	next := newBench(b.t)
	next.o, next.policy = b.o, b.policy
	next.wall = newFake(b.wall.name)
	next.o.Backend, next.o.Voice = next.wall, next.voice
	return next
}

// watched waits until the keeper has looked at what others did.
func watched() {
	time.Sleep(2 * watchEvery)
	synctest.Wait()
}

// Fault: process: the machine is rebooted, and the firewall has forgotten all. Outcome: the bans are put back with the time that
// they have left; those that ended meanwhile are not.
func TestRestore(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1", `"note":1`), decision("192.0.2.2", `"bantime":60`), decision("2001:db8::/64", `"bantime":-1`))
		b.stop()
		time.Sleep(4 * time.Minute)
		b = b.reboot().start()
		want(t, "said", b.events(), []string{"unbanned 192.0.2.2 60", "banned 192.0.2.1 600 restored", "banned 2001:db8::/64 -1 restored"})
		want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.1", "sshd 2001:db8::/64"})
		want(t, "what is left", b.wall.left("sshd 192.0.2.1"), 6*time.Minute)
		want(t, "what was over is taken out", b.wall.said(), []string{"ban 2", "unban 1"})
		time.Sleep(6*time.Minute + time.Second)
		synctest.Wait()
		e := b.parsed()
		if len(e) != 1 || e[0].Type != event.Unbanned || len(e[0].Unknown) != 1 {
			t.Errorf("at its end: %+v", e)
		}
		b.stop()
		want(t, "to people", b.voice.said(), "")
	})
}

func TestCountsOutliveTheProcess(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Escalation = &growth.Escalation{Factor: 1}
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		b.stop()
		time.Sleep(time.Hour)
		b = b.reboot().start()
		b.send(decision("192.0.2.1"))
		want(t, "said", b.events(), []string{"unbanned 192.0.2.1 600", "banned 192.0.2.1 1200 x2"})
		b.stop()
	})
}

func TestAllStandBeforeTheFirstIsAnnounced(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		lines := []string{decision("192.0.2.1", `"id":"alice"`), decision("192.0.2.2", `"bantime":1`)}
		for i := range 5000 {
			lines = append(lines, decision(fmt.Sprintf("198.51.%d.%d", i/250, i%250+1), `"note":1`))
		}
		b.send(lines...)
		b.stop()
		time.Sleep(time.Minute)
		b = b.reboot()
		k := b.idle()
		for !k.restore.stands {
			k.restoreSome()
		}
		want(t, "in force", len(b.wall.banned()), 5001)
		k.out.Flush()
		want(t, "said so far", b.events(), nil)
		k.finishRestore(t.Context())
		k.out.Flush()
		said := b.parsed()
		want(t, "said then", len(said), 5002)
		for _, e := range said {
			switch {
			case e.Type == event.Banned && e.Restored && (len(e.Unknown) == 1 || e.ID == "alice"):
			case e.Type == event.Unbanned && e.Key() == "192.0.2.2":
			default:
				t.Fatalf("said %+v", e)
			}
		}
	})
}

func TestNewBansDoNotWaitForOldOnes(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		var lines []string
		for i := range 5000 {
			lines = append(lines, decision(fmt.Sprintf("198.51.%d.%d", i/250, i%250+1)))
		}
		b.send(lines...)
		b.stop()
		b = b.reboot()
		b.wall.slow = 10 * time.Millisecond // 50 s for all
		begun := time.Now()
		b.start()
		go b.in.Write([]byte(decision("192.0.2.1") + "\n"))
		for b.wall.left("sshd 192.0.2.1") == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		if waited := time.Since(begun); waited > time.Second {
			t.Errorf("the new ban waited %v", waited)
		}
		b.stop() // the end of the input does not end the restoring
		want(t, "in force", len(b.wall.banned()), 5001)
	})
}

func TestOtherBackendsBansAreLeftAlone(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.wall.name = "iptables"
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		b.stop()
		b = b.reboot()
		b.wall.name = "nftables"
		b.start()
		want(t, "said", b.events(), nil)
		want(t, "said to people", b.voice.said(),
			"warning: 1 ban by iptables, which nobody keeps now: f2b-ban flush -backend iptables ends them")
		b.send(`{"type":"unban","ip":"192.0.2.1"}`)
		want(t, "what cannot be done is not claimed", b.events(),
			[]string{"failed 192.0.2.1 600: enforced by iptables, which nobody keeps: try f2b-ban unban"})
		time.Sleep(time.Second)
		b.send(decision("192.0.2.1"))
		want(t, "banned here too, and that was counted", b.events(), []string{"banned 192.0.2.1 600 x2"})
		b.stop()
		b = b.reboot()
		b.wall.name = "iptables"
		b.start()
		want(t, "what the other firewall has is still known", b.events(), []string{"banned 192.0.2.1 600 restored"})
		b.stop()
	})
}

func TestTwoFirewallsAtOnce(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		other := b.reboot()
		other.wall.name = "iptables"
		other.start()
		line := decision("192.0.2.1")
		b.send(line)
		other.send(line)
		want(t, "the one", b.events(), []string{"banned 192.0.2.1 600"})
		want(t, "the other", other.events(), []string{"banned 192.0.2.1 600"})
		want(t, "nothing is abandoned", other.voice.said(), "")
		time.Sleep(time.Minute)
		b.send(`{"type":"unban","ip":"192.0.2.1"}`)
		watched()
		want(t, "an unban is for both", [][]string{b.wall.banned(), other.wall.banned()}, [][]string{nil, nil})
		b.send(decision("192.0.2.2"))
		other.send(decision("192.0.2.2"))
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		want(t, "each ends its own", [][]string{b.wall.banned(), other.wall.banned()}, [][]string{nil, nil})
		b.stop()
		other.stop()
	})
}

func TestRepair(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2", `"jail":"other"`), decision("192.0.2.3", `"bantime":-1`))
		time.Sleep(time.Minute)
		b.events()
		b.wall.wreck("sshd", "other")
		time.Sleep(time.Second)
		synctest.Wait()
		want(t, "within a second", b.wall.banned(), []string{"other 192.0.2.2", "sshd 192.0.2.1", "sshd 192.0.2.3"})
		if left := b.wall.left("sshd 192.0.2.1"); left > 9*time.Minute || left < 8*time.Minute+58*time.Second {
			t.Errorf("with %v left", left)
		}
		want(t, "said to people, once", b.voice.said(), "warning: another program removed our rules: 3 bans put back")
		want(t, "on stdout", b.events(), nil)
		b.stop()
	})
}

func TestNewSettingsOfAJail(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Firewall.Ports = []firewall.PortRange{{First: 22, Last: 22}}
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		b.stop()
		b = b.reboot()
		b.policy.Firewall.Ports = []firewall.PortRange{{First: 2222, Last: 2222}}
		b.start()
		want(t, "restored as it was", firewall.FormatPorts(b.wall.jail("sshd").Ports), "22")
		b.wall.said()
		b.send(decision("192.0.2.2"))
		want(t, "as it is wanted now", firewall.FormatPorts(b.wall.jail("sshd").Ports), "2222")
		want(t, "set up anew", b.wall.said(), []string{"flush sshd", "ban 1", "ban 1"})
		want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.1", "sshd 192.0.2.2"})
		b.stop()
	})
}
