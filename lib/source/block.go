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
}

// Block is Next for many lines.
func (s *files) Block(b *Block) error {
	raw, _, err := s.next()
	b.Lines = b.Lines[:0]
	if err != nil {
		return err
	}
	b.File, b.No = s.name, s.no
	b.Lines = append(b.Lines, s.dec.text(raw))
	whole := s.lines.Whole()
	if s.dec.keeps(whole) {
		b.Lines = s.split(b.Lines, string(whole))
	} else {
		b.Lines = s.decode(b.Lines, string(whole))
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

// split cuts a text that stands for itself into lines.
func (s *files) split(dst []string, text string) []string {
	for len(text) > 0 {
		n := strings.IndexByte(text, '\n')
		line := text[:n]
		text = text[n+1:]
		switch {
		case n > s.max:
			line = s.dec.text(s.cut(line))
		case n > 0 && line[n-1] == '\r':
			line = strings.TrimRight(line, "\r")
		}
		dst = append(dst, line)
	}
	return dst
}

// decode cuts a text into lines and decodes each.
func (s *files) decode(dst []string, text string) []string {
	for line := range strings.Lines(text) {
		dst = append(dst, s.dec.text(s.cut(line[:len(line)-1])))
	}
	return dst
}

// cut keeps as much of a line as the cap allows; a "\r" at its end does not count.
func (s *files) cut(line string) []byte {
	line = strings.TrimSuffix(line, "\r")
	return []byte(line[:min(len(line), s.max)])
}
