package action

import (
	"fmt"
	"strings"
	"testing"
)

// explained are the differences from fail2ban, by action, command and what of it differs, and why they are.
var explained = map[string]string{
	"xarf-login-attack actionban output": "the shell names itself in its complaint about <debug>, which has no value: fail2ban has it called by the first of the values",
	"dummy actionstart calls":            "an argument without value is an empty argument: fail2ban leaves it out, so that the next one takes its place",
	"dummy actionflush calls":            "the same",
}

// Every command of every action that Debian brings does the same as when fail2ban renders it: the same programs are run with the
// same arguments and the same input, and the same files are written.
func TestAgainstFail2ban(t *testing.T) {
	compare(t, jobsOf(t), explained)
}

func compare(t *testing.T, jobs []job, explained map[string]string) {
	box := newSandbox(t)
	commands, calls := 0, 0
	met, done := map[string]bool{}, map[string]bool{}
	for i, a := range ask(t, jobs) {
		j := jobs[i]
		name := fmt.Sprintf("%s%v %s %s", j.Name, j.Args, j.Command, j.Family)
		script, env, err := render(t, j)
		if err != nil || a.Error != "" {
			t.Errorf("%s: %v; fail2ban says %q", name, err, a.Error)
			continue
		}
		same := fmt.Sprintf("%q %q %q", script.text, env, a.OK)
		if script.text == "" && a.OK[0] == "" || done[same] {
			continue
		}
		done[same] = true
		commands++
		for _, status := range statuses(script.text) {
			want := box.run(status, a.OK[0], a.OK[1:], nil)
			got := box.run(status, script.text, nil, env)
			calls += len(got.calls)
			for part, text := range got.diff(want) {
				key := j.Name + " " + j.Command + " " + part
				met[key] = true
				if explained[key] == "" {
					t.Errorf("%s, stubs exit with %d:\n%s\nscript %s\ntheirs %s", name, status, text, script.text, a.OK[0])
				}
			}
		}
	}
	for key := range explained {
		if !met[key] {
			t.Errorf("%s: there is no such difference any more", key)
		}
	}
	if commands < 20 || calls < 20 {
		t.Errorf("only %d commands with %d calls were compared", commands, calls)
	}
	t.Logf("%d commands, %d calls", commands, calls)
}

// statuses are those that the programs called by a script may usefully have.
func statuses(script string) []int {
	for _, word := range []string{"||", "&&", "if ", "while ", "$?"} {
		if strings.Contains(script, word) {
			return []int{0, 1}
		}
	}
	return []int{0}
}

// oddMatches are lines of a log with what printf and shells read in their own ways.
var oddMatches = []string{`C:\new\table 100%s \c -n`, `-j ACCEPT * $(pwned) '"; pwned #`}

// oddJobs are the bans of actions that show lines of logs or captures, and some written for this.
func oddJobs(t *testing.T) (jobs []job) {
	odd := ticket{IP: "192.0.2.1", Time: 1700000000, Failures: 5, Bantime: -1, Bancount: 1, Matches: oddMatches, Fields: map[string]string{"user": "x -j ACCEPT", "fport": "", "a": `\n`}}
	for _, name := range installedActions(t) {
		jobs = append(jobs, job{Base: installed, Name: name, Command: "actionban", Family: "inet4", Ticket: odd})
	}
	for _, command := range []string{`curl <F-USER>`, `curl a <F-PORT> b`, `curl '<matches>'`, `curl "<F-A>"`, `printf "<F-A>" | curl`, `curl <F-NONE> x`} {
		jobs = append(jobs, job{Base: installed, Name: "apf", Args: [][2]string{{"actionban", command}}, Command: "actionban", Family: "inet4", Ticket: odd})
	}
	return jobs
}

var explainedOdd = map[string]string{
	"sendmail-whois-ipjailmatches actionban calls": "fail2ban has printf read the backslashes in lines of logs, so that \\c ends the mail",
	"sendmail-whois-ipmatches actionban calls":     "the same",
	"sendmail-whois-matches actionban calls":       "the same",
	"xarf-login-attack actionban calls":            "the same",
	"xarf-login-attack actionban output":           explained["xarf-login-attack actionban output"],
	"apf actionban calls": "these were written to show it: fail2ban splits a capture of words and dashes into arguments, drops an empty one, " +
		"and passes the name of its variable where the tag stands in single quotes",
}

// Where values hold what shells and printf read in their own ways, fail2ban lets them, and that is all that differs.
func TestOddValuesAgainstFail2ban(t *testing.T) {
	compare(t, oddJobs(t), explainedOdd)
}
