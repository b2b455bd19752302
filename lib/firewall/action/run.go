package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	patience   = 200 * time.Millisecond // between asking a process to end and killing it, and for output behind its end
	lastWords  = 2 << 10                // how much of what a command says is kept for its error
	wordsShown = 300
)

// errTimeout is why a command failed that took too long.
var errTimeout = errors.New("took too long")

// run runs a script by sh and waits until it ends. It fails when its last exit status is not 0, or when it takes longer than it
// may: then all that it started is killed.
func run(ctx context.Context, script string, env []string, timeout time.Duration) error {
	limit, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limit, "sh", "-c", script)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return signalGroup(cmd, syscall.SIGTERM) }
	cmd.WaitDelay = patience
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	if limit.Err() != nil && cmd.Process != nil {
		signalGroup(cmd, syscall.SIGKILL)
	}
	switch {
	case ctx.Err() != nil:
		return errors.New("killed: the program ends")
	case limit.Err() != nil:
		return fmt.Errorf("%w: killed after %v%s", errTimeout, timeout, said.shown())
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // something that it left in the background holds its output
		return nil
	}
	return commandError{fmt.Errorf("%w%s", err, said.shown())}
}

// signalGroup sends a signal to a process and to all that it started.
func signalGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	return syscall.Kill(-cmd.Process.Pid, signal)
}

// A tail keeps the last bytes of what is written to it.
type tail struct{ kept bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.kept.Write(p)
	if extra := t.kept.Len() - lastWords; extra > 0 {
		t.kept.Next(extra)
	}
	return len(p), nil
}

// shown is what the command said last, in one line.
func (t *tail) shown() string {
	text := strings.Join(strings.Fields(t.kept.String()), " ")
	if text == "" {
		return ""
	}
	if len(text) > wordsShown {
		text = "..." + text[len(text)-wordsShown:]
	}
	return ": " + strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return '?'
		}
		return r
	}, text)
}
