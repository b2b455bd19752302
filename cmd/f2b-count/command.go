package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"f2b/lib/cli"
	"f2b/lib/event"
)

// commandTimeout is how long the ignorecommand may take, as in fail2ban.
const commandTimeout = 60 * time.Second

// ignoreCommand is a shell command that says whom to leave alone.
type ignoreCommand struct {
	text    string
	timeout time.Duration
	cache   *answers // nil: it is asked each time
}

// tag is what looks like one of fail2ban's tags.
var tag = regexp.MustCompile(`<(ip|family|fid|ip-rev|ip-host|F-[A-Z0-9_-]+|jail\.[a-z]+)>`)

// checkCommand refuses tags that would have to be put into the command as text from a log.
func checkCommand(text string) error {
	for _, found := range tag.FindAllString(text, -1) {
		if found != "<ip>" && found != "<family>" {
			return fmt.Errorf("%s is not put into the command; its environment has F2B_IP, F2B_ID, F2B_JAIL, F2B_FILTER and F2B_LINE", found)
		}
	}
	return nil
}

// ask asks the command about the address of an event, unless it has answered lately.
func (c *ignoreCommand) ask(io *cli.IO, e *event.Event, address netip.Prefix) (ignored bool, err error) {
	if c.cache == nil {
		return c.run(io, e, address)
	}
	key, now := c.cache.key(e, address), time.Now()
	if ignored, known := c.cache.get(key, now); known {
		return ignored, nil
	}
	if ignored, err = c.run(io, e, address); err == nil {
		c.cache.put(key, ignored, now)
	}
	return ignored, err
}

// run asks the command about the address of an event. What comes from a log reaches it through the environment alone;
// an address in canonical form can hold nothing that a shell would take for its own.
func (c *ignoreCommand) run(io *cli.IO, e *event.Event, address netip.Prefix) (ignored bool, err error) {
	ip, family := addressText(address)
	ctx, cancel := context.WithTimeout(io.Context, c.timeout)
	defer cancel()
	text := strings.NewReplacer("<ip>", ip, "<family>", family).Replace(c.text)
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", text)
	cmd.Env = append(os.Environ(), "F2B_IP="+ip, "F2B_ID="+printable(e.ID), "F2B_JAIL="+printable(e.JailName()),
		"F2B_FILTER="+printable(e.Filter), "F2B_LINE="+printable(e.Line))
	cmd.Stdout, cmd.Stderr = io.Stderr, io.Stderr // stdout is for events
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	var status *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return false, fmt.Errorf("%s took longer than %v, so %s is not left alone", c.text, c.timeout, ip)
	case ctx.Err() != nil:
		return false, nil // we are told to end
	case errors.As(err, &status) && status.ExitCode() >= 126:
		return false, fmt.Errorf("%s ended with status %d, so %s is not left alone", c.text, status.ExitCode(), ip)
	case errors.As(err, &status):
		return false, nil
	}
	return err == nil, err
}

// printable takes out the byte that no environment can hold.
func printable(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// addressText writes an address as events do, and its family as fail2ban calls it.
func addressText(address netip.Prefix) (ip, family string) {
	ip, family = address.String(), "inet6"
	if address.IsSingleIP() {
		ip = address.Addr().String()
	}
	if address.Addr().Is4() {
		family = "inet4"
	}
	return ip, family
}
