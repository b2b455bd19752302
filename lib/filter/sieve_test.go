package filter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// formats are the ways dates stand in the logs of the tests: at the begin, in the midst, in several shapes, or not at all.
var formats = []string{"Jan _2 15:04:05 ", "2006-01-02T15:04:05.000000-07:00 ", "2006-01-02 15:04:05,000 ", "[02/Jan/2006:15:04:05 -0700] ",
	"192.0.2.9 - - [02/Jan/2006:15:04:05 -0700] ", "x [2006-01-02 15:04:05", ""}

// mixedLog makes a log of lines that some filters match, in dates of changing formats.
func mixedLog(r *rand.Rand, n int) []string {
	texts := []string{
		"host sshd[12]: Failed password for root from 192.0.2.1 port 22 ssh2", "host sshd[13]: Connection closed by 192.0.2.2 port 22 [preauth]",
		"host dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.3, lip=198.51.100.1",
		"host dovecot: auth-worker(12): sql(bob,192.0.2.4,<x>): Unknown uſer", "host postfix/smtpd[1]: connect from client.example.com[192.0.2.5]",
		"host CRON[1]: (root) CMD (true)", "\"GET /wp-login.php HTTP/1.1\" 404 12", "-- MARK --", "aGET x 192.0.2.6", "] y 192.0.2.7", "",
	}
	at := time.Date(2026, 3, 1, 9, 59, 58, 999e6, time.UTC)
	format := formats[0]
	var lines []string
	for range n {
		if r.IntN(40) == 0 {
			format = formats[r.IntN(len(formats))]
		}
		if r.IntN(5) == 0 {
			at = at.Add(time.Duration(r.IntN(2000)) * time.Millisecond)
		}
		lines = append(lines, at.Format(format)+texts[r.IntN(1+r.IntN(len(texts)))])
	}
	return lines
}

// TestSieveChangesNothing holds several filters behind one sieve, and with dates in common, against each of them alone, one line after the
// other.
func TestSieveChangesNothing(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	specs := []string{"sshd", "dovecot", "postfix", "nginx-botsearch", `x \[\] y <HOST>`, `from <HOST> port <F-PORT>\d+</F-PORT>`, `<HOST>$`, `aGET x <HOST>$`, "pam-generic"}
	load := func() []*Filter {
		var filters []*Filter
		for i, spec := range specs {
			o := Options{Location: time.UTC, Now: func() time.Time { return now }}
			if i == 7 {
				o.Maxlines = 2
			}
			f, err := Load(spec, o)
			if err != nil {
				t.Fatal(err)
			}
			filters = append(filters, f)
		}
		return filters
	}
	r := rand.New(rand.NewPCG(20240229, 9))
	total, left := 0, 0
	for round := range 10 {
		lines := mixedLog(r, 600)
		got := make([]events, len(specs))
		left += sift(load(), lines, 1+r.IntN(100), got)
		for i, f := range load() {
			var want events
			f.plain = true
			for _, line := range lines {
				m := f.Process(Line{Text: line}).Matches
				for j := range m {
					want.add(&m[j])
				}
			}
			if !bytes.Equal(got[i].Bytes(), want.Bytes()) {
				t.Fatalf("round %d, %s: %s", round, specs[i], firstDifference(got[i].String(), want.String()))
			}
			total += strings.Count(want.String(), "\n")
		}
	}
	if total < 1500 || left < 10*600 {
		t.Errorf("%d failures, %d lines left out: too few to tell anything", total, left)
	}
}

// sift runs lines through filters behind one sieve. It returns how many lines the sieve left out, over all filters.
func sift(filters []*Filter, lines []string, size int, found []events) (left int) {
	shared := make([]*Filter, len(filters)) // whose dates a filter shares
	for i, f := range filters {
		shared[i] = f
		if i > 0 && f.ShareDates(filters[0]) {
			shared[i] = filters[0]
		}
	}
	sieve := NewSieve(filters).Copy()
	var workers []*Worker
	for _, f := range filters {
		workers = append(workers, f.NewWorker())
	}
	for len(lines) > 0 {
		n := min(size, len(lines))
		dates := map[*Filter]*Dates{}
		var batches []*Batch
		for i, f := range filters {
			b := batchOf(lines[:n])
			if b.Dates = dates[shared[i]]; b.Dates == nil {
				f.Date(b)
				dates[f] = b.Dates
			}
			batches = append(batches, b)
		}
		sieve.Sift(batches)
		for i, b := range batches {
			if b.sifted {
				left += len(b.Lines) - len(b.some)
			}
			if !b.Empty() {
				workers[i].Decide(b)
			}
			filters[i].Finish(b, func(_ int, m *Match) error { return found[i].add(m) })
		}
		lines = lines[n:]
	}
	return left
}

// TestSieveRests sees to it that a log on which nearly every line matches is not looked through twice for long.
func TestSieveRests(t *testing.T) {
	f, err := Load("sshd", Options{Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i := range 50 {
		lines = append(lines, fmt.Sprintf("Mar  1 10:00:00 host sshd[%d]: Failed password for root from 192.0.2.%d port 22 ssh2", i, i))
	}
	s := NewSieve([]*Filter{f})
	for i := range 2 * restBatches {
		b := batchOf(lines)
		f.Date(b)
		s.Sift([]*Batch{b})
		if b.sifted != (i%(restBatches+1) == 0) {
			t.Errorf("batch %d: sifted %v", i, b.sifted)
		}
	}
}
