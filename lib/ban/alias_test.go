package ban

import (
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/firewall"
)

// byAddress is a firewall that knows addresses and nothing else, as most do.
type byAddress struct{ *fakeWall }

func addressesOnly(bans []firewall.Ban) []firewall.Ban {
	all := make([]firewall.Ban, len(bans))
	for i, b := range bans {
		b.ID = ""
		all[i] = b
	}
	return all
}

func (f byAddress) Ban(bans []firewall.Ban) error   { return f.fakeWall.Ban(addressesOnly(bans)) }
func (f byAddress) Unban(bans []firewall.Ban) error { return f.fakeWall.Unban(addressesOnly(bans)) }

// Several users may be banned at one address: it is free when the last of them is.
func TestAnAddressOfSeveralIds(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Backend = byAddress{b.wall}
		b.start()
		b.send(decision("192.0.2.1", `"id":"alice"`), decision("192.0.2.1", `"id":"bob","bantime":1200`), decision("192.0.2.1", `"bantime":60`))
		want(t, "the latest decision counts for now", b.wall.left("sshd 192.0.2.1"), time.Minute)
		time.Sleep(61 * time.Second)
		synctest.Wait()
		want(t, "its own ban is over", b.wall.left("sshd 192.0.2.1").Round(time.Second), 19*time.Minute)
		b.send(`{"type":"unban","id":"bob"}`)
		want(t, "bob is let in", b.wall.left("sshd 192.0.2.1").Round(time.Second), 539*time.Second)
		b.send(`{"type":"unban","id":"alice"}`)
		want(t, "and alice", b.wall.banned(), nil)
		b.stop()
	})
}
