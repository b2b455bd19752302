package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"f2b/lib/event"
)

const (
	tortureLines = 20_000
	tortureLong  = 200_000 // with F2B_LONG
	tortureKills = 10
	rotateEvery  = 25 * time.Millisecond
	writtenIn    = 4 * time.Second // the log, so that all the kills come in between
)

// TestTortureOfRestarts writes a log at speed while it is rotated forty times a second, in turns by renaming and compressing and by copying
// and emptying, and while f2b-match is killed and the pipeline started again ten times. In the end those are banned whom one run over the
// whole of the log bans. Half of the addresses fail once less than it takes: whoever counted a line twice would ban some of them.
//
// Fault: process: f2b-match is killed (-9) ten times while a log is written at speed and rotated. Outcome: those are banned whom
// one run over the whole log bans, and nobody else.
func TestTortureOfRestarts(t *testing.T) {
	lines := tortureLines
	if os.Getenv("F2B_LONG") != "" {
		lines = tortureLong
	}
	dir := t.TempDir()
	log := &rotated{path: filepath.Join(dir, "the.log"), killed: make(chan bool)}
	failures, guilty := failing(lines)
	if err := log.open(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- log.write(failures) }()

	seen := newBannedSet()
	for range tortureKills {
		p := startPipeline(t, log.path, seen)
		<-log.killed
		p.kill(t)
	}
	p := startPipeline(t, log.path, seen)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	seen.waitFor(guilty, time.Minute)
	p.kill(t)
	t.Logf("%d lines, %d rotations, %d banned", lines, log.rotations, len(seen.keys))
	if got, want := slices.Sorted(maps.Keys(seen.keys)), slices.Sorted(maps.Keys(guilty)); !slices.Equal(got, want) {
		missed, wrong := 0, 0
		for _, k := range want {
			if !seen.keys[k] {
				missed++
			}
		}
		for _, k := range got {
			if !guilty[k] {
				wrong++
			}
		}
		t.Errorf("of %d to be banned %d were not, and %d others were", len(want), missed, wrong)
	}
	if plain := plainRun(t, log.all); !maps.Equal(plain, guilty) {
		t.Errorf("a plain run bans %d, want %d", len(plain), len(guilty))
	}
}

// failing makes up who fails: in random order, some five times, which is banned, others four times.
func failing(lines int) (failures []string, guilty map[string]bool) {
	guilty = map[string]bool{}
	for i := 0; len(failures) < lines; i++ {
		address := fmt.Sprintf("2001:db8::%x", i+1)
		times := 4 + i%2
		guilty[address] = times == 5
		for range times {
			failures = append(failures, address)
		}
	}
	maps.DeleteFunc(guilty, func(_ string, is bool) bool { return !is })
	rand.Shuffle(len(failures), func(i, j int) { failures[i], failures[j] = failures[j], failures[i] })
	return failures, guilty
}

// rotated is a log that is written and rotated by one goroutine. While it is copied and emptied nothing is written: what a daemon
// writes in between is lost to every reader.
type rotated struct {
	path      string
	file      *os.File
	killed    chan bool // receives when it is time for a kill
	rotations int
	all       bytes.Buffer // everything written
}

func (r *rotated) open() (err error) {
	r.file, err = os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return err
}

// write writes a line for each failure, as many at each tick of a clock as end in time, rotates the log now and then, and says
// at random places when it is time for a kill.
func (r *rotated) write(failures []string) error {
	const tick = 2 * time.Millisecond
	clock := time.NewTicker(tick)
	defer clock.Stop()
	kills := map[int]bool{}
	for k := range tortureKills {
		kills[len(failures)*k/tortureKills+rand.N(len(failures)/tortureKills)] = true
	}
	atOnce := max(1, len(failures)/int(writtenIn/tick))
	rotated := time.Now()
	for i, address := range failures {
		if err := r.writeLine(address); err != nil {
			return err
		}
		if kills[i] {
			r.killed <- true
		}
		if i%atOnce == 0 {
			<-clock.C
		}
		if time.Since(rotated) > rotateEvery {
			if err := r.rotate(); err != nil {
				return err
			}
			rotated = time.Now()
		}
	}
	return r.file.Close()
}

func (r *rotated) writeLine(address string) error {
	line := fmt.Sprintf("%s failure of %s\n", time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), address)
	r.all.WriteString(line)
	_, err := r.file.WriteString(line)
	return err
}

// rotate does what logrotate does: the older files move on, those from the second on are compressed, and the log gets a number.
func (r *rotated) rotate() error {
	r.rotations++
	for i := r.rotations; i > 1; i-- {
		from, to := fmt.Sprintf("%s.%d.gz", r.path, i), fmt.Sprintf("%s.%d.gz", r.path, i+1)
		if err := os.Rename(from, to); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if _, err := os.Stat(r.path + ".1"); err == nil {
		if err := os.Rename(r.path+".1", r.path+".2"); err != nil {
			return err
		}
		if out, err := exec.Command("gzip", r.path+".2").CombinedOutput(); err != nil {
			return fmt.Errorf("gzip: %w: %s", err, out)
		}
	}
	if r.rotations%2 == 0 {
		if out, err := exec.Command("cp", "-p", r.path, r.path+".1").CombinedOutput(); err != nil {
			return fmt.Errorf("cp: %w: %s", err, out)
		}
		return os.Truncate(r.path, 0)
	}
	if err := os.Rename(r.path, r.path+".1"); err != nil {
		return err
	}
	if err := r.file.Close(); err != nil {
		return err
	}
	return r.open()
}

// bannedSet collects who is banned.
type bannedSet struct {
	mu   sync.Mutex
	keys map[string]bool
	more chan bool // holds a token after an addition
}

func newBannedSet() *bannedSet { return &bannedSet{keys: map[string]bool{}, more: make(chan bool, 1)} }

func (s *bannedSet) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key] = true
	select {
	case s.more <- true:
	default:
	}
}

// has says whether these are banned, maybe among others.
func (s *bannedSet) has(guilty map[string]bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range guilty {
		if !s.keys[key] {
			return false
		}
	}
	return true
}

// waitFor waits until these are banned.
func (s *bannedSet) waitFor(guilty map[string]bool, patience time.Duration) {
	end := time.After(patience)
	for !s.has(guilty) {
		select {
		case <-s.more:
		case <-end:
			return
		}
	}
}

// pipeline is f2b-match and f2b-count, with a reader of what they decide.
type pipeline struct {
	match, count *exec.Cmd
	read         chan error
}

const failurePattern = `^\s*failure of <HOST>$`

func startPipeline(t *testing.T, log string, seen *bannedSet) *pipeline {
	t.Helper()
	p := &pipeline{read: make(chan error, 1)}
	p.match = exec.Command("f2b-match", "-follow", failurePattern, "--", log)
	p.count = exec.Command("f2b-count", "-maxretry", "5", "-findtime", "1h", "-maxmatches", "0")
	p.match.Stderr, p.count.Stderr = os.Stderr, os.Stderr
	var err error
	if p.count.Stdin, err = p.match.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.count.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{p.match, p.count} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	go func() { p.read <- collect(out, seen) }()
	return p
}

// kill ends f2b-match as nothing else would, and waits for what f2b-count has still to say.
func (p *pipeline) kill(t *testing.T) {
	t.Helper()
	if err := p.match.Process.Kill(); err != nil {
		t.Error(err)
	}
	p.match.Wait() // it was killed
	if err := <-p.read; err != nil {
		t.Error(err)
	}
	p.count.Wait() // status 1 when it had nothing to say, 2 when a line was cut short
}

// collect adds who is banned in a stream.
func collect(r io.Reader, seen *bannedSet) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, event.MaxLine)
	for lines.Scan() {
		e, err := event.Parse(lines.Bytes())
		if err != nil {
			return err
		}
		seen.add(e.Key())
	}
	return lines.Err()
}

// plainRun reads the whole of the log at once.
func plainRun(t *testing.T, log bytes.Buffer) map[string]bool {
	t.Helper()
	cmd := exec.Command("sh", "-c", `f2b-match "$1" | f2b-count -maxretry 5 -findtime 1h`, "sh", failurePattern)
	cmd.Stdin = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := newBannedSet()
	if err := collect(bytes.NewReader(out), seen); err != nil {
		t.Fatal(err)
	}
	return seen.keys
}
