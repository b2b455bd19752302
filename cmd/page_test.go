package cmd_test

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hostile is what an attacker would like to see at work in the page.
const hostile = "Mar 1 11:00:00 mx app: \"'~!touch pwned\n</script><script>pwned=1</script><img src=x onerror=pwned=1> &lt; &amp; $(touch pwned)`touch pwned` \x1b[31mred \u2028 \u202egnp.exe <!-- ]]>"

// report writes the page about three offenders, one of them hostile in all its parts, and returns its file.
func report(t *testing.T) string {
	t.Helper()
	var events strings.Builder
	add := func(event map[string]any) {
		line, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		events.Write(append(line, '\n'))
	}
	matches, err := exec.Command("f2b-match", "-now", "2026-03-01T12:00:00Z", "-tz", "UTC", "dovecot", "../scripts/demo.log").Output()
	if err != nil {
		t.Fatal(err)
	}
	events.Write(matches)
	for range 3 {
		add(map[string]any{"v": 1, "type": "match", "time": "2026-03-01T11:00:00Z", "id": hostile, "jail": hostile, "line": hostile, "country": hostile})
	}
	add(map[string]any{"v": 1, "type": "banned", "time": "2026-03-01T11:00:01Z", "id": hostile, "jail": hostile, "bantime": 600, "expires": hostile, "error": hostile})
	add(map[string]any{"v": 1, "type": "banned", "time": "2026-03-01T10:02:30Z", "ip": "192.0.2.8", "jail": "dovecot", "bantime": -1, "country": "CH"})

	cmd := exec.Command("f2b-html", "-tz", "UTC", "-title", "A <b>title</b>")
	cmd.Stdin = strings.NewReader(events.String())
	cmd.Stderr = os.Stderr
	page, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// browser is a Chromium with the page in it, and all that it complained of or asked the world for.
type browser struct {
	context.Context
	t        *testing.T
	mu       sync.Mutex
	said     []string
	requests []string
}

func open(t *testing.T, file string) *browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Env("HOME="+t.TempDir(), "XDG_CONFIG_HOME=", "XDG_CACHE_HOME="))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx) }) // waits for the end of the browser
	b := &browser{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate("file://"+file))
	return b
}

// note keeps what the page says on the console and what it fetches.
func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console."+e.Type.String())
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.said = append(b.said, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "file" || filepath.Base(u.Path) != "report.html" {
			b.requests = append(b.requests, e.Request.URL)
		}
	}
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// text evaluates an expression that gives a text.
func (b *browser) text(expression string) string {
	b.t.Helper()
	value, err := chromedp.Run(b, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// want holds what an expression gives.
func (b *browser) want(expression, want string) {
	b.t.Helper()
	if got := b.text(expression); got != want {
		b.t.Errorf("%s is\n%q, want\n%q", expression, got, want)
	}
}

const search = chromedp.CSS(`#search`)

// column lists the cells of a column.
func column(n string) string {
	return `[...document.querySelectorAll("tr.offender td:nth-child(` + n + `)")].map(c => c.innerText).join("|")`
}

// TestPage looks at f2b-html's page as a person would.
func TestPage(t *testing.T) {
	b := open(t, report(t))
	b.want("document.title", "A <b>title</b>")
	b.want(`document.querySelector("h1").innerText`, "A <b>title</b>")
	b.want(`document.querySelectorAll("tr.offender").length`, "4")
	b.want(column("1"), strings.NewReplacer("\n", "?").Replace(hostile)[:128]+"|192.0.2.8|2001:db8::bad|203.0.113.90")
	b.want(`document.querySelectorAll("figure svg rect").length > 100`, "true")

	t.Run("sort", func(t *testing.T) {
		failures, first := `//th/button[.="Failures"]`, `//th/button[.="First"]`
		b.do(chromedp.Click(failures))
		b.want(column("3"), "3|2|2|1")
		b.want(`document.querySelector("th:nth-child(3)").ariaSort`, "descending")
		b.do(chromedp.Click(failures))
		b.want(column("3"), "1|2|2|3")
		b.want(`document.querySelector("th:nth-child(3)").ariaSort`, "ascending")
		b.do(chromedp.Click(first))
		b.want(column("5"), "2026-03-01 10:00|2026-03-01 10:03|2026-03-01 10:04|2026-03-01 11:00")
		b.want(`document.querySelectorAll("[aria-sort]").length`, "1")
	})

	t.Run("search", func(t *testing.T) {
		erase := strings.Repeat(kb.Backspace, 20)
		b.do(chromedp.SendKeys(search, "db8::BAD"))
		b.want(column("1"), "2001:db8::bad")
		b.want(`document.querySelector("#found").innerText`, "1 of 4")
		b.want(`document.querySelector("mark").innerText`, "2001:db8::bad"[5:])
		b.do(chromedp.SendKeys(search, erase+"A2xUFrLjMgBCVa0N")) // in a line
		b.want(column("1"), "203.0.113.90")
		b.do(chromedp.SendKeys(search, erase+"nothing like it"))
		b.want(`document.querySelectorAll("#rows tr").length`, "0")
		b.do(chromedp.SendKeys(search, erase))
		b.want(`document.querySelectorAll("tr.offender").length`, "4")
	})

	t.Run("lines", func(t *testing.T) {
		b.do(chromedp.Click(`//td/button[starts-with(., "192.0.2.8")]`))
		b.want(`document.querySelectorAll("tr.lines pre").length`, "2")
		b.want(`document.activeElement.ariaExpanded`, "true")
		b.do(chromedp.Click(`//td/button[starts-with(., "192.0.2.8")]`))
		b.want(`document.querySelectorAll("tr.lines").length`, "0")
	})

	t.Run("hostile", func(t *testing.T) {
		b.do(chromedp.Click(`//td/button[contains(., "pwned")]`))
		b.want(`document.querySelector("tr.lines pre").textContent`, strings.NewReplacer(
			"\n", `\x0a`, "\x1b", `\x1b`, "\u2028", `\u{2028}`, "\u202e", `\u{202e}`).Replace(hostile))
		b.want(`document.querySelectorAll("main script, img, iframe, object, b").length`, "0")
		b.want(`document.scripts.length`, "2")
		b.want(`typeof pwned`, "undefined")
	})

	t.Run("sizes", func(t *testing.T) {
		for _, width := range []int64{1200, 400} {
			b.do(chromedp.EmulateViewport(width, 900), chromedp.Reload())
			b.want(`document.documentElement.scrollWidth <= innerWidth`, "true")
			b.picture(t, map[int64]string{1200: "wide.png", 400: "narrow.png"}[width])
		}
		light := b.text(`getComputedStyle(document.body).color`)
		dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, dark); err != nil {
			t.Fatal(err)
		}
		b.picture(t, "dark.png")
		if color := b.text(`getComputedStyle(document.body).color`); color == light {
			t.Errorf("the text is %s in the dark too", color)
		}
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.EmulateViewport(800, 1100))
		b.want(`getComputedStyle(document.querySelector("#search")).display`, "none")
		b.picture(t, "print.png")
	})

	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.said) > 0 || len(b.requests) > 0 {
		t.Errorf("the page said %q and asked for %q", b.said, b.requests)
	}
}

// picture takes a screenshot of the whole page, which go test -artifacts keeps.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name), png, 0o600); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(png), "\x89PNG") || len(png) < 20_000 {
		t.Errorf("%s: there is little to see in %d bytes", name, len(png))
	}
}

// TestPagePolicy holds that even markup that got into the page could neither run nor call out.
func TestPagePolicy(t *testing.T) {
	b := open(t, report(t))
	b.text(`(() => {
		const script = document.createElement("script");
		script.textContent = "pwned = 1";
		document.body.append(script);
		const box = document.createElement("div");
		document.body.append(box);
		box.innerHTML = "<img src='http://192.0.2.1/x' onerror='pwned = 1'><a id='trap' onclick='pwned = 1'>x</a>";
		document.getElementById("trap").click();
	})()`)
	b.want(`fetch("http://192.0.2.1/y").then(() => "fetched", () => "refused").then(s => document.title = s) && typeof pwned`, "undefined")
	if _, err := chromedp.Run(b, chromedp.Poll[bool](`document.title == "refused"`)); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	refused := func(what string) bool {
		return slices.ContainsFunc(b.said, func(s string) bool {
			return strings.Contains(s, what) && strings.Contains(s, "Content Security Policy")
		})
	}
	for _, what := range []string{"script", "image", "192.0.2.1/y"} {
		if !refused(what) {
			t.Errorf("no word of %s refused in %q", what, b.said)
		}
	}
}
