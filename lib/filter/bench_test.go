package filter

import (
	"fmt"
	"testing"
	"time"

	"f2b/lib/event"
)

// attack is what a server that is attacked logs: per attempt one line that is told apart by its connection only, two
// failures, and lines that are none.
func attack(n int) []string {
	var out []string
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		ip := fmt.Sprintf("192.0.2.%d", i*7%250)
		prefix := at.Add(time.Duration(i)*time.Second).Format("Jan _2 15:04:05") + fmt.Sprintf(" host sshd[%d]: ", 10000+i)
		for _, text := range []string{
			"Invalid user admin from " + ip,
			"input_userauth_request: invalid user admin [preauth]",
			"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=" + ip + "  user=root",
			"Failed password for root from " + ip + " port 38926 ssh2",
			"Received disconnect from " + ip + ": 11: Bye Bye [preauth]",
			"pam_unix(sshd:session): session opened for user alice by (uid=0)",
		} {
			out = append(out, prefix+text)
		}
	}
	return out
}

// BenchmarkSteps times each step of a batch by itself.
func BenchmarkSteps(b *testing.B) {
	f, err := Load("sshd", Options{Location: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	w := f.NewWorker()
	lines := attack(100)
	perLine := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/line")
		b.ReportAllocs()
	}
	batch := batchOf(lines)
	b.Run("date", func(b *testing.B) {
		for b.Loop() {
			f.Date(batch)
		}
		perLine(b)
	})
	b.Run("decide", func(b *testing.B) {
		for b.Loop() {
			f.Date(batch)
			w.Decide(batch)
		}
		perLine(b)
	})
	b.Run("finish", func(b *testing.B) {
		var e event.Event
		var out []byte
		events := 0
		for b.Loop() {
			f.Date(batch)
			w.Decide(batch)
			f.Finish(batch, func(_ int, m *Match) error {
				m.Fill(&e)
				out = e.AppendJSON(out[:0])
				events++
				return nil
			})
		}
		perLine(b)
		if events < b.N*len(lines)/3 {
			b.Errorf("%d events of %d lines", events, b.N*len(lines))
		}
	})
}

// BenchmarkMisses times lines that no pattern matches: they cost no allocation but for the batch.
func BenchmarkMisses(b *testing.B) {
	f, err := Load("dovecot", Options{Location: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	w := f.NewWorker()
	var lines []string
	for i := range 600 {
		lines = append(lines, fmt.Sprintf("Mar  1 10:00:%02d mail postfix/smtpd[%d]: connect from client.example.com[192.0.2.1]", i/10, i))
	}
	batch := batchOf(lines)
	for name, sieve := range map[string]*Sieve{"alone": nil, "sieve": NewSieve([]*Filter{f})} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Date(batch)
				if sieve.Sift([]*Batch{batch}); !batch.Empty() {
					w.Decide(batch)
				}
				f.Finish(batch, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.Lines)), "ns/line")
		})
	}
}
