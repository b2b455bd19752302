"""Asks fail2ban's own date detector, for the differential test.

Reads one JSON object a line and answers each with one. A session is
{"tz": process zone, "zone": logtimezone or null, "patterns": [datepattern lines] or
null, "lines": [...], "now": [seconds, one for each line]}. Its answer is a list with
null for each line without a date, else [begin, end, seconds or null, exception or null],
in bytes of the line's UTF-8.
{"filters": folder} is answered with the datepatterns of all filters there.
"""
import json
import logging
import os
import sys
import time

from fail2ban.client.filterreader import FilterReader
from fail2ban.server.datedetector import DateDetector
from fail2ban.server.mytime import MyTime


def detector(ask):
    dates = DateDetector()
    dates.default_tz = ask["zone"]
    for pattern in ask["patterns"] or ():
        if pattern.strip():
            dates.appendTemplate(pattern.strip())
    if not dates.templates:
        dates.addDefaultTemplate()
    for entry in dates.templates:
        entry.template.hits = 0  # templates are shared: forget earlier sessions
    return dates


def look(dates, line):
    try:
        match = dates.matchTime(line)
    except Exception as e:
        return [0, 0, None, type(e).__name__]
    if match[0] is None:
        return None
    begin, end = match[0].span(1)
    text = line[begin:end]
    begin = len(line[:begin].encode())
    answer = [begin, begin + len(text.encode()), None, None]
    if text:
        try:
            date = dates.getTime(text, match)
            if date is not None:
                answer[2] = int(date[0] // 1)
        except Exception as e:
            answer[3] = type(e).__name__
    return answer


def session(ask):
    os.environ["TZ"] = ask["tz"]
    time.tzset()
    try:
        dates = detector(ask)
    except Exception as e:
        return str(e)
    time.mktime(time.localtime(ask["now"][0] if ask["now"] else 0))  # forget the last zone offset
    answers = []
    for line, now in zip(ask["lines"], ask["now"]):
        MyTime.setTime(now)
        answers.append(look(dates, line))
    return answers


def patterns(folder):
    found = set()
    for name in sorted(os.listdir(os.path.join(folder, "filter.d"))):
        if not name.endswith(".conf") or name.endswith("-common.conf"):
            continue
        for logtype in "file", "journal":
            reader = FilterReader(name[:-5], "test", {"logtype": logtype}, basedir=folder, share_config={})
            reader.read()
            reader.getOptions({})
            found.add(reader.getCombined().get("datepattern"))
    return sorted(p for p in found if p)


logging.disable(logging.CRITICAL)
for request in sys.stdin:
    ask = json.loads(request)
    reply = patterns(ask["filters"]) if "filters" in ask else session(ask)
    print(json.dumps(reply), flush=True)
