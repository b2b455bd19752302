package ipset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func find() (string, error) {
	path, err := exec.LookPath("ipset")
	if err != nil {
		return "", errors.New("ipset: not found: try apt-get install ipset, or -backend nftables")
	}
	return path, nil
}

// A lineError is ipset's refusal of one line of what it was to restore. The lines
// before it are in force, those behind it are not.
type lineError struct {
	line   int // from 0
	reason string
}

func (e *lineError) Error() string { return "ipset: " + e.reason }

// Reasons that are known, as parts of what ipset says.
const (
	noSuchSet = "does not exist"
	inUse     = "in use by a kernel component"
	full      = "is full"
)

func (e *lineError) is(reason string) bool { return strings.Contains(e.reason, reason) }

// restore has ipset read lines. With -exist it neither minds adding what is there
// nor deleting what is not.
func (b *Backend) restore(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := b.run(strings.Join(lines, "\n")+"\n", "restore", "-exist")
	return err
}

// names lists all sets, also those of other programs.
func (b *Backend) names() ([]string, error) {
	out, err := b.run("", "list", "-name")
	return strings.Fields(out), err
}

// releases is how often a set is destroyed at most. The kernel may hold on to a
// set for some milliseconds after the last rule that looks at it is gone, and
// every attempt takes one.
const releases = 500

func (b *Backend) destroy(names []string) error {
	for _, name := range names {
		var err error
		for range releases {
			err = b.restore([]string{"destroy " + name})
			if e, ok := errors.AsType[*lineError](err); !ok || !e.is(inUse) {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("flush: %w", err)
		}
	}
	return nil
}

func (b *Backend) run(stdin string, args ...string) (string, error) {
	cmd := exec.Command(b.path, args...)
	if stdin != "" {
		whole, err := inMemory(stdin)
		if err != nil {
			return "", fmt.Errorf("ipset: %w", err)
		}
		defer whole.Close()
		cmd.Stdin = whole
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", explain(err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// inMemory makes a file of a text. ipset takes what it has read for all there is: from a pipe whose writer is killed that
// may be "add f2b4-sshd 198.51.10", which bans 198.51.0.10 for good.
func inMemory(text string) (*os.File, error) {
	fd, err := unix.MemfdCreate("ipset", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "ipset")
	if _, err = f.WriteString(text); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
	}
	return f, err
}

// explain reads what ipset says: "ipset v7.17: Error in line 3: ...".
func explain(err error, said string) error {
	if strings.Contains(said, "not permitted") || strings.Contains(said, "ermission denied") {
		return errors.New("ipset: permission denied: run as root")
	}
	if _, rest, ok := strings.Cut(said, "Error in line "); ok {
		number, reason, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			return &lineError{line - 1, reason}
		}
	}
	if said == "" {
		return fmt.Errorf("ipset: %w", err)
	}
	return fmt.Errorf("ipset: %s", said)
}
