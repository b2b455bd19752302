package main

import (
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/filter"
	"f2b/lib/source"
)

// print writes for each failure what -o asks for, and nothing else.
func (t *tool) print(f *filter.Filter, in source.Source, w io.Writer, terminal bool) error {
	any := false
	err := each(in, t.journal(), func(l filter.Line) error {
		r := f.Process(l)
		t.found.Add(int64(len(r.Matches)))
		if len(r.Ignored) > 0 {
			return nil
		}
		for i := range r.Matches {
			any = true
			for _, row := range t.rows(&r.Matches[i]) {
				if terminal {
					row = visible(row)
				}
				if _, err := fmt.Fprintln(w, row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && !any {
		return cli.ErrNothing
	}
	return err
}

// rows gives what -o asks for of one failure.
func (t *tool) rows(m *filter.Match) []string {
	switch {
	case t.Out == "id" || t.Out == "fid":
		return []string{m.Who()}
	case t.Out == "ip":
		return []string{address(m)}
	case t.Out == "msg":
		return m.Lines
	case t.Out == "row":
		return []string{fmt.Sprintf("[%s,\t%s,\t%s],", pythonText(m.Who()), pythonTime(m), pythonCaptures(m))}
	case !strings.Contains(t.Out, "<"):
		if v, ok := m.Capture(strings.ToLower(t.Out)); ok {
			return []string{v}
		}
		return []string{"None"}
	}
	return fill(t.Out, m)
}

// address is the failure's address, or its id when it has none.
func address(m *filter.Match) string {
	if m.IP.IsValid() {
		id := *m
		id.ID = ""
		return id.Who()
	}
	return m.Who()
}

var outTag = regexp.MustCompile(`<[^<> ]+>`)

// fill replaces the tags of a text; with <msg> it gives a row for each line of the failure.
func fill(text string, m *filter.Match) []string {
	messages := []string{""}
	if strings.Contains(text, "<msg>") {
		messages = m.Lines
	}
	var out []string
	for _, msg := range messages {
		out = append(out, outTag.ReplaceAllStringFunc(text, func(tag string) string {
			return tagValue(tag, msg, m)
		}))
	}
	return out
}

// tagValue is the value of one tag; an unknown one stays as it is, an unknown <F-...> is empty.
func tagValue(tag, msg string, m *filter.Match) string {
	name := tag[1 : len(tag)-1]
	switch name {
	case "msg":
		return msg
	case "ip":
		return address(m)
	case "fid", "id":
		return m.Who()
	case "matches", "ipmatches", "ipjailmatches":
		return strings.Join(m.Lines, "\n")
	case "failures", "ipfailures", "ipjailfailures":
		return "0" // nothing is counted here, and fail2ban-regex prints 0
	case "time":
		return pythonTime(m)
	case "restored":
		return "0"
	case "family":
		if m.IP.Addr().Is4() {
			return "inet4"
		}
		return "inet6"
	case "ip-rev":
		return reversed(m.IP.Addr())
	}
	if capture, ok := strings.CutPrefix(name, "F-"); ok {
		v, _ := m.Tag(capture)
		return v
	}
	return tag
}

// reversed writes an address as the name servers have it, last part first, with a dot at the end.
func reversed(a netip.Addr) string {
	var parts []string
	if a.Is4() {
		parts = strings.Split(a.String(), ".")
	} else if a.IsValid() {
		parts = strings.Split(strings.ReplaceAll(a.StringExpanded(), ":", ""), "")
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i] + ".")
	}
	return b.String()
}

// pythonTime writes seconds since 1970 as fail2ban-regex does.
func pythonTime(m *filter.Match) string {
	s := strconv.FormatFloat(float64(m.Time.UnixMicro())/1e6, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// pythonText quotes as Python's repr.
func pythonText(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	r := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, quote, `\`+quote)
	return quote + r.Replace(visible(s)) + quote
}

func pythonCaptures(m *filter.Match) string {
	var parts []string
	for _, c := range m.Captures() {
		value := "None"
		if c.Set {
			value = pythonText(c.Value)
		}
		parts = append(parts, pythonText(c.Name)+": "+value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func pythonOptions(args []config.Arg) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, pythonText(a.Name)+": "+pythonText(a.Value))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
