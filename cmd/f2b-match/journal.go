package main

import (
	"io"
	"os"
	"strings"

	"f2b/lib/filter"
	"f2b/lib/source"
)

// journal reads what journalctl -o json printed, and takes the entries that the filter's journalmatch wants.
func journal(paths []string, f *filter.Filter, o source.Options) (source.Source, error) {
	var err error
	if o.Match, err = source.ParseMatch(strings.Join(f.Journalmatch, "\n")); err != nil {
		return nil, err
	}
	var inputs []io.Reader
	for _, path := range paths {
		if path == "-" {
			inputs = append(inputs, o.Stdin)
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, file)
	}
	return source.Journal(io.MultiReader(inputs...), o), nil
}
