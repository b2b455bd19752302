package window

// track begins to track a key.
func (w *Window) track(key string) int32 {
	i := w.keys.take()
	w.keys.at(i).key = key
	w.index[key] = i
	w.link(i)
	return i
}

// forget ends the tracking of a key.
func (w *Window) forget(i int32) {
	k := w.keys.at(i)
	w.clear(k)
	w.unlink(i)
	delete(w.index, k.key)
	w.keys.give(i)
}

// touch makes a key the one whose failure came last.
func (w *Window) touch(i int32) {
	if w.recent.last != i {
		w.unlink(i)
		w.link(i)
	}
}

// link puts a key at the end of recent.
func (w *Window) link(i int32) {
	k := w.keys.at(i)
	k.before, k.after = w.recent.last, 0
	if k.before != 0 {
		w.keys.at(k.before).after = i
	} else {
		w.recent.first = i
	}
	w.recent.last = i
}

// unlink takes a key out of recent.
func (w *Window) unlink(i int32) {
	k := w.keys.at(i)
	if k.before != 0 {
		w.keys.at(k.before).after = k.after
	} else {
		w.recent.first = k.after
	}
	if k.after != 0 {
		w.keys.at(k.after).before = k.before
	} else {
		w.recent.last = k.before
	}
}

// tidy forgets keys whose window has passed, and keys that are too many. It looks at two keys at most for each failure
// that is added, so that their number cannot outgrow those that count. A single failure with a time that is far off, as a
// broken clock gives, can do no more harm than that to the others.
func (w *Window) tidy(now int64) {
	for range 2 {
		if len(w.index) <= fewKeys || !w.passed(w.recent.first, now) {
			break
		}
		w.forget(w.recent.first)
	}
	for len(w.index) > 1 && (len(w.index) > w.maxTracked || w.bytes > w.maxBytes) {
		w.forget(w.recent.first)
		w.evicted++
	}
}

// passed says whether the window of a key is over: its newest failure is far from now, in the past, or in a future that
// only a broken clock can have seen.
func (w *Window) passed(i int32, now int64) bool {
	newest := w.failures.at(w.keys.at(i).newest).time
	return now-newest > w.findtime || newest-now > w.findtime
}
