package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"f2b/lib/cli"
	"f2b/lib/filter"
	"f2b/lib/sandbox"
	"f2b/lib/source"
)

// journalName is how fail2ban-regex calls the machine's journal.
const journalName = "systemd-journal"

func (t *tool) journal() bool {
	return t.Input == "journal" || strings.HasPrefix(t.Log, journalName)
}

// open gives the lines to test, and the words that say where they come from.
func (t *tool) open(std *cli.IO, f *filter.Filter) (source.Source, string, error) {
	o := source.Options{Encoding: t.Encoding, Stdin: std.Stdin, Counter: &t.read, Report: func(err error) { std.Errorf("%v", err) }}
	name := fmt.Sprintf("Use         log file : %s\nUse         encoding : %s", t.Log, t.encoding())
	switch {
	case t.journal():
		return t.openJournal(f, o)
	case t.Log == "-" || isFile(t.Log):
		return source.Files([]string{t.Log}, o), name, source.CheckEncoding(t.Encoding)
	}
	lines := strings.Split(t.Log, "\n")
	in := source.Reader(strings.NewReader(t.Log), o)
	if len(lines) == 1 && f.Maxlines <= 1 {
		return in, "Use      single line : " + short(t.Log), nil
	}
	return in, severalLines(lines), nil
}

// lockIn gives up everything but the log, before the first byte of it is read. journalctl has been started by then.
func (t *tool) lockIn(std *cli.IO) error {
	if !std.Alone {
		return nil
	}
	say := func(string, ...any) {}
	if t.Verbose > 0 {
		say = std.Warnf
	}
	n := sandbox.Needs{}
	if t.Log != "-" && !t.journal() && isFile(t.Log) {
		n.Files = []string{t.Log}
		n.Capabilities = []uintptr{unix.CAP_DAC_READ_SEARCH} // of root's, to read what belongs to others
	}
	return t.Flags.Enter(n, say)
}

// severalLines shows the first lines of a LOG argument that holds several.
func severalLines(lines []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Use      multi line : %d line(s)\n", len(lines))
	for i, l := range lines {
		if i == 5 {
			b.WriteString("| ...\n")
			break
		}
		fmt.Fprintf(&b, "| %2d: %s\n", i+1, short(l))
	}
	b.WriteString("`-")
	return b.String()
}

// openJournal reads the machine's journal, or a file with what journalctl -o json printed.
func (t *tool) openJournal(f *filter.Filter, o source.Options) (source.Source, string, error) {
	matches := f.Journalmatch
	if t.Journalmatch != "" {
		matches = []string{t.Journalmatch}
	}
	var err error
	if o.Match, err = source.ParseMatch(strings.Join(matches, "\n")); err != nil {
		return nil, "", fmt.Errorf("journalmatch: %w", err)
	}
	name := "Use         systemd journal\nUse         encoding : " + t.encoding()
	if len(matches) > 0 {
		name += "\nUse    journal match : " + strings.Join(matches, " ")
	}
	switch {
	case t.Log == "-":
		return source.Journal(o.Stdin, o), name, nil
	case !strings.HasPrefix(t.Log, journalName):
		file, err := os.Open(t.Log)
		return source.Journal(file, o), name, err
	}
	pipe, err := journalctl(o.Match)
	return source.Journal(pipe, o), name, err
}

// journalctl starts journalctl with the matches.
func journalctl(match source.Match) (io.Reader, error) {
	cmd := exec.Command("journalctl", append([]string{"-o", "json", "--no-pager"}, match.Args()...)...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("can't read the journal: %w", err)
	}
	return pipe, nil
}

func (t *tool) encoding() string {
	if t.Encoding == "auto" {
		return "UTF-8"
	}
	return t.Encoding
}

// isFile tells a log file from a log line given as LOG.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}
