package main

import (
	"strings"
	"testing"
)

// TestLinesThatHoldLineEnds gives failures whose lines hold what parts lines from each other, however that is written.
func TestLinesThatHoldLineEnds(t *testing.T) {
	for members, want := range map[string]string{
		`"line":"a\n"`:                              `["a\n"]`,
		`"line":"\n"`:                               `["\n"]`,
		`"line":"a\n\nb"`:                           `["a\n\nb"]`,
		`"line":"a\u000Ab"`:                         `["a\nb"]`,
		`"line":"C:\\new"`:                          `["C:\\new"]`,
		`"line":"b","lines":["a","b"]`:              `["a","b"]`,
		`"line":"b\n","lines":["a\nz","b\n"]`:       `["a\nz","b\n"]`,
		`"line":"b","lines":["\n","b"]`:             `["\n","b"]`,
		`"line":"b","lines":["","b"],"mine":"x\ny"`: `["","b"]`,
		"\"line\":\"a\xffb\\n\"":                    `["a\ufffdb\n"]`,
		`"line":"a\u00ff\n"`:                        `["aÿ\n"]`,
		`"mine":"x\ny"`:                             "",
		`"lines":["a\n","b"],"line":"c\n","id":"x"`: `["a\n","b"]`,
	} {
		out, messages, _ := run(t, "-maxretry 1 -maxmatches 5", `{"v":1,"type":"match","time":"2024-03-01T10:00:00Z","ip":"192.0.2.1",`+members+`}`)
		_, got, _ := strings.Cut(strings.ReplaceAll(out, "\ufffd", `\ufffd`), `"matches":`)
		if got, _, _ = strings.Cut(got, "]"); got != strings.TrimSuffix(want, "]") || messages != "" {
			t.Errorf("%s: %s, want %s; %s", members, got, want, messages)
		}
	}
}
