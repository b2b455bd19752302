package filter

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"f2b/lib/config"
	"f2b/lib/logtime"
	"f2b/lib/pyre"
)

// Options say how a filter is found and how it works. What is left empty is the filter's own or the default.
type Options struct {
	Dirs        []string                  // folders with a filter.d; the built-in filters come last
	Usedns      string                    // no (the default), raw, warn or yes
	Resolve     func(string) []netip.Addr // asks for a name's addresses, for usedns yes and warn
	Now         func() time.Time          // what dates without a year are read against; nil: the clock
	Location    *time.Location            // the zone of times that name none; nil: the local one
	Datepattern []string                  // replaces the filter's
	Maxlines    int                       // replaces the filter's
	Failregex   []string                  // replaces the filter's; %(known/failregex)s stands for them
	Ignoreregex []string                  // the same for ignoreregex
	Journal     bool                      // lines come from the journal: logtype=journal, no dates in them
	Formats     *logtime.Formats          // of dates, which several filters may have in common
	CheckAll    bool                      // try all patterns on a line, to count their hits
	Soon        bool                      // there are lines at hand: Prepare is called in the background
	Report      func(error)               // is told what is odd but no reason to stop; nil: nobody is
}

// filterName is what the name or path of a filter looks like; a failregex holds at least one tag and so
// never does. As in fail2ban-regex.
var filterName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^/{0,3}[\p{L}\p{N}/_\-.]+(?:\[(?s:.*)\])?$`)
})

// Load makes a filter of its name (sshd), its name with options (sshd[mode=aggressive]), the path of its
// file, or of a failregex.
func Load(spec string, o Options) (*Filter, error) {
	f := newFilter(o)
	if !filterName().MatchString(spec) {
		return f, f.build(o, bare(spec))
	}
	name, args, err := config.ParseName(spec)
	if err != nil {
		return nil, err
	}
	c, file, err := find(name, o.Dirs)
	if err != nil {
		return nil, err
	}
	f.Name, f.File = strings.TrimSuffix(path.Base(name), path.Ext(name)), file
	if !strings.Contains(name, "/") && !isFile(name) {
		f.Name = name
	}
	def, err := c.Definition(c.WithLogtype(args, o.logtype()))
	if err != nil {
		return nil, err
	}
	for _, w := range def.Warnings() {
		f.warn(errors.New(w.String()))
	}
	return f, f.build(o, def)
}

// New makes a filter of settings that were read already, as those of a jail are. name is the filter's own, file where it was found.
func New(name, file string, s Settings, o Options) (*Filter, error) {
	f := newFilter(o)
	f.Name, f.File = name, file
	err := f.build(o, s)
	f.options = nil // a jail holds much more than its filter needs
	return f, err
}

func newFilter(o Options) *Filter {
	f := &Filter{usedns: o.Usedns, resolve: o.Resolve, checkAll: o.CheckAll, report: o.Report,
		slots: newSlotTable(), dates: &dateFinder{now: o.Now}}
	if o.Now == nil {
		f.dates.now = time.Now
	}
	return f
}

// Settings is where a filter's options come from: its file, a jail, or the command line.
type Settings interface {
	Get(option string) (value string, ok bool)
	Origin(option string) config.Pos // the zero Pos: no file
}

// bare is a failregex without a file.
type bare string

func (b bare) Get(option string) (string, bool) {
	if option != "failregex" {
		return "", false
	}
	return string(b), true
}

func (bare) Origin(string) config.Pos { return config.Pos{} }

// logtype says where the lines come from.
func (o *Options) logtype() string {
	if o.Journal {
		return "journal"
	}
	return "file"
}

// build compiles the patterns and sets the rest up.
func (f *Filter) build(o Options, def Settings) error {
	f.options = def
	if err := f.configure(o, def); err != nil {
		return err
	}
	var dates error
	var other sync.WaitGroup
	if !o.Journal {
		other.Go(func() { dates = f.readDates() })
	}
	patterns := f.readPatterns(o, def)
	other.Wait()
	err := cmp.Or(dates, patterns)
	if err == nil && o.Soon {
		go f.Prepare()
	}
	return f.located(err, def)
}

// readPatterns compiles the patterns.
func (f *Filter) readPatterns(o Options, def Settings) (err error) {
	if text, ok := def.Get("prefregex"); ok && text != "" {
		if f.prefregex, err = f.rule("prefregex", 0, text, f.compiled(text, 0, o.Soon)); err != nil {
			return err
		}
		f.prefregex.pos = def.Origin("prefregex")
	}
	if f.failregex, err = f.compileAll("failregex", o.Failregex, def, f.flags(), o.Soon); err != nil {
		return err
	}
	if f.ignore, err = f.compileAll("ignoreregex", o.Ignoreregex, def, 0, o.Soon); err != nil {
		return err
	}
	return f.complete()
}

// configure reads the options that are no patterns.
func (f *Filter) configure(o Options, def Settings) error {
	if v, ok := def.Get("usedns"); ok && f.usedns == "" {
		f.usedns = strings.ToLower(v)
	}
	if f.usedns == "" {
		f.usedns = "no"
	}
	f.Maxlines = 1
	if v, ok := def.Get("maxlines"); ok && v != "" {
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || n < 1 {
			return f.located(&PatternError{Option: "maxlines", Text: v, Msg: strconv.Quote(v) + " is no number above 0"}, def)
		}
		f.Maxlines = n
	}
	if o.Maxlines > 0 {
		f.Maxlines = o.Maxlines
	}
	if v, ok := def.Get("journalmatch"); ok {
		f.Journalmatch = split(v)
	}
	if o.Journal {
		return nil
	}
	patterns, pos := o.Datepattern, config.Pos{}
	if v, ok := def.Get("datepattern"); ok && patterns == nil {
		patterns, pos = split(v), def.Origin("datepattern")
	}
	f.dates.options = logtime.Options{Patterns: patterns, Location: o.Location, Formats: o.Formats, GaveUp: f.datesGaveUp(pos)}
	return nil
}

// readDates makes the detector of dates.
func (f *Filter) readDates() error {
	detector, err := logtime.New(f.dates.options)
	if err != nil {
		return &PatternError{Option: "datepattern", Text: strings.Join(f.dates.options.Patterns, "\n"), Msg: err.Error()}
	}
	f.dates.detector = detector
	return nil
}

// compileAll compiles the patterns of an option; those of the command line win over the file's.
func (f *Filter) compileAll(option string, given []string, def Settings, flags pyre.Flags, soon bool) ([]*rule, error) {
	own, _ := def.Get(option)
	text := own
	if given != nil {
		text = strings.Join(given, "\n")
		text = strings.ReplaceAll(text, "%(known/"+option+")s", own)
	}
	texts := split(text)
	all := make([]compiled, len(texts))
	share(len(texts), func(i int) { all[i] = f.compiled(texts[i], flags, soon) })
	var rules []*rule
	for i, text := range texts {
		r, err := f.rule(option, i+1, text, all[i])
		if err != nil {
			return nil, err
		}
		if given == nil {
			r.pos = def.Origin(option)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// share calls do for all numbers below n, on all processors.
func share(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var others sync.WaitGroup
	for w := 1; w < workers; w++ {
		others.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	for i := 0; i < n; i += max(workers, 1) {
		do(i)
	}
	others.Wait()
}

// complete checks that there is a failregex, and that each names somebody.
func (f *Filter) complete() error {
	if len(f.failregex) == 0 {
		return &PatternError{"failregex", 0, "", "there is none, so nothing would ever match"}
	}
	if f.prefregex != nil && f.prefregex.identifies() {
		return nil
	}
	for i, r := range f.failregex {
		if !r.identifies() {
			return &PatternError{"failregex", i + 1, r.text,
				"it captures no address: add <HOST>, <ADDR> or <F-ID> to " + r.text}
		}
	}
	return nil
}

// located adds the file and line of the option to an error.
func (f *Filter) located(err error, def Settings) error {
	if err == nil || f.File == "" {
		return err
	}
	if e, ok := errors.AsType[*PatternError](err); ok {
		if pos := def.Origin(e.Option); pos.File != "" {
			return fmt.Errorf("%s:%d: %w", pos.File, pos.Line, err)
		}
	}
	return fmt.Errorf("%s: %w", f.File, err)
}

// split gives the lines of an option that are not empty.
func split(value string) []string {
	var out []string
	for line := range strings.SplitSeq(value, "\n") {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

func exists(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && !info.IsDir()
}
