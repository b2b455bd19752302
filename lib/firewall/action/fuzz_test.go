package action

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// pieces are what the fuzzed scripts are made of: all that quotes, joins and nests, and nothing that could reach outside. v is a
// function that shows how many arguments it got; pwned one that shows that it was run.
var pieces = []string{
	"v ", "v ", "a", " ", "\n", "; ", "<F-A>", "<F-A>", "<F-B>", "'", `"`, "`", "$(", ")", `\`, "#", "${x:-", "${e#", "}", "$x", "$((", "))", "1", "+", "(", "{ ", "; }",
	"E\n", "v <<E\n", "\nE\n", "v <<'E'\n", "v <<-E\n", "case a in ", "x) ", ";; ", "esac", "x=", "if ", "then ", "else ", "fi", "&& ", "|| ", "| ", "! ", "*", "~", "$'", `$"`,
	"printf %b ", "eval ", "\t", "=", "<", "[ ", " ]", "for i in ", "do ", "done", "|", "$", "é",
}

// prelude comes before a script. No program can be called: PATH names no folder.
const prelude = "PATH=/nonexistent\nset -f\npwned() { echo PWNED; }\nv() { echo V$#; }\nx=tame e=tame\n"

// probes are values that would be noticed if anything but a quoted variable brought them in. The tame one, of one word, shows what a script
// does by itself.
var probes = []string{"tame", "$(pwned)", "`pwned`", ";pwned;", "'\npwned\n'", "\"\npwned\n\"", "x y z", ")\npwned\n(", "}\npwned\n{", "E\npwned\nE", "\\", "#", "*"}

// FuzzQuotes holds what is put around variables against shells: whatever a script is, no value changes what it runs or how many arguments
// that gets.
func FuzzQuotes(f *testing.F) {
	for _, seed := range []string{
		"v <F-A> \"<F-A>\" '<F-A>'", "v `v '<F-A>'`", "v \"`v \"<F-A>\"`\"", "v \"${x:-<F-A>}\" ${x:-'<F-A>'}", "v <<E\n<F-A> '<F-A>' `v \"<F-A>\"`\nE\n",
		"case a in <F-A>) v a;; esac", "v a # '<F-A>\nv a", "v $((<F-A>+1))", "v \"$(case a in a) v '<F-A>';; esac)\"", `v \"<F-A>\" \'<F-A>\'`, "v $'<F-A>'", "v <<E\n`v <<E\n<F-A>\nE\n`\nE\n",
	} {
		f.Add(encode(seed))
	}
	var shells [][]string
	for _, shell := range [][]string{{"dash"}, {"bash", "--posix"}} {
		if _, err := exec.LookPath(shell[0]); err != nil {
			f.Fatalf("%v: this test needs it", err)
		}
		shells = append(shells, shell)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer bounds.Hold(t, time.Minute, 256<<20)() // many shells
		command := decode(data)
		s, err := compile(command)
		if err != nil || len(s.uses) == 0 {
			return
		}
		for _, shell := range shells {
			want, ran := shown(shell, s, probes[0])
			if !ran {
				continue
			}
			for _, probe := range probes[1:] {
				got, ran := shown(shell, s, probe)
				if !ran {
					continue // refused
				}
				if strings.Contains(got, "PWNED") || !branches(command) && got != want {
					t.Fatalf("%s: %q changes what runs from %q to %q in\n%s\nof\n%s", shell[0], probe, want, got, s.text, command)
				}
			}
		}
	})
}

// branches tells whether a script may rightly do one thing for one value and something else for another.
func branches(command string) bool {
	for _, word := range []string{"case", "if", "&&", "||", "[", "!", "eval", "#", "for"} {
		if strings.Contains(command, word) {
			return true
		}
	}
	return false
}

// shown is what a script shows when its tags have a value: how many arguments each call of v got. It has not run when the value was refused.
func shown(shell []string, s *script, text string) (lines string, ran bool) {
	env, err := s.environment(func(string) value { return value{text, foreign} })
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:len(shell):len(shell)], "-c", prelude+s.text)...)
	cmd.Env = env
	cmd.WaitDelay = time.Second
	out, _ := cmd.Output()
	var calls []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "V") || line == "PWNED" {
			calls = append(calls, line)
		}
	}
	return strings.Join(calls, " "), ctx.Err() == nil
}

func decode(data []byte) string {
	var s strings.Builder
	for _, b := range data[:min(len(data), 64)] {
		s.WriteString(pieces[int(b)%len(pieces)])
	}
	return s.String()
}

// encode finds the pieces of a seed.
func encode(script string) (data []byte) {
	for script != "" {
		best := -1
		for i, p := range pieces {
			if strings.HasPrefix(script, p) && (best < 0 || len(p) > len(pieces[best])) {
				best = i
			}
		}
		if best < 0 {
			panic("no piece begins " + script)
		}
		data = append(data, byte(best))
		script = script[len(pieces[best]):]
	}
	return data
}

// ownScripts are such as people write for actions of their own.
var ownScripts = []string{
	"nft add element inet own <name> '{ <ip> timeout <bantime>s }'", "ipset -exist add <ipmset> <ip> timeout <ipjailfailures>\nlogger -t ban \"<ip> <F-USER>\"",
	"printf %%b \"Subject: <ip> in <name>\\n\\n`whois '<ip>'`\\n\" | sendmail -f \"<sender>\" <dest>", "if [ \"<family>\" = inet6 ]; then a='<ip>'; else a=<ip>; fi; own \"$a\"",
	"cat <<END | own\n<ip> ${x:-<failures>} $((<bancount>+1)) <matches>\nEND\n", "case <F-USER> in root) own <ip>;; *) : '<ip>';; esac # <ip>",
}

// FuzzCompile: any text is a script or is refused, and of a script's tags nothing is left that a shell would read. It begins with scripts of
// our own, so that what is saved of what it finds holds no text of fail2ban's.
func FuzzCompile(f *testing.F) {
	for _, script := range ownScripts {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, command string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		checkTags(t, command)
	})
}

// TestInstalledTags holds the same of all that fail2ban's actions run.
func TestInstalledTags(t *testing.T) {
	scripts := 0
	for _, name := range installedActions(t) {
		d, err := load(installed+"/action.d/"+name, "sshd", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range commands {
			if text := d.text(command, ""); text != "" {
				checkTags(t, text)
				scripts++
			}
		}
	}
	if scripts < 100 {
		t.Errorf("only %d scripts", scripts)
	}
}

// checkTags holds that no tag of a command is left in its script.
func checkTags(t *testing.T, command string) {
	t.Helper()
	s, err := compile(command)
	if err != nil {
		if strings.Contains(err.Error(), "f2bTag") && !strings.Contains(command, "f2bTag") {
			t.Errorf("%q: %v", command, err)
		}
		return
	}
	if !strings.Contains(command, "f2bTag") && strings.Contains(s.text, "f2bTag") {
		t.Errorf("%q: a mark is left in %q", command, s.text)
	}
	for _, tag := range tagSyntax.FindAllStringSubmatch(s.text, -1) {
		if isDynamic(tag[1]) && !strings.Contains(tag[1], "f2b") {
			t.Errorf("%q: %q is left", command, tag[0])
		}
	}
}
