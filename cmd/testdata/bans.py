"""Asks the installed fail2ban whom it would ban: python3 bans.py FOLDER MAXRETRY SECONDS.

FOLDER holds a configuration; each enabled jail reads its logs once, at the time SECONDS since 1970, through fail2ban's own filter and
its own count of failures. Prints one JSON object: the jail's name -> {"found": [[address or id, time], ...], "banned": the same}.
MAXRETRY 0 leaves each jail its own.
"""
import json, logging, sys, warnings

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)

from fail2ban.client.jailsreader import JailsReader
from fail2ban.server.filter import FileContainer
from fail2ban.server.mytime import MyTime
from fail2ban.server.server import Server

folder, maxretry, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MyTime.setTime(seconds)

server = Server()
server.setSyslogSocket('auto')
transmitter = server._Server__transm


def told(command):
    """Tells the server what the client would, apart from what acts on the machine or asks the network."""
    if command[0] == 'start' or len(command) > 2 and command[2] in ('addlogpath', 'addaction', 'action', 'ignorecommand'):
        return
    if command[0] == 'multi-set' and command[2] == 'action':
        return
    if len(command) > 2 and command[2] == 'usedns':
        command = command[:3] + ['no']
    if len(command) > 2 and command[2] == 'maxretry' and maxretry:
        command = command[:3] + [maxretry]
    status, why = transmitter.proceed(command)
    if status:
        raise ValueError('%s: %s' % (command, why))


def read(jail, path, found, banned):
    """Has a jail read a log."""
    count = jail.filter.failManager.addFailure

    def seen(ticket, *args, **options):
        found.append([str(ticket.getID()), ticket.getTime()])
        return count(ticket, *args, **options)

    jail.filter.failManager.addFailure = seen
    filter_ = jail.filter
    filter_.ignoreSelf = False
    filter_.checkFindTime = False  # the clock is not that of the log
    filter_.performSvc = lambda *a, **k: None  # nor does it make failures old
    jail.putFailTicket = lambda ticket: banned.append([str(ticket.getID()), ticket.getTime()])
    with open(path, 'rb') as log:
        for line in log:
            filter_.processLineAndAdd(FileContainer.decode_line(path, filter_.getLogEncoding(), line).rstrip('\r\n'))


reader = JailsReader(basedir=folder, share_config={})
reader.read()
reader.getOptions()
answer = {}
for jail in reader.jails:
    name = jail.getName()
    for command in jail.convert():
        told(command)
    answer[name] = {'found': [], 'banned': []}
    read(server._Server__jails[name], jail.options['logpath'], **answer[name])
json.dump(answer, sys.stdout)
