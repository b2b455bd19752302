// Command f2b-regex tells what a filter or a regular expression finds in a log, in fail2ban-regex's layout.
package main

import (
	"bufio"
	"cmp"
	"context"
	"sync/atomic"

	"f2b/lib/cli"
	"f2b/lib/filter"
	"f2b/lib/logtime"
	"f2b/lib/sandbox"
	"f2b/lib/source"
)

// tool holds the flags of f2b-regex; their names are fail2ban-regex's.
type tool struct {
	Config          []string `name:"config" short:"c" placeholder:"DIR" help:"Look for filters in DIR/filter.d first."`
	Datepattern     string   `name:"datepattern" short:"d" placeholder:"PATTERN" help:"Replace the filter's datepattern."`
	Timezone        string   `name:"timezone" aliases:"TZ,tz" placeholder:"ZONE" help:"Zone of times that name none."`
	Encoding        string   `name:"encoding" short:"e" aliases:"logencoding" placeholder:"NAME" default:"auto" help:"Encoding of the log."`
	Raw             bool     `name:"raw" short:"r" help:"Take host names as they are, the same as -usedns raw."`
	Usedns          string   `name:"usedns" placeholder:"no|raw|warn|yes" enum:"no,raw,warn,yes," default:"" help:"What to do with host names (default: the filter's, else no)."`
	Maxlines        int      `name:"maxlines" short:"L" placeholder:"N" help:"Match N lines together."`
	Journalmatch    string   `name:"journalmatch" short:"m" placeholder:"MATCH" help:"What of the journal to read, as journalctl takes it."`
	Input           string   `name:"input" placeholder:"text|journal" enum:"text,journal" default:"text" help:"What LOG holds: lines, or what journalctl -o json prints."`
	LogLevel        string   `name:"log-level" short:"l" placeholder:"LEVEL" default:"critical" help:"Warnings are said from level warning on; accepted for fail2ban-regex's sake."`
	Verbose         int      `name:"verbose" short:"v" type:"counter" help:"Show what each pattern caught, also those without hits."`
	VerboseDate     bool     `name:"verbose-date" aliases:"VD" help:"Show the patterns of the date templates."`
	CheckAll        bool     `name:"check-all" default:"true" negatable:"" help:"Try all patterns on a line, not only up to the first that matches."`
	Out             string   `name:"out" short:"o" placeholder:"WHAT" help:"Print this of each failure and nothing else: id, ip, msg, row, a capture's name, or a text with <ip>, <F-USER>, <msg> ..."`
	PrintNoMissed   bool     `name:"print-no-missed" help:"Leave missed lines out."`
	PrintNoIgnored  bool     `name:"print-no-ignored" help:"Leave ignored lines out."`
	PrintAllMatched bool     `name:"print-all-matched" help:"Print all lines that matched."`
	PrintAllMissed  bool     `name:"print-all-missed" help:"Print all lines that were missed, however many."`
	PrintAllIgnored bool     `name:"print-all-ignored" help:"Print all lines that were ignored, however many."`
	JSON            bool     `name:"json" help:"Print the result as one JSON object."`
	Progress        string   `name:"progress" placeholder:"auto|always|never" enum:"auto,always,never" default:"auto" help:"Show on standard error how far the reading has come; auto: in front of a terminal."`
	sandbox.Flags
	Log         string `arg:"" name:"LOG" help:"A file, - for standard input, systemd-journal, or a log line itself."`
	Filter      string `arg:"" name:"FILTER" help:"Name of a filter, with options if need be, its file, or a failregex."`
	Ignoreregex string `arg:"" optional:"" name:"IGNOREREGEX" help:"A regular expression for lines to ignore."`

	read  source.Counter
	found atomic.Int64 // failures so far
}

func main() {
	cli.Main("f2b-regex", "Test a filter on a log: which lines match, which are missed, and why.", &tool{})
}

// Run loads the filter, tries the lines and prints what was found.
func (t *tool) Run(std *cli.IO) (err error) {
	if t.Maxlines < 0 {
		return cli.Usagef("-maxlines: %d is less than 1", t.Maxlines)
	}
	if t.PrintNoMissed && t.PrintAllMissed || t.PrintNoIgnored && t.PrintAllIgnored {
		return cli.Usagef("-print-no-... and -print-all-... exclude each other")
	}
	o, err := t.options(std)
	if err != nil {
		return err
	}
	f, err := filter.Load(t.Filter, o)
	if err != nil {
		return err
	}
	in, name, err := t.open(std, f)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := t.lockIn(std); err != nil {
		return err
	}
	context.AfterFunc(std.Context, func() { in.Close() }) // what has been read is told all the same
	out := bufio.NewWriter(std.Stdout)
	defer func() { err = cmp.Or(out.Flush(), err) }() // what cannot be written is no success
	stop := std.Progress(t.Progress, t.meter(std))
	if t.Out != "" {
		defer stop()
		return t.print(f, in, out, std.OnTerminal())
	}
	if !t.JSON {
		t.introduce(out, f, name)
	}
	counts, err := t.count(f, in)
	stop()
	if err != nil {
		return err
	}
	if t.JSON {
		err = counts.writeJSON(out, f)
	} else {
		t.report(out, f, counts)
	}
	if err == nil && counts.matched == 0 {
		return cli.ErrNothing
	}
	return err
}

// options turns the flags into the filter's.
func (t *tool) options(std *cli.IO) (filter.Options, error) {
	o := filter.Options{
		Dirs: append(t.Config, filter.DefaultDirs...), Usedns: t.Usedns, Maxlines: t.Maxlines,
		CheckAll: t.CheckAll && t.Out == "", Journal: t.journal(),
		Report: func(err error) { std.Warnf("%v", err) },
	}
	if t.Raw {
		o.Usedns = "raw"
	}
	if t.Datepattern != "" {
		o.Datepattern = []string{t.Datepattern}
	}
	if t.Ignoreregex != "" {
		o.Ignoreregex = []string{t.Ignoreregex}
	}
	if t.Timezone != "" {
		loc, err := logtime.ParseZone(t.Timezone)
		if err != nil {
			return o, cli.Usagef("-timezone: %v", err)
		}
		o.Location = loc
	}
	return o, nil
}
