"""A fleet seen from everywhere: three nodes join through the three agents, and a container that is started in any face shows
in all of them. Prints how long that took; run by `scripts/faces`.

A face takes `start NAME` and `see NAME`, and answers with the same words once that is done. All look before one starts.
"""

import asyncio
import base64
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import haven
import haven.blocking

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ["CARGO_TARGET_DIR"]) / "debug"
PASSWORD = "a password that is long"
SECRET = "the secret of agents"
# Longer than any of it takes, on a machine that is busy with other things, in seconds.
PATIENCE = 60


@contextmanager
def program(*words, **options):
    """A program that runs meanwhile, and ends when it is told to."""
    with subprocess.Popen(words, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def bed():
    """Three real engines, which answer without TLS as the original's did."""
    return program(PROGRAMS / "haven-bed", "--engines", "3", "--etcd", "0", "--no-registry", "--plain-tcp", "--env",
                   stdout=subprocess.PIPE, text=True)


class Rest:
    """The REST API, asked as any client would."""

    def __init__(self, url):
        self.url = url

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")

    def found(self, name):
        return next(item for item in self.ask("GET", "/containers")["items"] if item["name"] == name)

    async def start(self, name):
        at = await asyncio.to_thread(self.found, name)
        await asyncio.to_thread(self.ask, "POST", f"/nodes/{at['node']}/containers/{at['id']}/start")

    async def see(self, name):
        while (await asyncio.to_thread(self.found, name))["state"] != "running":
            await asyncio.sleep(0.02)


class CommandLine:
    """The `haven` program."""

    def __init__(self, url):
        self.environment = {**os.environ, "HAVEN_SERVER": url, "HAVEN_USER": "admin", "HAVEN_PASSWORD": PASSWORD}

    async def haven(self, *words):
        asked = await asyncio.create_subprocess_exec(PROGRAMS / "haven", *words, env=self.environment, stdout=subprocess.PIPE)
        said, _ = await asked.communicate()
        assert asked.returncode == 0, words
        return said

    async def start(self, name):
        await self.haven("start", name)

    async def see(self, name):
        while not any(item["name"] == name for item in json.loads(await self.haven("ps", "--json"))["items"]):
            await asyncio.sleep(0.02)


class Awaited:
    """Python with an event loop."""

    def __init__(self, fleet):
        self.fleet = fleet

    async def start(self, name):
        found = await self.fleet.containers.find(name)
        await self.fleet.containers.start(found.node, name)

    async def see(self, name):
        async with self.fleet.events.follow(type="container") as events:
            if (await self.fleet.containers.find(name)).item.state == "running":
                return
            async for event in events:
                if (event.name, event.action) == (name, "start"):
                    return


class Blocking:
    """Python without one."""

    def __init__(self, fleet):
        self.fleet = fleet

    async def start(self, name):
        await asyncio.to_thread(lambda: self.fleet.containers.start(self.fleet.containers.find(name).node, name))

    async def see(self, name):
        def looks():
            while self.fleet.containers.find(name).item.state != "running":
                time.sleep(0.02)

        await asyncio.to_thread(looks)


class Program:
    """A face in a process of its own."""

    @classmethod
    async def begin(cls, stack, url, *words, **options):
        face = cls()
        environment = {**os.environ, "FACE_SERVER": url.replace("://", f"://admin:{PASSWORD.replace(' ', '%20')}@")}
        face.process = await asyncio.create_subprocess_exec(
            *words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
        )
        stack.push_async_callback(face.end)
        assert await face.process.stdout.readline() == b"ready\n", words
        return face

    async def end(self):
        self.process.stdin.close()
        await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def do(self, line):
        self.process.stdin.write(f"{line}\n".encode())
        said = await self.process.stdout.readline()
        assert said.decode() == f"{line}\n", f"{line}: {said!r}"

    async def start(self, name):
        await self.do(f"start {name}")

    async def see(self, name):
        await self.do(f"see {name}")


def agents(stack, url, engines, home):
    """The three agents, each for an engine of its own."""
    environment = {**os.environ, "HAVEN_AGENT_SECRET": SECRET, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    run = lambda engine, *words: stack.enter_context(
        program(*words, "-m", url, "-d", engine, "-t", "2", env=environment, cwd=home, stderr=subprocess.DEVNULL)
    )
    run(engines[0], Path(sys.executable).with_name("haven-agent"))
    run(engines[1], PROGRAMS / "haven", "agent")
    subprocess.run(["wget", "-q", "--content-disposition", f"{url}/discovery/agent/haven-agent.py"], cwd=home, check=True)
    (home / "haven-agent.py").chmod(0o700)
    run(engines[2], "./haven-agent.py")


async def main():
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        said, started = {}, stack.enter_context(bed())
        while "HAVEN_BED_SOCKETS" not in said:
            line = started.stdout.readline()
            assert line, "the bed did not start"
            name, _, value = line.removeprefix("export ").strip().partition("=")
            said[name] = value
        server = stack.enter_context(program(
            PROGRAMS / "haven", "serve", "--data", home / "data", "--listen", "127.0.0.1:0", "--store", "memory:",
            "--no-manage-local", "--log", "error",
            env={**os.environ, "HAVEN_ADMIN_PASSWORD": PASSWORD, "HAVEN_AGENT_SECRET": SECRET}, stdout=subprocess.PIPE, text=True,
        ))
        line = server.stdout.readline()
        url = line[line.index("http") :].strip()
        engines = [engine.replace("tcp://", "") for engine in said["HAVEN_BED_ENGINES"].split(",")]
        agents(stack, url, engines, home)
        rest = Rest(url)
        for _ in range(PATIENCE * 10):
            nodes = (await asyncio.to_thread(rest.ask, "GET", "/nodes"))["items"]
            online = [node["name"] for node in nodes if node["engine"]["connected"] and node["agent"]["reporting"]]
            if len(online) == 3:
                break
            await asyncio.sleep(0.1)
        assert len(online) == 3, nodes
        print("test three_agents_make_three_nodes ... ok")

        options = {"user": "admin", "password": PASSWORD}
        faces = {
            "REST": rest,
            "command line": CommandLine(url),
            "Python, awaited": Awaited(await stack.enter_async_context(haven.open(url, **options))),
            "Python, blocking": Blocking(stack.enter_context(haven.blocking.open(url, **options))),
            "Rust": await Program.begin(stack, url, PROGRAMS / "examples" / "face"),
            "Kotlin": await Program.begin(stack, url, os.environ["FACE_KOTLIN"], "face.FaceKt"),
            "browser": await Program.begin(stack, url, "node", ROOT / "ui" / "tests" / "face.mjs"),
        }
        image = next(tag for at in rest.ask("GET", "/images")["items"] for tag in at["tags"] if "busybox" in tag)
        took = {face: [] for face in faces}
        for at, (starter, face) in enumerate(faces.items()):
            name, node = f"started-{at}", online[at % 3]
            body = {"name": name, "spec": {"image": image, "command": ["sleep", "600"]}}
            await asyncio.to_thread(rest.ask, "POST", f"/nodes/{node}/containers", body)
            # The page has it in its list before anybody looks.
            await asyncio.sleep(1)

            async def sees(other):
                await asyncio.wait_for(faces[other].see(name), PATIENCE)
                return other, time.monotonic()

            looking = [asyncio.create_task(sees(other)) for other in faces if other != starter]
            await asyncio.sleep(0.3)
            await asyncio.wait_for(face.start(name), PATIENCE)
            begun = time.monotonic()
            for other, seen in await asyncio.gather(*looking):
                took[other].append(max(0.0, seen - begun))
            print(f"test started_by_{starter.lower().replace(', ', '_').replace(' ', '_')}_and_seen_by_all ... ok", flush=True)
        for face, seen in took.items():
            print(f"{face:17} saw what others started after {statistics.median(seen):.3f} s, at most {max(seen):.3f} s")
        print(f"test result: ok. {len(faces) + 1} passed; 0 failed;")


asyncio.run(main())
