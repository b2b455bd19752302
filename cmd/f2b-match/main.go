// Command f2b-match reads log lines and writes a JSON event for each failure that a filter finds in them.
package main

import (
	"os"
	"time"

	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/filter"
	"f2b/lib/lines"
	"f2b/lib/logtime"
	"f2b/lib/sandbox"
	"f2b/lib/source"
)

// tool holds the flags of f2b-match.
type tool struct {
	Config      []string `name:"config" placeholder:"DIR" help:"Look for jails and filters in DIR first."`
	Jail        []string `name:"jail" placeholder:"NAME" help:"Do what jail.conf says of the jail NAME; all: of those that are enabled. There is no FILTER then."`
	Follow      bool     `name:"follow" short:"F" help:"Go on with what is written to the logs, through rotation."`
	Since       string   `name:"since" placeholder:"TIME" help:"Pass over failures before TIME: 2026-11-01, '2026-11-01 10:00', yesterday, 2h ago, @EPOCH; -1: over none (default with -follow: the jail's findtime ago, else 10m)."`
	Until       string   `name:"until" placeholder:"TIME" help:"Pass over failures from TIME on."`
	Check       bool     `name:"check" help:"Check the filter or the jails, with all that the other tools need of them, and read nothing."`
	Input       string   `name:"input" placeholder:"text|journal" enum:"text,journal" default:"text" help:"What the lines are: text, or what journalctl -o json prints."`
	Now         string   `name:"now" placeholder:"TIME" help:"The present, for dates without a year and for -since and -until (default: the clock, and for old files the time of the file)."`
	TZ          string   `name:"tz" placeholder:"ZONE" help:"Zone of times that name none: Europe/Zurich, UTC+0200 (default: the jail's, else the machine's)."`
	Usedns      string   `name:"usedns" placeholder:"no|raw|warn|yes" enum:"no,raw,warn,yes," default:"" help:"Host names in logs: no does not match them, raw passes them on, yes and warn ask for their addresses (default: the filter's, else no)."`
	Datepattern []string `name:"datepattern" sep:"none" placeholder:"PATTERN" help:"Replace the filter's datepattern."`
	Maxlines    int      `name:"maxlines" placeholder:"N" help:"Match N lines together (default: the filter's, else 1)."`
	Logencoding string   `name:"logencoding" placeholder:"NAME" help:"Encoding of the log: utf-8, latin-1, auto, ... (default: the jail's, else auto)."`
	Failregex   []string `name:"failregex" sep:"none" placeholder:"REGEX" help:"Replace the filter's failregex; %(known/failregex)s stands for it."`
	Ignoreregex []string `name:"ignoreregex" sep:"none" placeholder:"REGEX" help:"The same for ignoreregex."`
	Progress    string   `name:"progress" placeholder:"auto|always|never" enum:"auto,always,never" default:"auto" help:"Show on standard error how far the reading has come; auto: in front of a terminal, when the output goes elsewhere."`
	List        bool     `name:"list" help:"Print the names of all filters and what they catch."`
	Show        string   `name:"show" placeholder:"NAME" help:"Print the text of the filter NAME, to copy and change."`
	Verbose     bool     `name:"verbose" short:"v" help:"Say what the process has given up, and what this kernel cannot bound."`
	sandbox.Flags
	Filter string   `arg:"" optional:"" name:"FILTER" help:"Name (sshd), name with options (sshd[mode=aggressive]), path of a .conf, or a regular expression with <HOST>."`
	Logs   []string `arg:"" optional:"" name:"LOG" help:"Files to read, compressed or not, in any order; - is standard input, and so is none unless there are jails, which have logs of their own."`

	now, since, until time.Time // what the flags say
	zone              *time.Location

	spool *os.File // for logs that are unpacked, where there are many
}

func main() {
	sparing()
	cli.Main("f2b-match", "Find failures in a log: lines in, JSON events out.", &tool{})
}

// Run reads the input to its end, or checks what would read it.
func (t *tool) Run(std *cli.IO) error {
	if t.List || t.Show != "" {
		return t.tell(std)
	}
	if err := t.sort(); err != nil {
		return err
	}
	o, err := t.options(std)
	if err != nil {
		return err
	}
	if t.Follow {
		staying()
	}
	watches, err := t.watches(std, o)
	if err != nil {
		return err
	}
	if t.Check {
		for _, w := range watches {
			tell(std, w.unreadable())
			w.warnOfSlow(std)
		}
		return nil
	}
	if err := t.lockIn(std, watches); err != nil {
		return err
	}
	out := event.NewWriter(std.Stdout)
	before := out.Flush
	if t.Follow {
		before = settling(out.Flush)
	}
	counter := new(source.Counter)
	in, err := t.open(std, watches, counter, before)
	if err != nil {
		return err
	}
	defer in.Close()
	stop := std.Progress(t.Progress, t.meter(std, watches, counter, out))
	cut, err := match(std.Context, in, watches, out)
	stop()
	if err != nil {
		return err
	}
	if cut.lines > 0 {
		std.Warnf("%d lines were longer than %d bytes: %d bytes at their ends were not looked at", cut.lines, lines.DefaultMax, cut.bytes)
	}
	for _, w := range watches {
		summary(std, w.filter)
	}
	if out.Count() == 0 {
		return cli.ErrNothing
	}
	return nil
}

// sort tells the filter from the logs, and refuses flags that make no sense together.
func (t *tool) sort() error {
	if len(t.Jail) > 0 && t.Filter != "" {
		t.Logs = append([]string{t.Filter}, t.Logs...)
		t.Filter = ""
	}
	switch {
	case t.Filter == "" && len(t.Jail) == 0:
		return cli.Usagef("missing FILTER, or -jail")
	case t.Follow && t.Input == "journal":
		return cli.Usagef("-follow: the journal is followed by journalctl -f")
	case t.Follow && len(t.Logs) == 0 && len(t.Jail) == 0:
		return cli.Usagef("-follow: name the files to follow")
	case t.Maxlines < 0:
		return cli.Usagef("-maxlines: %d is less than 1", t.Maxlines)
	case t.Until != "" && t.Follow:
		return cli.Usagef("-until: what is followed goes on")
	}
	return nil
}

// options turns the flags into the filter's.
func (t *tool) options(std *cli.IO) (filter.Options, error) {
	o := filter.Options{
		Dirs: t.dirs(), Usedns: t.Usedns, Resolve: resolver(std.Context), Formats: &logtime.Formats{},
		Datepattern: t.Datepattern, Maxlines: t.Maxlines, Failregex: t.Failregex, Ignoreregex: t.Ignoreregex,
		Journal: t.Input == "journal", Report: func(err error) { std.Warnf("%v", err) },
	}
	if err := t.readTimes(); err != nil {
		return o, err
	}
	o.Location, o.Now = t.zone, time.Now
	if t.Now != "" {
		o.Now = func() time.Time { return t.now }
	}
	return o, nil
}

// dirs are the configuration folders.
func (t *tool) dirs() []string {
	return append(t.Config[:len(t.Config):len(t.Config)], filter.DefaultDirs...)
}
