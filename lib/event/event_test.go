package event

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// same compares events by what they mean: an instant with its offset, an address by its bits.
var same = cmp.Options{
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano) }),
	cmpopts.EquateEmpty(),
}

// full has every member.
const full = `{"v":1,"type":"banned","time":"2024-03-01T10:00:00.25+01:00","ip":"192.0.2.1","id":"root@192.0.2.1","dns":"host.example.com",` +
	`"filter":"sshd","jail":"ssh","rule":3,"file":"/var/log/auth.log","lineno":4711,"line":"Failed password for \"root\"\t\\",` +
	`"lines":["one","two"],"fields":{"user":"root","port":"58084"},"failures":5,"first":"2024-03-01T09:59:00+01:00","findtime":600,` +
	`"maxretry":5,"matches":["a","b"],"bantime":-1,"expires":"2024-03-01T10:10:00Z","bancount":2,"backend":"nftables","restored":true,` +
	`"error":"no such thing","note":{"a":[1, 2.50,"x"]},"IP":"203.0.113.9"}` + "\n"

func TestEveryMemberIsReadAndWritten(t *testing.T) {
	e, err := Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	berlin := time.FixedZone("", 3600)
	want := Event{
		V: 1, Type: Banned, Time: time.Date(2024, 3, 1, 10, 0, 0, 250e6, berlin),
		IP: netip.MustParsePrefix("192.0.2.1/32"), ID: "root@192.0.2.1", DNS: "host.example.com",
		Filter: "sshd", Jail: "ssh", Rule: 3, File: "/var/log/auth.log", Lineno: 4711, Line: "Failed password for \"root\"\t\\",
		Lines: []string{"one", "two"}, Fields: []Field{{"user", "root"}, {"port", "58084"}},
		Failures: 5, First: time.Date(2024, 3, 1, 9, 59, 0, 0, berlin), Findtime: 600, Maxretry: 5, Matches: []string{"a", "b"},
		Bantime: -1, Expires: time.Date(2024, 3, 1, 10, 10, 0, 0, time.UTC), Bancount: 2, Backend: "nftables", Restored: true,
		Error:   "no such thing",
		Unknown: []Member{{"note", []byte(`{"a":[1, 2.50,"x"]}`)}, {"IP", []byte(`"203.0.113.9"`)}},
	}
	if diff := cmp.Diff(want, e, same); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if got := string(e.AppendJSON(nil)); got != full {
		t.Errorf("written:\n%swant:\n%s", got, full)
	}
}

func TestAbsentMembersAreNotWritten(t *testing.T) {
	e := Event{Type: Unban}
	if got, want := string(e.AppendJSON([]byte("x"))), `x{"v":1,"type":"unban"}`+"\n"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestReadAndWrite(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"any order", `{"ip":"192.0.2.1","type":"match","v":1}`, `{"v":1,"type":"match","ip":"192.0.2.1"}`},
		{"white space", " {\t\"type\" : \"match\" ,\"lines\":[ \"a\" , \"b\" ] , \"x\" : [ 1 , 2 ] } ", `{"v":1,"type":"match","lines":["a","b"],"x":[ 1 , 2 ]}`},
		{"null is absent", `{"type":"match","ip":null,"lines":null,"fields":{"user":null},"rule":null,"time":null}`, `{"v":1,"type":"match"}`},
		{"empty lists", `{"type":"match","lines":[],"fields":{}}`, `{"v":1,"type":"match"}`},
		{"IPv4 in IPv6", `{"type":"match","ip":"::ffff:192.0.2.1"}`, `{"v":1,"type":"match","ip":"192.0.2.1"}`},
		{"IPv4 in IPv6 in hex", `{"type":"match","ip":"::ffff:c000:201"}`, `{"v":1,"type":"match","ip":"192.0.2.1"}`},
		{"IPv4 net in IPv6", `{"type":"match","ip":"::ffff:192.0.2.77/120"}`, `{"v":1,"type":"match","ip":"192.0.2.0/24"}`},
		{"IPv6 spelt out", `{"type":"match","ip":"2001:DB8:0:0:0:0:0:1"}`, `{"v":1,"type":"match","ip":"2001:db8::1"}`},
		{"host bits", `{"type":"match","ip":"192.0.2.77/24"}`, `{"v":1,"type":"match","ip":"192.0.2.0/24"}`},
		{"full length", `{"type":"match","ip":"2001:db8::1/128"}`, `{"v":1,"type":"match","ip":"2001:db8::1"}`},
		{"other case is another name", `{"type":"match","IP":"x","Type":3,"ip":"192.0.2.1"}`, `{"v":1,"type":"match","ip":"192.0.2.1","IP":"x","Type":3}`},
		{"escaped name", `{"type":"match","\u0069p":"192.0.2.1"}`, `{"v":1,"type":"match","ip":"192.0.2.1"}`},
		{"whole numbers", `{"type":"ban","failures":6e2,"findtime":600.0,"lineno":9007199254740993}`, `{"v":1,"type":"ban","lineno":9007199254740993,"failures":600,"findtime":600}`},
		{"huge unknown number", `{"type":"ban","n":-1.5e99999}`, `{"v":1,"type":"ban","n":-1.5e99999}`},
		{"escapes", `{"type":"match","line":"\u00e9\ud83d\ude00\/\b\f\u0000\u007f\u009b"}`, `{"v":1,"type":"match","line":"é😀/\b\f\u0000\u007f\u009b"}`},
		{"what turns text around", "{\"type\":\"match\",\"line\":\"a\\u2028\u202eb\u2066\"}", `{"v":1,"type":"match","line":"a\u2028\u202eb\u2066"}`},
		{"half a pair", `{"type":"match","line":"\ud83d \ude00\ud83dx\ud83d\u0041"}`, "{\"v\":1,\"type\":\"match\",\"line\":\"\uFFFD \uFFFD\uFFFDx\uFFFDA\"}"},
		{"no UTF-8", "{\"type\":\"match\",\"line\":\"a\xff\xfeb\",\"x\":\"\xff\"}", "{\"v\":1,\"type\":\"match\",\"line\":\"a\uFFFD\uFFFDb\",\"x\":\"\uFFFD\"}"},
		{"a return in a raw value", "{\"type\":\"match\",\"x\":[1,\r2]}", `{"v":1,"type":"match","x":[1, 2]}`},
		{"offset and fraction", `{"type":"match","time":"2024-02-29T23:59:59.123456789-05:30"}`, `{"v":1,"type":"match","time":"2024-02-29T23:59:59.123456789-05:30"}`},
		{"zero offset", `{"type":"match","time":"2024-02-29T23:59:59+00:00"}`, `{"v":1,"type":"match","time":"2024-02-29T23:59:59Z"}`},
		{"a type of one's own", `{"type":"note","ip":5,"failures":"many","v":3,"time":"now"}`, `{"v":1,"type":"note"}`},
	}
	for _, test := range tests {
		e, err := Parse([]byte(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := string(e.AppendJSON(nil)); got != test.want+"\n" {
			t.Errorf("%s: got %swant %s", test.name, got, test.want)
		}
	}
}

func TestRefused(t *testing.T) {
	deep := strings.Repeat("[", maxDepth-1)
	tests := []struct{ line, want string }{
		{``, `no JSON object`},
		{`hello`, `no JSON object`},
		{`["type"]`, `no JSON object`},
		{`{}`, `type: missing`},
		{`{"ip":"192.0.2.1"}`, `type: missing`},
		{`{"type":null}`, `type: missing`},
		{`{"ip":"999.1.1.1"}`, `ip: "999.1.1.1" is no address`},
		{`{"type":"match","ip":"192.0.2.01"}`, `ip: "192.0.2.01" is no address`},
		{`{"type":"match","ip":"fe80::1%eth0"}`, `ip: "fe80::1%eth0" is no address`},
		{`{"type":"match","ip":"192.0.2.0/33"}`, `ip: "192.0.2.0/33" is no address`},
		{`{"type":"match","ip":""}`, `ip: "" is no address`},
		{`{"type":"match","ip":3221225985}`, `ip: wants a string, got 3221225985`},
		{`{"type":"match","ip":["192.0.2.1"]}`, `ip: wants a string, got ["192.0.2.1"]`},
		{`{"type":5}`, `type: wants a string, got 5`},
		{`{"v":2,"type":"match"}`, `v: 2 is newer than 1, the one that is understood here; a newer f2b is needed`},
		{`{"v":0,"type":"match"}`, `v: 0 is less than 1 or far too large`},
		{`{"v":"1","type":"match"}`, `v: wants a whole number, got "1"`},
		{`{"type":"match","rule":1.5}`, `rule: 1.5 is no whole number that fits`},
		{`{"type":"match","rule":1e400}`, `rule: 1e400 is no whole number that fits`},
		{`{"type":"match","lineno":-1}`, `lineno: -1 is less than 0 or far too large`},
		{`{"type":"banned","bantime":-2}`, `bantime: -2 is less than -1 or far too large`},
		{`{"type":"banned","restored":1}`, `restored: wants true or false, got 1`},
		{`{"type":"match","lines":"a"}`, `lines: wants an array of strings, got "a"`},
		{`{"type":"match","lines":["a",[]]}`, `lines: wants a string, got []`},
		{`{"type":"match","fields":["a"]}`, `fields: wants an object of strings, got ["a"]`},
		{`{"type":"match","fields":{"port":22}}`, `fields.port: wants a string, got 22`},
		{`{"type":"match","fields":{"a":"1","a":"2"}}`, `fields.a: given twice`},
		{`{"type":"match","ip":"192.0.2.1","ip":"192.0.2.1"}`, `ip: given twice`},
		{`{"type":"match","ip":null,"\u0069p":"192.0.2.1"}`, `ip: given twice`},
		{`{"type":"note","x":1,"x":2}`, `x: given twice`},
		{`{"type":"match","time":"yesterday"}`, `time: "yesterday" is no time like 2006-01-02T15:04:05+02:00`},
		{`{"type":"match","time":"2024-02-30T00:00:00Z"}`, `time: "2024-02-30T00:00:00Z" is no time like 2006-01-02T15:04:05+02:00`},
		{`{"type":"match","time":"2024-02-03T00:00:00,5Z"}`, `time: "2024-02-03T00:00:00,5Z" is no time like 2006-01-02T15:04:05+02:00`},
		{`{"type":"match","time":"2024-02-03T1:00:00Z"}`, `time: "2024-02-03T1:00:00Z" is no time like 2006-01-02T15:04:05+02:00`},
		{`{"type":"match","time":"2024-02-03T01:00:00+24:00"}`, `time: "2024-02-03T01:00:00+24:00" is no time like 2006-01-02T15:04:05+02:00`},
		{`{"type":"match","time":1709280000}`, `time: wants a string, got 1709280000`},
		{`{"type":"match"`, `the line is cut short after byte 15, where ',' or '}' was wanted`},
		{`{"type":"mat`, `the line is cut short after byte 12, where the end of a string was wanted`},
		{`{"type":`, `the line is cut short after byte 8, where a value was wanted`},
		{`{"type":"match"} x`, `byte 18: 'x' where the end of the line was wanted`},
		{`{"type":"match",}`, `byte 17: '}' where a name in quotes was wanted`},
		{`{"type":"match";"ip":1}`, `byte 16: ';' where ',' or '}' was wanted`},
		{`{"type" "match"}`, `byte 9: '"' where ':' was wanted`},
		{`{"type":"match","x":01}`, `byte 22: '1' where ',' or '}' was wanted`},
		{`{"type":"match","x":+1}`, `byte 21: '+' where a value was wanted`},
		{`{"type":"match","x":1.}`, `byte 23: '}' where a digit was wanted`},
		{`{"type":"match","x":tru}`, `byte 21: 't' where a value was wanted`},
		{`{"type":"match","x":"\x"}`, `byte 23: 'x' where one of "\/bfnrtu was wanted`},
		{`{"type":"match","x":"\u00g0"}`, `byte 26: 'g' where a hexadecimal digit was wanted`},
		{"{\"type\":\"match\",\"x\":\"a\tb\"}", `byte 23: '\t' where an escape such as \n was wanted`},
		{`{"type":"match","x":` + deep + `[`, `byte 84: nested deeper than 64 levels`},
	}
	for _, test := range tests {
		e, err := Parse([]byte(test.line))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.line, err, test.want)
		}
		if !cmp.Equal(e, Event{}, same) {
			t.Errorf("%s: gave %+v beside the error", test.line, e)
		}
	}
}

func TestDeepestNesting(t *testing.T) {
	nested := strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1)
	line := `{"v":1,"type":"match","x":` + nested + `,"y":` + nested + `}` + "\n"
	e, err := Parse([]byte(line))
	if got := string(e.AppendJSON(nil)); err != nil || got != line {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestManyMembers holds that duplicates are found among very many names, in a time that one can wait for.
func TestManyMembers(t *testing.T) {
	const n = 100000
	var fields, others strings.Builder
	for i := range n {
		fmt.Fprintf(&fields, `"f%d":"",`, i)
		fmt.Fprintf(&others, `,"m%d":0`, i)
	}
	line := `{"type":"match","fields":{` + fields.String() + `"last":""}` + others.String()
	e, err := Parse([]byte(line + "}"))
	if err != nil || len(e.Fields) != n+1 || len(e.Unknown) != n {
		t.Errorf("%d fields, %d members, %v", len(e.Fields), len(e.Unknown), err)
	}
	for _, name := range []string{"m0", "m7", "m8", "m99999"} {
		if _, err := Parse([]byte(line + `,"` + name + `":0}`)); err == nil || err.Error() != name+": given twice" {
			t.Errorf("%s twice: %v", name, err)
		}
	}
}

func TestKeyAndJail(t *testing.T) {
	tests := []struct{ line, key, jail string }{
		{`{"type":"match"}`, "", "default"},
		{`{"type":"match","ip":"2001:DB8::1","filter":"sshd"}`, "2001:db8::1", "sshd"},
		{`{"type":"match","ip":"192.0.2.1/24","filter":"sshd","jail":"ssh"}`, "192.0.2.0/24", "ssh"},
		{`{"type":"match","ip":"192.0.2.1","id":"root"}`, "root", "default"},
	}
	for _, test := range tests {
		e, err := Parse([]byte(test.line))
		if err != nil || e.Key() != test.key || e.JailName() != test.jail {
			t.Errorf("%s: %q in %q, %v", test.line, e.Key(), e.JailName(), err)
		}
	}
}

func TestTimesThatTheFormatCannotSay(t *testing.T) {
	tests := []struct {
		time time.Time
		want string
	}{
		{time.Date(1890, 1, 1, 12, 0, 0, 0, time.FixedZone("LMT", 53*60+28)), "1890-01-01T11:06:32Z"},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "9999-12-31T23:59:59Z"},
		{time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), "0000-01-01T00:00:00Z"},
	}
	for _, test := range tests {
		e := Event{Type: Match, Time: test.time}
		if got := string(e.AppendJSON(nil)); !strings.Contains(got, `"`+test.want+`"`) {
			t.Errorf("%v is written %s", test.time, got)
		}
	}
}

// TestEveryMemberIsWritten sets each member by itself, so that none is taken for one that only other events have.
func TestEveryMemberIsWritten(t *testing.T) {
	set := map[string]any{
		"Time": time.Unix(1, 0), "First": time.Unix(1, 0), "Expires": time.Unix(1, 0), "IP": netip.MustParsePrefix("192.0.2.1/32"),
		"Lines": []string{"x"}, "Matches": []string{"x"}, "Fields": []Field{{"x", "y"}}, "Unknown": []Member{{"x", []byte("1")}},
	}
	empty := len((&Event{Type: Match}).AppendJSON(nil))
	for i := range reflect.TypeFor[Event]().NumField() {
		e := Event{Type: Match}
		field, name := reflect.ValueOf(&e).Elem().Field(i), reflect.TypeFor[Event]().Field(i).Name
		switch v, ok := set[name]; {
		case name == "V" || name == "Type":
			continue
		case ok:
			field.Set(reflect.ValueOf(v))
		case field.Kind() == reflect.String:
			field.SetString("x")
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
		default:
			field.SetInt(1)
		}
		if line := e.AppendJSON(nil); len(line) == empty {
			t.Errorf("%s is not written: %s", name, line)
		}
	}
}
