package event

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"f2b/lib/lines"
)

// LineError says why a line of a stream is no event.
type LineError struct {
	Line int64 // its number, from 1
	Err  error
}

// Error gives the line's number and the reason.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the reason.
func (e *LineError) Unwrap() error { return e.Err }

// Reader reads a stream of events.
type Reader struct {
	lines  *lines.Reader
	number int64
	parser parser
	plain  []byte // a line as AppendJSON writes it
}

// NewReader returns a Reader of r. It calls beforeRead, if that is not nil, each time before it may wait for input: a tool
// gives the Flush of its Writer.
func NewReader(r io.Reader, beforeRead func() error) *Reader {
	l := lines.NewReader(r, MaxLine)
	l.BeforeRead = beforeRead
	return &Reader{lines: l}
}

// Next returns the next event and the line it stood on, which is valid until the next call.
// The error is a *LineError for a line that is no event: the caller reports it and goes on. Any other error is the end,
// io.EOF where nothing went wrong.
func (r *Reader) Next() (e Event, raw []byte, err error) {
	raw, err = r.nextLine()
	if err == nil {
		e, err = r.parse(raw)
	}
	return e, raw, err
}

// See is Next for whoever can do without the event: it shows the next one by a view. Both the line and the view are valid
// until the next call.
func (r *Reader) See(v *View) (raw []byte, err error) {
	raw, err = r.nextLine()
	if err != nil || v.See(raw) {
		return raw, err
	}
	e, err := r.parse(raw)
	if err == nil {
		r.plain = e.AppendJSON(r.plain[:0])
		v.See(r.plain[:len(r.plain)-1])
	}
	return raw, err
}

// nextLine returns the next line, or what is wrong with it as such.
func (r *Reader) nextLine() ([]byte, error) {
	raw, dropped, err := r.lines.Next()
	if err != nil {
		return nil, err
	}
	r.number++
	switch {
	case dropped > 0:
		err = fmt.Errorf("longer than %d bytes", MaxLine)
	case len(raw) == 0:
		err = errors.New("empty")
	}
	if err != nil {
		err = &LineError{r.number, err}
	}
	return raw, err
}

// parse reads the event of the last line.
func (r *Reader) parse(raw []byte) (Event, error) {
	if err := r.parser.parse(raw); err != nil {
		return Event{}, &LineError{r.number, err}
	}
	return r.parser.e, nil
}

// Line is the number of the line that Next returned last, counted from 1.
func (r *Reader) Line() int64 { return r.number }

// Writer writes a stream of events through a buffer.
type Writer struct {
	w     *bufio.Writer
	line  []byte
	count atomic.Int64 // read by others while the writing goes on
}

// writeBuffer is as much as a pipe holds.
const writeBuffer = 64 << 10

// roomy is room for all but few events.
const roomy = 4 << 10

// NewWriter returns a Writer to w. Nothing is sure to be written before Flush.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, writeBuffer)}
}

// Write writes one event. Of one that is longer than MaxLine it leaves out lines, matches, fields and so on, as many as
// need be, so that a Reader takes it.
func (w *Writer) Write(e *Event) error { return w.write(e.AppendFitting) }

// write writes what is appended, in the buffer itself where there is room.
func (w *Writer) write(appended func([]byte) []byte) error {
	w.count.Add(1)
	if w.w.Available() < roomy {
		w.line = appended(w.line[:0])
		_, err := w.w.Write(w.line)
		return err
	}
	_, err := w.w.Write(appended(w.w.AvailableBuffer())) // which is there already, but for a long one
	return err
}

// WriteRaw writes one line as it came; line has no "\n".
func (w *Writer) WriteRaw(line []byte) error {
	w.count.Add(1)
	w.w.Write(line) // a bufio.Writer keeps its error
	return w.w.WriteByte('\n')
}

// Flush writes what is in the buffer.
func (w *Writer) Flush() error { return w.w.Flush() }

// Count is the number of events written so far. It may be called at any time.
func (w *Writer) Count() int64 { return w.count.Load() }
