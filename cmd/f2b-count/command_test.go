package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"f2b/lib/cli"
	"f2b/lib/event"
)

func TestIgnorecommand(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "known")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho asked about \"$@\" >&2\n[ \"$1\" = 192.0.2.1 ]\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	input := strings.Join([]string{match("192.0.2.1", 0), match("192.0.2.1", 1), match("192.0.2.2", 2), match("192.0.2.2", 3)}, "\n")
	var out, messages strings.Builder
	status := cli.Run("f2b-count", description, new(count), []string{"-maxretry", "2", "-ignorecommand", script + " <ip> <family>"},
		strings.NewReader(input), &out, &messages)
	// It is asked once for each decision, not for each failure.
	const want = "asked about 192.0.2.1 inet4\nasked about 192.0.2.2 inet4\n"
	if keys(out.String()) != "192.0.2.2" || messages.String() != want || status != 0 {
		t.Errorf("status %d, %s%s", status, messages.String(), out.String())
	}
}

func TestIgnorecommandThatFails(t *testing.T) {
	out, messages, status := run(t, "-maxretry 1 -ignorecommand /no/such/command", match("192.0.2.1", 0))
	if keys(out) != "192.0.2.1" || !strings.Contains(messages, "ignorecommand: /no/such/command ended with status 127, so 192.0.2.1 is not left alone") || status != 2 {
		t.Errorf("status %d, %s%s", status, messages, out)
	}
}

func TestIgnorecommandHasATimeLimit(t *testing.T) {
	e, err := event.Parse([]byte(match("192.0.2.1", 0)))
	if err != nil {
		t.Fatal(err)
	}
	io := &cli.IO{Stdout: os.Stdout, Stderr: os.Stderr, Context: t.Context()}
	// The sleeping process is a child of the shell, and holds its output open.
	yes, err := (&ignoreCommand{"sleep 1000; true", 50 * time.Millisecond, nil}).run(io, &e, e.IP)
	if yes || err == nil || !strings.Contains(err.Error(), "took longer than 50ms") {
		t.Errorf("%v, %v", yes, err)
	}
}

// TestNothingFromALogIsRun gives values that would do harm as text in a shell's command.
func TestNothingFromALogIsRun(t *testing.T) {
	dir := t.TempDir()
	harm := "'; touch " + filepath.Join(dir, "harm") + "; \" `touch " + filepath.Join(dir, "harm") + "` $(touch " + filepath.Join(dir, "harm") + ") \x00"
	e, err := event.Parse([]byte(match("2001:db8::1", 0)))
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Jail, e.Filter, e.Line = harm, harm, harm, harm
	seen := filepath.Join(dir, "seen")
	io := &cli.IO{Stdout: os.Stdout, Stderr: os.Stderr, Context: t.Context()}
	command := `printf '%s\n' <ip> <family> "$F2B_IP" "$F2B_ID" "$F2B_JAIL" "$F2B_FILTER" "$F2B_LINE" >` + seen
	yes, err := (&ignoreCommand{command, time.Minute, nil}).run(io, &e, e.IP)
	if !yes || err != nil {
		t.Fatalf("%v, %v", yes, err)
	}
	clean := strings.ReplaceAll(harm, "\x00", "")
	want := strings.Join([]string{"2001:db8::1", "inet6", "2001:db8::1", clean, clean, clean, clean}, "\n") + "\n"
	if got, _ := os.ReadFile(seen); string(got) != want {
		t.Errorf("the command saw\n%swant\n%s", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "harm")); err == nil {
		t.Error("a value of the event was run")
	}
}
