// Package source gives the lines of logs, wherever they come from: standard input, files (also compressed ones),
// files that are followed through rotation, and the systemd journal.
//
// All of them keep the same rules. A line is valid UTF-8 without its end and at most Options.MaxLine bytes long, what
// was beyond that is counted in Dropped, and a mark stands in its place (shorten.go). What cannot be read (a missing file, a damaged archive, a journal entry that
// is none) is said through Options.Report, and the rest is read all the same. And before a source waits for input it
// calls Options.BeforeRead, so that what was found so far is on its way.
package source

import (
	"io"
	"os"
	"time"

	"f2b/lib/lines"
)

// Line is one line of a log.
type Line struct {
	Text    string            // without its end; bytes that the log's encoding cannot have made are U+FFFD
	File    string            // the file it stood in; empty for standard input and the journal
	No      int64             // its number in that file or stream from 1; 0 where reading began in the middle of a file
	Time    time.Time         // the time a journal entry bears; zero for all others
	Written time.Time         // when its file was last written to, see Options.Present; zero where it isn't known
	Dropped int               // how many bytes were cut off its end because it was too long
	Fields  map[string]string // a journal entry's fields, of one that stands more than once the first
	Cursor  string            // a journal entry's place in the journal, to go on from after a restart

	repeated map[string][]string // the further values of fields that stand more than once
	null     bool                // the message is there, but journalctl left it out
}

// Source is where lines come from.
type Source interface {
	// Next returns the next line and io.EOF at the end. Where Options.Report is nil it returns what would have been
	// reported, and the next call goes on behind it. Any other error is final.
	Next() (Line, error)
	// Close lets go of what the source holds open. It may be called while Next waits: Next then returns io.EOF, at once
	// if the source is a followed one and after the read under way otherwise.
	Close() error
}

// Options say how lines are read; the zero value reads UTF-8.
type Options struct {
	Encoding   string       // the log's encoding by the name Python has for it; empty and "auto": the locale's, as a rule UTF-8
	BeforeRead func() error // called each time the source is about to read and so may wait; its error ends the source
	Report     func(error)  // told what could not be read; nil: Next returns it
	Stdin      io.Reader    // what the path "-" stands for
	Present    bool         // leave Line.Written zero: a date without a year is not to be read against the time of its file
	MaxLine    int          // the cap of a line in bytes; 0: lines.DefaultMax
	Spool      *os.File     // for what is unpacked, see Files; nil: a temporary file is made when it is needed
	Match      Match        // of a journal, only entries that it matches are given; the zero value matches all
	Counter    *Counter     // counts what is read of files and standard input; nil: nobody wants to know
}

// report tells of an error and returns nil, or returns the error where nobody is to be told.
func (o *Options) report(err error) error {
	if o.Report == nil {
		return err
	}
	o.Report(err)
	return nil
}

// maxLine is the cap of a line in bytes.
func (o *Options) maxLine() int {
	if o.MaxLine > 0 {
		return o.MaxLine
	}
	return lines.DefaultMax
}

// flushing calls before ahead of each read, and counts what that gives. It stands right above what may block, so that looking for magic numbers and
// unpacking keep the flush rule too.
type flushing struct {
	r      io.Reader
	before func() error
	count  *Counter
}

func (f *flushing) Read(p []byte) (int, error) {
	if f.before != nil {
		if err := f.before(); err != nil {
			return 0, &stopped{err}
		}
	}
	n, err := f.r.Read(p)
	f.count.read(n)
	return n, err
}

// stopped marks an error of BeforeRead: it ends the source, other than an error of one file.
type stopped struct{ error }

func (s *stopped) Unwrap() error { return s.error }

// failed is a source that has nothing but an error: its options were wrong.
type failed struct{ err error }

func (f failed) Next() (Line, error) { return Line{}, f.err }
func (f failed) Block(*Block) error  { return f.err }
func (f failed) Close() error        { return nil }
