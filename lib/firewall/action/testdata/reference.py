"""Asks the installed fail2ban what its actions run: one JSON job a line on standard input, one JSON answer a line on standard output.

An answer is {"ok": [script, value, ...]}, as fail2ban hands it to sh, or {"error": "..."}.
"""
import json, logging, sys, warnings

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)

from fail2ban.client.actionreader import ActionReader
from fail2ban.server import action as server
from fail2ban.server.actions import Actions
from fail2ban.server.ipdns import DNSUtils
from fail2ban.server.ticket import BanTicket

DNSUtils.ipToName = staticmethod(lambda ip: 'host.example.com')


class Size:
    def size(self):
        return 0

    getBanTotal = getFailTotal = size


class Jail:
    """As much of a jail as actions look at."""
    name, database = 'sshd', None

    class actions:
        banManager = Size()
        banEpoch = 0

    class filter:
        failManager = Size()


def commands(job):
    reader = ActionReader(job['name'], 'sshd', dict(job.get('args') or []), basedir=job['base'])
    if not reader.read():
        raise ValueError('not read')
    reader.getOptions({})
    made = server.CommandAction(None, job['name'])
    for command in reader.convert():
        if command[0] == 'multi-set':
            for option, value in command[4]:
                setattr(made, option, value)
        elif command[0] == 'set' and command[2] == 'action':
            setattr(made, command[4], command[5])
    return made


def render(job):
    made = commands(job)
    t = job['ticket']
    ticket = BanTicket(t['id'] or t['ip'], t['time'], t['matches'], data={'failures': t['failures'], **t['fields']})
    ticket.setBanTime(t['bantime'])
    ticket.setBanCount(t['bancount'])
    ticket.restored = t['restored']
    if t['id']:
        ticket._data['ip'] = server.IPAddr(t['ip']) if hasattr(server, 'IPAddr') else t['ip']
    info = Actions.ActionInfo(ticket, Jail())
    if not hasattr(made, job['command']):
        return ['']  # then the server does not call it
    condition = 'family=' + job['family'] if job['family'] else ''
    text = made.replaceTag('<%s>' % job['command'], made._properties, conditional=condition)
    if job['command'] in ('actionstart', 'actionstop', 'actionflush', 'actioncheck'):
        info = {'family': job['family'], 'bantime': t['bantime'], 'time': t['time']}
    text = made.replaceDynamicTags(text, info)
    return text if isinstance(text, list) else [text]


for line in sys.stdin:
    job = json.loads(line)
    try:
        answer = {'ok': render(job)}
    except Exception as e:
        answer = {'error': '%s: %s' % (type(e).__name__, e)}
    print(json.dumps(answer))
