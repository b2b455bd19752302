package cli

import (
	"flag"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// plain has what package flag knows too.
type plain struct {
	Findtime string `default:"600"`
	Name     string
	Bantime  int64 `default:"600"`
	Follow   bool
	Quiet    bool     `default:"true"`
	Words    []string `arg:"" optional:""`

	ran bool
}

func (p *plain) Run(*IO) error { p.ran = true; return nil }

// byPackageFlag parses args as package flag does, and returns them in two parts: those it took for flags, and the rest.
func byPackageFlag(args []string) (p plain, flags []string, asked bool, err error) {
	set := flag.NewFlagSet("tool", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&p.Findtime, "findtime", "600", "")
	set.StringVar(&p.Name, "name", "", "")
	set.Int64Var(&p.Bantime, "bantime", 600, "")
	set.BoolVar(&p.Follow, "follow", false, "")
	set.BoolVar(&p.Quiet, "quiet", true, "")
	for _, name := range []string{"h", "help", "V", "version"} {
		set.BoolVar(&asked, name, asked, "")
	}
	err = set.Parse(args)
	p.Words = slices.Clone(set.Args())
	return p, args[:len(args)-set.NArg()], asked, err
}

var (
	cluster   = regexp.MustCompile(`^-[hV]+(=|$)`)
	otherBase = regexp.MustCompile(`^[+-]?0|_`)
)

// FuzzArguments holds the reading of arguments against package flag: the same flags with the same values, the same
// arguments, the same refusals. What is meant to differ is left out: one-letter flags that stand together, and
// numbers in another base than ten.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{
		"-findtime\n1200\nsshd", "--findtime=1200", "-bantime\n-1\n-follow\nx", "-bantime=-1\n-quiet=false\n--\n-follow", "-name\n--\nx",
		"-name=\n-name\n\nx", "-follow=T\n-\n", "---follow", "-=x", "-name", "-follow\nfalse", "-name==\n-name=a=b", "-hV", "-no-follow", "--=", "--\n1\xba",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		args := strings.Split(text, "\n")
		want, flags, asked, err := byPackageFlag(args)
		if slices.ContainsFunc(args, cluster.MatchString) || slices.ContainsFunc(args, func(a string) bool {
			return otherBase.MatchString(a[strings.Index(a, "=")+1:])
		}) {
			return
		}
		// Where package flag sees the first argument we are told so; here flags may follow.
		ours := args
		if err == nil && !ended(flags) {
			ours = slices.Concat(flags, []string{"--"}, want.Words)
		}
		var got plain
		var errs strings.Builder
		status := Run("tool", "", &got, ours, strings.NewReader(""), io.Discard, &errs)
		if status != 0 && status != 2 || (status == 2) != (err != nil) {
			t.Fatalf("%q: status %d, %s; package flag says %v", ours, status, errs.String(), err)
		}
		if err != nil || asked {
			return
		}
		if !got.ran || got.Findtime != want.Findtime || got.Name != want.Name || got.Bantime != want.Bantime || got.Follow != want.Follow ||
			got.Quiet != want.Quiet || !slices.Equal(got.Words, want.Words) {
			t.Errorf("%q: got %+v, want %+v", ours, got, want)
		}
	})
}

// ended says whether flags ends with the "--" behind which there are only arguments, and not with a value like that.
func ended(flags []string) bool {
	if len(flags) == 0 || flags[len(flags)-1] != "--" {
		return false
	}
	_, _, _, err := byPackageFlag(flags[:len(flags)-1])
	return err == nil
}
