package pyre

import (
	"slices"
	"testing"
)

func TestFindSubmatchIndex(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		flags         Flags
		want          []int
	}{
		{`a(b)?c`, "xacabc", 0, []int{1, 3, -1, -1}},
		{`^x \d+$`, "x 12\n", 0, []int{0, 4}},
		{`^x \d+\Z`, "x 12\n", 0, nil},
		{`\w+`, "é", 0, []int{0, 2}},
		{`(\d+)`, "a٣", 0, []int{1, 3, 1, 3}},
		{`x{,2}y`, "xxxy", 0, []int{1, 4}},
		{`x{,y`, "x{,y", 0, []int{0, 4}},
		{`(?i)straße`, "STRAẞE", 0, []int{0, 8}},
		{`(?P<q>["'])x(?P=q)`, `'x" "x"`, 0, []int{4, 7, 4, 5}},
		{`(a)?b(?(1)c|d)`, "bc abc", 0, []int{3, 6, 3, 4}},
		{`a(?!b)`, "abac", 0, []int{2, 3}},
		{`^b$`, "a\nb\nc", Multiline, []int{2, 3}},
		{`a.b`, "a\nb", Dotall, []int{0, 3}},
		{` a # comment`, "a", Verbose, []int{0, 1}},
		{`a*+a`, "aaa", 0, nil},
	} {
		re, err := Compile(c.pattern, c.flags)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		got, err := re.FindSubmatchIndex(c.text, nil)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: got %v, %v, want %v", c.pattern, c.text, got, err, c.want)
		}
	}
}
