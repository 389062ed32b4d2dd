"""A fleet of three simulated machines, driven as one: `python examples/python/fleet.py`.

With an address the same program drives a Haven server: `… http://admin:PASSWORD@127.0.0.1:8761`.
"""

import asyncio
import sys

import haven

HELLO = haven.ContainerSpec("busybox", command=["sh", "-c", "echo hello; sleep 60"], labels={"app": "hello"})


async def start(fleet: haven.Haven, name: str) -> None:
    """Puts a node that runs one container into the cluster, whatever was there before."""
    try:
        await fleet.nodes.register(name, "sim:")
    except haven.AlreadyExists:
        pass
    await fleet.clusters.add_node("web", name)
    await fleet.nodes.wait_online(name)
    await fleet.containers.remove(name, "hello", force=True)
    await fleet.containers.run(name, "hello", HELLO)


async def main(url: str) -> None:
    async with haven.open(url) as fleet:
        try:
            await fleet.clusters.create("web", description="what visitors see")
        except haven.AlreadyExists:
            pass
        async with fleet.events.follow(cluster="web", type="container") as events:
            await asyncio.gather(*(start(fleet, f"web-{number}") for number in range(3)))
            async for event in events:
                print(event.message)
                if event.action == "start":
                    break
        for at in (await fleet.containers.list(cluster="web", label=["app=hello"])).items:
            print(f"{at.node:8} {at.item.name:8} {at.item.state}")
        async for output in fleet.containers.logs("web-0", "hello"):
            print(output.text, end="")


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "memory:"))
