package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"f2b/lib/cli"
	"f2b/lib/firewall"
	"f2b/lib/growth"
	"f2b/lib/jail"
	"f2b/lib/source"
)

// checkOthers looks at what the other tools need of a jail. A jail for which f2b-count or f2b-ban could do nothing need not be watched.
func (t *tool) checkOthers(c *jail.Config, name string) error {
	_, counting := c.Counting(name)
	b, banning := c.Banning(name)
	errs := []error{counting, banning}
	if _, option, err := growth.Parse(b.Growth.Factor, b.Growth.Formula, b.Growth.Multipliers); err != nil {
		errs = append(errs, c.Mistake(name, "bantime."+option, err))
	}
	for _, a := range b.Actions {
		if n, ok := a.Native(); ok {
			if _, err := firewall.ParsePorts(n.Port); err != nil {
				errs = append(errs, c.Mistake(name, "action", fmt.Errorf("%s: %w", a.Text, err)))
			}
		}
	}
	if _, run := b.Rule(); len(run) > 0 {
		errs = append(errs, checkFiles(c, b.Name, run))
	}
	return errors.Join(errs...)
}

// checkFiles looks for the files of actions that are run. Those whose rules are known can do without, but not when they are run.
func checkFiles(c *jail.Config, name string, run []jail.Action) error {
	var errs []error
	for _, a := range run {
		if a.File == "" {
			errs = append(errs, c.Mistake(name, "action", fmt.Errorf("%s: it has to be run, and there is no action.d/%s.conf", a.Text, a.Name)))
		}
	}
	return errors.Join(errs...)
}

// unreadable lists the logs of a filter that are there and cannot be read.
func (w *watch) unreadable() error {
	var errs []error
	for _, log := range w.logs {
		for _, name := range source.Glob(log.Glob) {
			if err := readable(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// readable tries to read a byte of a file.
func readable(name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return err // to open a pipe would wait
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err = f.Read(make([]byte, 1)); err == io.EOF {
		err = nil
	}
	return err
}

// warnOfSlow names the patterns that others can make slow, and that are given up then.
func (w *watch) warnOfSlow(std *cli.IO) {
	for _, name := range w.filter.Slow() {
		std.Warnf("%s refers back to what can be any text, or captures inside a look-around or an atomic group: "+
			"it is given up on lines that take it long", name)
	}
}
