package cli

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// runner is what a tool, or each of its commands, is.
type runner interface{ Run(io *IO) error }

// grammar is a tool's flags, arguments and commands.
type grammar struct {
	name, description string
	kong              *kong.Kong
	root              *kong.Node
}

// everywhere are the flags that every tool has.
type everywhere struct {
	Help    bool `short:"h" help:"Say how the tool is used."`
	Version bool `short:"V" help:"Say which version this is."`
}

// newGrammar reads the tags of a tool.
func newGrammar(name, description string, tool any) (*grammar, error) {
	k, err := kong.New(tool,
		kong.Name(name),
		kong.Description(description),
		kong.NoDefaultHelp(),
		kong.Embed(&everywhere{}),
		kong.Exit(func(int) {}),
		kong.Writers(io.Discard, io.Discard),
		kong.KindMapper(reflect.String, kong.MapperFunc(decodeText)),
		kong.KindMapper(reflect.Int, kong.MapperFunc(decodeWhole)),
		kong.KindMapper(reflect.Int64, kong.MapperFunc(decodeWhole)),
	)
	if err != nil {
		return nil, err
	}
	g := &grammar{name, description, k, k.Model.Node}
	keepCommas(g.root)
	return g, nil
}

// decodeText takes a text byte for byte; kong would lose the bytes of a file's name that are no UTF-8.
func decodeText(ctx *kong.DecodeContext, target reflect.Value) error {
	token, err := ctx.Scan.PopValue("text")
	if err == nil {
		target.SetString(token.String())
	}
	return err
}

// decodeWhole reads a whole number in base ten; kong would read 010 as 8.
func decodeWhole(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	n, err := strconv.ParseInt(text, 10, target.Type().Bits())
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%q is too large a number", text)
	case err != nil:
		return fmt.Errorf("%q is no whole number", text)
	}
	target.SetInt(n)
	return nil
}

// keepCommas lets a flag that may be repeated take each value as it is: a regular expression may hold commas.
func keepCommas(node *kong.Node) {
	for _, value := range node.Values() {
		if value.IsSlice() && !value.Tag.Has("sep") {
			value.Tag.Sep = -1
		}
	}
	for _, child := range node.Children {
		keepCommas(child)
	}
}

// run parses the arguments and does what they ask for.
func (g *grammar) run(args []string, streams *IO) error {
	c, err := g.read(args)
	switch {
	case err != nil:
		return err
	case c.help:
		_, err := io.WriteString(streams.Stdout, g.help(c.node))
		return err
	case c.version:
		_, err := fmt.Fprintf(streams.Stdout, "%s %s\n", g.name, version())
		return err
	}
	if err := g.parse(c); err != nil {
		return err
	}
	tool, ok := c.node.Target.Addr().Interface().(runner)
	if !ok {
		return fmt.Errorf("%s cannot be run: its %v has no method Run", c.node.FullPath(), c.node.Target.Type())
	}
	return tool.Run(streams)
}

// parse fills the tool's struct.
func (g *grammar) parse(c *call) error {
	if err := checkArguments(c); err != nil {
		return err
	}
	if _, err := g.kong.Parse(c.words()); err != nil {
		text := strings.Replace(err.Error(), `,"" but got`, " but got", 1) // absence is no value to recommend
		if strings.HasPrefix(text, "--") {
			return Usagef("%s", text[1:])
		}
		return Usagef("%s", strings.ReplaceAll(text, " --", " -"))
	}
	return nil
}

// checkArguments holds the number of arguments against what the command takes.
func checkArguments(c *call) error {
	for i, positional := range c.node.Positional {
		switch {
		case positional.IsCumulative() && len(c.args) > i:
			return nil
		case positional.Required && len(c.args) <= i:
			return Usagef("missing %s", argumentName(positional))
		}
	}
	if n := len(c.node.Positional); len(c.args) > n {
		return Usagef("unexpected argument %s", c.args[n])
	}
	return nil
}

// argumentName is how an argument is called in messages and in the help.
func argumentName(p *kong.Positional) string {
	if p.Tag.PlaceHolder != "" {
		return p.Tag.PlaceHolder
	}
	return strings.ToUpper(p.Name)
}
