package source

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"f2b/lib/lines"
)

// decode reads bytes in the encoding called name, as one stream.
func decode(t *testing.T, name, in string) []string {
	t.Helper()
	return texts(collect(t, Reader(strings.NewReader(in), Options{Encoding: name})))
}

func TestEncoding(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"utf-8", "ü\n", []string{"ü"}},
		{"UTF_8", "\xfc\n", []string{"\ufffd"}},
		{"utf-8-sig", "\ufeffa\nb\n", []string{"a", "b"}},
		{"utf-8", "\ufeffa\n", []string{"\ufeffa"}},
		{"ascii", "a\xfcb\n", []string{"a\ufffdb"}},
		{"us-ascii", "a\xc3\xbc\n", []string{"a\ufffd\ufffd"}},
		{"latin-1", "\xe4\x85\n", []string{"ä\u0085"}},
		{"iso-8859-1", "\xe4\r\n", []string{"ä"}},
		{"iso8859_15", "\xa4\n", []string{"€"}},
		{"cp1252", "\x80\x81\n", []string{"€\ufffd"}},
		{"1252", "\x80\n", []string{"€"}},
		{"windows-1251", "\xcf\n", []string{"П"}},
		{"koi8-r", "\xf0\n", []string{"П"}},
		{"cp866", "\x8f\n", []string{"П"}},
		{"euc-jp", "\xc6\xfc\xcb\xdc x\n", []string{"日本 x"}},
		{"shift_jis", "\x93\xfa\x96\x7b\n\x83\n", []string{"日本", "\ufffd"}},
		{"sjis", "\x83\x5c\n", []string{"ソ"}},
		{"iso2022_jp", "\x1b$B4A;z\x1b(B x\n", []string{"漢字 x"}},
		{"gb18030", "\xd6\xd0\n", []string{"中"}},
		{"big5", "\xa4\xa4\n", []string{"中"}},
		{"utf-16", "\xff\xfea\x00\n\x00b\x00\r\x00\n\x00", []string{"a", "b"}},
		{"utf-16", "\xfe\xff\x00a\x00\n\x00b", []string{"a", "b"}},
		{"utf-16", "a\x00\n\x00", []string{"a"}},
		{"utf-16-le", "\x0a\x0a\n\x00", []string{"\u0a0a"}},
		{"UTF-16BE", "\x00a\x00\n", []string{"a"}},
		{"utf-32-le", "a\x00\x00\x00\n\x00\x00\x00", []string{"a"}},
	}
	for _, test := range tests {
		if got := decode(t, test.name, test.in); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q is %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestUnknownEncoding(t *testing.T) {
	for _, name := range []string{"utf-9", "klingon", "x", "12", "rot-13", "cp99999"} {
		_, err := Reader(strings.NewReader("a\n"), Options{Encoding: name}).Next()
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("encoding %q: unknown; try ", canonical(name))) {
			t.Errorf("%s: %v", name, err)
		}
		if CheckEncoding(name) == nil {
			t.Errorf("%s passes the check", name)
		}
	}
}

func TestLocaleCharset(t *testing.T) {
	tests := []struct{ all, ctype, lang, want string }{
		{"", "", "", "utf-8"},
		{"", "", "de_DE.UTF-8", "utf-8"},
		{"", "", "de_DE.ISO-8859-15@euro", "iso-8859-15"},
		{"C", "", "de_DE.ISO-8859-1", "utf-8"},
		{"", "ru_RU.KOI8-R", "C", "koi8-r"},
		{"", "", "de_DE.nonsense", "utf-8"},
	}
	for _, test := range tests {
		env := map[string]string{"LC_ALL": test.all, "LC_CTYPE": test.ctype, "LANG": test.lang}
		if got := localeCharset(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

// pythonDecode has Python decode byte strings as fail2ban does: strictly, else with replacement characters.
const pythonDecode = `
import json, sys
out = []
for name, line in json.load(sys.stdin):
    b = line.encode('latin-1')
    try:
        s = b.decode(name, 'strict')
    except UnicodeError:
        s = b.decode(name, 'replace')
    out.append(s)
json.dump(out, sys.stdout)
`

// TestEncodingLikePython decodes every single byte in every code of one byte a character, and broken UTF-8 of all
// sorts, as Python does. The codes are called by Python's own names.
func TestEncodingLikePython(t *testing.T) {
	var cases [][2]string
	add := func(name string, raw []byte) {
		latin := make([]rune, len(raw))
		for i, b := range raw {
			latin[i] = rune(b)
		}
		cases = append(cases, [2]string{name, string(latin)})
	}
	for _, name := range []string{
		"ascii", "646", "latin_1", "l1", "iso8859_1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7",
		"iso8859_8", "iso8859_9", "iso8859_10", "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16", "cp1250", "cp1251",
		"cp1252", "cp1253", "cp1254", "cp1256", "cp1257", "cp1258", "cp437", "cp850", "cp852", "cp855", "cp860", "cp862", "cp863",
		"cp865", "cp866", "koi8_r", "koi8_u", "mac_roman",
	} {
		for b := range 256 {
			if b != '\n' && b != '\r' {
				add(name, []byte{'x', byte(b), 'y'})
			}
		}
	}
	hard := []byte{'a', 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0x90, 0xff}
	for i := range 16 * 16 * 16 * 16 {
		if i%7 == 0 {
			add("utf-8", []byte{hard[i%16], hard[i/16%16], hard[i/256%16], hard[i/4096], 'z'})
		}
	}
	want := askPython(t, pythonDecode, cases)
	for i, c := range cases {
		dec, err := newDecoder(c[0])
		if err != nil {
			t.Fatal(err)
		}
		raw := make([]byte, 0, len(c[1]))
		for _, r := range c[1] {
			raw = append(raw, byte(r))
		}
		if got := dec.text(raw); got != want[i] {
			t.Errorf("%s: %q is %q, in Python %q", c[0], raw, got, want[i])
		}
	}
	if len(cases) < 10_000 {
		t.Errorf("only %d cases", len(cases))
	}
}

// askPython gives a Python script the cases as JSON and returns its list of strings.
func askPython(t *testing.T, script string, cases any) []string {
	t.Helper()
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", script)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		if bad, ok := err.(*exec.ExitError); ok {
			t.Fatalf("python: %v: %s", err, bad.Stderr)
		}
		t.Fatalf("python: %v", err)
	}
	var list []string
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func BenchmarkReader(b *testing.B) {
	const line = "Dec 10 06:55:48 server sshd[24200]: Failed password for root from 192.0.2.77 port 38926 ssh2"
	for name, text := range map[string]string{
		"ascii": line, "utf8": strings.Replace(line, "root", "jörg", 1), "invalid": strings.Replace(line, "root", "j\xf6rg", 1),
	} {
		log := strings.Repeat(text+"\n", 100_000)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				s := Reader(strings.NewReader(log), Options{Encoding: "utf-8", MaxLine: lines.DefaultMax})
				n := 0
				for {
					if _, err := s.Next(); err != nil {
						break
					}
					n++
				}
				if n != 100_000 {
					b.Fatalf("%d lines", n)
				}
			}
			b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
