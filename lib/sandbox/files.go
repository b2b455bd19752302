package sandbox

import (
	"os"
	"path/filepath"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"

	"golang.org/x/sys/unix"
)

// The rights that are granted, in Landlock's terms.
const (
	readFile = landlock.AccessFSSet(ll.AccessFSReadFile)
	listDir  = landlock.AccessFSSet(ll.AccessFSReadDir)
	execute  = landlock.AccessFSSet(ll.AccessFSExecute)
	change   = readFile | listDir | landlock.AccessFSSet(ll.AccessFSWriteFile|ll.AccessFSTruncate|ll.AccessFSMakeReg|ll.AccessFSRemoveFile)
)

// ofFolders are the rights that no file has.
const ofFolders = listDir | landlock.AccessFSSet(ll.AccessFSMakeReg|ll.AccessFSRemoveFile)

// dnsPort is where name servers listen.
const dnsPort = 53

// lookupFiles are what a lookup of a host name reads.
var lookupFiles = []string{"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/services"}

// boundFiles leaves the process the files that it needs, as far as the kernel's Landlock goes. Where that knows of connections and
// signals those are bounded too.
func boundFiles(n Needs) error {
	var rules []landlock.Rule
	grant := func(access landlock.AccessFSSet, paths []string) {
		for _, path := range paths {
			if access, ok := grantable(path, access); ok {
				rules = append(rules, landlock.PathAccess(access, path).IgnoreIfMissing()) // a log may be rotated just now
			}
		}
	}
	grant(readFile, n.Files)
	grant(readFile|listDir, n.Folders)
	grant(listDir, n.Listed)
	grant(execute|readFile, n.Programs)
	grant(change, n.Writable)
	if n.Lookups {
		grant(readFile, lookupFiles)
		rules = append(rules, landlock.ConnectTCP(dnsPort))
		if real, err := filepath.EvalSymlinks(lookupFiles[0]); err == nil && filepath.Dir(real) != "/etc" {
			grant(readFile, []string{filepath.Dir(real)}) // whoever writes it puts new files in its place
		}
	}
	config := landlock.V7
	if len(n.Programs) > 0 {
		config.Scoped = 0 // each thread has its own scope, so that one could not end what another has started
	}
	return config.BestEffort().Restrict(rules...)
}

// grantable says whether Landlock has rules for a path, and which of the rights apply to it: a file cannot be listed, and what
// has no place in a file system, such as a pipe of a shell's <(...), is not bounded.
func grantable(path string, access landlock.AccessFSSet) (landlock.AccessFSSet, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	if !info.IsDir() {
		access &^= ofFolders
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return 0, false
	}
	switch fs.Type {
	case unix.PIPEFS_MAGIC, unix.SOCKFS_MAGIC, unix.ANON_INODE_FS_MAGIC:
		return 0, false
	}
	return access, access != 0
}
