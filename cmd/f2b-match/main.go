// Command f2b-match reads log lines and writes a JSON event for each failure that a filter finds in them.
package main

import (
	"errors"
	"io"

	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/filter"
	"f2b/lib/source"
)

// tool holds the flags of f2b-match.
type tool struct {
	Config      []string `name:"config" placeholder:"DIR" help:"look for filters in DIR/filter.d first"`
	Input       string   `name:"input" placeholder:"text|journal" enum:"text,journal" default:"text" help:"what the lines are: text, or what journalctl -o json prints"`
	Now         string   `name:"now" placeholder:"TIME" help:"read dates without a year against TIME (RFC 3339) instead of the clock"`
	TZ          string   `name:"tz" placeholder:"ZONE" help:"zone of times that name none: Europe/Zurich, UTC+0200 (default: the machine's)"`
	Usedns      string   `name:"usedns" placeholder:"no|raw|warn|yes" enum:"no,raw,warn,yes," default:"" help:"host names in logs: no does not match them, raw passes them on, yes and warn ask for their addresses (default: the filter's, else no)"`
	Datepattern []string `name:"datepattern" sep:"none" placeholder:"PATTERN" help:"replace the filter's datepattern"`
	Maxlines    int      `name:"maxlines" placeholder:"N" help:"match N lines together (default: the filter's, else 1)"`
	Logencoding string   `name:"logencoding" placeholder:"NAME" default:"auto" help:"encoding of the log: utf-8, latin-1, ..."`
	Failregex   []string `name:"failregex" sep:"none" placeholder:"REGEX" help:"replace the filter's failregex; %(known/failregex)s stands for it"`
	Ignoreregex []string `name:"ignoreregex" sep:"none" placeholder:"REGEX" help:"the same for ignoreregex"`
	List        bool     `name:"list" help:"print the names of all filters and what they catch"`
	Show        string   `name:"show" placeholder:"NAME" help:"print the text of the filter NAME, to copy and change"`
	Filter      string   `arg:"" optional:"" name:"FILTER" help:"name (sshd), name with options (sshd[mode=aggressive]), path of a .conf, or a regular expression with <HOST>"`
	Logs        []string `arg:"" optional:"" name:"LOG" help:"files to read, compressed or not; - or none is standard input"`
}

func main() {
	sparing()
	cli.Main("f2b-match", "Find failures in a log: lines in, JSON events out.", &tool{})
}

// Run reads the input to its end.
func (t *tool) Run(std *cli.IO) error {
	if t.List || t.Show != "" {
		return t.tell(std)
	}
	if t.Filter == "" {
		return cli.Usagef("missing FILTER")
	}
	o, err := t.options(std)
	if err != nil {
		return err
	}
	f, err := filter.Load(t.Filter, o)
	if err != nil {
		return err
	}
	out := event.NewWriter(std.Stdout)
	in, err := t.open(std, f, out)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := match(f, in, out); err != nil {
		return err
	}
	summary(std, f)
	if out.Count() == 0 {
		return cli.ErrNothing
	}
	return nil
}

// options turns the flags into the filter's.
func (t *tool) options(std *cli.IO) (filter.Options, error) {
	o := filter.Options{
		Dirs: append(t.Config, filter.DefaultDirs...), Usedns: t.Usedns, Resolve: resolver(std.Context),
		Datepattern: t.Datepattern, Maxlines: t.Maxlines, Failregex: t.Failregex, Ignoreregex: t.Ignoreregex,
		Journal: t.Input == "journal", Report: func(err error) { std.Warnf("%v", err) },
	}
	var err error
	o.Now, o.Location, err = clock(t.Now, t.TZ)
	return o, err
}

// open gives the source of lines, tied to the output: it is flushed whenever a read may wait.
func (t *tool) open(std *cli.IO, f *filter.Filter, out *event.Writer) (source.Source, error) {
	o := source.Options{Encoding: t.Logencoding, BeforeRead: out.Flush, Stdin: std.Stdin,
		Report: func(err error) { std.Errorf("%v", err) }}
	paths := t.Logs
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	if t.Input == "journal" {
		return journal(paths, f, o)
	}
	o.BeforeRead = nil // the pipeline flushes when it waits
	return source.Files(paths, o), source.CheckEncoding(t.Logencoding)
}

// match passes every line through the filter.
func match(f *filter.Filter, in source.Source, out *event.Writer) error {
	if b, ok := in.(source.Blocker); ok {
		return newPipeline(f, b, out, 0).run()
	}
	for {
		l, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
		result := f.Process(filter.Line{Text: l.Text, Time: l.Time})
		for i := range result.Matches {
			e := result.Matches[i].Event()
			e.Filter, e.File, e.Lineno = f.Name, l.File, l.No
			if err := out.Write(&e); err != nil {
				return err
			}
		}
	}
}
