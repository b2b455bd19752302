package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"f2b/lib/config"
	"f2b/lib/event"
)

// Where no quotes can help an action is refused, with its file, its line and its tag.
func TestRefused(t *testing.T) {
	for command, want := range map[string]string{
		"cat <<'E'<br>'<F-USER>'<br>E": "<F-USER> stands in a here-document whose end word is quoted: take the quotes off the end word",
		`cat <<\E<br><F-USER><br>E`:    "here-document whose end word is quoted",
		"cat <<<F-USER><br>x<br>x":     "no script for sh",
		"<F-USER>=x":                   "stands in the name of a variable",
		"echo ${<F-USER>}":             "stands in the name of a variable",
		"echo $<F-USER>":               "stands in the name of a variable",
		"for <ip> in x; do true; done": "stands in the name of a variable",
		"<F-USER>() { true; }":         "stands in a name",
		`echo "${x:-'<F-USER>'}"`:      "stands in quotes in ${...} in quotes",
		`echo \<F-USER> \<F-USER>`:     "stands behind a backslash",
		`echo "\\<F-USER>"`:            "stands behind a backslash",
		"echo `echo \\\\<F-USER>`":     "stands behind a backslash",
		`echo $'<F-USER>'`:             "stands in $'...'",
		`echo 'a <ip>`:                 "no script for sh",
		`echo "<ip>`:                   "no script for sh",
		`if <ip>`:                      "no script for sh",
		`a=(<F-USER>)`:                 "no script for sh",
		"export <F-USER>":              "stands in the name of a variable",
	} {
		path := filepath.Join(t.TempDir(), "a.conf")
		if err := os.WriteFile(path, []byte("[Definition]\n# nothing\nactionban = "+strings.ReplaceAll(command, "%", "%%")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := load(strings.TrimSuffix(path, ".conf"), "j", nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path+":3: action a: actionban: ") {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// Where something runs what it is given, or splits it, text has to be a plain word; what we make ourselves fits everywhere.
func TestPlainWords(t *testing.T) {
	for _, command := range []string{
		`eval "echo <F-USER>"`, `sh -c "echo <F-USER>"`, `sudo -u x sh -c 'echo <F-USER>'`, `/usr/bin/env bash -c 'echo <F-USER>'`, `awk '/<F-USER>/ { print }' x`,
		`sed -i "/<F-USER>/d" x`, `perl -e 'print "<F-USER>"'`, `python3.11 -c 'print("<F-USER>")'`, `ssh host "echo <F-USER>"`, `su -c 'echo <F-USER>'`,
		`echo "<F-USER>" | sh`, `echo "<F-USER>" | cat | { true; bash; }`, `echo <F-USER> | xargs echo`, "sh <<E\necho <F-USER>\nE", "nft -f - <<E\n<F-USER>\nE",
		`echo $(echo "<F-USER>")`, "echo `echo '<F-USER>'`", `for x in $(echo "<F-USER>"); do true; done`, `echo x > "/tmp/<F-USER>"`, `cat < /tmp/<F-USER>`,
		`x=<F-USER>; echo $x`, `x='<F-USER>'; eval "$x"`, `x="<F-USER>"; echo $((x + 1)) $(($x + 1))`, `x="$(echo '<F-USER>')"; sh -c "$x"`, `nft add element x "{ <F-USER> }"`,
		`sudo <F-USER>`, `trap '<F-USER>' EXIT`, `\awk '<F-USER>'`, `"sh" -c '<F-USER>'`, `[[ <F-USER> -eq 1 ]]`, `. <F-USER>`,
		`x='<F-USER>'; "$SHELL" -c "$x"`, `x='<F-USER>'; sudo "$x"`, `x=<F-USER>; echo "$x" | sh`,
		`$x eval <F-USER>`, `"$SHELL" -c '<F-USER>'`, `$(echo eval) <F-USER>`, `${x:-eval} <F-USER>`,
	} {
		s, err := compile(command)
		if err != nil {
			t.Errorf("%s: %v", command, err)
			continue
		}
		if env, err := s.environment(func(string) value { return value{"a$(b)", foreign} }); err == nil {
			t.Errorf("%s: got %q", command, env)
		}
		for _, v := range []value{{"joe", foreign}, {"1.2", ours}, {"", foreign}} {
			if _, err := s.environment(func(string) value { return v }); err != nil {
				t.Errorf("%s: %q: %v", command, v.text, err)
			}
		}
	}
	for _, command := range []string{`<F-USER> x`, `sudo=1 <F-USER>`, "$(echo <F-USER>) x", `x=<F-USER>; "$x" y`, `x='<F-USER>'; $x`, `x="<F-USER>"; echo "$($x)"`} {
		s, err := compile(command)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.environment(func(string) value { return value{"reboot", foreign} }); err == nil {
			t.Errorf("%s: a value names the command", command)
		}
	}
	s, err := compile(`echo $((<F-PORT> + 1))`)
	if err != nil {
		t.Fatal(err)
	}
	for text, fine := range map[string]bool{"22": true, "-1": true, "x": false, "": false, "a[$(b)]": false} {
		if _, err := s.environment(func(string) value { return value{text, foreign} }); (err == nil) != fine {
			t.Errorf("%q in arithmetic: %v", text, err)
		}
	}
}

// Values keep to the bounds that the kernel has, and say what they are.
func TestEnvironment(t *testing.T) {
	s, err := compile(`mail <F-A> "<F-A>" "<matches>" <ip>; printf %b "<F-A>"`)
	if err != nil {
		t.Fatal(err)
	}
	env := func(text string) map[string]string {
		t.Helper()
		list, err := s.environment(func(string) value { return value{text, foreign} })
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		for _, e := range list {
			name, value, _ := strings.Cut(e, "=")
			m[name] = value
		}
		return m
	}
	for in, want := range map[string]string{"a\x00b": "a\uFFFDb", "-x": " -x", "~!x\n~y": " ~!x\n ~y", "@f": " @f", `\c`: `\c`} {
		if got := env(in)["f2b_F_A__l"]; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := env(`\c`)["f2b_F_A__b"]; got != `\\c` {
		t.Errorf("for printf %%b: %q", got)
	}
	long := env(strings.Repeat(`\é`, 1<<20))
	sum := 0
	for name, text := range long {
		sum += len(text)
		if len(text) > 2*longestValue || !strings.HasSuffix(strings.TrimRight(text, `\`), "é") {
			t.Errorf("%s has %d bytes and ends in %q", name, len(text), text[max(0, len(text)-4):])
		}
	}
	if sum == 0 || sum > longestSum {
		t.Errorf("%d bytes in all", sum)
	}
}

func TestLocate(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/action.d", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"mine.conf": "[Definition]\nactionban = true <a>\n", "py.py": "", "bad.conf": "[Definition]\nactionban = '<ip>\n", "slow.conf": "[Definition]\ntimeout = soon\n"} {
		if err := os.WriteFile(dir+"/action.d/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	base := dir + "/action.d/"
	for _, tc := range []struct{ spec, want string }{
		{"mine", base + `mine[port="22,80"]`},
		{"mine[a=1, port=23]", base + `mine[a="1", port="23"]`},
		{base + `mine.conf[a='x "y" z', b="it's, well"]`, base + `mine[a='x "y" z', b="it's, well", port="22,80"]`},
		{"none", "action none: no action.d/none.conf in " + dir + ", /etc/f2b, /etc/fail2ban: try -config DIR"},
		{base + "none", "there is no file " + base + "none.conf"},
		{"py", "is written in Python: only .conf actions can be run"},
		{"bad", "no script for sh"},
		{"slow", `action slow: timeout: "soon" is no time`},
		{"mine[a", "no ] at the end"},
	} {
		got, err := Locate([]string{dir}, tc.spec, config.Arg{Name: "port", Value: "22,80"})
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s, want %s", tc.spec, got, tc.want)
		}
	}
	if spec, err := Locate(nil, "iptables-multiport"); err != nil || spec != installed+"/action.d/iptables-multiport" {
		t.Errorf("%s, %v", spec, err)
	}
}

// What the tags stand for.
func TestTags(t *testing.T) {
	e := &event.Event{Failures: 4, Bantime: -1, Bancount: 2, Restored: true, Line: "one", DNS: "h.example.com", Fields: []event.Field{{Name: "port", Value: "22\n23"}}}
	s := attack("x", "2001:db8::1")
	s.event, s.ID = e, "joe"
	for tag, want := range map[string]value{
		"ip": {"2001:db8::1", ours}, "fid": {"joe", id}, "F-ID": {"joe", id}, "F-PORT": {"22 23", foreign}, "F-NONE": {"", foreign}, "F-DNS": {"h.example.com", foreign},
		"F-IP4": {}, "F-IP6": {"2001:db8::1", ours}, "failures": {"4", ours}, "ipfailures": {"4", ours}, "bantime": {"-1", ours}, "bancount": {"2", ours}, "restored": {"1", ours},
		"matches": {"one", foreign}, "ipjailmatches": {"one", foreign}, "time": {"0", ours}, "timeout": {"60", ours}, "jail.banned": {"3", ours}, "jail.found": {},
		"ip-rev": {"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.", ours}, "family": {"inet6", ours},
	} {
		if got := s.value(t.Context(), tag, &surroundings{timeout: defaultTimeout, banned: 3}); got != want {
			t.Errorf("<%s> is %q, want %q", tag, got, want)
		}
	}
}
