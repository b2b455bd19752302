package window

import "unsafe"

// failureSize is what a failure takes without its line.
const failureSize = int(unsafe.Sizeof(failure{}))

// insert puts a failure into its place in the order of time; after those of the same time, for that is how they came.
func (w *Window) insert(k *tracked, at moment, line []byte) {
	failures := &w.failures
	i := failures.take()
	f := failures.at(i)
	f.seconds, f.nanos = at.seconds, at.nanos
	f.older = k.newest
	for f.older != 0 && failures.at(f.older).moment().more(at) {
		f.newer = f.older
		f.older = failures.at(f.older).older
	}
	if f.older != 0 {
		failures.at(f.older).newer = i
	} else {
		k.oldest = i
	}
	if f.newer != 0 {
		failures.at(f.newer).older = i
	} else {
		k.newest = i
	}
	k.count++
	w.hold(failureSize)
	w.keepLine(k, i, line)
}

// keepLine keeps the line of the failure i, unless newer ones take up all the room. The failures with a line are always
// the newest ones, without a gap.
func (w *Window) keepLine(k *tracked, i int32, line []byte) {
	f := w.failures.at(i)
	switch {
	case w.maxmatches == 0:
		return
	case k.kept == 0 && f.newer == 0, k.kept != 0 && k.kept == f.newer:
		k.kept = i
	case k.kept == 0 || w.failures.at(k.kept).moment().more(f.moment()):
		return // there is a failure without a line in between
	}
	f.line = w.lines.put(line)
	k.lines++
	k.bytes += int32(len(line))
	w.hold(textSize(len(line)))
	for k.lines > w.maxmatches || k.bytes > maxKeyBytes {
		w.dropLine(k)
	}
}

// dropLine drops the oldest line of a key.
func (w *Window) dropLine(k *tracked) {
	f := w.failures.at(k.kept)
	n := len(w.lines.get(f.line))
	k.lines--
	k.bytes -= int32(n)
	w.hold(-textSize(n))
	w.lines.drop(f.line)
	f.line = 0
	k.kept = f.newer
}

// prune drops the failures that are too old to be counted with the newest.
func (w *Window) prune(k *tracked) {
	if k.newest == k.oldest {
		return
	}
	newest := w.failures.at(k.newest).moment()
	for newest.since(w.failures.at(k.oldest).moment()).more(w.findtime) {
		w.dropOldest(k)
	}
}

// dropOldest drops the oldest failure of a key.
func (w *Window) dropOldest(k *tracked) {
	i := k.oldest
	if i == k.kept {
		w.dropLine(k)
	}
	failures := &w.failures
	k.oldest = failures.at(i).newer
	if k.oldest != 0 {
		failures.at(k.oldest).older = 0
	} else {
		k.newest = 0
	}
	k.count--
	w.hold(-failureSize)
	failures.give(i)
}

// clear drops all failures of a key.
func (w *Window) clear(k *tracked) {
	failures, lines := &w.failures, &w.lines
	held := int(k.count) * failureSize
	for i := k.oldest; i != 0; {
		f := failures.at(i)
		if f.line != 0 {
			held += textSize(len(lines.get(f.line)))
			lines.drop(f.line)
		}
		newer := f.newer
		failures.give(i)
		i = newer
	}
	w.hold(-held)
	k.newest, k.oldest, k.kept = 0, 0, 0
	k.count, k.lines, k.bytes = 0, 0, 0
}
