package cli

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

// Two programs as the kernel shows them: one that stands where it was linked to, and one that was moved, whose third part is the
// process's own, and so is what can be written to.
const smapsSample = `00400000-00c12000 r-xp 00000000 fe:00 1234 /usr/bin/f2b-ban
Size:               8264 kB
Rss:                4000 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00c12000-01500000 r--p 00812000 fe:00 1234 /usr/bin/f2b-ban
Anonymous:             0 kB
01500000-01600000 r--p 01100000 fe:00 1234 /usr/bin/f2b-ban
Anonymous:             8 kB
01600000-01680000 rw-p 01200000 fe:00 1234 /usr/bin/f2b-ban
Anonymous:             0 kB
01680000-01700000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f0000000000-7f0000100000 r-xp 00000000 fe:00 99 /usr/lib/libc.so.6
Anonymous:             0 kB
7f0000200000-7f0000300000 r-xp 00000000 fe:00 98 /opt/usr/bin/f2b-ban
Anonymous:             0 kB
`

func TestUnchanged(t *testing.T) {
	got := unchanged([]byte(smapsSample), "/usr/bin/f2b-ban")
	want := []span{{0x400000, 0xc12000}, {0xc12000, 0x1500000}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(span{})); diff != "" {
		t.Error(diff)
	}
	if got := unchanged([]byte("nothing of the kind\nAnonymous: 0 kB\n"), "/usr/bin/f2b-ban"); got != nil {
		t.Errorf("of nonsense: %v", got)
	}
}

// What is let go comes back: this program runs on.
func TestSettled(t *testing.T) {
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	pages := programPages(maps)
	if len(pages) == 0 {
		t.Fatal("no pages of the test itself were found")
	}
	for _, p := range pages {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, p.start, p.end-p.start, unix.MADV_DONTNEED); errno != 0 {
			t.Errorf("%x-%x: %v", p.start, p.end, errno)
		}
	}
	if _, err := os.Stat("/"); err != nil || time.Unix(0, 0).UTC().Year() != 1970 {
		t.Error("the program is another now")
	}
}
