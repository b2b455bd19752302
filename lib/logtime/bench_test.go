package logtime

import (
	"strings"
	"testing"
	"time"
)

func BenchmarkFind(b *testing.B) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, bench := range []struct{ name, line string }{
		{"syslog", "Nov 21 11:59:58 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2"},
		{"iso", "2026-11-21T11:59:58.123456+01:00 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2"},
		{"iso-space", "2026-11-21 11:59:58 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2"},
		{"apache", `192.0.2.1 - - [21/Nov/2026:11:59:58 +0100] "GET /index.html HTTP/1.1" 404 512 "-" "Mozilla/5.0"`},
		{"apache-error", `[Sat Nov 21 11:59:58.123456 2026] [auth_basic:error] [pid 1] [client 192.0.2.1:1] user root not found`},
		{"epoch", "1790000000.123 192.0.2.1 TCP_DENIED/407 GET http://example.com/"},
		{"none", "message repeated by a host that writes no date: authentication failure from 192.0.2.1 port 22 ssh2"},
		{"none-colons", "message repeated by a host that writes no date: authentication failure from 192.0.2.1:22 (a:1:2)"},
		{"invalid", "Feb 30 11:59:58 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2"},
		{"utf-8", "Nov 21 11:59:58 höst sshd[1234]: Failed password for jürg from 192.0.2.1 port 22 ssh2"},
	} {
		next := strings.Replace(bench.line, "11:59:58", "11:59:57", 1)
		b.Run(bench.name+"/same-second", func(b *testing.B) { benchmarkFind(b, bench.line, bench.line, now) })
		if next != bench.line {
			b.Run(bench.name+"/next-second", func(b *testing.B) { benchmarkFind(b, bench.line, next, now) })
		}
	}
}

// benchmarkFind looks for the dates of two lines in turn.
func benchmarkFind(b *testing.B, line, next string, now time.Time) {
	d, err := New(Options{Location: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		d.Find(line, now)
		line, next = next, line
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
