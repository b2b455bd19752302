package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"f2b/lib/bounds"
)

// readEntries reads journal lines; what is reported goes into said.
func readEntries(t *testing.T, in string, o Options) (all []Line, said []string) {
	t.Helper()
	o.Report = func(err error) { said = append(said, err.Error()) }
	return collect(t, Journal(strings.NewReader(in), o)), said
}

func TestJournalText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"all", `{"_HOSTNAME":"srv","SYSLOG_IDENTIFIER":"sshd","_PID":"42","MESSAGE":"hello"}`, "srv sshd[42]: hello"},
		{"syslog pid first", `{"SYSLOG_IDENTIFIER":"sshd","_PID":"42","SYSLOG_PID":"7","MESSAGE":"x"}`, "sshd[7]: x"},
		{"pid 0 is none", `{"SYSLOG_IDENTIFIER":"sshd","_PID":"42","SYSLOG_PID":"0","MESSAGE":"x"}`, "sshd[42]: x"},
		{"pid with zeros", `{"SYSLOG_IDENTIFIER":"sshd","_PID":"007","MESSAGE":"x"}`, "sshd[7]: x"},
		{"pid that is none", `{"SYSLOG_IDENTIFIER":"sshd","SYSLOG_PID":"main","MESSAGE":"x"}`, "sshd[main]: x"},
		{"pid as a number", `{"SYSLOG_IDENTIFIER":"sshd","_PID":42,"MESSAGE":"x"}`, "sshd[42]: x"},
		{"comm", `{"_HOSTNAME":"srv","_COMM":"cron","MESSAGE":"x"}`, "srv cron: x"},
		{"empty identifier", `{"SYSLOG_IDENTIFIER":"","_COMM":"cron","MESSAGE":"x"}`, "cron: x"},
		{"no sender", `{"_HOSTNAME":"srv","_PID":"1","MESSAGE":"x"}`, "srv x"},
		{"message alone", `{"MESSAGE":"x"}`, "x"},
		{"no message", `{"_HOSTNAME":"srv"}`, "srv "},
		{"kernel", `{"SYSLOG_IDENTIFIER":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":"12345678","__MONOTONIC_TIMESTAMP":"9","MESSAGE":"x"}`, "kernel: [   12.345678] x"},
		{"kernel, the journal's clock", `{"SYSLOG_IDENTIFIER":"kernel","__MONOTONIC_TIMESTAMP":"123456000001","MESSAGE":"x"}`, "kernel: [123456.000001] x"},
		{"kernel without a clock", `{"SYSLOG_IDENTIFIER":"kernel","MESSAGE":"x"}`, "kernel: x"},
		{"kernel with a pid is another", `{"SYSLOG_IDENTIFIER":"kernel","_PID":"1","__MONOTONIC_TIMESTAMP":"1","MESSAGE":"x"}`, "kernel[1]: x"},
		{"bytes", `{"MESSAGE":[27,91,49,109,104,105]}`, "\x1b[1mhi"},
		{"bytes of utf-8", `{"MESSAGE":[195,188,27]}`, "ü\x1b"},
		{"bytes of nothing known", `{"MESSAGE":[252,27]}`, "\ufffd\x1b"},
		{"no bytes", `{"MESSAGE":[]}`, ""},
		{"several messages", `{"MESSAGE":["a",[98,27],"c"]}`, "a b\x1b c"},
		{"several messages of bytes", `{"MESSAGE":[[98,27],[99,27]]}`, "b\x1b c\x1b"},
		{"repeated name", `{"MESSAGE":"a","MESSAGE":"b"}`, "a b"},
		{"several lines", `{"MESSAGE":"a\nb\n"}`, `a\nb\n`},
		{"escapes", `{"MESSAGE":"\u00fc\"\\\/\t\ud83d\ude00"}`, "ü\"\\/\t😀"},
		{"half a surrogate", `{"MESSAGE":"\ud83dx"}`, "\ufffdx"},
		{"invalid utf-8", "{\"MESSAGE\":\"gr\xfc\xdfe\"}", "gr\ufffd\ufffde"},
		{"white space", " { \"A\" : [ 1 , 2 ] , \"B\" : { \"x\" : [ { } ] } , \"MESSAGE\" : \"x\" } ", "x"},
		{"names are exact", `{"message":"no","Message":"no","MESSAGE":"yes"}`, "yes"},
		{"other values", `{"A":true,"B":null,"C":{"MESSAGE":"no"},"D":1e9,"MESSAGE":"x"}`, "x"},
	}
	for _, test := range tests {
		all, said := readEntries(t, test.in+"\n", Options{})
		if len(said) != 0 || len(all) != 1 || all[0].Text != test.want || all[0].No != 1 {
			t.Errorf("%s: %+v, said %q; want %q", test.name, all, said, test.want)
		}
	}
}

func TestJournalEncoding(t *testing.T) {
	for name, want := range map[string]string{"latin-1": "gr\u00fc\u00df", "utf-8": "gr\ufffd\ufffd", "cp1251": "grьЯ"} {
		all, _ := readEntries(t, `{"MESSAGE":[103,114,252,223]}`, Options{Encoding: name})
		if len(all) != 1 || all[0].Text != want {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestJournalTime(t *testing.T) {
	tests := []struct {
		in   string
		want int64 // microseconds
	}{
		{`{"__REALTIME_TIMESTAMP":"1704067200123456"}`, 1704067200123456},
		{`{"__REALTIME_TIMESTAMP":"1704067200123456","_SOURCE_REALTIME_TIMESTAMP":"1704067199000001"}`, 1704067199000001},
		{`{"__REALTIME_TIMESTAMP":1704067200000000}`, 1704067200000000},
	}
	for _, test := range tests {
		all, said := readEntries(t, test.in, Options{})
		if len(said) != 0 || len(all) != 1 || all[0].Time.UnixMicro() != test.want {
			t.Errorf("%s: %+v, said %q", test.in, all, said)
		}
	}
	zone := time.FixedZone("", 5400)
	for micros, want := range map[int64]string{
		1704067200000000: "2024-01-01T01:30:00+01:30 ", 1704067200000120: "2024-01-01T01:30:00.000120+01:30 ",
	} {
		l := Line{Time: time.UnixMicro(micros).In(zone)}
		if got := l.Date(); got != want {
			t.Errorf("%d is %q, want %q", micros, got, want)
		}
	}
	if got := new(Line).Date(); got != "" {
		t.Errorf("no time is %q", got)
	}
}

func TestJournalBadEntries(t *testing.T) {
	bad := []struct{ in, want string }{
		{`nonsense`, "not JSON: byte 2: "},
		{`{"MESSAGE":"cut in ha`, "not JSON: byte "},
		{`{"MESSAGE":"x"} {"MESSAGE":"y"}`, "not JSON: byte 17: "},
		{`[{"MESSAGE":"x"}]`, "not a JSON object"},
		{`"MESSAGE"`, "not a JSON object"},
		{`{"MESSAGE":null}`, "MESSAGE is null: journalctl leaves out"},
		{`{"MESSAGE":[1,256]}`, `MESSAGE: "256" is no byte`},
		{`{"MESSAGE":[1,"a"]}`, `is no byte`},
		{`{"MESSAGE":[-1]}`, `MESSAGE: "-1" is no byte`},
		{`{"MESSAGE":[["a"]]}`, `is no byte`},
		{`{"__REALTIME_TIMESTAMP":"soon"}`, `__REALTIME_TIMESTAMP: "soon" are no microseconds`},
		{`{"__REALTIME_TIMESTAMP":"-5"}`, "are no microseconds"},
		{`{"__REALTIME_TIMESTAMP":1e400}`, "are no microseconds"},
		{`{"__REALTIME_TIMESTAMP":"99999999999999999999999999"}`, "are no microseconds"},
		{`{"A":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, "exceeded max depth"},
		{`{"MESSAGE":"` + strings.Repeat("x", maxEntry) + `"}`, "longer than 4 MiB"},
	}
	var in strings.Builder
	for i, b := range bad {
		fmt.Fprintf(&in, "%s\n{\"MESSAGE\":\"after %d\"}\n\n", b.in, i)
	}
	all, said := readEntries(t, in.String(), Options{})
	if len(all) != len(bad) || len(said) != len(bad) {
		t.Fatalf("%d lines and %d reports, want %d of each: %.200q", len(all), len(said), len(bad), said)
	}
	for i, b := range bad {
		if want := fmt.Sprintf("standard input: line %d: ", 3*i+1); !strings.HasPrefix(said[i], want) || !strings.Contains(said[i], b.want) {
			t.Errorf("%.60s: said %q, want %q and %q", b.in, said[i], want, b.want)
		}
		if want := fmt.Sprintf("after %d", i); all[i].Text != want || all[i].No != int64(3*i+2) {
			t.Errorf("line %d is %+v, want %q", i, all[i], want)
		}
	}
}

func TestJournalFields(t *testing.T) {
	all, _ := readEntries(t, `{"__CURSOR":"s=1;i=2","_SYSTEMD_UNIT":"ssh.service","OBJ":["a","b"],"N":null,"MESSAGE":"x"}`, Options{})
	l := all[0]
	if l.Cursor != "s=1;i=2" || l.Fields["_SYSTEMD_UNIT"] != "ssh.service" || l.Fields["OBJ"] != "a" || !slices.Equal(l.repeated["OBJ"], []string{"b"}) {
		t.Errorf("%+v", l)
	}
	if _, there := l.Fields["N"]; there {
		t.Error("null has a value")
	}
}

func TestJournalCap(t *testing.T) {
	all, _ := readEntries(t, `{"MESSAGE":"01 3456ü9"}`, Options{MaxLine: 8})
	if all[0].Text != "01 …" || all[0].Dropped != 3 {
		t.Errorf("%+v", all[0])
	}
}

func TestJournalManyFields(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"MESSAGE":"x"`)
	for i := range 10_000 {
		fmt.Fprintf(&b, `,"F%d":"%d"`, i, i)
	}
	all, said := readEntries(t, b.String()+"}\n", Options{})
	if len(said) != 0 || len(all) != 1 || len(all[0].Fields) != 10_001 || all[0].Fields["F9999"] != "9999" {
		t.Errorf("%d lines, said %q", len(all), said)
	}
}

// pythonFormat has fail2ban itself write the lines of entries, each given as pairs of a name and a list of values as
// Latin-1 text.
const pythonFormat = `
import json, sys, types
from systemd import journal
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from fail2ban.server.filtersystemd import FilterSystemd as F
conv = journal.Reader.__new__(journal.Reader)
conv.converters = dict(journal.DEFAULT_CONVERTERS)
me = types.SimpleNamespace(getLogEncoding=lambda: 'latin-1', jailName='x')
me.getJrnEntTime = lambda e: F.getJrnEntTime(me, e)
out = []
for entry in json.load(sys.stdin):
    d = {}
    for name, values in entry:
        values = [v.encode('latin-1') for v in values]
        d[name] = values if len(values) > 1 else values[0]
    d = conv._convert_entry(d)
    (a, b, c), t = F.formatJournalEntry(me, d)
    assert a == ''
    out.append('%d|%s' % (round(t * 1e6), b + c))
json.dump(out, sys.stdout)
`

type rawField struct {
	name   string
	values []string // bytes
}

// asJSON writes an entry as journalctl -o json does.
func asJSON(entry []rawField) string {
	var members []string
	for _, f := range entry {
		var values []string
		for _, v := range f.values {
			printable := utf8.ValidString(v) && !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' })
			text, _ := json.Marshal(v)
			if !printable {
				text = []byte(strings.ReplaceAll(fmt.Sprint([]byte(v)), " ", ","))
			}
			values = append(values, string(text))
		}
		value := values[0]
		if len(values) > 1 {
			value = "[" + strings.Join(values, ",") + "]"
		}
		members = append(members, fmt.Sprintf("%q:%s", f.name, value))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// combinations makes entries of every combination of some values of the fields that a line is made from.
func combinations() [][]rawField {
	choices := []rawField{
		{"_HOSTNAME", []string{"", "srv"}},
		{"SYSLOG_IDENTIFIER", []string{"", "sshd", "kernel", "gr\xfc\xdfe"}},
		{"_COMM", []string{"", "cron"}},
		{"SYSLOG_PID", []string{"", "0", "17", "0017"}},
		{"_PID", []string{"", "4242"}},
		{"_SOURCE_REALTIME_TIMESTAMP", []string{"", "1718000000000000"}},
		{"_SOURCE_MONOTONIC_TIMESTAMP", []string{"5", "12345678901"}},
		{"MESSAGE", []string{"", "plain", "two\nlines\n", "\x1b[1mcolour", "gr\xfc\xdfe", "grüße", "tab\tand \"quotes\" \\ "}},
	}
	entries := [][]rawField{{{"__REALTIME_TIMESTAMP", []string{"1718000000123456"}}}}
	for _, c := range choices {
		var next [][]rawField
		for _, e := range entries {
			for _, v := range c.values {
				if v == "" {
					next = append(next, e)
				} else {
					next = append(next, append(slices.Clip(e), rawField{c.name, []string{v}}))
				}
			}
		}
		entries = next
	}
	return append(entries,
		[]rawField{entries[0][0], {"SYSLOG_IDENTIFIER", []string{"a"}}, {"MESSAGE", []string{"one", "t\x1bwo", "three"}}})
}

func TestJournalLikeFail2ban(t *testing.T) {
	entries := combinations()
	var in strings.Builder
	var cases [][][2]any
	for _, e := range entries {
		in.WriteString(asJSON(e) + "\n")
		var c [][2]any
		for _, f := range e {
			var latin []string
			for _, v := range f.values {
				runes := make([]rune, len(v))
				for i := range len(v) {
					runes[i] = rune(v[i])
				}
				latin = append(latin, string(runes))
			}
			if f.name == "__REALTIME_TIMESTAMP" { // the reader's own, which it gives as a number
				c = append(c, [2]any{"_SOURCE_REALTIME_TIMESTAMP", latin})
			} else {
				c = append(c, [2]any{f.name, latin})
			}
		}
		cases = append(cases, c)
	}
	want := askPython(t, pythonFormat, cases)
	all, said := readEntries(t, in.String(), Options{Encoding: "latin-1"})
	if len(said) != 0 || len(all) != len(want) || len(all) < 1000 {
		t.Fatalf("%d lines of %d, said %q", len(all), len(want), said)
	}
	for i, l := range all {
		if got := fmt.Sprintf("%d|%s%s", l.Time.UnixMicro(), l.Date(), l.Text); got != want[i] {
			t.Errorf("%s\n got %q\nwant %q", asJSON(entries[i]), got, want[i])
		}
	}
}

func FuzzJournal(f *testing.F) {
	for _, e := range combinations()[:40] {
		f.Add([]byte(asJSON(e)))
	}
	f.Add([]byte(`{"MESSAGE":[[1,2],"a",null,{"b":[{}]}],"A":-1e5,"A":{},"\ud800":"\n"}`))
	f.Add([]byte(`{"A":[[[[[[1]]]]]],"MESSAGE":[`))
	f.Add([]byte("{\"\xff\":\"\xff\"}\n[]\n{}\nnull\n"))
	m, err := ParseMatch("A=1 B=2 + MESSAGE=x")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		said := 0
		s := Journal(bytes.NewReader(data), Options{MaxLine: 500, Report: func(error) { said++ }})
		n := 0
		for {
			l, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n++
			if len(l.Text) > 500 || !utf8.ValidString(l.Text) || strings.Contains(l.Text, "\n") {
				t.Fatalf("%q", l.Text)
			}
			for name, value := range l.Fields {
				if !utf8.ValidString(name) || !utf8.ValidString(value) {
					t.Fatalf("%q: %q", name, value)
				}
			}
			m.Match(&l)
		}
		if lines := bytes.Count(data, []byte("\n")) + 2; n+said > lines {
			t.Errorf("%d entries and %d reports of %d lines", n, said, lines)
		}
	})
}

func BenchmarkJournal(b *testing.B) {
	const entry = `{"__CURSOR":"s=6c0a;i=1f;b=9d;m=2;t=61a;x=8","__REALTIME_TIMESTAMP":"1718000000123456","__MONOTONIC_TIMESTAMP":"81234567","_BOOT_ID":"9d3c3b5c1d0f4f0e8f3a3a0e9f1f2a3b","_MACHINE_ID":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","_HOSTNAME":"srv","PRIORITY":"6","SYSLOG_FACILITY":"4","SYSLOG_IDENTIFIER":"sshd","SYSLOG_PID":"24200","_TRANSPORT":"syslog","_PID":"24200","_UID":"0","_GID":"0","_COMM":"sshd","_EXE":"/usr/sbin/sshd","_CMDLINE":"sshd: root [priv]","_CAP_EFFECTIVE":"1ffffffffff","_SYSTEMD_CGROUP":"/system.slice/ssh.service","_SYSTEMD_UNIT":"ssh.service","_SYSTEMD_SLICE":"system.slice","MESSAGE":"Failed password for root from 192.0.2.77 port 38926 ssh2"}` + "\n"
	log := strings.Repeat(entry, 10_000)
	b.ReportAllocs()
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		s := Journal(strings.NewReader(log), Options{})
		n := 0
		for {
			if _, err := s.Next(); err != nil {
				break
			}
			n++
		}
		if n != 10_000 {
			b.Fatalf("%d entries", n)
		}
	}
	b.ReportMetric(float64(10_000*b.N)/b.Elapsed().Seconds(), "entries/s")
}
