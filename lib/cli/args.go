package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// call is one call of a tool, taken apart: kong itself would read -findtime as -f -i -n -d ..., and would take the -1 of
// "-bantime -1" for a flag.
type call struct {
	node          *kong.Node // the command, the root where there are none
	flags         []string   // as --name or --name=value
	owners        []*kong.Flag
	args          []string
	help, version bool
}

// read takes the arguments apart.
func (g *grammar) read(words []string) (*call, error) {
	c := &call{node: g.root}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--":
			c.args = append(c.args, words...)
			words = nil
		case word == "-" || !strings.HasPrefix(word, "-"):
			c.argument(word)
		default:
			rest, err := c.flag(word, words)
			if err != nil {
				return nil, err
			}
			words = rest
		}
	}
	return c, c.settle()
}

// argument takes a word without a dash: the name of a command or an argument.
func (c *call) argument(word string) {
	if len(c.args) == 0 {
		for _, child := range c.node.Children {
			if child.Name == word || slices.Contains(child.Aliases, word) {
				c.node = child
				return
			}
		}
	}
	c.args = append(c.args, word)
}

// flag takes a word with a dash, and the next one where that is its value; it returns the words behind.
func (c *call) flag(word string, words []string) (rest []string, err error) {
	name, value, joined := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
	flags := c.known()
	flag := named(flags, name)
	if off := negated(flags, name); flag == nil && off != nil && !joined {
		return words, c.turn(off, "false", true)
	}
	if flag == nil && !strings.HasPrefix(word, "--") {
		flag = c.cluster(flags, name)
	}
	switch {
	case flag == nil:
		return nil, unknownFlag(flags, name)
	case isSwitch(flag):
		return words, c.turn(flag, value, joined)
	case joined:
		c.add(flag, value)
		return words, nil
	case len(words) == 0:
		return nil, Usagef("flag -%s needs a value: %s", flag.Name, placeholder(flag))
	}
	c.add(flag, words[0])
	return words[1:], nil
}

// cluster takes letters that are each a flag, and returns the last one, which alone may have a value. It is nil, and
// nothing is taken, if the letters are no such flags.
func (c *call) cluster(flags []*kong.Flag, letters string) (last *kong.Flag) {
	var found []*kong.Flag
	for _, letter := range letters {
		flag := lettered(flags, string(letter))
		if flag == nil || last != nil && !isSwitch(last) {
			return nil
		}
		found = append(found, flag)
		last = flag
	}
	if last == nil {
		return nil
	}
	for _, flag := range found[:len(found)-1] {
		c.turn(flag, "", false) // a switch without a value cannot be wrong
	}
	return last
}

// turn takes a flag that needs no value, and may have one of true or false.
func (c *call) turn(flag *kong.Flag, value string, joined bool) error {
	on := true
	if joined {
		var err error
		if on, err = strconv.ParseBool(value); err != nil || flag.IsCounter() {
			return Usagef("-%s: %q is neither true nor false", flag.Name, value)
		}
	}
	switch flag.Name {
	case "help":
		c.help = on
	case "version":
		c.version = on
	}
	c.owners = append(c.owners, flag)
	if joined {
		c.flags = append(c.flags, "--"+flag.Name+"="+strconv.FormatBool(on))
	} else {
		c.flags = append(c.flags, "--"+flag.Name)
	}
	return nil
}

func (c *call) add(flag *kong.Flag, value string) {
	c.owners = append(c.owners, flag)
	c.flags = append(c.flags, "--"+flag.Name+"="+value)
}

// known are the flags that may come now: those of the command, of what is around it, and of the command that is meant
// when none is named.
func (c *call) known() (flags []*kong.Flag) {
	if c.node.DefaultCmd != nil {
		flags = append(flags, c.node.DefaultCmd.Flags...)
	}
	for node := c.node; node != nil; node = node.Parent {
		flags = append(flags, node.Flags...)
	}
	return flags
}

// settle finds the command that is meant when none is named, and checks that the flags are that command's.
func (c *call) settle() error {
	if c.help || c.version {
		return nil
	}
	if len(c.node.Children) > 0 {
		if c.node.DefaultCmd == nil || len(c.args) > 0 && len(c.node.DefaultCmd.Positional) == 0 {
			return c.unknownCommand()
		}
		c.node = c.node.DefaultCmd
	}
	flags := c.known()
	for _, flag := range c.owners {
		if !slices.Contains(flags, flag) {
			return Usagef("flag -%s does not go with %s", flag.Name, c.node.Name)
		}
	}
	return nil
}

// words is the call in the order and spelling that leaves kong nothing to guess.
func (c *call) words() (words []string) {
	for node := c.node; node.Parent != nil; node = node.Parent {
		words = append(words, node.Name)
	}
	slices.Reverse(words)
	words = append(words, c.flags...)
	words = append(words, "--")
	return append(words, c.args...)
}

func named(flags []*kong.Flag, name string) *kong.Flag {
	for _, flag := range flags {
		if flag.Name == name || slices.Contains(flag.Aliases, name) {
			return flag
		}
	}
	return nil
}

// negated finds the flag that is turned off by -no-name, where its tag allows that.
func negated(flags []*kong.Flag, name string) *kong.Flag {
	positive, ok := strings.CutPrefix(name, "no-")
	if flag := named(flags, positive); ok && flag != nil && flag.Tag.Negatable != "" {
		return flag
	}
	return nil
}

func lettered(flags []*kong.Flag, letter string) *kong.Flag {
	for _, flag := range flags {
		if flag.Short != 0 && string(flag.Short) == letter {
			return flag
		}
	}
	return nil
}

// isSwitch says whether the flag needs no value.
func isSwitch(flag *kong.Flag) bool { return flag.IsBool() || flag.IsCounter() }
