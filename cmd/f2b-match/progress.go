package main

import (
	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/source"
)

// meter tells how far the reading has come. Its total is known of plain files, which are read once to their end.
func (t *tool) meter(std *cli.IO, watches []*watch, read *source.Counter, out *event.Writer) cli.Meter {
	m := cli.Meter{Total: -1, Bytes: read.Bytes.Load, Lines: read.Lines.Load, Matches: out.Count}
	if t.Follow || len(t.Logs) == 0 && len(journals(watches)) > 0 {
		return m
	}
	paths := t.Logs
	if len(paths) == 0 && len(t.Jail) > 0 {
		for _, p := range once(t.paths(watches)) {
			paths = append(paths, p.Glob)
		}
	}
	if len(paths) == 0 {
		paths = []string{source.Stdin}
	}
	if total, known := source.Size(paths, std.RawStdin); known {
		m.Total = total
	}
	return m
}
