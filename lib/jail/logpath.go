package jail

import (
	"strings"
)

// Logpath is a log, or a pattern of logs, that a jail watches.
type Logpath struct {
	Glob string
	Tail bool // begin at the end of the file, not with what is in it already
}

// logpaths reads the jail's logs: a path or pattern a line, behind it perhaps head (the default) or tail.
func (s *section) logpaths() []Logpath {
	value, _ := s.text("logpath")
	var logs []Logpath
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		log := Logpath{Glob: line}
		if i := strings.LastIndexByte(line, ' '); i >= 0 {
			log.Glob = strings.TrimSpace(line[:i])
			switch where := line[i+1:]; strings.ToLower(where) {
			case "head":
			case "tail":
				log.Tail = true
			default:
				s.wrong("logpath", "one path a line, behind it head or tail", "%q is neither head nor tail", where)
				continue
			}
		}
		logs = append(logs, log)
	}
	return logs
}
