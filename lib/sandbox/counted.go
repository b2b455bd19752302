//go:build coverage

package sandbox

import "os"

// counted adds to the needs of a process that counts what runs in it where it writes that down at its end.
func counted(n Needs) Needs {
	if dir := os.Getenv("GOCOVERDIR"); dir != "" {
		n.Writable = append(n.Writable, dir)
	}
	return n
}
