#!/usr/bin/env python3
# The agent of a Haven node: fetches its program from the Haven server, checks it, and runs it with the same arguments.
# ./haven-agent.py --help tells what it takes; it reads ./haven-agent.ini, ~/.config/haven-agent.ini, /etc/haven-agent.ini.
# @ABOUT@
#
# It needs Python 3.5, and of it only what Debian's python3-minimal has: neither pip nor root.

import sys

# Whatever lies beside it, perhaps in a folder where others write, is none of its modules.
if not (sys.flags.isolated or getattr(sys.flags, 'safe_path', False)):
    del sys.path[0]

import hashlib
import os
import stat
import subprocess
import time

# Where this script came from, and the programs that are to be had there: kind, name, size, SHA-256, machine.
SERVER = None
FILES = []
# What the agent is told unless its command line or an ini file says otherwise: JSON, with the secret's in a line of its own.
DEFAULTS = '{}'
SECRET = None
# A file of authorities to trust besides the well-known ones when the program is fetched.
CA = None

# How long a connection may say nothing, and how long a program may take to say its version, in seconds.
PATIENCE = 60


class Unfit(Exception):
    """Why a program cannot be used."""


def option(arguments, *names):
    """The value of an option, where it is given."""
    for at, argument in enumerate(arguments):
        for name in names:
            if argument == name and at + 1 < len(arguments):
                return arguments[at + 1]
            if name.startswith('--') and argument.startswith(name + '='):
                return argument[len(name) + 1:]
    return None


def servers(arguments):
    """The servers to fetch from: the one that is to be reported to, and the one that this script came from."""
    named = option(arguments, '-m', '--master') or os.environ.get('HAVEN_AGENT_MASTER')
    if named and '://' not in named:
        named = 'http://' + named
    return [server.rstrip('/') for server in (named, SERVER) if server]


def folders():
    """The folders where programs are kept: our own first, then that of root."""
    shared = '/var/cache/haven-agent'
    if os.geteuid() == 0:
        return [shared]
    home = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    return [os.path.join(home, 'haven-agent'), '/tmp/haven-agent-{}'.format(os.geteuid()), shared]


def is_safe(folder):
    """Whether nobody else, root aside, can change what is in a folder between a look at it and its use."""
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o022


def own_folder():
    """The first folder that is ours alone to write to."""
    reasons = []
    for folder in folders():
        try:
            os.makedirs(folder, mode=0o755 if os.geteuid() == 0 else 0o700, exist_ok=True)
            if not is_safe(folder):
                raise OSError('others can write to it')
            if os.access(folder, os.W_OK | os.X_OK):
                return folder
            raise OSError('it cannot be written')
        except OSError as error:
            reasons.append('{}: {}'.format(folder, error.strerror or error))
    raise Unfit('there is no folder to keep it in: ' + '; '.join(reasons))


def is_right(path, size, digest):
    """Whether a file is what it should be."""
    try:
        with open(path, 'rb') as file:
            if os.fstat(file.fileno()).st_size != size:
                return False
            seen = hashlib.sha256()
            for piece in iter(lambda: file.read(1 << 20), b''):
                seen.update(piece)
            return seen.hexdigest() == digest
    except OSError:
        return False


def download(url, path, size, arguments):
    """Fetches a URL into a file, by what this machine has for it."""
    authority = option(arguments, '--ca') or os.environ.get('HAVEN_CA') or CA
    try:
        import http.client
        import ssl
        import urllib.request
    except ImportError:
        return download_by_program(url, path, size, authority)
    try:
        late = time.monotonic() + 10 * PATIENCE
        context = ssl.create_default_context()
        if authority:
            context.load_verify_locations(authority)
        # The agent goes through no proxy, and so does what it fetches.
        direct, https = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        opener = urllib.request.build_opener(direct, https)
        with opener.open(url, timeout=PATIENCE) as answer, open(path, 'wb') as file:
            for piece in iter(lambda: answer.read1(1 << 16), b''):
                file.write(piece)
                if file.tell() > size:
                    raise Unfit('the server sends more than it should')
                if time.monotonic() > late:
                    raise Unfit('the server is too slow')
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unfit(printable(str(error)) or type(error).__name__)


def printable(text):
    """What of a text that came from elsewhere may be shown."""
    return ''.join(c for c in text if c.isprintable())[:300]


def download_by_program(url, path, size, authority):
    """The same without Python's own client, which python3-minimal lacks. The shell bounds what is written, in blocks."""
    bounded = ['sh', '-c', 'ulimit -f {}; exec "$@"'.format(size // 512 + 1), 'sh']
    wget = ['wget', '-q', '--no-proxy', '-T', str(PATIENCE), '-t', '2', '-O', path]
    curl = ['curl', '-sSf', '--noproxy', '*', '-m', str(10 * PATIENCE), '-o', path]
    if authority:
        wget.append('--ca-certificate=' + authority)
        curl.append('--cacert=' + authority)
    for command in (wget, curl):
        try:
            done = subprocess.Popen(bounded + command + [url], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            said = done.communicate(timeout=11 * PATIENCE)[1].decode('utf-8', 'replace').strip()
        except subprocess.TimeoutExpired:
            done.kill()
            raise Unfit('the server is too slow')
        if done.returncode == 0:
            return
        # What a shell answers for a program that is not there.
        if done.returncode != 127:
            raise Unfit('{} ended with {} {}'.format(command[0], done.returncode, printable(said)))
    raise Unfit('this Python has no `urllib.request`, and there is neither wget nor curl: install python3 or wget')


def sweep(folder):
    """Removes what downloads that were killed have left."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.rsplit('.', 1)[-1].isdigit() and os.path.isfile(path) and time.time() - os.lstat(path).st_mtime > 20 * PATIENCE:
            os.remove(path)


def fetched(name, size, digest, arguments):
    """The path of a program that was checked: one that was fetched before, else a new one."""
    kept = digest[:16] + '-' + name
    for folder in folders():
        path = os.path.join(folder, kept)
        if is_right(path, size, digest) and is_safe(folder):
            return path
    folder = own_folder()
    path = os.path.join(folder, kept)
    sweep(folder)
    beside = '{}.{}'.format(path, os.getpid())
    reasons = []
    try:
        for server in servers(arguments):
            url = server + '/discovery/agent/files/' + name
            try:
                download(url, beside, size, arguments)
                if not is_right(beside, size, digest):
                    raise Unfit('it is not the file that this script knows (SHA-256 {}): '
                                'fetch the script anew'.format(digest))
                os.chmod(beside, 0o755)
                os.rename(beside, path)
                return path
            except (OSError, Unfit) as error:
                reasons.append('{}: {}'.format(url, error))
    finally:
        if os.path.exists(beside):
            os.remove(beside)
    raise Unfit('it cannot be fetched: ' + '; '.join(reasons or ['no server is known: give `--master HOST:PORT`']))


def native(name, size, digest, machine, arguments):
    """The command of a native program."""
    if not sys.platform.startswith('linux') or os.uname().machine != machine:
        raise Unfit('it is for {} on Linux, this is {} on {}'.format(machine, os.uname().machine, sys.platform))
    return [fetched(name, size, digest, arguments)] + ([] if name.startswith('haven-agent') else ['agent'])


def wheel(name, size, digest, _machine, arguments):
    """The command of a Python package, which is used where it is unpacked."""
    python, _abi, platform = name[:-len('.whl')].split('-')[-3:]
    needed = [int(tag[3:]) for tag in python.split('.') if tag.startswith('cp3') and tag[3:].isdigit()]
    if not needed or sys.version_info[:2] < (3, min(needed)):
        raise Unfit('it is for {}, this is Python {}.{}'.format(python, *sys.version_info[:2]))
    if platform != 'any' and not platform.endswith('_' + os.uname().machine):
        raise Unfit('it is for {}, this is {}'.format(platform, os.uname().machine))
    try:
        import configparser
        import shutil
        import zipfile
    except ImportError as error:
        raise Unfit('this Python has no `{}`: install python3'.format(error.name))
    path = fetched(name, size, digest, arguments)
    folder = os.path.join(own_folder(), digest[:16])
    beside = '{}.{}'.format(folder, os.getpid())
    try:
        with zipfile.ZipFile(path) as archive:
            points = [entry for entry in archive.namelist() if entry.endswith('.dist-info/entry_points.txt')]
            entry = configparser.ConfigParser()
            entry.read_string(archive.read(points[0]).decode('utf-8') if points else '')
            # An agent may be running from it: whole at once, and never again.
            if not os.path.isdir(folder):
                archive.extractall(beside)
                os.rename(beside, folder)
    except (zipfile.BadZipFile, configparser.Error, ValueError) as error:
        raise Unfit('it is no Python package: {}'.format(error))
    except OSError:
        if not os.path.isdir(folder):
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    if not entry.has_option('console_scripts', 'haven-agent'):
        raise Unfit('it has no script `haven-agent`')
    module, function = entry.get('console_scripts', 'haven-agent').split(':')
    return [sys.executable, '-I', '-c', 'import sys; sys.path.insert(0, {!r}); import {m}; sys.exit({m}.{f}())'.format(
        folder, m=module.strip(), f=function.strip())]


def runs(command):
    """Raises unless a command says its version: its libraries may be missing here."""
    try:
        trial = subprocess.Popen(command + ['--version'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT)
        try:
            said = trial.communicate(timeout=PATIENCE)[0].decode('utf-8', 'replace').strip()
        except subprocess.TimeoutExpired:
            trial.kill()
            raise Unfit('it does not even say its version')
    except OSError as error:
        raise Unfit('it cannot be run: {}'.format(error))
    if trial.returncode != 0:
        raise Unfit('it cannot be run here: ' + said[-500:])


def main():
    arguments = sys.argv[1:]
    script = os.path.abspath(__file__)
    environment = dict(os.environ)
    if DEFAULTS != '{}' or SECRET:
        secret = '"secret":{}'.format(SECRET) if SECRET else ''
        between = ',' if secret and DEFAULTS != '{}' else ''
        environment['HAVEN_AGENT_DEFAULTS'] = DEFAULTS[:-1] + between + secret + '}'
    reasons = []
    for kind, name, size, digest, machine in FILES:
        try:
            command = {'native': native, 'wheel': wheel}[kind](name, size, digest, machine, arguments)
            runs(command)
            os.execve(command[0], command + ['--script', script] + arguments, environment)
        except (OSError, Unfit) as error:
            reasons.append('{}: {}'.format(name, error))
    sys.stderr.write('error: there is no program that this machine can run as its agent\n')
    for reason in reasons or ['the server had none to give: see `--agent-files` of `haven serve`']:
        sys.stderr.write('  ' + reason + '\n')
    sys.exit(1)


if __name__ == '__main__':
    main()
