package ban

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
	"f2b/lib/event"
	"f2b/lib/growth"
	"f2b/lib/ledger"
)

// FuzzInput feeds a keeper whatever may stand on its stdin. Each line is answered: by an event, by itself where it is an
// event of another kind, or by a complaint; and what is in force in the end is what the ledger says.
func FuzzInput(f *testing.F) {
	for _, seed := range []string{
		`{"v":1,"type":"ban","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","filter":"sshd"}`,
		`{"type":"ban","ip":"2001:db8::/32","bantime":-1,"note":{"a":[1]}}` + "\n" + `{"type":"unban","ip":"2001:db8::/32"}`,
		`{"type":"ban","id":"x","jail":"a"}` + "\n" + `{"type":"ban","id":"x","jail":"b","bantime":1}` + "\n" + `{"type":"unban","id":"x"}`,
		`{"type":"ban","ip":"127.0.0.1"}` + "\n" + `{"type":"match"}` + "\n\n" + `{"type":"ban"}` + "\n{",
		`{"type":"ban","time":"0001-01-01T00:00:00Z","ip":"192.0.2.1","bantime":9223372036854775807}`,
		`{"type":"ban","time":"9999-12-31T23:59:59Z","ip":"192.0.2.1","bantime":99999999999}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		wall, v := newFake("nftables"), &voice{}
		l, err := ledger.Memory()
		if err != nil {
			t.Fatal(err)
		}
		k := New(Options{
			Backend: wall, Clock: &EventTime{}, Voice: v, Safety: &Safety{}, Open: func() (*ledger.Ledger, error) { return l, nil },
			Jails: NewJails(func(string) Policy { return Policy{Bantime: 600, Escalation: &growth.Escalation{Factor: 1}} }),
		})
		var out bytes.Buffer
		if err := k.Run(t.Context(), strings.NewReader(input), &out); err != nil {
			t.Fatal(err)
		}
		r := event.NewReader(&out, nil)
		for {
			e, raw, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("wrote %q: %v", raw, err)
			}
			if e.Type == event.Banned && e.Bantime >= 0 && e.Expires.IsZero() && e.Backend == "nftables" && !strings.Contains(input, `"banned"`) {
				t.Errorf("a ban without an end: %s", raw)
			}
		}
		if len(k.bans) != len(wall.banned()) {
			t.Errorf("%d bans are kept, %d in force: %q", len(k.bans), len(wall.banned()), wall.banned())
		}
	})
}
