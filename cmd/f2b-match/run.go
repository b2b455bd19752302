package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"f2b/lib/event"
	"f2b/lib/source"
)

// overlong counts the lines whose ends were not looked at.
type overlong struct{ lines, bytes int }

func (o *overlong) add(lines, bytes int) {
	o.lines += lines
	o.bytes += bytes
}

// match passes every line through the filters that it is for, until the input ends or ctx is done.
func match(ctx context.Context, in source.Source, watches []*watch, out *event.Writer) (cut overlong, err error) {
	if b, ok := in.(source.Blocker); ok && batched(watches) {
		p := newPipeline(ctx, watches, b, out, 0)
		err := p.run()
		return p.cut, err
	}
	r := newRouter(watches)
	for {
		l, err := in.Next()
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return cut, out.Flush()
		}
		if err != nil {
			return cut, errors.Join(out.Flush(), err)
		}
		if l.Dropped > 0 {
			cut.add(1, l.Dropped)
		}
		for _, w := range r.route(&l) {
			if err := w.try(&l, out); err != nil {
				return cut, err
			}
		}
	}
}

// batched says whether lines are decided on in batches, where they come in blocks: if none are the journal's. Batches are
// flushed by whoever writes and not when the source is about to wait.
func batched(watches []*watch) bool {
	return !slices.ContainsFunc(watches, func(w *watch) bool { return w.journal })
}

// try passes a line, whose date is known, through one filter.
func (w *watch) try(l *source.Line, out *event.Writer) error {
	result := w.filter.ProcessDated(l.Text, &w.dates.dating)
	for i := range result.Matches {
		if !w.wants(result.Matches[i].Time) {
			continue
		}
		e := result.Matches[i].Event()
		e.Filter, e.Jail, e.File, e.Lineno = w.filter.Name, w.jail, l.File, l.No
		if err := out.Write(&e); err != nil {
			return err
		}
	}
	return nil
}
