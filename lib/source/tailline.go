package source

import (
	"bytes"
	"time"
)

// line cuts the next line off, without its end; false: there is none, what remains is held back until its end comes.
// The bytes are valid until the next call.
func (t *tailed) line() (raw []byte, dropped int, ok bool) {
	for {
		i, width := t.newline()
		if i < 0 {
			t.hold(t.chunk)
			t.chunk = nil
			if !t.unfinished() {
				return nil, 0, false
			}
		}
		part := t.chunk[:max(i, 0)]
		t.chunk = t.chunk[min(len(t.chunk), max(i, 0)+width):]
		raw, dropped = t.finish(part)
		if t.skip {
			t.skip = false
			continue
		}
		if t.no >= 0 {
			t.no++
		}
		return raw, dropped, true
	}
}

// newline finds the end of the line under way and how many bytes it takes.
func (t *tailed) newline() (i, width int) {
	if t.wide != nil {
		return t.wide.index(t.chunk), t.wide.unit
	}
	return bytes.IndexByte(t.chunk, '\n'), 1
}

// hold keeps the beginning of a line until its end comes.
func (t *tailed) hold(part []byte) {
	if len(part) == 0 {
		return
	}
	keep := min(len(part), t.max+1-len(t.held))
	t.held = append(t.held, part[:keep]...)
	t.lost += len(part) - keep
	t.lastCR = part[len(part)-1] == '\r'
}

// finish joins what was held with the rest of the line, minding the cap.
func (t *tailed) finish(rest []byte) (raw []byte, dropped int) {
	raw = rest
	if len(t.held) > 0 {
		t.hold(rest)
		raw, dropped = t.held, t.lost
		t.held, t.lost = t.held[:0], 0
		if cap(t.held) > chunkSize/4 {
			t.held = nil
		}
		if dropped > 0 && t.lastCR {
			dropped--
		}
	}
	if n := len(raw); dropped == 0 && n > 0 && raw[n-1] == '\r' && t.wide == nil {
		raw = raw[:n-1]
	}
	if over := len(raw) - t.max; over > 0 {
		raw, dropped = raw[:t.max], dropped+over
	}
	return raw, dropped
}

// unfinished says whether a last line without an end is to be given out.
func (t *tailed) unfinished() bool { return t.ended && !t.torn && len(t.held)+t.lost > 0 }

// next returns the next line that was read.
func (t *tailed) next() (Line, bool) {
	for {
		raw, dropped, ok := t.line()
		if !ok {
			return Line{}, false
		}
		text := t.text(raw)
		if dropped > 0 {
			text = shortened(text)
		}
		if !t.since.IsZero() {
			if at, dated := t.timeOf(text); !dated || at.Before(t.since) {
				continue
			}
			t.since = time.Time{}
		}
		return Line{Text: text, File: t.path, No: max(t.no, 0), Dropped: dropped}, true
	}
}

// text decodes what line returned.
func (t *tailed) text(raw []byte) string {
	if t.wide == nil {
		return t.dec.text(raw)
	}
	return t.wide.text(raw)
}
