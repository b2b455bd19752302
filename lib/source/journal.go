package source

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxEntry is the cap of one line of `journalctl -o json`. The journal keeps 64 KiB of a message unless it is told
// otherwise, and its bytes may be written as numbers.
const maxEntry = 4 << 20

// maxMicros is the last microsecond of the year 9999, the end of what RFC 3339 can write.
const maxMicros = 253402300799999999

// Journal gives the entries of a stream of `journalctl -o json` as lines. Their text is what fail2ban makes of them:
//
//	HOST IDENT[PID]: MESSAGE
//
// with the seconds since boot before a kernel message, as the kernel's own log has them. Their time is the one that the
// sender noted where it did, else the one of the journal. An entry that cannot be read is reported.
func Journal(r io.Reader, o Options) Source {
	o.Stdin = r
	return JournalFiles([]string{Stdin}, o)
}

// JournalFiles gives the entries of files with the output of `journalctl -o json`; see Files.
func JournalFiles(paths []string, o Options) Source {
	dec, err := newDecoder(o.Encoding)
	if err != nil {
		return failed{err}
	}
	return &journal{raw: &files{o: o, dec: &decoder{}, max: maxEntry, paths: paths}, dec: dec}
}

// journal makes lines of entries.
type journal struct {
	raw *files   // gives the entries' JSON
	dec *decoder // of messages that are not UTF-8
}

func (s *journal) Next() (Line, error) {
	o := &s.raw.o
	for {
		raw, dropped, err := s.raw.next()
		if err != nil {
			return Line{}, err
		}
		if len(raw) == 0 {
			continue
		}
		l := Line{File: s.raw.name, No: s.raw.no}
		if dropped > 0 {
			err = fmt.Errorf("longer than %d MiB", maxEntry>>20)
		} else {
			err = parseEntry(raw, s.dec, &l)
		}
		if err == nil && !o.Match.Match(&l) {
			continue
		}
		if err == nil {
			err = l.fromEntry(o.maxLine())
		}
		if err == nil {
			return l, nil
		}
		if err = o.report(fmt.Errorf("%s: line %d: %w", title(l.File), l.No, err)); err != nil {
			return Line{}, err
		}
	}
}

func (s *journal) Close() error { return s.raw.Close() }

// fromEntry fills in what follows from the fields.
func (l *Line) fromEntry(max int) (err error) {
	if _, ok := l.Fields["MESSAGE"]; !ok && l.null {
		return errors.New("MESSAGE is null: journalctl leaves out what is longer than 4096 bytes; run it with --all")
	}
	l.Cursor = l.Fields["__CURSOR"]
	if l.Time, err = l.entryTime(); err != nil {
		return err
	}
	l.Text = strings.ReplaceAll(l.entryText(), "\n", `\n`)
	if cut := len(l.Text) - max; cut > 0 {
		for !utf8.RuneStart(l.Text[len(l.Text)-cut]) {
			cut++
		}
		l.Text, l.Dropped = shortened(l.Text[:len(l.Text)-cut]), cut
	}
	return nil
}

// entryTime is the time of an entry, to the microsecond; zero if it bears none.
func (l *Line) entryTime() (time.Time, error) {
	for _, name := range []string{"_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"} {
		value, ok := l.Fields[name]
		if !ok {
			continue
		}
		micros, err := strconv.ParseInt(value, 10, 64)
		if err != nil || micros < 0 || micros > maxMicros {
			return time.Time{}, fmt.Errorf("%s: %.40q are no microseconds since 1970", name, value)
		}
		return time.UnixMicro(micros), nil
	}
	return time.Time{}, nil
}

// entryText is the line that fail2ban makes of an entry. What the entry lacks is left out.
func (l *Line) entryText() string {
	var parts []string
	if host := l.Fields["_HOSTNAME"]; host != "" {
		parts = append(parts, host)
	}
	if ident := l.firstOf("SYSLOG_IDENTIFIER", "_COMM"); ident != "" {
		ident += l.process() + ":"
		parts = append(parts, ident)
		if boot := l.sinceBoot(); ident == "kernel:" && boot != "" {
			parts = append(parts, boot)
		}
	}
	parts = append(parts, l.Fields["MESSAGE"])
	return strings.Join(append(parts, l.repeated["MESSAGE"]...), " ")
}

// firstOf is the first of the fields that is not empty.
func (l *Line) firstOf(names ...string) string {
	for _, name := range names {
		if value := l.Fields[name]; value != "" {
			return value
		}
	}
	return ""
}

// process is the sender's process in brackets; a number is written without leading zeros, and 0 is none.
func (l *Line) process() string {
	for _, name := range []string{"SYSLOG_PID", "_PID"} {
		id := strings.TrimSpace(l.Fields[name])
		if id != "" && strings.Trim(id, "0123456789") == "" {
			id = strings.TrimLeft(id, "0")
		}
		if id != "" {
			return "[" + id + "]"
		}
	}
	return ""
}

// sinceBoot is how the kernel writes the time in its log.
func (l *Line) sinceBoot() string {
	micros, err := strconv.ParseUint(l.firstOf("_SOURCE_MONOTONIC_TIMESTAMP", "__MONOTONIC_TIMESTAMP"), 10, 63)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("[%5d.%06d]", micros/1e6, micros%1e6)
}

// Date is an entry's time as fail2ban writes it before the text, with the space between them; empty where Time is zero.
func (l *Line) Date() string {
	if l.Time.IsZero() {
		return ""
	}
	if l.Time.Nanosecond() < 1000 {
		return l.Time.Format("2006-01-02T15:04:05-07:00 ")
	}
	return l.Time.Format("2006-01-02T15:04:05.000000-07:00 ")
}
