package action

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// programs is a set of names of programs. One that ends in "*" stands for all that begin so: python3.11.
type programs []string

// Programs that take a part of what they are given for more than data. The lists cannot be complete; they hold what actions
// are made of.
var (
	// interpreters run what their arguments say, each in a language of its own.
	interpreters = programs{
		"sh", "bash", "dash", "ash", "ksh*", "mksh", "zsh", "fish", "csh", "tcsh", "rbash",
		"eval", ".", "source", "trap", "alias", "let", "[[", "export", "readonly", "declare", "typeset", "local", "unset",
		"awk", "gawk", "mawk", "nawk", "sed", "gsed", "jq", "perl*", "python*", "ruby*", "php*", "lua*", "node", "tclsh*", "expect", "osascript",
		"ssh", "su", "runuser", "at", "batch", "watch", "parallel", "script", "screen", "tmux", "ed", "ex", "vi", "vim",
		"nft", "mysql", "mariadb", "psql", "sqlite3", "redis-cli",
	}
	// readers run what they read from standard input, or make arguments of it.
	readers = programs{
		"sh", "bash", "dash", "ash", "ksh*", "mksh", "zsh", "fish", "csh", "tcsh", "rbash", "eval", "source",
		"xargs", "parallel", "at", "batch", "ssh", "su", "runuser", "crontab", "nsupdate", "ed", "ex", "vi", "vim", "bc", "dc", "m4",
		"nft", "ipset", "iptables-restore", "ip6tables-restore", "ipf", "pfctl", "ip", "tc", "mysql", "mariadb", "psql", "sqlite3", "redis-cli",
	}
	// wrappers run the program that one of their arguments names.
	wrappers = programs{
		"sudo", "doas", "env", "exec", "command", "builtin", "busybox", "nice", "ionice", "chrt", "nohup", "setsid", "timeout",
		"stdbuf", "time", "chroot", "unshare", "nsenter", "flock", "xargs", "docker", "podman", "lxc",
	}
	// mailPrograms obey lines that begin with "~" in a letter they read.
	mailPrograms = programs{"mail", "Mail", "mailx", "bsd-mailx", "heirloom-mailx", "s-nail", "nail"}
)

func (p programs) has(name string) bool {
	name = path.Base(name)
	for _, known := range p {
		if stem, ok := strings.CutSuffix(known, "*"); ok && strings.HasPrefix(name, stem) || known == name {
			return true
		}
	}
	return false
}

// calls tells whether a simple command runs one of the programs, be it through a wrapper.
func calls(call *syntax.CallExpr, p programs) bool {
	for i, arg := range call.Args {
		name := strings.ReplaceAll(literal(arg.Parts), `\`, "")
		if name != "" && p.has(name) {
			return true
		}
		if i == 0 && !wrappers.has(name) {
			return false
		}
	}
	return false
}

// runs tells whether one of the programs is run anywhere in a statement.
func runs(s *syntax.Stmt, p programs) (found bool) {
	syntax.Walk(s, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok {
			found = found || calls(call, p)
		}
		return !found
	})
	return found
}

// isObscure tells whether a simple command may take its arguments for more than data: it is an interpreter, or comes out of a
// variable and may be any.
func isObscure(call *syntax.CallExpr) bool {
	return calls(call, interpreters) || len(call.Args) > 0 && !isLiteral(call.Args[0].Parts)
}

// isLiteral tells whether a word is the same whatever happens.
func isLiteral(parts []syntax.WordPart) bool {
	for _, part := range parts {
		switch n := part.(type) {
		case *syntax.Lit, *syntax.SglQuoted:
		case *syntax.DblQuoted:
			if !isLiteral(n.Parts) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// literal is what stands in a word as it is, in quotes or not.
func literal(parts []syntax.WordPart) string {
	var s strings.Builder
	for _, part := range parts {
		switch n := part.(type) {
		case *syntax.Lit:
			s.WriteString(n.Value)
		case *syntax.SglQuoted:
			s.WriteString(n.Value)
		case *syntax.DblQuoted:
			s.WriteString(literal(n.Parts))
		}
	}
	return s.String()
}
