package ban

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		page, each  time.Duration // what a page and a ban take
		least, most int           // the sizes that it comes to
	}{
		"a kernel":                     {1 * ms, 4 * time.Microsecond, pageMost, pageMost},
		"a program for all":            {10 * ms, 100 * time.Microsecond, 300, 1100},
		"a program on a busy machine":  {300 * ms, 500 * time.Microsecond, 400, 1300},
		"a page that always takes so":  {time.Second, 0, pageMost, pageMost},
		"an action that takes 5 ms":    {0, 5 * ms, 8, 21},
		"an action that takes a while": {0, time.Second, 1, 2},
	} {
		p := pace{size: 1}
		for i := range 40 {
			p.next(c.page + c.each*time.Duration(p.size))
			if i > 20 && (p.size < c.least || p.size > c.most) {
				t.Errorf("%s: page %d is of %d bans, not of %d to %d", name, i+2, p.size, c.least, c.most)
			}
		}
	}
}
