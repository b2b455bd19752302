package main

import (
	"time"

	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/logtime"
	"f2b/lib/moment"
)

// always stands for the time before all failures.
const always = "-1"

// readTimes reads the flags that say when.
func (t *tool) readTimes() (err error) {
	t.zone, t.now = time.Local, time.Now()
	if t.TZ != "" {
		if t.zone, err = logtime.ParseZone(t.TZ); err != nil {
			return cli.Usagef("-tz: %v", err)
		}
	}
	if t.Now != "" {
		if t.now, err = moment.Parse(t.Now, t.now, t.zone); err != nil {
			return cli.Usagef("-now: %v", err)
		}
	}
	if t.Since != "" && t.Since != always {
		if t.since, err = moment.Parse(t.Since, t.now, t.zone); err != nil {
			return cli.Usagef("-since: %v", err)
		}
	}
	if t.Until != "" {
		if t.until, err = moment.Parse(t.Until, t.now, t.zone); err != nil {
			return cli.Usagef("-until: %v", err)
		}
		if !t.until.After(t.since) {
			return cli.Usagef("-until: %s is not after -since %s", t.until.Format(time.RFC3339), t.since.Format(time.RFC3339))
		}
	}
	return nil
}

// defaultSince is how far back a followed log is read where no jail says so: fail2ban's findtime.
const defaultSince config.Duration = 600

// setPeriod says which time's failures are wanted: what the flags say, or when a log is followed that of the last failures that still
// count, which came so long ago.
func (t *tool) setPeriod(w *watch, ago config.Duration) {
	const longest = config.Duration(1<<63-1) / config.Duration(time.Second)
	w.since, w.until = t.since, t.until
	if t.Since != "" || !t.Follow || ago < 0 || ago > longest {
		return
	}
	back := time.Duration(ago) * time.Second
	w.since = t.now.Add(-back)
	if t.Now == "" {
		w.recent = back
	}
}

// wants tells whether a failure is of the time wanted.
func (w *watch) wants(at time.Time) bool {
	return (!at.Before(w.since) || w.setBack(at)) && (w.until.IsZero() || at.Before(w.until))
}

// setBack tells whether a failure only seems old, because the clock was ahead when the following began and is right now.
func (w *watch) setBack(at time.Time) bool {
	return w.recent > 0 && !at.Before(time.Now().Add(-w.recent))
}
