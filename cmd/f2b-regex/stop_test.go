package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"f2b/lib/cli"
)

// TestStopTellsWhatWasRead stops a run over a log that does not end, as Ctrl-C does, and wants its report.
func TestStopTellsWhatWasRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	ctx, stop := context.WithCancel(context.Background())
	var out, errs bytes.Buffer
	status := make(chan int)
	go func() {
		args := []string{path, `bad login from <HOST>$`}
		status <- cli.RunContext(ctx, "f2b-regex", "", &tool{}, args, strings.NewReader(""), &out, &errs)
	}()
	// More than a pipe holds: when it is written, some of it has been read.
	log.WriteString(strings.Repeat("Mar  1 10:00:00 mx app: bad login from 192.0.2.1\n", 3000))
	stop()
	if got := <-status; got != 0 || !strings.Contains(out.String(), "\nLines: ") || errs.Len() > 0 {
		t.Errorf("status %d\n%s\n%s", got, out.String(), errs.String())
	}
}
