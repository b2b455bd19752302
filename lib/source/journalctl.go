package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"
)

const (
	firstRest = time.Second      // before journalctl is started again
	longRest  = 30 * time.Second // the same, after it died many times in a row
	maxStderr = 4 << 10          // what is kept of its complaints
)

// JournalctlOptions say which part of the journal is read.
type JournalctlOptions struct {
	Options
	Since  time.Time     // where to begin; zero: with the first entry there is
	Cursor string        // begin behind the entry with this Line.Cursor; overrules Since
	Follow bool          // go on with what is written from now on
	Args   []string      // more arguments, as --directory; without any, the system's journal is read
	Path   string        // the program; empty: journalctl
	Rest   time.Duration // before it is started again; 0: a second, and more if it keeps dying
}

// Journalctl runs journalctl and gives the entries that Options.Match wants. If it dies while following, that is
// reported, and another is started that goes on behind the last entry. The source ends when ctx is done, when it is
// closed, or with the last entry where it doesn't follow.
func Journalctl(ctx context.Context, o JournalctlOptions) Source {
	if err := CheckEncoding(o.Encoding); err != nil {
		return failed{err}
	}
	if o.Path == "" {
		o.Path = "journalctl"
	}
	if o.Rest <= 0 {
		o.Rest = firstRest
	}
	s := &journalctl{o: o, rest: o.Rest}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// journalctl reads from one process after another.
type journalctl struct {
	o      JournalctlOptions
	ctx    context.Context
	cancel context.CancelFunc
	rest   time.Duration // before the next start

	cmd     *exec.Cmd
	entries Source // nil: no process is running
	stderr  *firstPart
	err     error // what ended everything
}

func (s *journalctl) Next() (Line, error) {
	for s.err == nil {
		if s.ctx.Err() != nil {
			s.err = io.EOF
			s.stop()
			break
		}
		if s.entries == nil {
			if err := s.start(); err != nil {
				return Line{}, err
			}
			continue
		}
		l, err := s.entries.Next()
		switch {
		case err == nil && l.Cursor != "" && l.Cursor == s.o.Cursor:
			continue // given before
		case err == nil:
			s.o.Cursor = l.Cursor
			s.rest = s.o.Rest
			return l, nil
		case err != io.EOF:
			return Line{}, err
		}
		if err = s.ended(); err != nil {
			return Line{}, err
		}
	}
	return Line{}, s.err
}

// args are what journalctl is started with. It begins with the last entry that was given, which is left out, rather than behind it: where that
// entry is gone, as when journald made room, --after-cursor would leave out the first one after it.
func (s *journalctl) args() []string {
	args := []string{"--output=json", "--all", "--no-pager", "--quiet"}
	if s.o.Follow {
		args = append(args, "--follow", "--no-tail")
	}
	switch {
	case s.o.Cursor != "":
		args = append(args, "--cursor="+s.o.Cursor)
	case !s.o.Since.IsZero():
		args = append(args, "--since=@"+strconv.FormatInt(s.o.Since.Unix(), 10))
	}
	if len(s.o.Args) == 0 {
		args = append(args, "--system")
	}
	return append(append(args, s.o.Args...), s.o.Match.Args()...)
}

// start starts a process. Where that is not possible at all there is no use in trying again.
func (s *journalctl) start() error {
	s.stderr = new(firstPart)
	s.cmd = exec.CommandContext(s.ctx, s.o.Path, s.args()...)
	s.cmd.Stderr = s.stderr
	s.cmd.WaitDelay = time.Second
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.err = fmt.Errorf("cannot read the journal: %w", err)
		return s.err
	}
	s.entries = Journal(out, s.o.Options)
	return nil
}

// stop ends the process and waits for it.
func (s *journalctl) stop() error {
	if s.entries == nil {
		return nil
	}
	s.entries.Close()
	s.entries = nil
	return s.cmd.Wait()
}

// ended is for when the process gives no more entries: it died, or it was to come to an end.
func (s *journalctl) ended() error {
	err := s.stop()
	if s.ctx.Err() != nil {
		s.err = io.EOF
		return nil
	}
	if err == nil && !s.o.Follow {
		s.err = io.EOF
		return nil
	}
	if err == nil {
		err = errors.New("ended")
	}
	err = fmt.Errorf("journalctl: %w", err)
	if said := bytes.TrimSpace(s.stderr.Bytes()); len(said) > 0 {
		err = fmt.Errorf("%w: %s", err, bytes.ReplaceAll(said, []byte("\n"), []byte("; ")))
	}
	if !s.o.Follow {
		s.err = io.EOF
	} else if stop := s.pause(); stop != nil {
		return stop
	}
	return s.o.report(err)
}

// pause waits before the next start, longer each time that nothing came of the last.
func (s *journalctl) pause() error {
	if s.o.BeforeRead != nil {
		if s.err = s.o.BeforeRead(); s.err != nil {
			return s.err
		}
	}
	select {
	case <-time.After(s.rest):
	case <-s.ctx.Done():
	}
	s.rest = min(2*s.rest, longRest)
	return nil
}

// Close ends the process. It may be called while Next waits.
func (s *journalctl) Close() error {
	s.cancel()
	return nil
}

// firstPart keeps the first part of what is written to it.
type firstPart struct{ bytes.Buffer }

func (b *firstPart) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxStderr-b.Len()))])
	return len(p), nil
}
