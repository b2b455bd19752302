package growth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// MaxBantime is the longest ban that has an end, in seconds: 68 years.
const MaxBantime = math.MaxInt32

// Escalation makes the bans of those who come back longer, as fail2ban's bantime.increment does.
//
// The first ban has the plain ban time. Each later one has the larger of that and the formula, in which ban.Time is the
// plain ban time, ban.Count how many bans there were before, and banFactor the factor; or, with multipliers, the plain
// time by the factor by the multiplier at the place ban.Count, counted from 0, the last one repeating. Then Maxtime
// caps it, and a random part of up to Rndtime is added.
type Escalation struct {
	Formula     *Formula // nil: [DefaultFormula]
	Factor      float64
	Multipliers []float64
	Maxtime     int64 // seconds; 0: no limit
	Rndtime     int64 // seconds
	Overall     bool  // the bans of all jails count

	Rand func() float64 // in [0, 1); nil: a random one
}

// Parse reads what jail.conf and flags say of growing bans; what is empty is as fail2ban has it. With an error comes the option of
// bantime that is wrong.
func Parse(factor, formula, multipliers string) (x *Escalation, option string, err error) {
	x = &Escalation{Factor: 1}
	if factor != "" {
		f, err := ParseFormula(factor)
		if err == nil {
			x.Factor, err = f.Eval(Variables{})
		}
		if err != nil {
			return nil, "factor", err
		}
	}
	if formula != "" {
		if x.Formula, err = ParseFormula(formula); err != nil {
			return nil, "formula", err
		}
	}
	for _, w := range strings.FieldsFunc(multipliers, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil || n < 1 {
			return nil, "multipliers", fmt.Errorf("%q is no whole number above 0", w)
		}
		x.Multipliers = append(x.Multipliers, float64(n))
	}
	return x, "", nil
}

// Bantime is how long a ban lasts whose plain time is t seconds, when there were that many bans before. On an error,
// which is the formula's, the plain time is returned with it.
func (x *Escalation) Bantime(t int64, before int) (int64, error) {
	if before <= 0 || t < 0 {
		return t, nil
	}
	grown, err := x.grow(float64(t), before)
	if err != nil {
		return t, err
	}
	if x.Maxtime > 0 {
		grown = min(grown, float64(x.Maxtime))
	}
	if x.Rndtime > 0 {
		grown += x.random() * float64(x.Rndtime)
	}
	if math.IsNaN(grown) || grown < 1 {
		return t, fmt.Errorf("the formula gives %g seconds for a ban time of %d and %d bans before", grown, t, before)
	}
	return int64(min(grown, MaxBantime)), nil
}

func (x *Escalation) grow(t float64, before int) (float64, error) {
	if n := len(x.Multipliers); n > 0 {
		return t * x.Factor * x.Multipliers[min(before, n-1)], nil
	}
	f := x.Formula
	if f == nil {
		f = DefaultFormula
	}
	grown, err := f.Eval(Variables{Time: t, Count: float64(before), Factor: x.Factor})
	return max(t, grown), err
}

func (x *Escalation) random() float64 {
	if x.Rand != nil {
		return x.Rand()
	}
	return rand.Float64()
}
