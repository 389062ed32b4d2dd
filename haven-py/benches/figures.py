"""The figures of the Python package: ratios against a baseline of the same run, the median of interleaved rounds.

`scripts/bench` runs it on a real engine, whose address is its argument.
"""

from __future__ import annotations

import asyncio
import http.client
import importlib.metadata
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, Callable

import docker
import haven
import haven.blocking

CONTAINERS = 200
ROUNDS = 11


class Wire(http.client.HTTPConnection):
    """HTTP over a unix socket: the barest client."""

    def __init__(self, path: str) -> None:
        super().__init__("docker")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def list(self) -> None:
        self.request("GET", "/containers/json?all=1")
        assert len(self.getresponse().read()) > CONTAINERS


def timed(work: Callable[[], Any], times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


def figure(name: str, ours: Callable[[], Any], base: Callable[[], Any], target: str, times: int = 5, often: int = 1) -> None:
    """Measures two things in turns. `often`: how much oftener ours is done in a round."""
    ours(), base()
    rounds = [(timed(ours, times * often), timed(base, times)) for _ in range(ROUNDS)]
    ratios = sorted(ours / base for ours, base in rounds)
    mine, other = (median(column) for column in zip(*rounds))
    print(
        f"{name:51} {mine * 1e3:.2f}ms {other * 1e3:.2f}ms   "
        f"{median(ratios):.4f} ({ratios[0]:.4f}–{ratios[-1]:.4f})   {target}",
        flush=True,
    )


def lists(address: str) -> None:
    """200 containers of a real engine."""
    engine = haven.blocking.Engine.docker(address)
    image = next(tag for image in engine.images() for tag in image.tags if "busybox" in tag)
    spec = haven.ContainerSpec(image, labels={f"label-{number}": f"value-{number}" for number in range(12)})
    for _ in range(CONTAINERS - len(engine.containers())):
        engine.create_container(spec)
    wire = Wire(address.removeprefix("unix://"))
    client = docker.DockerClient(base_url=address)
    figure("Python: Engine.containers(), 200, uncached / bare HTTP", engine.containers, wire.list, "at most 1.15")
    loop = asyncio.new_event_loop()
    again = loop.run_until_complete(haven.Engine.docker(address))
    listed = lambda: loop.run_until_complete(again.containers())  # noqa: E731
    figure("Python: the same, awaited / bare HTTP", listed, wire.list, "at most 1.15")
    everything = lambda: client.containers.list(all=True)  # noqa: E731
    figure("Python: Engine.containers(), 200 / docker-py's list(all=True)", engine.containers, everything, "at most 0.125", 1, 3)
    with haven.blocking.open("memory:") as fleet:
        fleet.nodes.register("bed", address)
        fleet.nodes.wait_online("bed")
        assert len(fleet.containers.list().items) == CONTAINERS
        figure("Python: containers.list() of 200, inventory / docker-py", fleet.containers.list, everything, "at most 0.01", 1, 20)


def sizes() -> None:
    """What it weighs, and how long it takes to be there."""
    files = importlib.metadata.files("haven") or []
    weight = sum(Path(str(file.locate())).stat().st_size for file in files)
    start = lambda code: timed(lambda: subprocess.run([sys.executable, "-c", code], check=True), 5)  # noqa: E731
    bare, ours = start("pass"), start("import haven")
    print(f"{'Python: the package, installed':51} {weight / 1e6:.1f} MB")
    print(f"{'Python: import haven':51} {(ours - bare) * 1e3:.1f} ms above a bare interpreter, which takes {bare * 1e3:.0f} ms")


if __name__ == "__main__":
    lists(sys.argv[1])
    sizes()
