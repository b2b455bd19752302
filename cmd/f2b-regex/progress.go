package main

import (
	"f2b/lib/cli"
	"f2b/lib/source"
)

// meter tells how far the reading of a file has come.
func (t *tool) meter(std *cli.IO) cli.Meter {
	m := cli.Meter{Total: -1, Bytes: t.read.Bytes.Load, Lines: t.read.Lines.Load, Matches: t.found.Load, OutputLast: t.Out == ""}
	if total, known := source.Size([]string{t.Log}, std.RawStdin); known {
		m.Total = total
	}
	return m
}
