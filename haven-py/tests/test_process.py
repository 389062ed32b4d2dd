"""The package and the process around it: forks, signals, and ends of all kinds."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import haven
import pytest

OPEN = """
import haven, haven.blocking, os, signal, sys, threading, time
fleet = haven.blocking.open("memory:")
fleet.nodes.register("a", "sim:")
fleet.nodes.wait_online("a")
SLEEP = haven.ContainerSpec("busybox", command=["sleep", "600"])
"""


def python(program: str, **options: object) -> subprocess.CompletedProcess[str]:
    """What a program of its own says, and how it ends."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


ASYNC_SUBSCRIPTION = """
import asyncio, haven
async def main():
    fleet = await haven.open("memory:")
    told = asyncio.Event()
    subscription = await fleet.events.follow().subscribe(lambda event: told.set())
    await fleet.nodes.register("a", "sim:")
    await told.wait()
    await subscription.stop()
asyncio.run(main())
"""

BLOCKING_SUBSCRIPTION = """
import haven.blocking, threading
fleet = haven.blocking.open("memory:")
told = threading.Event()
subscription = fleet.events.follow().subscribe(lambda event: told.set())
fleet.nodes.register("a", "sim:")
told.wait()
subscription.stop()
"""

CANCELLED = """
import asyncio, haven
async def main():
    fleet = await haven.open("memory:")
    await fleet.nodes.register("a", "sim:")
    await fleet.nodes.wait_online("a")
    await fleet.containers.run("a", "c", haven.ContainerSpec("busybox", command=["sleep", "600"]))
    for _ in range(10):
        asyncio.create_task(fleet.containers.wait("a", "c"))
    subscription = await fleet.events.follow().subscribe(print)
    await asyncio.sleep(0)
asyncio.run(main())
"""

LEFT_ALONE = (
    OPEN
    + """
fleet.containers.run("a", "c", SLEEP)
for _ in range(4):
    threading.Thread(target=lambda: fleet.containers.wait("a", "c"), daemon=True).start()
threading.excepthook = lambda failed: None
subscription = fleet.events.follow().subscribe(lambda event: None)
"""
)


@pytest.mark.parametrize(
    "program",
    [ASYNC_SUBSCRIPTION, BLOCKING_SUBSCRIPTION, CANCELLED, LEFT_ALONE],
    ids=["stopped", "stopped-blocking", "cancelled", "left-alone"],
)
def test_an_interpreter_that_ends_never_aborts(program: str) -> None:
    with ThreadPoolExecutor(4) as programs:
        for done in programs.map(lambda _: python(program), range(100)):
            assert (done.returncode, done.stderr) == (0, "")


def test_a_forked_process_is_refused_and_the_first_goes_on() -> None:
    done = python(
        OPEN
        + """
if os.fork() == 0:
    for use in [lambda: fleet.nodes.list(), lambda: haven.blocking.open("memory:")]:
        try:
            use()
        except haven.Unsupported as error:
            print(error, flush=True)
    os._exit(0)
os.wait()
print(len(fleet.nodes.list().items))
"""
    )
    refused, again, count = done.stdout.splitlines()
    assert refused == again and "this process was forked from one that used Haven" in refused
    assert (count, done.returncode) == ("1", 0), done.stderr


def test_a_process_that_is_forked_before_haven_is_used_can_use_it() -> None:
    done = python(
        """
import os, haven.blocking
child = os.fork()
with haven.blocking.open("memory:") as fleet:
    assert fleet.nodes.list().items == ()
if child:
    assert os.waitpid(child, 0)[1] == 0
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "call", ['fleet.containers.wait("a", "c")', "next(fleet.events.follow(type='image'))", "fleet.nodes.wait_online('b', 600)"]
)
def test_ctrl_c_ends_a_blocking_call(call: str) -> None:
    program = OPEN + 'fleet.containers.run("a", "c", SLEEP)\nfleet.nodes.register("b", "tcp://127.0.0.1:9")\n'
    program += f'print("waiting", flush=True)\ntry:\n    {call}\nexcept KeyboardInterrupt:\n    print("interrupted")\n'
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "waiting\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        assert process.stdout.read() == "interrupted\n"
        assert process.wait(10) == 0 and time.monotonic() - begun < 5


def test_a_closed_fleet_lets_its_store_go_and_says_that_it_was_closed(tmp_path: Path) -> None:
    done = python(
        f"""
import haven, haven.blocking
url = "redb:{tmp_path}/fleet.redb"
first = haven.blocking.open(url)
nodes = first.nodes
first.close()
first.close()
with haven.blocking.open(url) as second:
    assert second.nodes.list().items == ()
try:
    nodes.list()
except haven.Conflict as error:
    print(error)
"""
    )
    assert (done.stdout, done.stderr) == ("this fleet was closed: open it anew\n", "")


def test_where_descriptors_run_out_that_is_said() -> None:
    done = python(
        """
import haven, haven.blocking, os
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for spare in range(1, 12):
    os.close(held.pop())
    try:
        haven.blocking.open("memory:").close()
    except haven.Busy:
        continue
    break
else:
    raise AssertionError("eleven are enough")
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_forked_child_may_close_all_that_it_got() -> None:
    done = python(
        OPEN
        + """
events = fleet.events.follow().__enter__()
child = os.fork()
if not child:
    os.closerange(3, 200)
    sys.exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    )
    assert (done.stdout, done.stderr) == ("4\n", "")


def test_a_signals_handler_may_use_haven_and_end_what_is_waited_for() -> None:
    program = OPEN + """
events = fleet.events.follow(type="image")
def stop(*_):
    assert len(fleet.nodes.list().items) == 1
    events.stop()
signal.signal(signal.SIGTERM, stop)
print("waiting", flush=True)
print([event for event in events], flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "waiting\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "[]\n"
        assert process.wait(10) == 0


def test_subscriptions_that_ended_are_forgotten_and_none_keeps_the_end_of_a_program() -> None:
    done = python(
        OPEN
        + """
import gc, weakref
fleet.containers.run("a", "done", haven.ContainerSpec("busybox", command=["echo", "hi"]))
ended = fleet.containers.logs("a", "done", follow=True).subscribe(lambda _: None)
assert ended.wait(10)
ended = weakref.ref(ended)
gc.collect()
assert ended() is None
called = threading.Event()
def stuck(_):
    called.set()
    time.sleep(600)
kept = fleet.events.follow(node="a").subscribe(stuck)
fleet.containers.run("a", "c", SLEEP)
assert called.wait(10)
if not os.fork():
    sys.exit(0)
assert os.wait()[1] == 0
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_loop_that_is_gone_leaves_no_descriptor_behind() -> None:
    done = python(
        """
import asyncio, gc, haven, os
async def main():
    async with haven.open("memory:") as fleet:
        await fleet.nodes.list()
counts = []
for _ in range(20):
    asyncio.run(main())
    gc.collect()
    counts.append(len(os.listdir("/proc/self/fd")))
assert counts[-1] <= counts[2], counts
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_older_python_is_named(tmp_path: Path) -> None:
    source = Path(haven.__file__).read_text()
    check = source[source.index("import sys") : source.index("if TYPE_CHECKING")]
    older = check.replace("import sys", "class sys:\n    version_info = (3, 9, 2)\n    version = '3.9.2 (default)'")
    done = python(older)
    assert "haven needs Python 3.10 or newer, this is 3.9.2" in done.stderr


def test_importing_starts_no_thread_and_no_event_loop() -> None:
    used = "haven.blocking.open; haven.model.Event"
    done = python(f"import haven.blocking, os, sys; {used}; print(len(os.listdir('/proc/self/task')), 'asyncio' in sys.modules)")
    assert done.stdout == "1 False\n", done.stderr


def test_the_agent_loads_nothing_of_the_package_but_the_native_half() -> None:
    done = python("import sys, haven._haven\nfrom haven.program import main\nprint([name for name in sys.modules if 'haven' in name])")
    assert done.stdout == "['haven', 'haven._haven', 'haven.program']\n", done.stderr


def test_the_whole_package_can_be_imported_by_name() -> None:
    done = python("from haven import *\nprint(ContainerSpec('a').image, NotFound.kind, open.__module__)")
    assert done.stdout == "a not_found haven.opening\n", done.stderr
    done = python("import haven\nassert 'ContainerSpec' in dir(haven)\nhaven.nothing")
    assert "module `haven` has no attribute `nothing`" in done.stderr
