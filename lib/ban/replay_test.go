package ban

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/growth"
)

// TestReplayMindsNoClock plays the same decisions in one go and with hours between them, which live would end the bans; it
// wants the same answers, in the order of time, and every ban to come to its end.
func TestReplayMindsNoClock(t *testing.T) {
	old := time.Date(1999, 1, 1, 10, 0, 0, 0, time.UTC)
	at := func(seconds int, n int) string {
		return decisionAt(old.Add(time.Duration(seconds)*time.Second), fmt.Sprintf("192.0.2.%d", n))
	}
	for _, pause := range []time.Duration{0, 5 * time.Hour} {
		bubble(t, func(t *testing.T, b *bench) {
			b.o.Replay = NewReplay()
			b.policy.Escalation = &growth.Escalation{Factor: 1}
			b.start()
			for _, line := range []string{at(0, 1), at(60, 2), at(590, 1), at(1200, 3), at(1250, 1), at(1251, 2)} {
				b.send(line)
				time.Sleep(pause)
				synctest.Wait()
			}
			b.stop()
			want(t, "said", b.events(), []string{
				"banned 192.0.2.1 600", "banned 192.0.2.2 600", "prolonged 192.0.2.1 600", "unbanned 192.0.2.2 600", "unbanned 192.0.2.1 600",
				"banned 192.0.2.3 600", "banned 192.0.2.1 1200 x2", "banned 192.0.2.2 1200 x2",
				"unbanned 192.0.2.3 600", "unbanned 192.0.2.1 1200 x2", "unbanned 192.0.2.2 1200 x2"})
		})
	}
}

// TestReplayForgets wants a ban to count no longer once it has been over for PurgeAge, to the second.
func TestReplayForgets(t *testing.T) {
	old := time.Date(1999, 1, 1, 10, 0, 0, 0, time.UTC)
	for late, bantime := range map[time.Duration]string{0: "1200 x2", time.Second: "600"} {
		bubble(t, func(t *testing.T, b *bench) {
			b.o.Replay, b.o.PurgeAge = NewReplay(), 24*time.Hour
			b.policy.Escalation = &growth.Escalation{Factor: 1}
			b.start()
			b.send(decisionAt(old, "192.0.2.1"), decisionAt(old.Add(24*time.Hour+600*time.Second+late), "192.0.2.1"))
			b.stop()
			want(t, "said", b.events()[2], "banned 192.0.2.1 "+bantime)
		})
	}
}

// TestReplayOfMany ends more bans at once than are ended at a time.
func TestReplayOfMany(t *testing.T) {
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Replay = NewReplay()
		b.start()
		old := time.Date(1999, 1, 1, 10, 0, 0, 0, time.UTC)
		const n = expireMost + 100
		for i := range n {
			b.send(decisionAt(old, fmt.Sprintf("192.0.%d.%d", i>>8, i&255)))
		}
		b.send(decisionAt(old.Add(time.Hour), "198.51.100.1"))
		b.stop()
		said := b.events()
		want(t, "events", len(said), 2*n+2)
		want(t, "the last ban, when all others are over", said[2*n], "banned 198.51.100.1 600")
	})
}

// TestPiecesDoNotShow plays decisions in one piece and each by itself: in what pieces a pipe brings them must not be seen. Among them
// are some that come late, some without a time, and ends at the same moment.
func TestPiecesDoNotShow(t *testing.T) {
	old := time.Date(1999, 1, 1, 10, 0, 0, 0, time.UTC)
	var lines []string
	for i := range 400 {
		line := decisionAt(old.Add(time.Duration(i*i*7%3000/5)*5*time.Second), fmt.Sprintf("192.0.2.%d", i*i%23))
		if i%17 == 0 {
			line = fmt.Sprintf(`{"v":1,"type":"ban","ip":"198.51.100.%d"}`, i)
		}
		lines = append(lines, line)
	}
	play := func(piece int) (said []string) {
		bubble(t, func(t *testing.T, b *bench) {
			b.o.Replay = NewReplay()
			b.policy.Escalation = &growth.Escalation{Factor: 1}
			b.start()
			for part := range slices.Chunk(lines, piece) {
				b.send(part...)
			}
			b.stop()
			said = b.events()
		})
		return said
	}
	whole := play(len(lines))
	for _, piece := range []int{1, 7, 100} {
		want(t, fmt.Sprintf("in pieces of %d", piece), play(piece), whole)
	}
}
