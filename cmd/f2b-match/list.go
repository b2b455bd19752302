package main

import (
	"bufio"
	"fmt"
	"path"

	"f2b/lib/cli"
	"f2b/lib/filter"
)

// tell does what -list and -show ask for, which read no log.
func (t *tool) tell(std *cli.IO) error {
	if t.Filter != "" || t.List && t.Show != "" {
		return cli.Usagef("-list and -show NAME go with no other of them and with no FILTER")
	}
	dirs := append(t.Config, filter.DefaultDirs...)
	if t.List {
		return list(std, dirs)
	}
	f, err := filter.Find(t.Show, dirs)
	if err != nil {
		return err
	}
	_, err = std.Stdout.Write(f.Text)
	return err
}

// list prints every filter that can be named on a line: its name, what it catches, and the folder it is in
// when it is not built in.
func list(std *cli.IO, dirs []string) error {
	out := bufio.NewWriter(std.Stdout)
	for _, name := range filter.Names(dirs) {
		f, err := filter.Find(name, dirs)
		if err != nil {
			std.Errorf("%v", err)
			continue
		}
		fmt.Fprintf(out, "%-20s %s", name, f.Summary())
		if !f.Builtin() {
			fmt.Fprintf(out, " [%s]", path.Dir(path.Dir(f.File)))
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}
