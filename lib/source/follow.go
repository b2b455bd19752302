package source

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"
)

var errNotRegular = errors.New("not a regular file")

// Path is what is to be followed: a file, or the files of a pattern, be they there already or come later.
type Path struct {
	Glob     string
	Encoding string // overrules Options.Encoding unless it is empty
	// Tail begins at the end of the files that are there at the start.
	Tail bool
	// Since, if set, begins at this time in the files that are there at the start, and in those that they were
	// rotated to lately if they begin later. TimeOf reads the time in a line.
	Since  time.Time
	TimeOf func(line string) (t time.Time, ok bool)
}

// FollowOptions say how files are followed.
type FollowOptions struct {
	Options
	Poll     time.Duration // how often files are looked at beside being watched; 0: once a second, four times where they cannot be watched
	NoNotify bool          // don't watch, poll only
}

// Follow gives the lines of files as they are written, until ctx is done or the source is closed: then Next returns
// io.EOF.
//
// The start is when Follow is called. A file that comes later is read from its beginning. When a log is renamed and a
// new one takes its place, the old file is read to its end before the new one is begun, and watched on for as long as
// something may still write to it. If that happens several times before it is noticed, the files in between are found
// by their names (those of logrotate, savelog and newsyslog: LOG.1, LOG-20240131, LOG.1.gz, LOG.old and the like) and
// are read as well. So no line is lost or given twice over such rotations.
//
// When a log is copied and emptied (copytruncate) that is noticed by its bytes, even if it has grown larger than it
// was; what had not been read of it is read from the copy, if that has such a name. Lost is what was written between
// the end of the copying and the emptying, unless it had been read by then: the copy lacks it too.
//
// A file that several paths name, as links do too, is read once. Names of rotated logs that a pattern covers beside the
// log itself are not followed on their own. Only one goroutine may call Next.
func Follow(ctx context.Context, paths []Path, o FollowOptions) Source {
	f := &follower{o: o, begun: time.Now().Add(-clockSlack), logs: make(map[string]*followed), byName: make(map[string]*followed), buf: make([]byte, chunkSize+traceSize)}
	for _, p := range paths {
		if p.Encoding == "" {
			p.Encoding = o.Encoding
		}
		dec, err := newDecoder(p.Encoding)
		if err != nil {
			return failed{err}
		}
		f.paths = append(f.paths, pattern{p, dec})
	}
	// Where several name the same file, the one that begins earliest has it.
	slices.SortStableFunc(f.paths, func(a, b pattern) int {
		if a.Tail != b.Tail {
			return map[bool]int{false: -1, true: 1}[a.Tail]
		}
		return a.Since.Compare(b.Since)
	})
	f.ctx, f.cancel = context.WithCancel(ctx)
	f.start()
	return f
}

// clockSlack is how far the times of files may be behind the clock.
const clockSlack = time.Second

// pattern is a path and its decoder.
type pattern struct {
	Path
	dec *decoder
}

// followed is a log through its rotations.
type followed struct {
	path   string
	real   string // where it led to when it was looked at last, through links
	p      pattern
	now    *tailed   // nil: it isn't there
	old    []*tailed // what it was rotated to and may still be written to, and what has to be read before now; oldest first
	wanted bool      // what it was rotated to before the start is to be read too, as far as its path says
	seen   []sibling // the rotated files that were looked at, those too that have not been there for a while
	cut    []*cut    // what was emptied and whose copy was not found yet
	rescan bool      // look once more at the next poll
	unsure bool      // names changed under our eyes, or a file is being packed: look until all stands still
	looks  int       // how often that was done in a row
	said   string    // the error last reported
	queued bool
}

// follower reads many files as they grow.
type follower struct {
	o      FollowOptions
	paths  []pattern
	begun  time.Time // the start
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // held by Next; Close takes it once ctx is done
	closed  bool
	watcher *watcher
	logs    map[string]*followed
	byName  map[string]*followed // by what events call the files: the path, and where links lead
	queue   []*followed          // to be looked at, in this order
	cur     *tailed              // has lines ready
	buf     []byte
	ticks   int
	errs    []error // to be returned by Next
}

func (f *follower) Next() (Line, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		if f.cur != nil {
			if l, ok := f.cur.next(); ok {
				return l, nil
			}
			f.cur = nil
		}
		if f.closed || f.ctx.Err() != nil {
			f.shut()
			return Line{}, io.EOF
		}
		if err := f.step(); err != nil {
			return Line{}, err
		}
	}
}

// step looks at the next log, or waits for something to happen.
func (f *follower) step() error {
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return err
	}
	f.drain()
	if len(f.queue) == 0 {
		return f.wait()
	}
	log := f.queue[0]
	f.queue = f.queue[1:]
	log.queued = false
	if f.turn(log) {
		f.enqueue(log)
	}
	return nil
}

// say reports an error, once as long as it stays the same.
func (f *follower) say(log *followed, err error) {
	if log != nil {
		if log.said == err.Error() {
			return
		}
		log.said = err.Error()
	}
	if err = f.o.report(err); err != nil {
		f.errs = append(f.errs, err)
	}
}

// Close ends the source; a call of Next under way returns io.EOF.
func (f *follower) Close() error {
	f.cancel()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shut()
	return nil
}

func (f *follower) shut() {
	if f.closed {
		return
	}
	f.closed = true
	f.cancel()
	f.cur = nil
	f.watcher.close()
	for _, log := range f.logs {
		for _, t := range log.files() {
			t.close()
		}
	}
}
