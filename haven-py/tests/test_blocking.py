"""The blocking twin: the same methods, waited for."""

import inspect
import json
import subprocess
import threading
import time
from typing import Any

import conftest
import haven
import haven.blocking
import pytest
from haven import blocking, handles
from haven.blocking import handles as blocking_handles


def test_drives_a_fleet(where: dict[str, Any]) -> None:
    with haven.blocking.open(**where) as fleet:
        fleet.nodes.register("twin", "sim:")
        fleet.nodes.wait_online("twin")
        id = fleet.containers.run("twin", "hello", haven.ContainerSpec("busybox", command=["echo", "hello"]))
        assert b"".join(output.bytes for output in fleet.containers.logs("twin", id, follow=True)) == b"hello\n"
        assert fleet.containers.wait("twin", id).exit_code == 0
        assert [at.item.name for at in fleet.containers.list(node="twin").items] == ["hello"]
        fleet.containers.run("twin", "talks", haven.ContainerSpec("busybox", command=["sleep", "60"]))
        with fleet.containers.exec("twin", "talks", haven.ExecSpec(command=["cat"], stdin=True)) as terminal:
            terminal.write("said\n")
            terminal.close_input()
            assert terminal.read() == b"said\n"
            assert terminal.exit_code() == 0
        with pytest.raises(haven.NotFound) as failed:
            fleet.nodes.get("nobody")
        assert failed.value.kind == "not_found"
        fleet.nodes.remove("twin")


def test_every_operation_of_the_table_is_a_method_of_both_twins() -> None:
    said = subprocess.run([conftest.PROGRAMS / "haven", "operations", "--json"], check=True, capture_output=True)
    operations = [operation["name"] for operation in json.loads(said.stdout)]
    assert len(operations) > 50
    fleet = haven.blocking.open("memory:")
    for operation in operations:
        noun, method = operation.split(".")
        kind = type(getattr(fleet, noun)).__name__
        ours, twin = (getattr(getattr(module, kind), method) for module in (handles, blocking_handles))
        assert inspect.signature(ours).parameters.keys() == inspect.signature(twin).parameters.keys()
        assert ours.__doc__ and not inspect.iscoroutinefunction(twin)
    fleet.close()


def test_the_interpreter_is_free_while_a_call_waits() -> None:
    with haven.blocking.open("memory:") as fleet:
        fleet.nodes.register("a", "sim:")
        fleet.nodes.wait_online("a")
        fleet.containers.run("a", "c", haven.ContainerSpec("busybox", command=["sleep", "600"]))
        waited: list[object] = []
        thread = threading.Thread(target=lambda: waited.append(fleet.containers.wait("a", "c")))
        thread.start()
        turns, begun = 0, time.monotonic()
        while time.monotonic() - begun < 0.2:
            turns += 1
        assert turns > 1000 and not waited
        fleet.containers.kill("a", "c")
        thread.join(10)
        assert waited == [haven.Exited(137)]


def test_a_stream_that_another_thread_stops_ends() -> None:
    with haven.blocking.open("memory:") as fleet, fleet.events.follow() as events:
        threading.Timer(0.2, events.stop).start()
        assert list(events) == []


def test_an_engine_alone(engine: blocking.Engine) -> None:
    engine.ping()
    assert engine.info().name == "sim"
    id = engine.create_container(haven.ContainerSpec("busybox", command=["sleep", "60"]), name="alone")
    assert engine.start_container(id) == "done"
    assert [container.id for container in engine.containers(name=["alone"], state=["running"])] == [id]
    assert engine.containers(label=["none"]) == ()
    assert engine.container("alone").state == "running"
    assert engine.stop_container(id, timeout=0) == "done"
    assert engine.remove_container(id) == "done"
    assert any("busybox:latest" in image.tags for image in engine.images())
    assert {"bridge", "host", "none"} == {network.name for network in engine.networks()}
    assert engine.volumes() == ()
    with pytest.raises(haven.NotFound):
        engine.container("alone")


@pytest.fixture
def engine() -> blocking.Engine:
    return blocking.Engine.simulated()
