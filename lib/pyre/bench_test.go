package pyre

import "testing"

// hostPattern is what <HOST> stands for in a pattern like those of sshd.
const hostPattern = `(?:\[?(?:(?P<ip4>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})|` +
	`(?P<ip6>(?:[0-9a-fA-F]{0,4}:){2,7}(?:[0-9a-fA-F]{1,4}|(?<=:))))\]?|(?P<dns>[.^\w-]*\w))`

// A typical filter: what comes before the message, and two messages, the latter with what regular languages do not have.
const (
	prefixPattern = `^\s*(?:<[\w.]+>)?(?P<mlfid>(?:\S*[^\s:]\s+)?(?:kernel:\s?\[\s*\d+\.\d+\]:?\s+)?` +
		`(?:[\[(]?sshd(?:\([\w:.-]+\))?[\])]?(?:\[\d+\])?:?|\d\s+(?:\S+\s+)?sshd\s\S+\s-)\s+)(?P<content>.+)$`
	plainPattern = `^Failed \S+ for (?P<user>\S+) from ` + hostPattern + `(?: port \d+)?(?: ssh\d*)?$`
	lookPattern  = `^Failed \S+ for invalid user (?P<user>(?P<name>\S+)|(?:(?! from ).)*?) from ` + hostPattern + `(?: port \d+)?(?(name) ssh2|.*)$`
	quotePattern = `^user=(?P<q>["']?)(?P<user>\w+)(?P=q) from ` + hostPattern + `$`
)

const sshLine = " host sshd[24200]: Failed password for invalid user webmaster from 192.0.2.88 port 38926 ssh2\n"

const sshMessage = "Failed password for invalid user webmaster from 192.0.2.88 port 38926 ssh2\n"

// BenchmarkFind also runs Go's regexp on what that can express, for comparison.
func BenchmarkFind(b *testing.B) {
	for _, c := range []struct{ name, pattern, text string }{
		{"prefix", prefixPattern, sshLine},
		{"prefix/non-ascii", prefixPattern, " höst" + sshLine[5:]},
		{"prefix/miss", prefixPattern, " host cron[1]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)\n"},
		{"message", plainPattern, "Failed password for root from 192.0.2.88 port 38926 ssh2\n"},
		{"message/miss", plainPattern, sshMessage},
		{"look", lookPattern, sshMessage},
		{"backref", quotePattern, "user='root' from 192.0.2.88\n"},
	} {
		re := MustCompile(c.pattern, 0)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var loc []int
			for b.Loop() {
				loc, _ = re.FindSubmatchIndex(c.text, loc)
			}
		})
		b.Run(c.name+"/finder", func(b *testing.B) {
			b.ReportAllocs()
			f := NewFinder([]*Regexp{re})
			var loc []int
			for b.Loop() {
				loc, _ = f.Find(0, c.text, loc)
			}
		})
		root := settle(simplify(mustParse(c.pattern)), anything)
		if re := regexpFor(root); re != nil && comparable(root, c.text) {
			b.Run(c.name+"/package-regexp", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					re.FindStringSubmatchIndex(c.text)
				}
			})
		}
	}
}

func mustParse(pattern string) *node {
	t, err := parse(pattern, 0)
	if err != nil {
		panic(err)
	}
	return t.root
}

func BenchmarkCompile(b *testing.B) {
	for _, c := range []struct{ name, pattern string }{
		{"prefix", prefixPattern}, {"message", plainPattern}, {"look", lookPattern}, {"backref", quotePattern},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				MustCompile(c.pattern, 0)
			}
		})
	}
}
