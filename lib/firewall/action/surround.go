package action

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// surround goes from the text at the end of the path outwards and notes what the commands around it mean for a value at that
// place of it. It returns why no value can be put there, if none can.
func (w *walker) surround(p *place, mark, at int) (why string) {
	innermost := true // the word that the text is a part of has not been met yet
	for i := len(w.path) - 2; i >= 0; i-- {
		child := w.path[i+1]
		switch n := w.path[i].(type) {
		case *syntax.CallExpr:
			w.inCall(p, n, i, at, innermost)
			innermost = false
		case *syntax.Assign:
			if n.Index != nil || n.Array != nil || n.Name == nil {
				return "stands in an array"
			}
			w.from[n.Name.Value] = append(w.from[n.Name.Value], mark)
			if innermost && n.Value != nil {
				p.leading = w.prefix(n.Value, at) == "" // the variable may become a word
			}
			innermost = false
		case *syntax.WordIter:
			if word, ok := child.(*syntax.Word); ok && innermost {
				p.leading = w.prefix(word, at) == ""
			}
			innermost = false
		case *syntax.Redirect:
			if n.Hdoc != nil && child == syntax.Node(n.Word) {
				return "stands in the end word of a here-document"
			}
			p.program = p.program || n.Hdoc == nil // a file's name: no other folder may be named
		case *syntax.Stmt:
			if _, ok := child.(*syntax.Redirect); ok && runs(n, readers) {
				p.program = true // what a here-document brings to it is run
			}
		case *syntax.BinaryCmd:
			if n.Op == syntax.Pipe && child == syntax.Node(n.X) && runs(n.Y, readers) {
				p.program = true
			}
		case *syntax.CmdSubst:
			p.program = p.program || w.isSplit(i)
		case *syntax.TestClause, *syntax.LetClause, *syntax.ArithmCmd, *syntax.CStyleLoop:
			p.program = true // bash computes in there
		case *syntax.ExtGlob, *syntax.ProcSubst, *syntax.BraceExp, *syntax.TestDecl, *syntax.CoprocClause:
			return "stands in something that only some shells know"
		}
	}
	return ""
}

// inCall notes what a simple command, the i-th node of the path, means for what stands in one of its words.
func (w *walker) inCall(p *place, call *syntax.CallExpr, i, at int, innermost bool) {
	index := -1
	for k, arg := range call.Args {
		if syntax.Node(arg) == w.path[i+1] {
			index = k
		}
	}
	if index < 0 {
		return // in an assignment
	}
	p.command = p.command || index == 0
	begins := false
	if innermost {
		before := w.prefix(call.Args[index], at)
		begins = before == ""
		p.leading = begins || strings.HasSuffix(before, "=")
		w.inPrintf(p, call, index)
	}
	if isObscure(call) || calls(call, wrappers) && (begins || !innermost) {
		p.program = true
	}
}

// prefix is what stands literally in a word before the text at the end of the path and the first at bytes of that.
func (w *walker) prefix(word *syntax.Word, at int) string {
	var s strings.Builder
	w.before(word.Parts, at, &s)
	return s.String()
}

// before gathers the prefix from parts of a word and tells whether the text was found in them.
func (w *walker) before(parts []syntax.WordPart, at int, out *strings.Builder) (found bool) {
	leaf := w.path[len(w.path)-1]
	for _, part := range parts {
		switch n := part.(type) {
		case *syntax.Lit:
			if syntax.Node(n) == leaf {
				out.WriteString(n.Value[:at])
				return true
			}
			out.WriteString(n.Value)
		case *syntax.SglQuoted:
			if syntax.Node(n) == leaf {
				out.WriteString(n.Value[:at])
				return true
			}
			out.WriteString(n.Value)
		case *syntax.DblQuoted:
			if w.before(n.Parts, at, out) {
				return true
			}
		default:
			for _, node := range w.path {
				if node == syntax.Node(part) {
					return true // it stands in there
				}
			}
		}
	}
	return false
}

// inPrintf notes what printf does to the value of a tag in one of its words: it reads its format, and what %b stands for, as
// a little language of its own.
func (w *walker) inPrintf(p *place, call *syntax.CallExpr, index int) {
	if call.Args[0].Lit() != "printf" || len(call.Args) < 2 {
		return
	}
	format := 1
	if call.Args[1].Lit() == "--" && len(call.Args) > 2 {
		format = 2
	}
	switch {
	case index == format:
		p.escape = percents
	case index > format:
		p.leading = false
		if strings.Contains(literal(call.Args[format].Parts), "%b") {
			p.escape = backslashes
		}
	}
}

// isSplit tells whether the i-th node of the path, an expansion, stands where its value is split into several words.
func (w *walker) isSplit(i int) bool {
	for i--; i > 0; i-- {
		switch w.path[i].(type) {
		case *syntax.DblQuoted, *syntax.Assign, *syntax.Redirect, *syntax.CaseClause, *syntax.CaseItem:
			return false
		case *syntax.CallExpr, *syntax.WordIter, *syntax.Stmt:
			return true
		}
	}
	return true
}

// variable notes what is done with a variable of the script's own that is expanded at the end of the path.
func (w *walker) variable(p *place) {
	p.program = p.program || w.isSplit(len(w.path)-1)
	for i := len(w.path) - 2; i >= 0; i-- {
		switch n := w.path[i].(type) {
		case *syntax.ArithmExp, *syntax.ArithmCmd, *syntax.LetClause, *syntax.TestClause:
			p.program = true
		case *syntax.CallExpr:
			p.program = p.program || isObscure(n) || calls(n, wrappers)
			p.command = p.command || len(n.Args) > 0 && syntax.Node(n.Args[0]) == w.path[i+1]
		case *syntax.BinaryCmd:
			if n.Op == syntax.Pipe && w.path[i+1] == syntax.Node(n.X) && runs(n.Y, readers) {
				p.program = true
			}
		}
	}
}
