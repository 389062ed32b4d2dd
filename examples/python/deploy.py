"""Containers deployed to two machines, brought to a bad version, which is caught and taken back, and then to a good one.

`python examples/python/deploy.py [URL]`; without a URL on simulated machines of its own.
"""

import asyncio
import sys

import haven

NODES = ("deploy-1", "deploy-2")
QUICK = haven.Rollout(order="start-first", monitor=0.5, on_failure="rollback")
MINE = haven.Selection(label=["app=deployed"])


async def carry_out(fleet: haven.Haven, plan: haven.Plan) -> None:
    """Says what a plan does, applies it, and tells each step as it is done."""
    print((await fleet.plans.diff(plan.id)).text, end="")
    await fleet.plans.apply(plan.id)
    async for told in fleet.plans.follow(plan.id):
        if told.step and told.step.state in ("done", "failed", "undone"):
            print(f"  {told.step.state} {told.step.name} on {told.step.node}")
    status = (await fleet.plans.get(plan.id)).status
    print(f"{status.state}: {status.error.message if status.error else 'all is well'}")


async def main(url: str) -> None:
    async with haven.open(url) as fleet:
        for name in NODES:
            try:
                await fleet.nodes.register(name, "sim:", labels={"for": "deploy"})
            except haven.AlreadyExists:
                pass
            await fleet.nodes.wait_online(name)
        for at in (await fleet.containers.list(label=["app=deployed"])).items:
            await fleet.containers.remove(at.node, at.item.id, force=True)
        spec = haven.ContainerSpec("nginx", labels={"app": "deployed"})
        asked = haven.Requirements(constraints=["for==deploy"])
        await carry_out(fleet, await fleet.plans.create(spec, count=4, requirements=asked))
        # Simulated containers end when this label says so, as a bad version would.
        bad = haven.SpecChanges(labels={"sim.crash-after": "0.1"})
        await carry_out(fleet, await fleet.plans.update(selection=MINE, changes=bad, percent=25, rollout=QUICK))
        await carry_out(fleet, await fleet.plans.update(selection=MINE, to="1.27", rollout=QUICK))
        for at in (await fleet.containers.list(label=["app=deployed"])).items:
            print(at.node, at.item.name, at.item.image, at.item.state)


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "memory:"))
