package source

// Batcher is a source that can give many lines at once.
type Batcher interface {
	Source
	// Batch appends to dst the lines that Next would return one by one: the next one, and those behind it that are at hand
	// without another read. So it waits no longer than Next, and what comes fast comes in large batches. The lines of a
	// batch share their memory: whoever keeps a few of them for long clones their texts.
	Batch(dst []Line) ([]Line, error)
}

// batch is what the lines of one batch are made of.
type batch struct {
	text []byte
	ends []int
}

// Batch is Next for many lines.
func (s *files) Batch(dst []Line) ([]Line, error) {
	raw, dropped, err := s.next()
	if err != nil {
		return dst, err
	}
	b := &s.batch
	b.text, b.ends = b.text[:0], b.ends[:0]
	first := len(dst)
	for ok := true; ok; {
		b.text = s.dec.append(b.text, raw)
		b.ends = append(b.ends, len(b.text))
		dst = append(dst, Line{File: s.name, No: s.no, Dropped: dropped})
		if raw, dropped, ok = s.lines.Ready(); ok {
			s.no++
		}
	}
	text, from := string(b.text), 0
	for i, end := range b.ends {
		dst[first+i].Text = text[from:end]
		from = end
	}
	return dst, nil
}
