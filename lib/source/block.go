package source

import (
	"bytes"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Blocker is a source that can give many lines at once.
type Blocker interface {
	Source
	// Block makes b the lines that Next would return one by one: the next one, and those behind it that are at hand
	// without another read. So it waits no longer than Next, and what comes fast comes in large blocks.
	Block(b *Block) error
}

// Block is some lines, of one file unless there are Parts. They are valid until the block is used again: whoever keeps some of them clones them.
type Block struct {
	Text    string     // the lines, with something between them
	Lines   [][2]int32 // where each begins and ends in it
	File    string     // as in Line
	No      int64      // the number of the first one
	Written time.Time  // as in Line
	Parts   []Part     // the runs of lines of one file, in place of File, No and Written

	Cut, Dropped int // how many lines were too long, and how many bytes were cut off their ends

	read    []byte // what Text is made of, or
	decoded []byte // this
}

// Part is some lines of a block that follow each other in one file.
type Part struct {
	Lines   int // how many
	File    string
	No      int64
	Written time.Time
}

// Place tells where a line of the block stood: a part of one line.
func (b *Block) Place(line int) Part {
	for _, p := range b.Parts {
		if line < p.Lines {
			return Part{1, p.File, p.No + int64(line), p.Written}
		}
		line -= p.Lines
	}
	return Part{1, b.File, b.No + int64(line), b.Written}
}

// Line is the text of a line.
func (b *Block) Line(i int) string { return b.Text[b.Lines[i][0]:b.Lines[i][1]] }

// clear makes an empty block, of the same memory.
func (b *Block) clear() {
	*b = Block{Lines: b.Lines[:0], Parts: b.Parts[:0], read: b.read, decoded: b.decoded[:0]}
}

// finish makes the text of lines that were added to decoded, in some parts.
func (b *Block) finish() {
	b.Text = unsafe.String(unsafe.SliceData(b.decoded), len(b.decoded))
	if len(b.Parts) == 1 {
		p := b.Parts[0]
		b.File, b.No, b.Written, b.Parts = p.File, p.No, p.Written, b.Parts[:0]
	}
}

// Block is Next for many lines.
func (s *files) Block(b *Block) error {
	b.Lines, b.Parts, b.Cut, b.Dropped = b.Lines[:0], b.Parts[:0], 0, 0
	chunk, dropped, err := s.chunk(b.read)
	if err != nil {
		return err
	}
	b.File, b.No, b.Written = s.name, s.no+1, s.written
	if dropped > 0 { // an overlong line is still the reader's
		s.decode(b, chunk, dropped)
	} else if b.read = chunk; !s.dec.keeps(chunk) || !s.split(b, chunk) {
		s.decode(b, chunk, 0)
	}
	s.no += int64(len(b.Lines))
	s.o.Counter.cut(len(b.Lines))
	return nil
}

// chunk returns the next lines as they stand there. The first is number no+1 of the file name.
func (s *files) chunk(spare []byte) (chunk []byte, dropped int, err error) {
	err = s.each(func() (err error) {
		chunk, dropped, err = s.lines.Chunk(spare)
		return err
	})
	return chunk, dropped, err
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

// split makes a block of lines that stand for themselves. It gives up where one is to be cut.
func (s *files) split(b *Block, text []byte) bool {
	lines := b.Lines[:0]
	for at := 0; at < len(text); {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			n = len(text) - at
		}
		if n > s.max {
			return false
		}
		end := at + n
		for end > at && text[end-1] == '\r' {
			end--
		}
		lines = append(lines, [2]int32{int32(at), int32(end)})
		at += n + 1
	}
	b.Text = unsafe.String(unsafe.SliceData(text), len(text)) // nobody writes to it while the block is in use
	b.Lines = lines
	return true
}

// decode cuts a text into lines, minding the cap, and decodes each. Of a text of one line so much may have been dropped already.
func (s *files) decode(b *Block, text []byte, dropped int) {
	b.decoded = b.decoded[:0]
	for line := range bytes.Lines(text) {
		kept, lost := s.cut(line)
		lost += dropped
		b.lost(lost)
		decoded := s.dec.text(kept)
		if lost > 0 {
			decoded = shortened(decoded)
		}
		at := len(b.decoded)
		b.decoded = append(b.decoded, decoded...)
		b.Lines = append(b.Lines, [2]int32{int32(at), int32(len(b.decoded))})
		b.decoded = append(b.decoded, '\n')
	}
	b.Text = unsafe.String(unsafe.SliceData(b.decoded), len(b.decoded))
}

// cut keeps as much of a line as the cap allows, and tells how many bytes it does not; a "\r" at its end does not count.
func (s *files) cut(line []byte) (kept []byte, lost int) {
	if whole, ok := bytes.CutSuffix(line, []byte{'\n'}); ok {
		line = bytes.TrimSuffix(whole, []byte{'\r'})
	}
	kept = line[:min(len(line), s.max)]
	return kept, len(line) - len(kept)
}
