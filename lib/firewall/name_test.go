package firewall

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

func TestSafeNameKeepsPlainNames(t *testing.T) {
	for _, name := range []string{"sshd", "nginx-http.auth_2", "A", "404"} {
		if got := SafeName(name, 24); got != name {
			t.Errorf("SafeName(%q) = %q", name, got)
		}
	}
}

func TestSafeNameTellsChangedNamesApart(t *testing.T) {
	long := strings.Repeat("x", 40)
	seen := map[string]string{}
	for _, name := range []string{"", "a b", "a_b", "a;b", "a\"b", "a\nb", "ä", "ö", long, long + "y", "a/b", SafeName("a b", 24)} {
		safe := SafeName(name, 24)
		if other, taken := seen[safe]; taken {
			t.Errorf("%q and %q both become %q", name, other, safe)
		}
		seen[safe] = name
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"sshd", "a b", "", "x\x00y", "\xff", "$(reboot)", strings.Repeat("é", 30)} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^[A-Za-z0-9_.-]*(/[a-z2-7]{10})?$`)
	f.Fuzz(func(t *testing.T, name string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		safe := SafeName(name, 24)
		if len(safe) > 24 || safe == "" || !form.MatchString(safe) {
			t.Errorf("SafeName(%q) = %q", name, safe)
		}
		if safe == name && strings.Contains(name, "/") {
			t.Errorf("%q could be another name's hash", name)
		}
	})
}
