"""On a real Docker Engine and a real etcd, beside the other faces."""

import asyncio
import json
from typing import Any

import conftest
import haven
import haven.blocking
import pytest

IMAGE = "haven/busybox:1"


async def test_an_engine_alone(bed: conftest.Bed) -> None:
    engine = await haven.Engine.docker(bed.docker)
    await engine.ping()
    image = next(tag for image in await engine.images() for tag in image.tags if "busybox" in tag)
    spec = haven.ContainerSpec(image, command=["sh", "-c", "echo $TOKEN; sleep 60"], env={"TOKEN": "s3cret"})
    id = await engine.create_container(spec, name="python-alone")
    try:
        assert await engine.start_container(id) == "done"
        [container] = await engine.containers(name=["python-alone"])
        assert (container.id, container.state) == (id, "running")
        assert (await engine.container(id)).spec.env["TOKEN"].expose() == "***"
        assert await engine.stop_container(id, timeout=0) == "done"
    finally:
        await engine.remove_container(id, force=True)


async def test_what_one_face_starts_all_see(bed: conftest.Bed, server: conftest.Server) -> None:
    options: dict[str, Any] = {"url": server.url, "user": "admin", "password": conftest.PASSWORD}
    async with haven.open(**options) as fleet:
        await fleet.nodes.register("real", bed.docker)
        await fleet.nodes.wait_online("real")
        tags = [tag for at in (await fleet.images.list(node="real")).items for tag in at.item.tags]
        spec = haven.ContainerSpec(next(tag for tag in tags if "busybox" in tag), command=["sleep", "60"])
        async with fleet.events.follow(node="real") as events:
            id = await fleet.containers.run("real", "seen", spec)
            try:
                async for event in events:
                    if (event.action, event.name) == ("start", "seen"):
                        break

                def everywhere() -> list[str]:
                    with haven.blocking.open(**options) as twin:
                        [ours] = twin.containers.list(node="real", name=["seen"]).items
                    said = json.loads(server.haven("ps", "--node", "real", "--json"))
                    return [ours.item.id, *(item["id"] for item in said["items"] if item["name"] == "seen")]

                assert await asyncio.to_thread(everywhere) == [id, id]
                terminal = await fleet.containers.exec("real", id, haven.ExecSpec(command=["cat"], stdin=True))
                await terminal.write(bytes(range(256)))
                await terminal.close_input()
                assert await terminal.read() == bytes(range(256))
                assert await terminal.exit_code() == 0
                stats = fleet.containers.stats_stream("real", id)
                assert (await anext(stats)).memory > 0
                await stats.stop()
            finally:
                await fleet.containers.remove("real", id, force=True)
                await fleet.nodes.remove("real")


async def test_two_masters_share_an_etcd(bed: conftest.Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"etcd://{bed.etcd.removeprefix('http://')}/python"
    monkeypatch.setenv("HAVEN_KEY", "00" * 32)
    async with haven.open(url) as one, haven.open(url) as other:
        await one.clusters.create("shared", description="by one")
        for _ in range(100):
            if any(cluster.name == "shared" for cluster in (await other.clusters.list()).items):
                break
            await asyncio.sleep(0.02)
        assert (await other.clusters.get("shared")).description == "by one"
        await other.clusters.delete("shared")
