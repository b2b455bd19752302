package cli

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Flag is what is known of one flag, for whoever documents them.
type Flag struct {
	Name        string // without a dash
	Short       string // one letter, or ""
	Placeholder string // what its value is, "" if it needs none
	Default     string
	Help        string
	Command     string // the command it belongs to, "" where there are none or for all
	Repeatable  bool
	Negatable   bool // there is a -no-NAME too
}

// Flags returns the flags of a tool and its commands, hidden ones excepted, in their order.
func Flags(tool any) ([]Flag, error) {
	g, err := newGrammar("tool", "", tool)
	if err != nil {
		return nil, err
	}
	flags := visible(g.root)
	for _, child := range g.root.Children {
		if child == g.root.DefaultCmd {
			continue
		}
		for _, flag := range own(child) {
			flag.Command = child.Name
			flags = append(flags, flag)
		}
	}
	return flags, nil
}

// visible are the flags that a command's help lists: its own, its default command's, and those around it.
func visible(node *kong.Node) (flags []Flag) {
	if node.DefaultCmd != nil {
		flags = own(node.DefaultCmd)
	}
	for ; node != nil; node = node.Parent {
		flags = append(flags, own(node)...)
	}
	return flags
}

func own(node *kong.Node) (flags []Flag) {
	for _, flag := range node.Flags {
		if !flag.Hidden {
			flags = append(flags, describe(flag))
		}
	}
	return flags
}

func describe(flag *kong.Flag) Flag {
	d := Flag{
		Name:        flag.Name,
		Placeholder: placeholder(flag),
		Default:     flag.Default,
		Help:        flag.Help,
		Repeatable:  flag.IsCumulative(),
		Negatable:   flag.Tag.Negatable != "",
	}
	if flag.Short != 0 {
		d.Short = string(flag.Short)
	}
	return d
}

// placeholder names the value of a flag; "" if it needs none.
func placeholder(flag *kong.Flag) string {
	switch {
	case isSwitch(flag):
		return ""
	case flag.PlaceHolder != "":
		return flag.PlaceHolder
	case flag.Enum != "":
		return strings.Join(flag.EnumSlice(), "|")
	case flag.Target.Kind() == reflect.Int:
		return "N"
	}
	return strings.ToUpper(flag.Name)
}

// head is how the help shows the flag.
func (f Flag) head() string {
	head := "-" + f.Name
	if f.Negatable {
		head = "-[no-]" + f.Name
	}
	if f.Short != "" {
		head = "-" + f.Short + ", " + head
	}
	if f.Placeholder != "" {
		head += " " + f.Placeholder
	}
	return head
}

// text is what the help says of the flag: its own sentence, with the default in it, and whether it may be repeated.
func (f Flag) text() string {
	text, ended := strings.CutSuffix(f.Help, ".")
	if f.Default != "" && f.Default != "false" {
		text += " (default " + f.Default + ")"
	}
	if ended {
		text += "."
	}
	if f.Repeatable {
		text += " May be repeated."
	}
	return text
}
