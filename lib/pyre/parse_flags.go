package pyre

import (
	"strings"
	"unicode"
)

// Flags change what a pattern means; they are Python's re flags.
type Flags uint8

const (
	IgnoreCase Flags = 1 << iota // (?i)
	Multiline                    // (?m): ^ and $ match at every line
	Dotall                       // (?s): . matches a newline too
	Verbose                      // (?x): white space and comments mean nothing
	ASCII                        // (?a): \d, \s, \w, \b and case are ASCII's
)

const flagLetters = "aiLmstux"

// flagOf returns what a letter stands for: 't' and 'u' are known and change nothing.
func flagOf(c rune) Flags {
	switch c {
	case 'i':
		return IgnoreCase
	case 'm':
		return Multiline
	case 's':
		return Dotall
	case 'x':
		return Verbose
	case 'a':
		return ASCII
	}
	return 0
}

// flags reads "(?i)", which holds for the whole pattern, or "(?i-s:...)". Python wants the former at the very start; as older versions did,
// it is taken anywhere, for the whole pattern.
func (p *parser) flags(c rune, f Flags, start int) *node {
	on, off := "", ""
	if c != '-' {
		on, c = p.flagLetters(c, "missing -, : or )", ")-:")
	}
	if c == ')' {
		return p.wholeFlags(on)
	}
	if strings.Contains(on, "t") {
		p.fail(p.pos-1, "bad inline flags: cannot turn on global flag")
	}
	if c == '-' {
		off = p.flagsOff()
	}
	if strings.ContainsAny(on, off) {
		p.fail(p.pos-1, "bad inline flags: flag turned on and off")
	}
	if strings.Contains(on, "u") {
		f &^= ASCII
	}
	return p.body(f&^flagSet(off)|flagSet(on), start)
}

func (p *parser) wholeFlags(on string) *node {
	if late := flagSet(on) &^ p.global; late != 0 {
		panic(restart{late})
	}
	return nil
}

func flagSet(letters string) (f Flags) {
	for _, c := range letters {
		f |= flagOf(c)
	}
	return f
}

// flagLetters reads letters, the first of which is c, up to one of ends, which it returns too.
func (p *parser) flagLetters(c rune, missing, ends string) (string, rune) {
	var on strings.Builder
	for {
		if c == 'L' {
			p.fail(p.pos, "bad inline flags: cannot use 'L' flag with a str pattern")
		}
		on.WriteRune(c)
		if s := on.String(); strings.Contains(s, "a") && strings.Contains(s, "u") {
			p.fail(p.pos, "bad inline flags: flags 'a', 'u' and 'L' are incompatible")
		}
		if !p.more() {
			p.fail(p.pos, "%s", missing)
		}
		c = p.next()
		if strings.ContainsRune(ends, c) {
			return on.String(), c
		}
		p.checkFlag(c, missing)
	}
}

func (p *parser) flagsOff() string {
	if !p.more() {
		p.fail(p.pos, "missing flag")
	}
	c := p.next()
	p.checkFlag(c, "missing flag")
	if strings.ContainsRune("auL", c) {
		p.fail(p.pos, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
	}
	off, _ := p.flagLetters(c, "missing :", ":")
	if strings.ContainsAny(off, "au") {
		p.fail(p.pos, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
	}
	if strings.Contains(off, "t") {
		p.fail(p.pos-1, "bad inline flags: cannot turn off global flag")
	}
	return off
}

func (p *parser) checkFlag(c rune, missing string) {
	if strings.ContainsRune(flagLetters, c) {
		return
	}
	msg := missing
	if unicode.IsLetter(c) {
		msg = "unknown flag"
	}
	p.fail(p.pos-len(string(c)), "%s", msg)
}
