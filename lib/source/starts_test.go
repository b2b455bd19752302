package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

const (
	startsLines = 40_000
	startsEvery = 5 * time.Millisecond // between two rotations
	startsMost  = 5                    // readers
)

// TestTortureOfStarts starts readers while a log is written and rotated: each reads each line, of the rotated files too,
// exactly once.
func TestTortureOfStarts(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		if o.Poll = 0; o.NoNotify {
			o.Poll = 20 * time.Millisecond
		}
		path := filepath.Join(dir, "a.log")
		o.Report = func(err error) {
			if !errors.Is(err, fs.ErrNotExist) { // it is not there in the middle of a rotation
				t.Error(err)
			}
		}
		var readers sync.WaitGroup
		w := &shifting{path: path, due: func() { readers.Go(func() { readAll(t, o, path) }) }}
		must(t, w.open())
		must(t, w.write())
		readers.Wait()
		t.Logf("%d rotations", w.rotations)
	})
}

// readAll follows a log from its first line, and wants each line once.
func readAll(t *testing.T, o FollowOptions, path string) {
	src := Follow(t.Context(), []Path{{Glob: path, Since: time.Unix(1, 0), TimeOf: func(string) (time.Time, bool) { return time.Now(), true }}}, o)
	defer src.Close()
	giveUp := time.AfterFunc(time.Minute, func() { src.Close() })
	defer giveUp.Stop()
	seen := make([]bool, startsLines)
	for n := range startsLines {
		l, err := src.Next()
		if err != nil {
			t.Errorf("after %d lines: %v; lost: %s", n, err, missing(seen))
			return
		}
		i, err := strconv.Atoi(l.Text)
		if err != nil || seen[i] {
			t.Errorf("line %d is %+v, a second time: %v", n, l, err == nil)
			return
		}
		seen[i] = true
	}
}

// shifting is a log that is rotated as by logrotate with compress and delaycompress, in turns with and without
// copytruncate.
type shifting struct {
	path      string
	file      *os.File
	rotations int
	due       func() // called when a reader is to be started
}

func (w *shifting) open() (err error) {
	w.file, err = appendTo(w.path)
	return err
}

func (w *shifting) write() error {
	next := time.Now().Add(startsEvery)
	for i := range startsLines {
		if i%(startsLines/startsMost) == startsLines/startsMost/2 {
			w.due()
		}
		if _, err := fmt.Fprintf(w.file, "%d\n", i); err != nil {
			return err
		}
		if time.Now().Before(next) {
			continue
		}
		if err := w.rotate(); err != nil {
			return err
		}
		next = time.Now().Add(startsEvery)
	}
	return w.file.Close()
}

func (w *shifting) rotate() error {
	for n := w.rotations; n > 1; n-- {
		if err := os.Rename(fmt.Sprintf("%s.%d.gz", w.path, n), fmt.Sprintf("%s.%d.gz", w.path, n+1)); err != nil {
			return err
		}
	}
	if w.rotations++; w.rotations > 1 {
		if err := os.Rename(w.path+".1", w.path+".2"); err != nil {
			return err
		}
		if err := compress(w.path + ".2"); err != nil {
			return err
		}
	}
	if w.rotations%2 == 0 {
		return copyAndEmpty(w.file, w.path, w.path+".1")
	}
	if err := os.Rename(w.path, w.path+".1"); err != nil {
		return err
	}
	w.file.Close()
	return w.open()
}
