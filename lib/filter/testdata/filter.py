"""Asks fail2ban's own filters, for the differential test.

Reads one JSON object a line and answers each with one. A session is {"filter": name,
"options": {...}, "journal": whether the lines come from the journal, "ignoreregex": [patterns to add],
"maxlines": 0 or a number, "usedns": "no" or "raw", "lines": [...], "now": [seconds, one for each line]}.
Its answer is a list with one entry for each line: a list of the failures that the line completed, each
[whom, address or null, seconds or null, number of lines]; or the name of the exception that lost the line.
"""
import json
import logging
import os
import signal
import sys
import time

from fail2ban.client.filterreader import FilterReader
from fail2ban.server import utils
from fail2ban.server.filter import Filter
from fail2ban.server.mytime import MyTime

os.environ["TZ"] = "Europe/Zurich"
time.tzset()


class Clock:
    """What the memory of sessions takes for the time: that of the log, as in live operation."""

    filter = None

    def time(self):
        return self.filter and self.filter._Filter__lastDate or MyTime.time()


utils.time = Clock()


def load(ask):
    options = dict(ask["options"])
    options.setdefault("logtype", "journal" if ask["journal"] else "file")
    reader = FilterReader(ask["filter"], "test", options, basedir="/etc/fail2ban", share_config={})
    reader.read()
    reader.getOptions({})
    f = Filter(None, useDns=ask["usedns"])
    f.checkFindTime = False
    values = {"addfailregex": [], "addignoreregex": []}
    for command in reader.convert():
        name, given = command[2], command[3]
        given = given if isinstance(given, list) else [given]
        if name in values:
            values[name] += given
        elif name == "maxlines":
            f.setMaxLines(given[0])
        elif name == "datepattern":
            f.setDatePattern(given[0])
        elif name == "prefregex":
            f.prefRegex = given[0]
    if ask["maxlines"]:
        f.setMaxLines(ask["maxlines"])
    for pattern in values["addfailregex"]:
        f.addFailRegex(pattern)
    for pattern in values["addignoreregex"] + ask["ignoreregex"]:
        f.addIgnoreRegex(pattern)
    for entry in f.dateDetector.templates:
        entry.template.hits = 0  # templates are shared: forget earlier sessions
    return f


def failure(found):
    _, who, date, fail = found
    address = fail.get("ip")  # only where it differs from whom
    return [str(who), None if address is None else str(address), None if date is None else int(date // 1),
            len(fail.get("matches", ()))]


def give_up(*_):
    raise TimeoutError


def look(f, line, now, journal):
    MyTime.setTime(now)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2)  # of its own time, whatever else the machine does
    try:
        found = f.processLine(("", "", line), now) if journal else f.processLine(line)
    except Exception as e:
        return type(e).__name__
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return [failure(one) for one in found]


def session(ask):
    f = utils.time.filter = load(ask)
    return [look(f, line, now, ask["journal"]) for line, now in zip(ask["lines"], ask["now"])]


signal.signal(signal.SIGVTALRM, give_up)
logging.disable(logging.CRITICAL)
for request in sys.stdin:
    print(json.dumps(session(json.loads(request))), flush=True)
