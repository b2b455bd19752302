package ban

import "time"

// How many bans are restored at once: as many as take about pageTime, so that a new ban never waits longer for its turn. It
// begins with few, and where actions are run, each of which may take a second, with one.
const (
	pageFirst  = 64
	pageMost   = 6400
	pageGrowth = 8
	pageTime   = 50 * time.Millisecond
)

// pace finds that number. What each page takes whatever its size, such as the start of a program, is no reason for small ones.
type pace struct {
	size   int           // of the next page
	before int           // the size of the page before the last, 0: there was none
	took   time.Duration // how long that one took
}

// next takes note of how long a page took.
func (p *pace) next(took time.Duration) {
	size := p.size
	switch {
	case took < pageTime/2:
		p.size = pageGrowth * size
	case p.before == 0 || p.before == size:
		p.size = 2 * size // to see what difference it makes
	default:
		each := (took - p.took) / time.Duration(size-p.before)
		if p.size = min(fitting(took, each, size), pageGrowth*size); p.size == size {
			p.size = 2 * size
		}
	}
	p.size = min(max(p.size, 1), pageMost)
	p.before, p.took = size, took
}

// fitting is how many bans take pageTime, or as long as a page takes without any, if each takes so long.
func fitting(took, each time.Duration, size int) int {
	if each <= 0 {
		return pageMost
	}
	without := took - each*time.Duration(size)
	return int(max(pageTime, without) / each)
}
