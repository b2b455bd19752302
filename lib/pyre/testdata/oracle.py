"""Answers, one JSON line for each JSON line, what Python's re and the installed fail2ban make of patterns.

{"op": "filters"}  every final pattern of every installed filter, in all modes, with texts that its sample log gives it
{"op": "dates"}    the expressions of fail2ban's default date templates
{"op": "search", "pattern": p, "flags": n, "texts": [...]}  spans in characters of all groups, or null, by text; or an error
{"op": "classes"}  the ranges of \\d, \\s and \\w, and of the characters that this Python's Unicode does not have yet
{"op": "folds"}    for each character with case, those that IGNORECASE takes for the same
"""
import glob
import json
import logging
import os
import re
import sys
import unicodedata
import warnings

CONFIG = "/etc/fail2ban"
MODES = (None, "normal", "aggressive", "ddos", "extra", "rbl", "auth", "errors", "more")


def search(request):
    try:
        regex = re.compile(request["pattern"], request["flags"])
    except re.error as e:
        return {"error": e.msg, "pos": -1 if e.pos is None else e.pos}
    except (OverflowError, RecursionError) as e:
        return {"error": str(e), "pos": -1}
    spans = []
    for text in request["texts"]:
        m = regex.search(text)
        spans.append(None if m is None else [p for span in m.regs for p in span])
    names = [""] * (regex.groups + 1)
    for name, group in regex.groupindex.items():
        names[group] = name
    return {"spans": spans, "names": names}


def folds(_):
    cased = [chr(c) for c in range(0x110000) if chr(c).lower() != chr(c) or chr(c).upper() != chr(c)]
    text = "".join(cased)
    return {"folds": {c: "".join(re.findall(re.escape(c), text, re.I)) for c in cased}}


def ranges(holds):
    out = []
    for c in range(0x110000):
        if holds(chr(c)):
            if out and out[-1] == c - 1:
                out[-1] = c
            else:
                out += [c, c]
    return out


def classes(_):
    out = {name: ranges(re.compile("\\" + name).match) for name in "dsw"}
    out["unassigned"] = ranges(lambda c: unicodedata.category(c) == "Cn")
    return {"classes": out}


def settings(name, mode, logtype):
    """What a filter's files resolve to: option -> list of values."""
    from fail2ban.client.filterreader import FilterReader
    options = {"logtype": logtype}
    if mode:
        options["mode"] = mode
    reader = FilterReader(name, "jail", options, share_config=None, basedir=CONFIG)
    reader.read()
    reader.getOptions({}, None)
    found = {}
    for command in reader.convert():
        values = command[3] if command[0] == "multi-set" else [command[3]]
        found.setdefault(command[2], []).extend(values)
    return found


def final(pattern, multiline):
    from fail2ban.server.failregex import Regex
    return Regex(pattern, multiline=multiline)


def texts(found, log):
    """The texts that prefregex and failregex of a filter meet when it reads its sample log."""
    from fail2ban.server.datedetector import DateDetector
    detector = DateDetector()
    for pattern in "\n".join(found.get("datepattern", [])).split("\n"):
        if pattern.strip():
            detector.appendTemplate(pattern)
    if "datepattern" not in found:
        detector.addDefaultTemplate()
    pre = [final(p, False) for p in found.get("prefregex", [])]
    out = []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\r\n")
            if not line or line.startswith("#"):
                continue
            date, _ = detector.matchTime(line)
            if date:
                line = line[:date.start(1)] + line[date.end(1):]
            out.append(line + "\n")
            for p in pre:
                p.search([(line + "\n", "", "")], [(line + "\n", "", "")])
                if p.hasMatched():
                    out.append(p.getGroups().get("content") or line)
    return out


def filters(_):
    import fail2ban
    logs = os.path.join(os.path.dirname(fail2ban.__file__), "tests", "files", "logs")
    out = []
    for path in sorted(glob.glob(os.path.join(CONFIG, "filter.d", "*.conf"))):
        name = os.path.basename(path)[:-len(".conf")]
        patterns = {}
        try:
            default = settings(name, None, "file")
        except Exception:  # a file that other filters include
            continue
        for mode in MODES:
            for logtype in ("file", "short", "journal"):
                found = settings(name, mode, logtype)
                multiline = int(found.get("maxlines", [1])[0]) > 1
                for option in ("prefregex", "addfailregex", "addignoreregex"):
                    for p in found.get(option, []):
                        regex = final(p, multiline)
                        patterns[regex.getRegex()] = multiline
        log = os.path.join(logs, name)
        out.append({
            "name": name,
            "patterns": [{"pattern": p, "flags": re.MULTILINE if m else 0} for p, m in patterns.items()],
            "texts": texts(default, log) if os.path.exists(log) else [],
        })
    return {"filters": out}


def dates(_):
    from fail2ban.server.datedetector import DateDetector
    detector = DateDetector()
    detector.addDefaultTemplate()
    return {"dates": [{"pattern": t.template.regex, "flags": 0} for t in detector.templates]}


warnings.simplefilter("ignore")
logging.disable()
OPERATIONS = {"search": search, "classes": classes, "folds": folds, "filters": filters, "dates": dates}
for request in sys.stdin:
    request = json.loads(request)
    print(json.dumps(OPERATIONS[request["op"]](request)), flush=True)
