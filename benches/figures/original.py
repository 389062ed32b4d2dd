"""Does what the original's Python agent did at every update, so that what that takes can be measured beside Haven's agent.

Arguments: the engine and the master, each HOST:PORT, and the seconds between two updates.
"""

import copy
import datetime
import http.client
import json
import sys
import time

try:
    import psutil
except ImportError:
    psutil = None


def ask(connection, path):
    connection.request('GET', path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    return copy.deepcopy(json.loads(answer.read().decode('utf8')))


def system():
    if psutil is None:
        nothing = {'total': 0.0, 'used': 0.0}
        return {'cpuLoad': 0.0, 'memory': dict(nothing, available=0.0), 'disks': {'/': nothing, '/home': nothing}, 'net': {}}
    memory = psutil.virtual_memory()
    disks = {}
    for part in psutil.disk_partitions():
        use = psutil.disk_usage(part.mountpoint)
        disks[part.mountpoint] = {'total': use.total, 'used': use.used}
    net = {name: {'bytesIn': nic.bytes_recv, 'bytesOut': nic.bytes_sent}
           for name, nic in psutil.net_io_counters(pernic=True).items() if name != 'lo'}
    return {'cpuLoad': psutil.cpu_percent(), 'disks': disks, 'net': net,
            'memory': {'total': memory.total, 'available': memory.available, 'used': memory.used}}


def main():
    docker, master, pause = sys.argv[1:]
    engine, server = http.client.HTTPConnection(docker), http.client.HTTPConnection(master)
    while True:
        info = ask(engine, '/info')
        containers = [{'id': one['Id'], 'name': one['Names'][0].split('/')[-1], 'image': one['Image'], 'labels': one['Labels']}
                      for one in ask(engine, '/containers/json?all=1')]
        report = {'time': datetime.datetime.now().isoformat(), 'id': info['Name'], 'name': info['Name'], 'address': docker,
                  'containers': containers, 'labels': dict(label.split('=') for label in info['Labels'] or []),
                  'system': system()}
        headers = {'Content-Type': 'application/json'}
        server.request('POST', '/discovery/nodes/' + info['Name'] + '?ttl=120', json.dumps(report), headers)
        assert server.getresponse().read() == b''
        time.sleep(float(pause))


if __name__ == '__main__':
    main()
