package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"f2b/lib/event"
	"f2b/lib/filter"
	"f2b/lib/source"
)

// attacked is the log of a server that is attacked, with lines that are no failures in between.
func attacked(n int) string {
	var b strings.Builder
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		prefix := at.Add(time.Duration(i/3)*time.Second).Format("Jan _2 15:04:05") + fmt.Sprintf(" host sshd[%d]: ", 10000+i)
		for _, text := range []string{"Invalid user admin from 192.0.2.%d", "session opened for user alice by (uid=%d)",
			"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.%d  user=root",
			"Failed password for root from 192.0.2.%d port 38926 ssh2"} {
			fmt.Fprintf(&b, prefix+text+"\n", i%250)
		}
	}
	return b.String()
}

func load(t testing.TB, spec string) *filter.Filter {
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	f, err := filter.Load(spec, filter.Options{Location: time.UTC, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// oneByOne hides that a source can give batches.
type oneByOne struct{ source.Source }

// TestPipelineKeepsOrder holds the pipeline, with one and more workers, against one line after the other.
func TestPipelineKeepsOrder(t *testing.T) {
	log := attacked(20000)
	for _, spec := range []string{"sshd", `^\s*host \S+: Failed .* <HOST> port <F-PORT/>`} {
		var want bytes.Buffer
		out := event.NewWriter(&want)
		if _, err := match(context.Background(), oneByOne{source.Reader(strings.NewReader(log), source.Options{})}, []*watch{{filter: load(t, spec)}}, out); err != nil {
			t.Fatal(err)
		}
		if out.Count() < 20000 {
			t.Fatalf("%s: %d events", spec, out.Count())
		}
		for _, workers := range []int{1, 2, 5} {
			var got bytes.Buffer
			in := source.Reader(strings.NewReader(log), source.Options{}).(source.Blocker)
			if err := newPipeline(context.Background(), []*watch{{filter: load(t, spec)}}, in, event.NewWriter(&got), workers).run(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%s with %d workers: other events than one line after the other gives", spec, workers)
			}
		}
	}
}

// TestPipelineMergesFilters holds several filters in the pipeline against one line after the other.
func TestPipelineMergesFilters(t *testing.T) {
	log := attacked(5000)
	var outputs []string
	for _, hide := range []bool{true, false} {
		var watches []*watch
		for _, spec := range []string{"sshd", `Failed .* from <HOST>`, "pam-generic", "dovecot", `192\.0\.2\.7 <F-ID>.*</F-ID>`} {
			watches = append(watches, &watch{filter: load(t, spec), jail: spec})
		}
		watches[1].since = time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC)
		in := source.Reader(strings.NewReader(log), source.Options{})
		if hide {
			in = oneByOne{in}
		}
		var b bytes.Buffer
		out := event.NewWriter(&b)
		if _, err := match(context.Background(), in, watches, out); err != nil {
			t.Fatal(err)
		}
		if out.Count() < 15000 {
			t.Errorf("%d events", out.Count())
		}
		outputs = append(outputs, b.String())
	}
	if outputs[0] != outputs[1] {
		t.Error("other events than one line after the other gives")
	}
}

// TestPipelineWaitsForNoOther sends lines one by one and wants the event of each before the next.
func TestPipelineWaitsForNoOther(t *testing.T) {
	input, feed := io.Pipe()
	result, output := io.Pipe()
	in := source.Reader(input, source.Options{}).(source.Blocker)
	done := make(chan error, 1)
	go func() {
		done <- newPipeline(context.Background(), []*watch{{filter: load(t, "sshd")}}, in, event.NewWriter(output), 2).run()
	}()
	events := bufio.NewScanner(result)
	for i := range 20 {
		fmt.Fprintf(feed, "Mar  1 10:00:00 host sshd[%d]: Invalid user admin from 192.0.2.%d\n", i, i)
		if !events.Scan() || !strings.Contains(events.Text(), fmt.Sprintf(`"ip":"192.0.2.%d"`, i)) {
			t.Fatalf("line %d gave %q", i, events.Text())
		}
	}
	feed.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestStop ends the reading in the midst of a log, and where a read waits.
func TestStop(t *testing.T) {
	for _, pipelined := range []bool{true, false} {
		ctx, stop := context.WithCancel(context.Background())
		in := source.Reader(&endless{line: "Mar  1 10:00:00 host sshd[1]: Invalid user admin from 192.0.2.1\n", after: 1000, do: stop}, source.Options{})
		if !pipelined {
			in = oneByOne{in}
		}
		var got bytes.Buffer
		out := event.NewWriter(&got)
		if _, err := match(ctx, in, []*watch{{filter: load(t, "sshd")}}, out); err != nil {
			t.Fatal(err)
		}
		if out.Count() == 0 || !bytes.HasSuffix(got.Bytes(), []byte("}\n")) {
			t.Errorf("pipelined %v: %d events, which end in %q", pipelined, out.Count(), got.Bytes()[max(0, got.Len()-9):])
		}
	}

	ctx, stop := context.WithCancel(context.Background())
	waits, _ := io.Pipe()
	done := make(chan error)
	go func() {
		in := source.Reader(waits, source.Options{}).(source.Blocker)
		done <- newPipeline(ctx, []*watch{{filter: load(t, "sshd")}}, in, event.NewWriter(io.Discard), 2).run()
	}()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// endless gives a line for ever, and does something after some of them.
type endless struct {
	line  string
	after int
	do    func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.after--; e.after == 0 {
		e.do()
	}
	return copy(p, e.line), nil
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestPipelineEndsWithItsOutput(t *testing.T) {
	in := source.Reader(strings.NewReader(attacked(20000)), source.Options{}).(source.Blocker)
	if err := newPipeline(context.Background(), []*watch{{filter: load(t, "sshd")}}, in, event.NewWriter(full{}), 2).run(); err == nil || err.Error() != "no room" {
		t.Errorf("%v", err)
	}
}

// quiet is the log of a mail server with one failure in a thousand lines, forty lines a second.
func quiet(n int) string {
	var b strings.Builder
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		b.WriteString(at.Add(time.Duration(i/40) * time.Second).Format("Jan _2 15:04:05 mail "))
		switch {
		case i%1000 == 999:
			fmt.Fprintf(&b, "dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.%d, lip=198.51.100.1, session=<x>\n", i/1000%250)
		case i%2 == 0:
			fmt.Fprintf(&b, "postfix/smtpd[%d]: connect from client.example.com[192.0.2.%d]\n", i%30000, i%250)
		default:
			fmt.Fprintf(&b, "dovecot: imap-login: Login: user=<alice>, method=PLAIN, rip=192.0.2.%d, lip=198.51.100.1, mpid=%d, TLS, session=<y>\n", i%250, i%30000)
		}
	}
	return b.String()
}

func BenchmarkSparse(b *testing.B) {
	log := quiet(100_000)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		in := source.Reader(strings.NewReader(log), source.Options{}).(source.Blocker)
		if err := newPipeline(context.Background(), []*watch{{filter: load(b, "dovecot")}}, in, event.NewWriter(io.Discard), 0).run(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPipeline(b *testing.B) {
	log := attacked(5000)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		in := source.Reader(strings.NewReader(log), source.Options{}).(source.Blocker)
		if err := newPipeline(context.Background(), []*watch{{filter: load(b, "sshd")}}, in, event.NewWriter(io.Discard), 0).run(); err != nil {
			b.Fatal(err)
		}
	}
}
