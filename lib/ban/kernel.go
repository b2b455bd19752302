package ban

import (
	"maps"
	"slices"
	"time"

	"f2b/lib/firewall"
)

// kernelSlack is how far apart the kernel's idea of when a ban ends and ours may be.
const kernelSlack = time.Second

// uptime is how long the keeper has lived by the clock that the kernel ends bans by: it stands while the machine sleeps,
// and nobody sets it.
func (k *Keeper) uptime() time.Duration { return time.Since(k.begun) }

// kernelEnd is when, in terms of uptime, the kernel ends a ban that it has just got; 0 if it does not.
func (k *Keeper) kernelEnd(b firewall.Ban) time.Duration {
	if !k.Backend.KernelExpiry() || b.Timeout <= 0 || b.Timeout > firewall.MaxKernelTimeout {
		return 0
	}
	return k.uptime() + b.Timeout
}

// endedByKernel reports whether the kernel has ended a ban by now, or is just about to.
func (k *Keeper) endedByKernel(e *entry) bool {
	return e.kernelEnd != 0 && k.uptime() > e.kernelEnd-kernelSlack
}

// A retimer is a backend of several, some of which leave the end of bans to the kernel. Retime gives bans a new end with those,
// and does nothing with the others.
type retimer interface {
	Retime([]firewall.Ban) error
}

// mindClock makes bans end when they should after the machine slept or its clock was set, which the kernel knows nothing of:
// they are given the time that they have left now.
func (k *Keeper) mindClock() {
	parts, several := k.Backend.(retimer)
	if !several && !k.Backend.KernelExpiry() {
		return
	}
	lead := k.Clock.Now().Sub(k.begun.Round(0)) - k.uptime()
	if (lead - k.lead).Abs() <= kernelSlack {
		return
	}
	k.lead = lead
	k.expire()
	var err error
	if several {
		err = k.retime(parts)
	} else {
		_, err = k.banAgain(slices.DeleteFunc(slices.Collect(maps.Values(k.bans)), func(e *entry) bool { return e.kernelEnd == 0 }))
	}
	if err != nil {
		k.Voice.Errorf("the clock was set: %v", err)
	}
}

// retime gives all bans that end the time that they have left.
func (k *Keeper) retime(parts retimer) (err error) {
	now := k.Clock.Now()
	var bans []firewall.Ban
	for _, e := range k.bans {
		if e.prefix.IsValid() && !e.expires.IsZero() && e.expires.After(now) && k.longest(e.where()) == e {
			bans = append(bans, firewall.Ban{Jail: e.id.Jail, Prefix: e.prefix, Timeout: remaining(e.expires, now)})
		}
	}
	for part := range slices.Chunk(bans, rebuildMost) {
		err = firstError(err, parts.Retime(part))
	}
	return err
}
