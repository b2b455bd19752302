package source

import (
	"os"
	"sync/atomic"
)

// Counter says how much has been read so far, to whoever wants to know while the reading goes on.
type Counter struct {
	Bytes atomic.Int64 // of the files as they are: packed, if they are
	Lines atomic.Int64
}

// read counts what a read has given; without a Counter nothing is counted.
func (c *Counter) read(bytes int) {
	if c != nil {
		c.Bytes.Add(int64(bytes))
	}
}

func (c *Counter) cut(lines int) {
	if c != nil {
		c.Lines.Add(int64(lines))
	}
}

// Size returns how many bytes Files has to read of its paths. It is unknown where one of them is no plain file but a
// pipe or a terminal, or cannot be looked at.
func Size(paths []string, stdin any) (bytes int64, known bool) {
	for _, path := range paths {
		var info os.FileInfo
		var err error
		if path == Stdin {
			file, ok := stdin.(*os.File)
			if !ok {
				return 0, false
			}
			info, err = file.Stat()
		} else {
			info, err = os.Stat(path)
		}
		if err != nil || !info.Mode().IsRegular() {
			return 0, false
		}
		bytes += info.Size()
	}
	return bytes, true
}
