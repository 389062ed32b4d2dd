"""The agent: as an object, and as the pip-installed program."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import conftest
import haven
import pytest

PROGRAM = Path(sys.executable).parent / "haven-agent"


async def reported(fleet: haven.Haven, name: str) -> haven.Node:
    """The node once its agent reports."""
    for _ in range(300):
        try:
            node = await fleet.nodes.get(name)
            if node.agent.reporting and node.metrics:
                return node
        except haven.NotFound:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"{name} does not report")


async def test_an_object_reports_until_it_is_stopped(server: conftest.Server, tmp_path: Path) -> None:
    agent = haven.Agent(
        server.url, secret=haven.Secret(conftest.AGENTS), name="by-object", interval=0.2, docker=f"unix://{tmp_path}/none"
    )
    running = asyncio.create_task(agent.run())
    async with haven.open(server.url, user="admin", password=conftest.PASSWORD) as fleet:
        node = await reported(fleet, "by-object")
        assert node.metrics and node.metrics.source == "agent" and node.metrics.memory_total
    agent.stop()
    await asyncio.wait_for(running, 10)
    with pytest.raises(haven.Conflict, match="this agent ran before"):
        await agent.run()


def test_what_cannot_work_is_refused() -> None:
    for options in [{"master": "ftp://x"}, {"master": "http://a", "interval": 0.0}, {"master": "http://a", "name": "/"}]:
        with pytest.raises(haven.Invalid):
            haven.Agent(**options)  # type: ignore[arg-type]


async def test_the_installed_program_reports_until_a_signal_ends_it(server: conftest.Server, tmp_path: Path) -> None:
    environment = server.environment({"HAVEN_AGENT_SECRET": conftest.AGENTS, "DOCKER_HOST": f"unix://{tmp_path}/none"})
    (tmp_path / "haven-agent.ini").write_text(f"[main]\nmaster = {server.url}\ntimeout = 1\n")
    environment["HAVEN_AGENT_NAME"] = "by-program-once"
    once = subprocess.run(
        [PROGRAM, "--once"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert once.returncode == 0, once.stderr
    environment |= {"HAVEN_AGENT_NAME": "by-program", "DOCKER_HOST": f"unix://{tmp_path}/neither"}
    with subprocess.Popen([PROGRAM], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as daemon:
        try:
            async with haven.open(server.url, user="admin", password=conftest.PASSWORD) as fleet:
                await reported(fleet, "by-program")
        finally:
            daemon.send_signal(signal.SIGTERM)
        _, said = daemon.communicate(timeout=10)
    assert daemon.returncode == 0, said


def test_the_installed_program_says_what_is_wrong() -> None:
    done = subprocess.run([PROGRAM, "--fly"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "--fly" in done.stderr
    done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "haven-agent" in done.stdout
