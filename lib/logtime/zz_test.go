package logtime

import (
	"fmt"
	"testing"
	"time"
)

func BenchmarkApacheMix(b *testing.B) {
	d, _ := New(Options{Location: time.UTC})
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var lines []string
	for i := range 64 {
		lines = append(lines, fmt.Sprintf(`%d.%d.%d.%d - - [21/Nov/2026:11:59:%02d +0100] "GET /index.html HTTP/1.1" 404 512 "-" "Mozilla/5.0"`, i*i%256, i*37%256, i*91%256, i, i%60))
	}
	i := 0
	for b.Loop() {
		i++
		d.Find(lines[i%64], now)
	}
}
