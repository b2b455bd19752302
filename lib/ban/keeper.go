// Package ban keeps bans: it takes decisions, writes them into the ledger, has a firewall enforce them, says what
// happened, and ends them when their time is up.
//
// # Time
//
// Decisions are judged by their own time, bans run by the machine's clock. Whether a decision prolongs a ban or is a new
// one, and how often an address has been banned before, follows from the events alone: a log read again years later
// gives the same answers as living through it. But a ban begins when the firewall gets it, and lasts its bantime from
// then on: what an old log decides is enforced, and no mistake about a time zone makes a ban longer, shorter or void.
// For a live log the two are the same. A dry run, which enforces nothing, goes by the events' time alone ([EventTime]), and
// a [Replay] does so strictly.
//
// # Order
//
// A ban is in the ledger before it is in the firewall, and in the firewall before it is said to be there. A ban's end is
// the other way round. So after any sudden death, what the ledger says can be made true again.
//
// # Several processes
//
// Each ban has one keeper, the process that enforced it last. It ends the ban, repairs it, and says so. Bans without a
// living keeper are taken over by the next keeper of the same backend. What another process writes into the ledger
// is noticed within [watchEvery].
package ban

import (
	"context"
	"io"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// watchEvery is how often the ledger and the firewall are looked at for what others did to them.
const watchEvery = 250 * time.Millisecond

// Voice is how a keeper speaks to people.
type Voice interface {
	Warnf(format string, args ...any)  // worth knowing
	Errorf(format string, args ...any) // went wrong; the run goes on
}

// Options of a keeper. Backend, Jails, Clock and Voice must be set.
type Options struct {
	Backend firewall.Backend
	Jails   *Jails
	Clock   Clock
	Voice   Voice
	Safety  *Safety // nil: anything may be banned

	// Open opens the ledger. It is called again when the ledger was lost or could not be opened.
	Open func() (*ledger.Ledger, error)

	Jail     string        // all bans are kept in this jail, whatever their events say; empty: in their own
	Start    []string      // jails to set up before their first ban, where the backend can
	PurgeAge time.Duration // a ban that is over is forgotten after this; 0: never
	Flush    bool          // end all bans when the input ends
	Replay   *Replay       // the events are of the past, and this is the clock; nil: they are not. The backend enforces nothing
}

// Keeper keeps the bans of one process.
type Keeper struct {
	Options
	bans    map[ledger.ID]*entry
	due     schedule
	book    book
	out     *event.Writer
	batch   batch
	restore restoring
	purge   purging
	tz      zoneHint
	said    map[string]bool // complaints that are said once
	command bool            // a single act, not a life: nothing is taken over

	held     map[string]int // how many addresses are banned in each jail
	aliases  map[place][]*entry
	auditing auditing
	begun    time.Time
	lead     time.Duration // of the machine's clock before that of the kernel, since begun
}

// New returns a keeper that knows of no ban yet.
func New(o Options) *Keeper {
	if o.Replay != nil {
		o.Clock = o.Replay
	}
	return &Keeper{Options: o, bans: map[ledger.ID]*entry{}, held: map[string]int{}, aliases: map[place][]*entry{}, said: map[string]bool{},
		auditing: auditing{jails: map[string]bool{}}, book: book{open: o.Open}, begun: time.Now()}
}

// Run keeps bans until in ends or ctx is done: it reads events from in and writes what happens to out. The backend is
// open. The bans stay, unless Options.Flush is set.
//
// When ctx is done, what in still holds is taken, as long as more comes without a pause.
func (k *Keeper) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	k.out = event.NewWriter(out)
	k.begin()
	defer k.book.close()
	source := newIntake(in)
	go source.read()
	defer source.stop()
	if err := k.loop(ctx, source); err != nil {
		return err
	}
	if k.Replay != nil && ctx.Err() == nil {
		k.playOut()
	}
	return k.end()
}

// begin opens the ledger and gets ready to take over the bans that nobody keeps.
func (k *Keeper) begin() {
	k.openBook()
	k.restore = restoring{active: k.book.ledger != nil}
	k.warnOfAbandoned()
	k.start()
}

// start sets up the jails that do not wait for their first ban. The ledger knows of them too, so that a flush does.
func (k *Keeper) start() {
	b, ok := k.Backend.(firewall.Starter)
	if !ok {
		return
	}
	for _, jail := range k.Start {
		k.claimJail(jail)
		if err := b.Start(jail); err != nil {
			k.Voice.Errorf("jail %s: %v", jail, err)
		}
	}
}

// loop does what there is to do until the input has ended. Input comes before all else, and restoring is what is done
// when there is nothing else to do.
func (k *Keeper) loop(ctx context.Context, in *intake) error {
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		k.arm(timer)
		select {
		case <-in.ready:
			hands, over, err := in.take()
			k.take(hands...)
			in.giveBack(hands)
			if over {
				k.finishRestore(ctx)
				return firstError(err, k.out.Flush())
			}
		case <-timer.C:
			k.expire()
		case <-watch.C:
			k.watch()
		case <-k.restore.pending():
			if len(in.ready) == 0 {
				k.restoreSome()
			}
		case found := <-k.auditing.found:
			k.audited(found)
		case <-ctx.Done():
			return firstError(k.drain(in), k.out.Flush())
		}
		if err := k.out.Flush(); err != nil {
			return err
		}
	}
}

// The pauses in the input after which a keeper that was told to end does so, and the longest it waits.
const (
	drainPause = 200 * time.Millisecond
	drainMost  = 2 * time.Second
)

// drain takes what the input holds when the process is told to end: the stages before it were told the same and are
// writing their last.
func (k *Keeper) drain(in *intake) error {
	last := time.NewTimer(drainMost)
	defer last.Stop()
	for {
		pause := time.NewTimer(drainPause)
		select {
		case <-in.ready:
			hands, over, err := in.take()
			k.take(hands...)
			in.giveBack(hands)
			if over || err != nil {
				return err
			}
		case <-pause.C:
			return nil
		case <-last.C:
			return nil
		}
	}
}

// watch looks after what others did, and what has to be done now and then.
func (k *Keeper) watch() {
	k.tendBook()
	k.follow()
	k.mindClock()
	k.repair()
	k.audit()
	k.purgeSome()
}

// end is the last act. A command that has just lifted a ban of this process counts on it to take the ban out of the firewall.
func (k *Keeper) end() error {
	k.follow()
	k.saveAtEnd()
	if k.Flush {
		k.flushOwn()
	}
	return k.out.Flush()
}

// onceMost is how many different complaints are made, each once; the events tell of the rest.
const onceMost = 100

// once says something that would be true again and again.
func (k *Keeper) once(topic, format string, args ...any) {
	if k.said[topic] || len(k.said) >= onceMost {
		return
	}
	k.said[topic] = true
	k.Voice.Errorf(format, args...)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
