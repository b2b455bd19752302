// Package bounds is for fuzz targets: it says what one input may cost. Go's fuzzing finds what crashes, but waits for ever for what hangs,
// and takes no offence at what fills memory.
package bounds

import (
	"fmt"
	"runtime/metrics"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// often is how often a cost is looked at while it grows.
const often = 50 * time.Millisecond

// beyond is how many times a bound may be passed before the process is ended: until then the input can end by itself. What only waits has
// so long besides, by the clock on the wall.
const (
	beyond = 4
	asleep = time.Minute
)

// Hold begins one input, which may take some time of the processors, and some bytes of memory in all, whether they are given back or not. The
// function that it returns ends it, and reports what took more. What goes on and on, so that it would never come to that, ends the process
// by a panic, and fuzzing keeps its input as that of a crash.
func Hold(t testing.TB, most time.Duration, bytes uint64) (end func()) {
	began, worked, before := time.Now(), processTime(), allocated()
	cost := func() (time.Duration, uint64) {
		return min(processTime()-worked, time.Since(began)), allocated() - before
	}
	stop := watch(func() {
		if took, room := cost(); took > beyond*most || room > beyond*bytes || time.Since(began) > beyond*most+asleep {
			panic(fmt.Sprintf("goes on after %v, %v of it at work, and %d MiB; the bounds are %v and %d MiB",
				time.Since(began), took, room>>20, most, bytes>>20))
		}
	})
	return func() {
		stop()
		if took, room := cost(); took > most || room > bytes {
			t.Errorf("took %v and %d KiB; the bounds are %v and %d KiB", took, room>>10, most, bytes>>10)
		}
	}
}

// watch looks again and again, until it is stopped.
func watch(look func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(often)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				look()
			}
		}
	}()
	return func() { close(done) }
}

// processTime is how long this process has been at work. A machine that has much else to do takes no longer by that.
func processTime() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		panic(err) // there is no such error
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// allocated is how many bytes this process has ever taken from its heap.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
