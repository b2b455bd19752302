package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// seconds is a flag type that reads its own text.
type seconds int64

func (s *seconds) UnmarshalText(text []byte) error {
	if _, err := fmt.Sscanf(string(text), "%ds", s); err != nil {
		return fmt.Errorf("%q is no duration", text)
	}
	return nil
}

// sampler has a flag of each kind and arguments.
type sampler struct {
	Findtime seconds  `default:"600s" placeholder:"TIME" help:"The window."`
	Bantime  int64    `default:"600" placeholder:"SECONDS" help:"How long a ban lasts; -1 is for ever."`
	Maxretry int      `default:"5" help:"How many failures."`
	Ignoreip []string `placeholder:"LIST" help:"Whom to leave alone."`
	Backend  string   `enum:"dryrun,nftables" default:"dryrun" help:"Who bans."`
	Follow   bool     `short:"F" help:"Wait for more."`
	Quiet    bool     `short:"q" help:"Say less."`
	Pattern  string   `short:"d" help:"A pattern."`
	Self     bool     `default:"true" negatable:"" help:"Leave ourselves alone."`

	Filter string   `arg:"" help:"A filter."`
	Logs   []string `arg:"" optional:"" name:"log" help:"Logs."`

	run func(*sampler, *IO) error
}

func (s *sampler) Run(io *IO) error { return s.run(s, io) }

// call runs a sampler and returns what it was given, or the message.
func sample(t *testing.T, args ...string) (s sampler, message string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	s.run = func(*sampler, *IO) error { return nil }
	status = Run("tool", "Does it.", &s, args, strings.NewReader(""), &out, &errs)
	if (status == statusError) != (errs.Len() > 0) {
		t.Errorf("%q: status %d with the message %q", args, status, errs.String())
	}
	return s, errs.String(), status
}

func TestFlags(t *testing.T) {
	tests := []struct {
		args string
		want func(s sampler) bool
	}{
		{"sshd", func(s sampler) bool { return s.Findtime == 600 && s.Maxretry == 5 && s.Self && !s.Follow }},
		{"-findtime 1200s sshd", func(s sampler) bool { return s.Findtime == 1200 }},
		{"-findtime=1200s sshd", func(s sampler) bool { return s.Findtime == 1200 }},
		{"--findtime 1200s sshd", func(s sampler) bool { return s.Findtime == 1200 }},
		{"--findtime=1200s sshd", func(s sampler) bool { return s.Findtime == 1200 }},
		{"sshd -findtime 1200s a b", func(s sampler) bool { return s.Findtime == 1200 && slices.Equal(s.Logs, []string{"a", "b"}) }},
		{"-bantime -1 sshd", func(s sampler) bool { return s.Bantime == -1 }},
		{"-bantime=-1 sshd", func(s sampler) bool { return s.Bantime == -1 }},
		{"-maxretry 010 sshd", func(s sampler) bool { return s.Maxretry == 10 }},
		{"-maxretry 2 -maxretry 3 sshd", func(s sampler) bool { return s.Maxretry == 3 }},
		{"-ignoreip a,b -ignoreip c\\,d sshd", func(s sampler) bool { return slices.Equal(s.Ignoreip, []string{"a,b", "c\\,d"}) }},
		{"-F sshd", func(s sampler) bool { return s.Follow && !s.Quiet }},
		{"-Fq sshd", func(s sampler) bool { return s.Follow && s.Quiet }},
		{"-Fqd -x sshd", func(s sampler) bool { return s.Follow && s.Quiet && s.Pattern == "-x" }},
		{"-qd=--=x sshd", func(s sampler) bool { return s.Quiet && s.Pattern == "--=x" }},
		{"-d -- sshd", func(s sampler) bool { return s.Pattern == "--" && s.Filter == "sshd" }},
		{"-follow=false -F sshd", func(s sampler) bool { return s.Follow }},
		{"-self=0 sshd", func(s sampler) bool { return !s.Self }},
		{"-no-self sshd", func(s sampler) bool { return !s.Self }},
		{"--no-self -self sshd", func(s sampler) bool { return s.Self }},
		{"sshd -", func(s sampler) bool { return slices.Equal(s.Logs, []string{"-"}) }},
		{"- - a -q", func(s sampler) bool { return s.Filter == "-" && s.Quiet && slices.Equal(s.Logs, []string{"-", "a"}) }},
		{"-q -- -F -- x", func(s sampler) bool {
			return s.Filter == "-F" && !s.Follow && slices.Equal(s.Logs, []string{"--", "x"})
		}},
	}
	for _, test := range tests {
		s, message, status := sample(t, strings.Fields(test.args)...)
		if status != statusOK || !test.want(s) {
			t.Errorf("%s: status %d, %s%+v", test.args, status, message, s)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	tests := []struct{ args, want string }{
		{"", "missing FILTER (see tool -h)"},
		{"-fintime 1200 x", "unknown flag -fintime, did you mean -findtime?"},
		{"-findtiem=1200 x", "unknown flag -findtiem, did you mean -findtime?"},
		{"--F x", "unknown flag -F (see tool -h)"},
		{"-Fx x", "unknown flag -Fx (see tool -h)"},
		{"-dF x", "unknown flag -dF (see tool -h)"},
		{"-no-follow x", "unknown flag -no-follow, did you mean -follow?"},
		{"-no-self=1 x", "unknown flag -no-self, did you mean -self?"},
		{"-backlog 1 x", "unknown flag -backlog (see tool -h)"},
		{"-zzz x", "unknown flag -zzz (see tool -h)"},
		{"-=1 x", "unknown flag - (see tool -h)"},
		{"---follow x", "unknown flag --follow, did you mean -follow?"},
		{"x -findtime", "flag -findtime needs a value: TIME (see tool -h)"},
		{"-findtime 10q x", `-findtime: "10q" is no duration (see tool -h)`},
		{"-maxretry 0x10 x", `-maxretry: "0x10" is no whole number (see tool -h)`},
		{"-maxretry 99999999999999999999 x", `-maxretry: "99999999999999999999" is too large a number (see tool -h)`},
		{"-follow=perhaps x", `-follow: "perhaps" is neither true nor false (see tool -h)`},
		{"-backend ipfw x", `-backend must be one of "dryrun","nftables" but got "ipfw" (see tool -h)`},
	}
	for _, test := range tests {
		_, message, status := sample(t, strings.Fields(test.args)...)
		if want := "tool: " + test.want + "\n"; status != statusError || message != want {
			t.Errorf("%s: status %d, got %swant %s", test.args, status, message, want)
		}
	}
}

func TestStatus(t *testing.T) {
	tests := []struct {
		name, message string
		status        int
		run           func(*sampler, *IO) error
	}{
		{"all is well", "", 0, func(*sampler, *IO) error { return nil }},
		{"nothing was written", "", 1, func(*sampler, *IO) error { return ErrNothing }},
		{"an error", "tool: no such file\n", 2, func(*sampler, *IO) error { return errors.New("no such file") }},
		{"wrong usage", "tool: -a goes with -b (see tool -h)\n", 2, func(*sampler, *IO) error { return Usagef("-a goes with -b") }},
		{"a warning", "tool: 3 lost\n", 0, func(_ *sampler, io *IO) error { io.Warnf("%d lost", 3); return nil }},
		{"survived", "tool: line 7: ip: missing\n", 2, func(_ *sampler, io *IO) error { io.Errorf("line %d: ip: missing", 7); return nil }},
		{"survived, nothing", "tool: x\n", 2, func(_ *sampler, io *IO) error { io.Errorf("x"); return ErrNothing }},
		{"closed output", "", 0, func(*sampler, *IO) error { return fmt.Errorf("write: %w", syscall.EPIPE) }},
		{"closed output after an error", "tool: x\n", 2, func(_ *sampler, io *IO) error { io.Errorf("x"); return syscall.EPIPE }},
	}
	for _, test := range tests {
		var out, errs bytes.Buffer
		status := Run("tool", "", &sampler{run: test.run}, []string{"x"}, strings.NewReader(""), &out, &errs)
		if status != test.status || errs.String() != test.message || out.Len() > 0 {
			t.Errorf("%s: status %d, message %q", test.name, status, errs.String())
		}
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain text, grüße, 日本", "plain text, grüße, 日本"},
		{"two\nlines\tand \x00", `two\nlines\tand \x00`},
		{"\x1b[2J\x7f", `\x1b[2J\x7f`},
		{"\u009b31m", `\u009b31m`},
		{"\u202egnp", `\u202egnp`},
		{"\xff and \uFFFD", `\xff and \ufffd`},
	}
	for _, test := range tests {
		if got := printable(test.text); got != test.want {
			t.Errorf("%q is shown as %s, want %s", test.text, got, test.want)
		}
	}
}

// keeper has commands, one of them meant when none is named.
type keeper struct {
	Config string `help:"Where to look."`

	Pipe   pipeCmd   `cmd:"" default:"withargs" hidden:""`
	List   listCmd   `cmd:"" help:"List the bans."`
	Status statusCmd `cmd:"" help:"Say how it is."`
	Ban    banCmd    `cmd:"" help:"Ban addresses."`
}

type (
	pipeCmd struct {
		Backend string `default:"dryrun" help:"Who bans."`
	}
	listCmd struct {
		JSON bool `name:"json" help:"As events."`
	}
	statusCmd struct {
		Jail string `arg:"" optional:"" help:"A jail."`
	}
	banCmd struct {
		Bantime int64    `default:"600" help:"How long."`
		IP      []string `arg:"" name:"ip" help:"Addresses."`
	}
)

func (c *pipeCmd) Run(io *IO) error   { return say(io, "pipe", *c) }
func (c *listCmd) Run(io *IO) error   { return say(io, "list", *c) }
func (c *statusCmd) Run(io *IO) error { return say(io, "status", *c) }
func (c *banCmd) Run(io *IO) error    { return say(io, "ban", *c) }

func say(io *IO, name string, c any) error {
	_, err := fmt.Fprintf(io.Stdout, "%s %+v", name, c)
	return err
}

func TestCommands(t *testing.T) {
	tests := []struct {
		args, want string
		status     int
	}{
		{"", "pipe {Backend:dryrun}", 0},
		{"-backend nftables -config x", "pipe {Backend:nftables}", 0},
		{"list", "list {JSON:false}", 0},
		{"list -json", "list {JSON:true}", 0},
		{"-config x list -json", "list {JSON:true}", 0},
		{"status", "status {Jail:}", 0},
		{"status list", "status {Jail:list}", 0},
		{"ban -bantime -1 192.0.2.1 192.0.2.2", "ban {Bantime:-1 IP:[192.0.2.1 192.0.2.2]}", 0},
		{"ban 192.0.2.1 -bantime 5", "ban {Bantime:5 IP:[192.0.2.1]}", 0},
		{"ban", "tool: missing IP (see tool -h)\n", 2},
		{"lits", "tool: unknown command lits, did you mean list?\n", 2},
		{"reload", "tool: unknown command reload (see tool -h)\n", 2},
		{"list more", "tool: unexpected argument more (see tool -h)\n", 2},
		{"-backend nftables list", "tool: flag -backend does not go with list (see tool -h)\n", 2},
		{"list -backend nftables", "tool: unknown flag -backend (see tool -h)\n", 2},
	}
	for _, test := range tests {
		var out, errs bytes.Buffer
		status := Run("tool", "", &keeper{}, strings.Fields(test.args), strings.NewReader(""), &out, &errs)
		if got := out.String() + errs.String(); status != test.status || got != test.want {
			t.Errorf("%s: status %d, %q; want %q", test.args, status, got, test.want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	page := func(tool any, args ...string) string {
		var out, errs bytes.Buffer
		if status := Run("tool", "Does a thing.", tool, args, strings.NewReader(""), &out, &errs); status != 0 || errs.Len() > 0 {
			t.Errorf("%q: status %d, %s", args, status, errs.String())
		}
		return out.String()
	}
	help := page(&sampler{}, "-h")
	for _, want := range []string{
		"usage: tool [flags] FILTER [LOG...]\n", "Does a thing.",
		"  -findtime TIME          The window (default 600s).\n",
		"  -backend dryrun|nftables\n                          Who bans (default dryrun).\n",
		"  -F, -follow ", "  -h, -help ", "  -V, -version ", "(default true)", "May be repeated.",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is missing in\n%s", want, help)
		}
	}
	for line := range strings.Lines(help) {
		if len(line) > helpWidth+1 || strings.Contains(line, "--") {
			t.Errorf("bad line in the help: %q", line)
		}
	}
	for _, again := range [][]string{{"--help"}, {"-help"}, {"sshd", "-Fh"}} {
		if page(&sampler{}, again...) != help {
			t.Errorf("%q shows another help", again)
		}
	}
	if got := page(&sampler{}, "-V"); !strings.HasPrefix(got, "tool ") || len(strings.Fields(got)) < 2 {
		t.Errorf("-V says %q", got)
	}
	if got := page(&keeper{}, "-h"); !strings.Contains(got, "tool ban [flags] IP...") || !strings.Contains(got, "-backend") || strings.Contains(got, "pipe") {
		t.Errorf("help with commands:\n%s", got)
	}
	if got := page(&keeper{}, "list", "-h"); !strings.Contains(got, "usage: tool list [flags]\n") || !strings.Contains(got, "-json") || strings.Contains(got, "-backend") {
		t.Errorf("a command's help:\n%s", got)
	}
}

func TestFlagsAreKnown(t *testing.T) {
	flags, err := Flags(&keeper{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range flags {
		got = append(got, strings.Join([]string{f.Command, f.Short, f.Name, f.Placeholder, f.Default}, ":"))
	}
	slices.Sort(got)
	want := []string{"::backend:BACKEND:dryrun", "::config:CONFIG:", ":V:version::", ":h:help::", "ban::bantime:BANTIME:600", "list::json::"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestStdinEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		var got []byte
		tool := &sampler{run: func(_ *sampler, io_ *IO) (err error) {
			got, err = io.ReadAll(io_.Stdin)
			return err
		}}
		done := make(chan int)
		go func() {
			done <- RunContext(ctx, "tool", "", tool, []string{"x"}, in, io.Discard, io.Discard)
		}()
		io.WriteString(out, "before")
		synctest.Wait()
		cancel()
		if status := <-done; status != 0 || string(got) != "before" {
			t.Errorf("status %d, read %q", status, got)
		}
		out.Close()
	})
}

func TestStdinIsReadWhole(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 50000)
	var got []byte
	tool := &sampler{run: func(_ *sampler, io_ *IO) (err error) {
		got, err = io.ReadAll(io_.Stdin)
		return err
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	status := RunContext(ctx, "tool", "", tool, []string{"x"}, bytes.NewReader(want), io.Discard, io.Discard)
	if status != 0 || !bytes.Equal(got, want) {
		t.Errorf("status %d, %d bytes", status, len(got))
	}
}
