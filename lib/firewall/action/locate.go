package action

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// locate parses a script and finds out what surrounds each mark. It is read as POSIX has it and as bash does, and both have
// to agree on the quotes, for which of them a machine's sh is like nobody knows here.
func locate(script string, marks []markedTag) (places []place, mail bool, err error) {
	places, mail, err = locateAs(syntax.LangPOSIX, script, marks)
	if err != nil {
		return nil, false, err
	}
	other, _, err := locateAs(syntax.LangBash, script, marks)
	if _, refused := errors.AsType[*placeError](err); refused {
		return nil, false, err
	}
	for i := range other {
		if other[i].form != places[i].form || other[i].number != places[i].number {
			return nil, false, &placeError{marks[i].tag, "stands where one shell sees quotes and another does not"}
		}
	}
	return places, mail, nil
}

// A placeError is a tag in a place where no value can be put safely.
type placeError struct{ tag, why string }

func (e *placeError) Error() string { return fmt.Sprintf("<%s> %s", e.tag, e.why) }

func locateAs(lang syntax.LangVariant, script string, marks []markedTag) ([]place, bool, error) {
	file, err := syntax.NewParser(syntax.Variant(lang), syntax.KeepComments(true)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, false, fmt.Errorf("no script for sh: %s", unmark(err.Error(), marks))
	}
	w := walker{marks: marks, places: make([]place, len(marks)), seen: make([]int, len(marks)), from: map[string][]int{}, later: map[string]place{}}
	syntax.Walk(file, w.visit)
	if w.err != nil {
		return nil, false, w.err
	}
	for i, n := range w.seen {
		if n != 1 { // the tree does not show it, so what surrounds it is not known
			return nil, false, &placeError{marks[i].tag, "stands in a place that is not understood"}
		}
	}
	for name, later := range w.later {
		for _, i := range w.from[name] {
			w.places[i].program = w.places[i].program || later.program
			w.places[i].command = w.places[i].command || later.command
		}
	}
	return w.places, w.mail, nil
}

// unmark puts the tags back into what the parser says.
func unmark(s string, marks []markedTag) string {
	for _, m := range marks {
		s = strings.ReplaceAll(s, m.word, "<"+m.tag+">")
	}
	return s
}

// A walker goes through the tree of a script.
type walker struct {
	marks  []markedTag
	places []place
	seen   []int // how often each mark was met
	mail   bool
	path   []syntax.Node // from the root to where we are
	err    error

	from  map[string][]int // which marks the script's own variables get their values from
	later map[string]place // and what is done with those variables
}

func (w *walker) visit(node syntax.Node) bool {
	if node == nil {
		w.path = w.path[:len(w.path)-1]
		return true
	}
	if w.err != nil {
		return false
	}
	w.path = append(w.path, node)
	switch n := node.(type) {
	case *syntax.Lit:
		w.text(n.Value, bare)
	case *syntax.SglQuoted:
		w.text(n.Value, single)
	case *syntax.Comment:
		w.text(n.Text, comment)
	case *syntax.ParamExp:
		if n.Param != nil {
			later := w.later[n.Param.Value]
			w.variable(&later)
			w.later[n.Param.Value] = later
		}
	case *syntax.CallExpr:
		w.mail = w.mail || calls(n, mailPrograms)
	}
	return true
}

// text finds the marks in a piece of text.
func (w *walker) text(text string, f form) {
	for i, m := range w.marks {
		at := strings.Index(text, m.word)
		if at < 0 {
			continue
		}
		w.seen[i] += strings.Count(text, m.word)
		p := place{form: f}
		if f != comment {
			why := w.quotes(&p)
			if why == "" {
				why = w.surround(&p, i, at)
			}
			if why != "" && w.err == nil {
				w.err = &placeError{m.tag, why}
			}
		}
		w.places[i] = p
	}
}

// quotes finds out in which quotes the text at the end of the path stands, and returns why no value can be put there, if
// none can. Inside of $(...) and of backquotes everything begins anew.
func (w *walker) quotes(p *place) (why string) {
	leaf := len(w.path) - 1
	quotedInside, inBraces := false, false
	if q, ok := w.path[leaf].(*syntax.SglQuoted); ok {
		quotedInside = true
		if q.Dollar {
			return "stands in $'...'"
		}
	} else if why := isName(w.path[leaf-1]); why != "" {
		return why
	}
	for i := leaf - 1; i >= 0; i-- {
		switch n := w.path[i].(type) {
		case *syntax.Stmt:
			return ""
		case *syntax.ParamExp:
			inBraces = true
		case *syntax.DblQuoted:
			if inBraces && quotedInside {
				return "stands in quotes in ${...} in quotes, which every shell reads in its own way"
			}
			quotedInside = true
			p.quote()
		case *syntax.Redirect:
			if n.Hdoc == nil || syntax.Node(n.Hdoc) != w.path[i+1] {
				continue
			}
			if isQuoted(n.Word) {
				return "stands in a here-document whose end word is quoted: take the quotes off the end word"
			}
			if inBraces && quotedInside {
				return "stands in quotes in ${...} in a here-document"
			}
			p.quote()
		case *syntax.ArithmExp:
			p.number = true
			p.form = quoted
			if quotedInside {
				return "stands in quotes in $((...))"
			}
		}
	}
	return ""
}

// quote notes that the text stands in double quotes.
func (p *place) quote() {
	if p.form == bare {
		p.form = quoted
	}
}

// isName tells whether what holds a text is something other than a word: the name of a variable or of a function, a number of a
// redirection.
func isName(parent syntax.Node) (why string) {
	switch parent.(type) {
	case *syntax.Word, *syntax.DblQuoted:
		return ""
	case *syntax.ParamExp, *syntax.Assign, *syntax.WordIter:
		return "stands in the name of a variable"
	}
	return "stands in a name"
}

// isQuoted tells whether some part of the end word of a here-document is quoted: nothing in the document is replaced then.
func isQuoted(w *syntax.Word) bool {
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			return true
		}
	}
	return false
}
