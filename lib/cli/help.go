package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
)

// The help is laid out for a terminal of 80 columns; what a flag does begins at column 26.
const (
	helpWidth  = 80
	helpColumn = 26
)

// help is the page that -h shows for a command.
func (g *grammar) help(node *kong.Node) string {
	var b strings.Builder
	main := node
	if node.DefaultCmd != nil {
		main = node.DefaultCmd
	}
	usage := strings.TrimSpace(g.name + strings.TrimPrefix(node.FullPath(), g.root.Name))
	fmt.Fprintf(&b, "usage: %s [flags]%s\n", usage, argumentSummary(main))
	for _, child := range node.Children {
		if !child.Hidden {
			fmt.Fprintf(&b, "       %s %s [flags]%s\n", usage, child.Name, argumentSummary(child))
		}
	}
	about := node.Help
	if node == g.root {
		about = g.description
	}
	b.WriteString("\n")
	paragraph(&b, 0, about)
	arguments(&b, main)
	commands(&b, node)
	b.WriteString("\nflags:\n")
	for _, flag := range visible(node) {
		entry(&b, flag.head(), flag.text())
	}
	return b.String()
}

// argumentSummary is the arguments' part of a usage line.
func argumentSummary(node *kong.Node) (s string) {
	for _, p := range node.Positional {
		name := argumentName(p)
		if p.IsCumulative() {
			name += "..."
		}
		if !p.Required {
			name = "[" + name + "]"
		}
		s += " " + name
	}
	return s
}

func arguments(b *strings.Builder, node *kong.Node) {
	for i, p := range node.Positional {
		if i == 0 {
			b.WriteString("\narguments:\n")
		}
		entry(b, argumentName(p), p.Help)
	}
}

func commands(b *strings.Builder, node *kong.Node) {
	title := "\ncommands:\n"
	for _, child := range node.Children {
		if !child.Hidden {
			b.WriteString(title)
			title = ""
			entry(b, child.Name, child.Help)
		}
	}
}

// entry writes a head and, beside or below it, what it is about.
func entry(b *strings.Builder, head, text string) {
	line := "  " + head
	if utf8.RuneCountInString(line) > helpColumn-2 {
		b.WriteString(line + "\n")
		line = ""
	}
	b.WriteString(line + strings.Repeat(" ", helpColumn-utf8.RuneCountInString(line)))
	paragraph(b, helpColumn, text)
}

// paragraph writes words in lines that begin at column indent; the first of them has been indented before.
func paragraph(b *strings.Builder, indent int, text string) {
	column := indent
	for i, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+size > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += size
	}
	b.WriteByte('\n')
}
