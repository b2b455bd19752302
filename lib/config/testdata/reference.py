"""Asks the installed fail2ban: one JSON job a line on standard input, one JSON answer a line on standard output.

An answer is {"ok": ...} or {"error": "..."}. The tests of lib/config hold their own answers against these.
"""
import json, logging, resource, signal, sys, warnings

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)

from fail2ban.client.actionreader import ActionReader
from fail2ban.client.configparserinc import SafeConfigParserWithIncludes
from fail2ban.client.configreader import ConfigReader
from fail2ban.client.filterreader import FilterReader
from fail2ban.client.jailreader import JailReader
from fail2ban.helpers import extractOptions, splitWithOptions
from fail2ban.server import action as server
from fail2ban.server.mytime import MyTime

server.ADD_REPL_TAGS.clear()  # host names and line breaks are put in later, by whoever runs the command


def text(values):
    return {k: None if v is None else str(v) for k, v in values.items()}


def parse(job):
    parser = SafeConfigParserWithIncludes()
    parser.read(job['file'], get_includes=False)
    return {'DEFAULT': dict(parser.get_defaults()), **{n: dict(s) for n, s in parser.get_sections().items()}}


def opened(reader):
    if not reader.read():
        raise ValueError('not read')
    return reader


def filter_(job):
    reader = opened(FilterReader(job['name'], 'jail', dict(job.get('args') or []), basedir=job['base']))
    reader.applyAutoOptions(job.get('backend', ''))
    reader.getOptions(dict(job.get('around') or []))
    if job.get('twice'):  # as the server does for a jail
        reader.getOptions({}, all=True)
        reader.getCombined()
        reader.getOptions({})
    return text(reader.getCombined())


def action(job):
    reader = opened(ActionReader(job['name'], 'jail', dict(job.get('args') or []), basedir=job['base']))
    reader.getOptions(dict(job.get('around') or []))
    commands = server.CommandAction(None, job['name'])
    for command in reader.convert():
        if command[0] == 'multi-set':
            for option, value in command[4]:
                setattr(commands, option, value)
        elif command[0] == 'set' and command[2] == 'action':
            setattr(commands, command[4], command[5])
    names = [n for n in commands._properties if n not in job.get('skip', []) and '?' not in n and n.islower()]
    return {
        family: {n: commands.replaceTag('<%s>' % n, commands._properties, conditional='family=' + family if family else '') for n in names}
        for family in ('', 'inet4', 'inet6')
    }


def jail(job):
    """Every option of every jail, as jail.conf says it."""
    reader = ConfigReader(basedir=job['base'])
    reader.read('jail')
    reader.merge_defaults({'fail2ban_version': '1', 'fail2ban_confpath': job['base']})
    out = {}
    for section in list(reader.sections()) + ['DEFAULT']:
        if section == 'INCLUDES':
            continue
        out[section] = {}
        for option in set(reader._cfg.get_sections().get(section, {})) | set(reader._cfg.get_defaults()):
            try:
                out[section][option] = reader.get(section, option)
            except Exception:
                out[section][option] = None
    return out


def enabled(job):
    """The options of one jail after its filter was read, with %(known/...)s of the filter."""
    reader = JailReader(job['name'], force_enable=True, basedir=job['base'])
    reader.read()
    if not reader.getOptions():
        raise ValueError(reader.options.get('config-error'))
    return text(reader.options)


def name(job):
    n, options = extractOptions(job['text'])
    return {'name': n, 'args': options}


KINDS = {
    'parse': parse, 'filter': filter_, 'action': action, 'jail': jail, 'enabled': enabled, 'name': name,
    'split': lambda job: splitWithOptions(job['text']),
    'duration': lambda job: repr(MyTime.str2seconds(job['text'])),
}

class Runaway(Exception):
    """fail2ban has no bound on what it replaces."""


def too_long(*_):
    raise Runaway('too long')


signal.signal(signal.SIGVTALRM, too_long)  # of the processor's time: others may be at work
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

for line in sys.stdin:
    job = json.loads(line)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 5)
        answer = {'ok': KINDS[job['kind']](job)}
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if len(repr(answer)) > 1 << 20:
            raise Runaway('too large')
    except Exception as e:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        answer = {'error': '%s: %s' % (type(e).__name__, e)}
    print(json.dumps(answer), flush=True)
