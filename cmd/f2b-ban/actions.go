package main

import (
	"strings"

	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/firewall"
	"f2b/lib/firewall/action"
)

// actions finds the actions of -action. -port, -protocol and -chain, where they are given, are parameters of each that it does
// not set itself.
func (b *banning) actions() ([]string, error) {
	var more []config.Arg
	for _, a := range []config.Arg{
		{Name: "port", Value: strings.Join(b.Port, ",")},
		{Name: "protocol", Value: strings.TrimPrefix(b.Protocol, firewall.TCP)}, // tcp is what actions mean anyway
		{Name: "chain", Value: strings.Join(b.Chain, ",")},
	} {
		if a.Value != "" {
			more = append(more, a)
		}
	}
	var found []string
	for _, list := range b.Action {
		specs, err := config.SplitActions(list)
		if err != nil {
			return nil, cli.Usagef("-action: %v", err)
		}
		for _, spec := range specs {
			spec, err := action.Locate(b.Config, spec, more...)
			if err != nil {
				return nil, err
			}
			found = append(found, spec)
		}
	}
	return found, nil
}

// fits tells whether a backend and -action go together. A dry run may have both.
func (b *banning) fits(backend string) error {
	switch {
	case backend == "action" && len(b.Action) == 0:
		return cli.Usagef("-backend action: which? try -action NAME")
	case backend != "action" && backend != "dryrun" && backend != "jail" && len(b.Action) > 0:
		return cli.Usagef("-action: the backend is %s: try -backend action", backend)
	}
	return nil
}
