package source

import (
	"strings"
	"unicode/utf8"
)

// Blocker is a source that can give many lines at once.
type Blocker interface {
	Source
	// Block makes b the lines that Next would return one by one: the next one, and those behind it that are at hand
	// without another read. So it waits no longer than Next, and what comes fast comes in large blocks. The lines of a
	// block share their memory: whoever keeps a few of them for long clones them.
	Block(b *Block) error
}

// Block is some lines of one file.
type Block struct {
	Lines []string
	File  string // as in Line
	No    int64  // the number of the first one

	Cut, Dropped int // how many lines were too long, and how many bytes were cut off their ends
}

// Block is Next for many lines.
func (s *files) Block(b *Block) error {
	raw, dropped, err := s.next()
	b.Lines, b.Cut, b.Dropped = b.Lines[:0], 0, 0
	if err != nil {
		return err
	}
	b.File, b.No = s.name, s.no
	b.Lines = append(b.Lines, s.dec.text(raw))
	b.lost(dropped)
	whole := s.lines.Whole()
	if s.dec.keeps(whole) {
		s.split(b, string(whole))
	} else {
		s.decode(b, string(whole))
	}
	s.no += int64(len(b.Lines) - 1)
	return nil
}

// keeps tells whether text stands for itself in this encoding.
func (d *decoder) keeps(text []byte) bool {
	if isASCII(text) {
		return d.ascii
	}
	return d.table == nil && d.other == nil && !d.bom && utf8.Valid(text)
}

// lost counts what was cut off a line.
func (b *Block) lost(bytes int) {
	if bytes > 0 {
		b.Cut++
		b.Dropped += bytes
	}
}

// split cuts a text that stands for itself into lines.
func (s *files) split(b *Block, text string) {
	for len(text) > 0 {
		n := strings.IndexByte(text, '\n')
		line := text[:n]
		text = text[n+1:]
		switch {
		case n > s.max:
			line = s.dec.text(s.cut(b, line))
		case n > 0 && line[n-1] == '\r':
			line = strings.TrimRight(line, "\r")
		}
		b.Lines = append(b.Lines, line)
	}
}

// decode cuts a text into lines and decodes each.
func (s *files) decode(b *Block, text string) {
	for line := range strings.Lines(text) {
		b.Lines = append(b.Lines, s.dec.text(s.cut(b, line[:len(line)-1])))
	}
}

// cut keeps as much of a line as the cap allows; a "\r" at its end does not count.
func (s *files) cut(b *Block, line string) []byte {
	line = strings.TrimSuffix(line, "\r")
	b.lost(len(line) - s.max)
	return []byte(line[:min(len(line), s.max)])
}
