package window

// find returns the number of a tracked key, 0 if it isn't tracked.
func (w *Window) find(key Key, hash uint32) int32 {
	return w.index.find(hash, func(number int32) bool {
		k := w.keys.at(number)
		if k.kind != key.kind {
			return false
		}
		if k.kind == isText {
			return string(w.names.get(int32(k.lo))) == key.text
		}
		return k.lo == key.lo && k.hi == key.hi
	})
}

// track begins to track a key.
func (w *Window) track(key Key, hash uint32) int32 {
	i := w.keys.take()
	k := w.keys.at(i)
	k.hi, k.lo, k.kind, k.hash = key.hi, key.lo, key.kind, hash
	if key.kind == isText {
		k.lo = uint64(w.names.put([]byte(key.text)))
		w.hold(textSize(len(key.text)))
	}
	w.index.add(hash, i)
	w.link(i)
	return i
}

// forget ends the tracking of a key.
func (w *Window) forget(i int32) {
	k := w.keys.at(i)
	w.clear(k)
	w.unlink(i)
	w.index.remove(k.hash, i)
	if k.kind == isText {
		w.hold(-textSize(len(w.names.get(int32(k.lo)))))
		w.names.drop(int32(k.lo))
	}
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
func (w *Window) tidy(now moment) {
	for range 2 {
		if w.index.n <= fewKeys || !w.passed(w.recent.first, now) {
			break
		}
		w.forget(w.recent.first)
	}
	for w.index.n > w.maxTracked {
		w.forget(w.recent.first)
		w.evicted++
	}
	w.fit(w)
}

// passed says whether the window of a key is over: its newest failure is far from now, in the past, or in a future that
// only a broken clock can have seen.
func (w *Window) passed(i int32, now moment) bool {
	newest := w.failures.at(w.keys.at(i).newest).moment()
	return now.since(newest).more(w.findtime) || newest.since(now).more(w.findtime)
}
