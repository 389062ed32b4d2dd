"""What the tests stand on: event loops, a real server in a process of its own, and the real test bed."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
PASSWORD = "a password that is long"
AGENTS = "the secret of agents"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that is a coroutine in an event loop of its own, for a minute at most."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    test = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    asyncio.run(asyncio.wait_for(test, 60))
    return True


class Server:
    """A running `haven serve`, with two simulated nodes."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self.log = (home / "log").open("w+")
        self.process = subprocess.Popen(
            [PROGRAMS / "haven", "serve", "--data", home / "data", "--listen", "127.0.0.1:0", "--no-manage-local",
             "--simulate", "2", *options],
            env=self.environment({"HAVEN_ADMIN_PASSWORD": PASSWORD, "HAVEN_AGENT_SECRET": AGENTS}),
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert "http" in line, line + (home / "log").read_text()
        self.address = line.split("://")[1].strip()
        self.url = line[line.index("http") :].strip()
        # Whatever else it says is read, so that it never waits for its reader.
        self.reader = threading.Thread(target=self.process.stdout.read)
        self.reader.start()

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], **more}

    def haven(self, *words: str) -> str:
        """What a command of the program says."""
        environment = self.environment({"HAVEN_SERVER": self.url, "HAVEN_PASSWORD": PASSWORD})
        return subprocess.run([PROGRAMS / "haven", *words], env=environment, check=True, capture_output=True, text=True).stdout

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.reader.join()
        assert self.process.stdout
        self.process.stdout.close()
        self.log.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(tmp_path_factory.mktemp("served"))
    yield served
    served.stop()


@pytest.fixture(params=["memory", "redb", "server"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """How a fleet is opened: in this process, in a file, on a server."""
    if request.param == "server":
        return {"url": request.getfixturevalue("server").url, "user": "admin", "password": PASSWORD}
    return {"url": "memory:" if request.param == "memory" else f"redb:{tmp_path}/fleet.redb"}


class Bed:
    """A real Docker Engine and a real etcd."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [PROGRAMS / "haven-bed", "--engines", "1", "--etcd", "1", "--no-registry", "--env"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        said: dict[str, str] = {}
        while "HAVEN_BED_ETCD" not in said:
            line = self.process.stdout.readline()
            assert line, "the bed did not start"
            name, _, value = line.removeprefix("export ").strip().partition("=")
            said[name] = value
        self.docker = said["DOCKER_HOST"]
        self.etcd = said["HAVEN_BED_ETCD"]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture(scope="session")
def bed() -> Iterator[Bed]:
    if os.geteuid() != 0 or shutil.which("dockerd") is None or shutil.which("etcd") is None:
        missing = "the real test bed takes root, dockerd and etcd"
        assert not os.environ.get("HAVEN_REQUIRE"), missing
        pytest.skip(missing)
    started = Bed()
    yield started
    started.stop()
