"""An automation script without an event loop: restarts what runs of an application, a container at a time.

`python examples/python/restart.py [URL]`; without a URL on a simulated machine of its own.
"""

import sys

import haven
import haven.blocking

APP = haven.ContainerSpec("nginx", labels={"app": "shop"})

with haven.blocking.open(sys.argv[1] if len(sys.argv) > 1 else "memory:") as fleet:
    for name in ("shop-0", "shop-1"):
        try:
            fleet.nodes.register(name, "sim:")
            fleet.nodes.wait_online(name)
            fleet.containers.run(name, "shop", APP)
        except haven.AlreadyExists:
            pass
    for at in fleet.containers.list(label=["app=shop"], state=["running"]).items:
        fleet.containers.restart(at.node, at.item.id, timeout=5)
        print(at.node, at.item.name, fleet.containers.inspect(at.node, at.item.id).state)
