package cli

import (
	"strings"

	"github.com/alecthomas/kong"
)

// unknownFlag is the error for a flag that isn't there, with the one that was probably meant.
func unknownFlag(flags []*kong.Flag, name string) error {
	var all []string
	for _, flag := range flags {
		if !flag.Hidden {
			all = append(all, flag.Name)
		}
	}
	guess := nearest(name, all)
	if positive, negated := strings.CutPrefix(name, "no-"); guess == "" && negated {
		guess = nearest(positive, all)
	}
	if guess != "" {
		return &usageError{text: "unknown flag -" + name + ", did you mean -" + guess + "?", hinted: true}
	}
	return Usagef("unknown flag -%s", name)
}

// unknownCommand is the error for a word that is none of the commands, or for none.
func (c *call) unknownCommand() error {
	if len(c.args) == 0 {
		return Usagef("a command is missing")
	}
	var all []string
	for _, child := range c.node.Children {
		if !child.Hidden {
			all = append(all, child.Name)
		}
	}
	if guess := nearest(c.args[0], all); guess != "" {
		return &usageError{text: "unknown command " + c.args[0] + ", did you mean " + guess + "?", hinted: true}
	}
	return Usagef("unknown command %s", c.args[0])
}

// nearest is the name that takes the fewest changes of a letter to make from word; "" if none is near.
func nearest(word string, names []string) (best string) {
	least := 1 + len(word)/4
	for _, name := range names {
		if d := distance(word, name); d <= least && (best == "" || d < least) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their neighbour that make b from a.
func distance(a, b string) int {
	above2 := make([]int, len(b)+1)
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above2, above, row = above, row, above2
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(above[j]+change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], above2[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
