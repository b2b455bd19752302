package ban

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
	"f2b/lib/growth"
	"f2b/lib/ledger"
)

func TestEachBanHasOneKeeper(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		other := b.reboot().start()
		want(t, "what is kept is not restored", other.events(), nil)
		other.send(decision("192.0.2.2"))
		watched()
		want(t, "the one", b.events(), []string{"banned 192.0.2.1 600"})
		want(t, "the other", other.events(), []string{"banned 192.0.2.2 600"})
		other.send(decision("192.0.2.1"))
		want(t, "what is banned is prolonged", other.events(), []string{"prolonged 192.0.2.1 600"})
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		want(t, "the one", b.events(), nil)
		want(t, "who enforced it last ends it", slices.Sorted(slices.Values(other.events())), []string{"unbanned 192.0.2.1 600", "unbanned 192.0.2.2 600"})
		b.stop()
		other.stop()
	})
}

// Fault: process: one of several f2b-ban dies. Outcome: another takes over its bans and ends them in time.
func TestTheLivingTakeOverFromTheDead(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		other := b.reboot().start()
		b.send(decision("192.0.2.1"))
		b.stop()
		watched()
		want(t, "said", other.events(), []string{"banned 192.0.2.1 600 restored"})
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		want(t, "at its end", other.events(), []string{"unbanned 192.0.2.1 600"})
		other.stop()
	})
}

func TestAKeeperOfOneJail(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Jail = "recidive"
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		want(t, "its jail", b.wall.banned(), []string{"recidive 192.0.2.1"})
		b.stop()
		b.o.Jail = ""
		general := b.reboot().start()
		want(t, "nobody else keeps it", general.events(), []string{"banned 192.0.2.1 600 restored"})
		b.o.Jail = "recidive"
		own := b.reboot().start()
		want(t, "its own keeper", own.events(), []string{"banned 192.0.2.1 600 restored"})
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		want(t, "the general one has ceded it", general.events(), nil)
		want(t, "its own ends it", own.events(), []string{"unbanned 192.0.2.1 600"})
		general.stop()
		own.stop()
	})
}

// command runs one act beside a running keeper, on the same firewall.
func (b *bench) command(do func(*Keeper, *strings.Builder) error) string {
	b.t.Helper()
	other := newBench(b.t)
	other.o, other.policy = b.o, b.policy
	other.wall = b.wall
	other.o.Voice = other.voice
	var out strings.Builder
	if err := do(other.keeper(), &out); err != nil {
		b.t.Error(err)
	}
	return out.String()
}

func (b *bench) act(kind, ip string) string {
	return b.command(func(k *Keeper, out *strings.Builder) error {
		e, err := event.Parse([]byte(fmt.Sprintf(`{"type":%q,"ip":%q,"jail":"sshd"}`, kind, ip)))
		if err != nil {
			return err
		}
		return k.Act(out, []event.Event{e})
	})
}

func TestACommandsUnbanIsHonoured(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1", `"note":1`), decision("192.0.2.2"))
		b.events()
		if out := b.act("unban", "192.0.2.1"); !strings.Contains(out, `"type":"unbanned"`) || !strings.Contains(out, `"note":1`) {
			t.Errorf("the command said %s", out)
		}
		want(t, "at once", b.wall.banned(), []string{"sshd 192.0.2.2"})
		watched()
		e := b.parsed()
		if len(e) != 1 || e[0].Type != event.Unbanned || len(e[0].Unknown) != 1 {
			t.Errorf("the keeper said %+v", e)
		}
		b.wall.wreck("sshd")
		watched()
		want(t, "repair does not undo it", b.wall.banned(), []string{"sshd 192.0.2.2"})
		b.stop()
		b = b.reboot().start()
		want(t, "nor does restore", b.events(), []string{"banned 192.0.2.2 600 restored"})
		b.stop()
	})
}

// lastingWall leaves bans to their own keeper.
type lastingWall struct{ *fakeWall }

func (lastingWall) FlushLeaves(string) bool { return true }

func TestACommandsUnbanBeforeTheEnd(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Backend = lastingWall{b.wall}
		b.inFile(path).start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2"))
		b.events()
		b.act("unban", "192.0.2.1")
		b.stop()
		want(t, "said", b.events(), []string{"unbanned 192.0.2.1 600"})
		want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.2"})
	})
}

func TestACommandsBanIsKept(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		if out := b.act("ban", "192.0.2.1"); !strings.Contains(out, `"type":"banned"`) {
			t.Errorf("the command said %s", out)
		}
		want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.1"})
		watched()
		want(t, "the keeper says nothing", b.events(), nil)
		b.wall.wreck("sshd")
		watched()
		want(t, "but repairs it", b.wall.banned(), []string{"sshd 192.0.2.1"})
		time.Sleep(5 * time.Minute)
		if out := b.act("ban", "192.0.2.1"); !strings.Contains(out, `"type":"prolonged"`) {
			t.Errorf("the command said %s", out)
		}
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		want(t, "past its first end", b.events(), nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		want(t, "at its end", b.events(), []string{"unbanned 192.0.2.1 600"})
		b.stop()
	})
}

func TestFlushAll(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1"), decision("192.0.2.2", `"jail":"other"`))
		b.events()
		out := b.command(func(k *Keeper, out *strings.Builder) error { return k.FlushAll(out, "other") })
		want(t, "one jail", strings.Count(out, "unbanned"), 1)
		want(t, "the other stays", b.wall.banned(), []string{"sshd 192.0.2.1"})
		watched()
		out = b.command(func(k *Keeper, out *strings.Builder) error { return k.FlushAll(out) })
		want(t, "the command", strings.Count(out, `"type":"unbanned"`), 1)
		want(t, "in force", b.wall.banned(), nil)
		watched()
		want(t, "the keeper", b.events(), []string{"unbanned 192.0.2.2 600", "unbanned 192.0.2.1 600"})
		b.send(decision("192.0.2.1"))
		want(t, "banned again", b.events(), []string{"banned 192.0.2.1 600 x2"})
		b.stop()
	})
}

func TestImport(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.policy.Escalation = &growth.Escalation{Factor: 1}
		b.inFile(path)
		now := time.Now()
		rows := []ledger.Ban{
			{Jail: "sshd", Key: "192.0.2.1", Time: now.Add(-time.Minute), Expires: now.Add(9 * time.Minute), Bantime: 600, Bancount: 2},
			{Jail: "sshd", Key: "192.0.2.2", Time: now.Add(-time.Hour), Expires: now.Add(-50 * time.Minute), Bantime: 600, Bancount: 3},
			{Jail: "sshd", Key: "2001:db8::1", Time: now, Bantime: -1, Bancount: 1},
			{Jail: "sshd", Key: "127.0.0.1", Time: now, Expires: now.Add(time.Hour), Bantime: 3600, Bancount: 1},
		}
		b.o.Safety = &Safety{}
		for range 2 { // twice is as good as once
			out := b.command(func(k *Keeper, out *strings.Builder) error { return k.Import(out, rows) })
			want(t, "said", []int{strings.Count(out, `"type":"banned"`), strings.Count(out, `"type":"ignored"`)}, []int{2, 1})
			want(t, "in force", b.wall.banned(), []string{"sshd 192.0.2.1", "sshd 2001:db8::1"})
			want(t, "what is left", b.wall.left("sshd 192.0.2.1"), 9*time.Minute)
		}
		b.start()
		b.events()
		b.send(decision("192.0.2.2"))
		want(t, "the count goes on", b.events(), []string{"banned 192.0.2.2 4800 x4"})
		b.stop()
	})
}
