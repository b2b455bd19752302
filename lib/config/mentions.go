package config

import (
	"regexp"
	"strings"
	"sync"
)

// mention is a reference to an option from some value: %(name)s or <name>, either of them perhaps with a section before it.
var mention = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`%\(([^()]+)\)s|<([^<> ]+)>`)
})

// Mentions gives the names of all options that some value refers to, in lower case and without their section. An option that
// nobody reads and nobody mentions has no effect.
func (c *Config) Mentions() map[string]bool {
	names := map[string]bool{}
	blocks := []*block{c.defaults}
	for _, s := range c.sections {
		blocks = append(blocks, s)
	}
	for _, b := range blocks {
		for _, v := range b.values {
			for _, m := range mention().FindAllStringSubmatch(v.text, -1) {
				names[bareName(m[1]+m[2])] = true
			}
		}
	}
	return names
}

// bareName is the name of an option without the section before it.
func bareName(name string) string { return strings.ToLower(name[strings.LastIndexByte(name, '/')+1:]) }

// Nearest gives the name that name was probably meant to be, or "" when none is near.
func Nearest(name string, names []string) string { return nearest(name, names) }
