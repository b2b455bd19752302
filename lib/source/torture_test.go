package source

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	tortureEnv   = "SOURCE_TORTURE_LOG" // the log; set in the process that writes and rotates it
	tortureLines = 200_000
	tortureEvery = 3 * time.Millisecond // between two rotations
)

func TestMain(m *testing.M) {
	if path := os.Getenv(tortureEnv); path != "" {
		if err := torture(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// torture writes numbered lines as fast as it can and rotates the log all the while, in turns by renaming and by
// copying and emptying; now and then it compresses what was renamed before. A renamed file is written to until a moment
// later, as daemons do that are told by a signal. While a file is copied and emptied nothing is written, since no
// reader can get what the copier loses.
func torture(path string) error {
	log, err := appendTo(path)
	if err != nil {
		return err
	}
	var renamed string
	rotated, delay := 0, 0
	next := time.Now().Add(tortureEvery)
	for i := range tortureLines {
		if _, err := fmt.Fprintf(log, "line %d of the log that is rotated under load\n", i); err != nil {
			return err
		}
		if delay > 0 {
			if delay--; delay == 0 {
				log.Close()
				if log, err = appendTo(path); err != nil {
					return err
				}
			}
			continue
		}
		if i%16 != 0 || time.Now().Before(next) {
			continue
		}
		next = time.Now().Add(tortureEvery)
		rotated++
		name := fmt.Sprintf("%s.%d", path, rotated)
		if rotated%3 == 0 {
			err = copyAndEmpty(log, path, name)
		} else {
			if rotated%5 == 0 && renamed != "" {
				if err := compress(renamed); err != nil {
					return err
				}
			}
			err = os.Rename(path, name)
			renamed, delay = name, 1+rotated%50
		}
		if err != nil {
			return err
		}
	}
	return log.Close()
}

func appendTo(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

func copyAndEmpty(log *os.File, path, name string) error {
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(name, data, 0o600)
	}
	if err == nil {
		err = log.Truncate(0)
	}
	return err
}

// compress does what gzip does: the new file bears the time of the old one, which is gone then.
func compress(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.Create(path + ".gz")
	if err != nil {
		return err
	}
	z := gzip.NewWriter(out)
	if _, err = io.Copy(z, in); err == nil {
		err = z.Close()
	}
	out.Close()
	if err == nil {
		err = os.Chtimes(path+".gz", info.ModTime(), info.ModTime())
	}
	if err == nil {
		err = os.Remove(path)
	}
	return err
}

// TestTorture reads each of 200,000 lines exactly once while the log is rotated every few milliseconds.
func TestTorture(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "torture.log")
		if o.NoNotify {
			o.Poll = 20 * time.Millisecond
		} else {
			o.Poll = 0 // as it is by default
		}
		write(t, path, "")
		src := Follow(t.Context(), []Path{{Glob: path}}, o)
		defer src.Close()

		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), tortureEnv+"="+path)
		cmd.Stderr = os.Stderr
		must(t, cmd.Start())
		written := make(chan error, 1)
		go func() { written <- cmd.Wait() }()

		giveUp := time.AfterFunc(2*time.Minute, func() { src.Close() })
		defer giveUp.Stop()
		seen := make([]bool, tortureLines)
		for n := 0; n < tortureLines; n++ {
			l, err := src.Next()
			if err != nil {
				t.Fatalf("after %d lines: %v; lost: %s", n, err, missing(seen))
			}
			i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(l.Text, "line "), " of the log that is rotated under load"))
			if err != nil || seen[i] {
				t.Fatalf("line %d is %+v, a second time: %v", n, l, err == nil)
			}
			seen[i] = true
		}
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(path + ".*")
		if err != nil || len(files) < 10 {
			t.Errorf("only %d rotations", len(files))
		}
		t.Logf("%d rotations", len(files))
	})
}

// missing lists the first lines that were not seen.
func missing(seen []bool) string {
	var list []string
	for i, ok := range seen {
		if !ok && (i == 0 || seen[i-1]) {
			list = append(list, strconv.Itoa(i))
		}
	}
	return strings.Join(list[:min(len(list), 20)], " ")
}
