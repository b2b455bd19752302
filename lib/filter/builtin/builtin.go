// Package builtin holds the filters and jails that the tools carry with them, for machines that have none, and says where those
// of a machine are. It is apart from package filter for those who read jails, and match nothing.
package builtin

import (
	"embed"
	"io/fs"
)

//go:embed filter.d jail.conf
var files embed.FS

// Files are the folder filter.d and the file jail.conf.
func Files() fs.FS { return files }

// DefaultDirs are the configuration folders that are looked through after those the user names.
var DefaultDirs = []string{"/etc/f2b", "/etc/fail2ban"}
