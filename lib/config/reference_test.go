package config

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// installed is where fail2ban's own configuration stands.
const installed = "/etc/fail2ban"

// job is a question for testdata/reference.py.
type job struct {
	Kind    string      `json:"kind"`
	Base    string      `json:"base,omitempty"`
	File    string      `json:"file,omitempty"`
	Name    string      `json:"name,omitempty"`
	Text    string      `json:"text,omitempty"`
	Args    [][2]string `json:"args,omitempty"`
	Around  [][2]string `json:"around,omitempty"` // the options of the jail
	Skip    []string    `json:"skip,omitempty"`
	Backend string      `json:"backend,omitempty"`
	Twice   bool        `json:"twice,omitempty"`
}

type answer struct {
	OK    json.RawMessage `json:"ok"`
	Error string          `json:"error"`
}

// ask puts questions to the installed fail2ban. Its absence fails the test: without it nothing here is known.
func ask(t *testing.T, jobs []job) []answer {
	t.Helper()
	if _, err := os.Stat(installed + "/jail.conf"); err != nil {
		t.Fatalf("fail2ban is needed for this test: %v (apt-get install fail2ban)", err)
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, j := range jobs {
		if err := enc.Encode(j); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/usr/bin/python3", "testdata/reference.py")
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin = &in
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fail2ban's reader: %v\n%s", err, stderr.String())
	}
	var answers []answer
	dec := json.NewDecoder(bytes.NewReader(out))
	for dec.More() {
		var a answer
		if err := dec.Decode(&a); err != nil {
			t.Fatal(err)
		}
		for _, bug := range []string{"KeyError", "AttributeError", "NameError", "IndexError"} {
			if strings.HasPrefix(a.Error, bug) && jobs[len(answers)].Kind != "duration" {
				t.Fatalf("testdata/reference.py fails at %+v: %s", jobs[len(answers)], a.Error)
			}
		}
		answers = append(answers, a)
	}
	if len(answers) != len(jobs) {
		t.Fatalf("%d answers to %d questions\n%s", len(answers), len(jobs), stderr.String())
	}
	return answers
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.OK, &v); err != nil {
		t.Fatalf("%v in %s", err, a.OK)
	}
	return v
}

func arguments(pairs [][2]string) []Arg {
	var args []Arg
	for _, p := range pairs {
		args = append(args, Arg{p[0], p[1]})
	}
	return args
}
