"""The fleet through Python: the same wherever it is."""

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import conftest
import haven
import pytest

SLEEP = haven.ContainerSpec("busybox", command=["sh", "-c", "echo hello; sleep 600"], env={"SECRET": "s3cret"})


async def node(fleet: haven.Haven, name: str) -> str:
    """A simulated node that is online."""
    await fleet.nodes.register(name, "sim:")
    assert (await fleet.nodes.wait_online(name)).status == "online"
    return name


async def test_a_container_lives_from_its_creation_to_its_removal(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "life")
        id = await fleet.containers.run(name, "hello", SLEEP)
        [at] = (await fleet.containers.list(node=name)).items
        assert (at.node, at.item.id, at.item.state) == (name, id, "running")
        assert datetime.now(timezone.utc) - at.item.created < timedelta(minutes=1)
        found = await fleet.containers.find("hello", node=name)
        assert (found.item, found.stale) == (at.item, False)
        detail = await fleet.containers.inspect(name, id)
        assert detail.spec.command == tuple(SLEEP.command)
        assert detail.spec.env["SECRET"] == haven.Secret("***")
        for act, state in [("pause", "paused"), ("unpause", "running"), ("restart", "running"), ("kill", "exited")]:
            acted = await getattr(fleet.containers, act)(name, id)
            assert acted == haven.Acted("done")
            assert (await fleet.containers.inspect(name, id)).state == state
        assert (await fleet.containers.wait(name, id)).exit_code == 137
        await fleet.containers.rename(name, id, "bye")
        assert (await fleet.containers.start(name, "bye")).outcome == "done"
        assert (await fleet.containers.start(name, "bye")).outcome == "already_so"
        stats = await fleet.containers.stats(name, "bye")
        assert stats.memory >= 0 and stats.cpus > 0
        processes = await fleet.containers.processes(name, "bye")
        assert "sleep 600" in str(processes.processes)
        assert (await fleet.containers.remove(name, "bye", force=True)).outcome == "done"
        assert not (await fleet.containers.list(node=name)).items
        await fleet.nodes.remove(name)


async def test_lists_say_what_is_asked_for_page_by_page(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "pages")
        for number in range(5):
            await fleet.containers.create(name, SLEEP.replace(labels={"odd": str(number % 2)}), name=f"c{number}")
        odd = await fleet.containers.list(node=name, label=["odd=1"])
        assert [at.item.name for at in odd.items] == ["c1", "c3"]
        first = await fleet.containers.list(node=name, limit=3, fresh=True)
        assert first.next
        rest = await fleet.containers.list(node=name, limit=3, cursor=first.next)
        assert [at.item.name for at in [*first.items, *rest.items]] == ["c0", "c1", "c2", "c3", "c4"]
        assert rest.next is None
        await fleet.nodes.remove(name)


async def test_clusters_images_networks_and_volumes(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "nouns")
        cluster = await fleet.clusters.create("shop", description="what is sold")
        await fleet.clusters.add_node("shop", name)
        assert (await fleet.clusters.get("shop")).nodes == haven.Count(1, 1)
        updated = await fleet.clusters.update("shop", description="more", revision=cluster.revision)
        with pytest.raises(haven.Conflict):
            await fleet.clusters.update("shop", description="again", revision=cluster.revision)
        assert updated.description == "more"

        images = await fleet.images.list(cluster="shop")
        assert any("busybox:latest" in at.item.tags for at in images.items)
        progress = [step async for step in fleet.images.pull(name, "alpine")]
        assert progress and isinstance(progress[0], haven.PullProgress)
        await fleet.images.tag(name, "alpine", "mine:1")
        assert "mine:1" in (await fleet.images.inspect(name, "mine:1")).tags
        assert (await fleet.images.remove(name, "mine:1")).outcome == "done"

        await fleet.networks.create(name, haven.NetworkSpec("inside", internal=True))
        await fleet.containers.create(name, SLEEP, name="web")
        await fleet.networks.connect(name, "inside", "web", aliases=["www"])
        assert "inside" in (await fleet.containers.inspect(name, "web")).networks
        await fleet.networks.disconnect(name, "inside", "web")
        assert (await fleet.networks.get(name, "inside")).internal

        await fleet.volumes.create(name, haven.VolumeSpec("data", labels={"a": "b"}))
        assert (await fleet.volumes.get(name, "data")).labels == {"a": "b"}
        assert [at.item.name for at in (await fleet.volumes.list(node=name)).items] == ["data"]
        await fleet.clusters.delete("shop")
        await fleet.nodes.remove(name)


async def test_what_happened_is_counted_listed_and_who_did_it_recorded(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        begun = (await fleet.events.list(limit=1)).cursor
        await node(fleet, "history")
        for _ in range(100):
            events = await fleet.events.list(node="history", after=begun or None)
            if {"register", "online"} <= {event.action for event in events.items}:
                break
            await asyncio.sleep(0.02)
        assert [event.type for event in events.items] == ["node"] * len(events.items)
        assert sum(count.info for count in await fleet.events.count()) >= 2
        record = next(
            record
            for record in reversed((await fleet.audit.list(limit=1000)).items)
            if record.operation == "nodes.register" and record.parameters["name"] == "history"
        )
        assert (record.actor.face, record.failed) == ("python", None)
        who = await fleet.sessions.current()
        assert who == record.actor.identity
        status = await fleet.system.status()
        assert status.version.startswith("2.") and status.nodes.total >= 1
        assert isinstance(await fleet.top.nodes(by="memory"), tuple)
        assert isinstance((await fleet.top.containers(limit=3)).items, tuple)
        await fleet.nodes.remove("history")


async def test_any_operation_can_be_called_by_its_name(where: dict[str, Any]) -> None:
    async with haven.open(**where) as fleet:
        name = await node(fleet, "names")
        spec = {"image": "busybox", "command": ["echo", "by name"]}
        created = await fleet.call("containers.create", {"node": name, "name": "c", "spec": spec})
        assert isinstance(created, haven.Created)
        await fleet.call("containers.start", {"node": name, "container": created.id})
        logs = await fleet.call("containers.logs", {"node": name, "container": created.id, "follow": True})
        assert b"".join([output.bytes async for output in logs]) == b"by name\n"
        with pytest.raises(haven.NotFound, match="no operation `containers.fly`"):
            await fleet.call("containers.fly")
        await fleet.nodes.remove(name)


async def test_a_session_begins_with_a_password_and_ends(server: conftest.Server) -> None:
    async with haven.open(server.url) as stranger:
        with pytest.raises(haven.Unauthenticated):
            await stranger.nodes.list()
        session = await stranger.sessions.create("admin", haven.Secret(conftest.PASSWORD))
        assert session.token.expose() not in repr(session)
    async with haven.open(server.url, token=session.token) as fleet:
        assert (await fleet.sessions.current()).name == "admin"
        await fleet.sessions.delete(session.token)
        with pytest.raises(haven.Unauthenticated):
            await fleet.nodes.list()


async def test_two_fleets_in_one_interpreter_do_not_know_each_other() -> None:
    async with haven.open("memory:") as one, haven.open("memory:") as other:
        await asyncio.gather(node(one, "a"), node(other, "b"))
        lists = [page.items for page in await asyncio.gather(one.nodes.list(), other.nodes.list())]
        assert [[node.name for node in nodes] for nodes in lists] == [["a"], ["b"]]


async def test_a_thousand_calls_at_once_are_all_answered() -> None:
    async with haven.open("memory:") as fleet:
        answers = await asyncio.gather(*(fleet.sessions.current() for _ in range(1000)))
        assert answers == [haven.Identity("system")] * 1000
