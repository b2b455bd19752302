"""Asks the installed fail2ban what it makes of the jails of a configuration folder, each of them switched on.

Prints one JSON object: the jail's name -> what the server would be told of it, or {"error": "..."}.
"""
import json, logging, sys, warnings

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)

from fail2ban.client.configreader import ConfigReader
from fail2ban.client.jailreader import JailReader
from fail2ban.helpers import splitwords
from fail2ban.server.mytime import MyTime

SECONDS = ('findtime', 'bantime', 'bantime.maxtime', 'bantime.rndtime')


def told(name, sections, shared):
    """What the server is told of a jail."""
    reader = JailReader(name, force_enable=True, share_config=shared, use_config=sections._cfg)
    if not reader.getOptions():
        raise ValueError(reader.options.get('config-error'))
    jail = {'failregex': [], 'ignoreregex': [], 'journalmatch': [], 'actions': {}, 'options': {}}
    for command in reader.convert(allow_no_files=True):
        if command[0] == 'add':
            jail['backend'] = command[2]
        elif command[0] == 'multi-set' and command[2] in ('addfailregex', 'addignoreregex'):
            jail[command[2][3:]] += command[3]
        elif command[0] == 'multi-set':
            jail['actions'].setdefault(command[3], {}).update({n: str(v) for n, v in command[4]})
        elif command[2] in ('addfailregex', 'addignoreregex'):
            jail[command[2][3:]].append(command[3])
        elif command[2] == 'addjournalmatch':
            jail['journalmatch'].append(' '.join(command[3:]))
        elif command[2] == 'addignoreip':
            jail['options']['ignoreip'] = ' '.join(command[3:])
        elif command[2] == 'addaction':
            jail['actions'].setdefault(command[3], {})
        elif command[2] != 'addlogpath':
            value = command[3]
            jail['options'][command[2]] = MyTime.str2seconds(value) if command[2] in SECONDS else value
    jail['logpath'] = reader.options.get('logpath', '')
    return jail


shared = {}
sections = ConfigReader(share_config=shared, basedir=sys.argv[1])
sections.read('jail')
answer = {}
for name in sections.sections():
    if name == 'INCLUDES':
        continue
    try:
        answer[name] = told(name, sections, shared)
    except Exception as e:
        answer[name] = {'error': '%s: %s' % (type(e).__name__, e)}
json.dump(answer, sys.stdout)
