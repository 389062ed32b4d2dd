"""Plans through Python: made, kept as JSON, applied elsewhere, taken back."""

import json
import subprocess
import sys
from typing import Any

import haven
import haven.blocking
import pytest

WEB = haven.ContainerSpec("nginx:latest", labels={"app": "web"}, env={"TOKEN": "s3cret"})
QUICK = haven.Rollout(order="start-first", monitor=0.1, delay=0.05, gate=haven.Gate("running"))

APPLY = """
import json, sys, haven.blocking
with haven.blocking.open(**json.loads(sys.argv[1])) as fleet:
    fleet.nodes.wait_online(sys.argv[2])
    print(fleet.plans.apply_and_wait(json.load(sys.stdin)).status.state)
"""


async def node(fleet: haven.Haven, name: str) -> str:
    """A simulated node that is online, with two containers of nginx."""
    await fleet.nodes.register(name, "sim:")
    await fleet.nodes.wait_online(name)
    for number in range(2):
        await fleet.containers.run(name, f"web-{number}", WEB)
    return name


async def images(fleet: haven.Haven, name: str) -> list[str]:
    return [at.item.image for at in (await fleet.containers.list(node=name, state=["running"])).items]


async def test_an_update_is_planned_followed_and_taken_back(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "plans")
        plan = await fleet.plans.update(
            selection=haven.Selection(node=name, image=["nginx"], exclude=["web-9"]),
            to="1.27",
            changes=haven.SpecChanges(env={"TOKEN": "an0ther"}, labels={"tier": "front"}),
            rollout=QUICK,
        )
        assert plan.kind == "update" and len(plan.steps) == 2
        assert haven.PlanChange("image", from_="nginx:latest", to="nginx:1.27") in plan.steps[0].changes
        assert plan.rollout == QUICK
        told = (await fleet.plans.diff(plan.id)).text
        assert "image: nginx:latest -> nginx:1.27" in told and "env TOKEN: changed" in told
        assert "an0ther" not in told + repr(plan) + plan.to_json()
        assert (await fleet.plans.apply(plan.id)).state == "applying"
        done = {told.step.name async for told in fleet.plans.follow(plan.id) if told.step and told.step.state == "done"}
        assert done == {"web-0", "web-1"}
        detail = await fleet.plans.get(plan.id[:12])
        assert (detail.status.state, detail.status.steps.done) == ("applied", 2)
        assert await images(fleet, name) == ["nginx:1.27"] * 2
        # A server is shared with other tests.
        kept = [kept for kept in await fleet.plans.kept() if kept.plan == plan.id]
        assert len(kept) == 2 and all(one.size and one.size.total > 0 for one in kept)
        environment = (await fleet.containers.environment(name, "web-0")).env
        assert environment["TOKEN"].expose() == "an0ther" and "an0ther" not in repr(environment)
        with pytest.raises(haven.Conflict, match="begun already"):
            await fleet.plans.apply(plan.id)

        back = await fleet.plans.rollback(plan.id)
        assert (await fleet.plans.apply_and_wait(back)).status.state == "applied"
        assert await images(fleet, name) == ["nginx:latest"] * 2
        assert [plan.id for plan in await fleet.plans.list()][:2] == [back.id, plan.id]
        await fleet.nodes.remove(name)


async def test_a_plan_that_was_kept_as_json_is_applied_by_another_fleet_object(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "kept")
        plan = await fleet.plans.update(selection=haven.Selection(node=name), to="1.27", rollout=QUICK)
        text = plan.to_json(indent=1)
        altered = json.loads(text)
        altered["steps"].pop()
        with pytest.raises(haven.Invalid, match="altered"):
            await fleet.plans.apply_and_wait(altered)
        with pytest.raises(haven.Invalid, match="altered"):
            await fleet.plans.apply(plan.id, contents=plan.replace(author="somebody else"))
        assert await images(fleet, name) == ["nginx:latest"] * 2
        if where["url"].startswith("http"):
            async with haven.open(**where) as other:
                detail = await other.plans.apply_and_wait(json.loads(text))
        else:
            await fleet.plans.apply(plan.id, contents=plan)
            detail = await fleet.plans.wait(plan.id)
        assert detail.status.state == "applied"
        assert detail.plan == plan
        assert await images(fleet, name) == ["nginx:1.27"] * 2
        await fleet.nodes.remove(name)


def test_a_plan_that_was_kept_as_json_is_applied_by_another_process(server: Any) -> None:
    where = {"url": server.url, "user": "admin", "password": "a password that is long"}
    with haven.blocking.open(**where) as fleet:
        fleet.nodes.register("elsewhere", "sim:")
        fleet.nodes.wait_online("elsewhere")
        fleet.containers.run("elsewhere", "web", WEB)
        plan = fleet.plans.update(selection=haven.Selection(node="elsewhere"), to="1.27", rollout=QUICK)
        done = subprocess.run(
            [sys.executable, "-c", APPLY, json.dumps(where), "elsewhere"],
            input=plan.to_json(), capture_output=True, text=True, timeout=60,
        )
        assert (done.stdout, done.stderr) == ("applied\n", "")
        at = fleet.containers.find("web", node="elsewhere").item
        assert at.image == "nginx:1.27"
        detail = fleet.containers.inspect("elsewhere", "web")
        assert detail.spec.labels["app"] == "web" and "TOKEN" in detail.spec.env
        fleet.nodes.remove("elsewhere")


def test_the_blocking_twin_creates_scales_drains_prunes_and_removes() -> None:
    with haven.blocking.open("memory:") as fleet:
        for name in ("a", "b"):
            fleet.nodes.register(name, "sim:")
            fleet.nodes.wait_online(name)
        plan = fleet.plans.create(haven.ContainerSpec("nginx"), name="web", count=2)
        assert [step.name for step in plan.steps] == ["web", "web-1"]
        assert plan.steps[0].new and plan.steps[0].new.is_ == "made" and plan.steps[0].new.spec
        assert fleet.plans.apply_and_wait(plan).status.state == "applied"
        plan = fleet.plans.scale("web", 3, rollout=QUICK)
        assert fleet.plans.apply_and_wait(plan).status.steps.done == 1
        fleet.nodes.update("a", availability="drain")
        plan = fleet.plans.drain("a", rollout=QUICK)
        assert fleet.plans.apply_and_wait(plan).status.state == "applied"
        assert {at.node for at in fleet.containers.list(state=["running"]).items} == {"b"}
        fleet.containers.stop("b", "web", timeout=0)
        plan = fleet.plans.prune(selection=haven.Selection(name=["web"]))
        assert [step.old.remove for step in plan.steps if step.old] == [True]
        fleet.plans.remove(plan.id)
        with pytest.raises(haven.NotFound):
            fleet.plans.get(plan.id)
        drained = next(plan for plan in fleet.plans.list() if plan.kind == "drain")
        with pytest.raises(haven.Conflict, match="kept for a rollback"):
            fleet.plans.remove(drained.id)
        fleet.plans.remove(drained.id, kept=True)
        assert not fleet.plans.kept()


def test_a_plan_is_held_and_taken_back() -> None:
    with haven.blocking.open("memory:") as fleet:
        fleet.nodes.register("a", "sim:")
        fleet.nodes.wait_online("a")
        for number in range(3):
            fleet.containers.run("a", f"web-{number}", WEB)
        bad = haven.SpecChanges(labels={"sim.crash-after": "0.1"})
        rollout = haven.Rollout(monitor=1, on_failure="pause")
        plan = fleet.plans.update(selection=haven.Selection(name=["web-*"]), changes=bad, rollout=rollout)
        detail = fleet.plans.apply_and_wait(plan)
        assert (detail.status.state, [step.state for step in detail.steps]) == ("paused", ["failed", "pending", "pending"])
        assert detail.status.error and "ended with 1" in detail.status.error.message
        assert detail.steps[0].said == "nginx: ready"
        fleet.plans.abort(plan.id)
        assert fleet.plans.wait(plan.id).status.state == "rolled_back"
        assert {at.item.labels["app"] for at in fleet.containers.list(state=["running"]).items} == {"web"}
