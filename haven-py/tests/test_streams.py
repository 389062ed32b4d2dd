"""What goes on: read, given up, stopped; and callbacks."""

import asyncio
import socket
import threading
from typing import Any

import haven
import haven.blocking
import pytest

TALK = haven.ContainerSpec("busybox", command=["sh", "-c", "for n in 1 2 3; do echo $n; sleep 1; done; sleep 600"])


async def fleet_with_node() -> haven.Haven:
    fleet = await haven.open("memory:")
    await fleet.nodes.register("a", "sim:")
    await fleet.nodes.wait_online("a")
    return fleet


async def test_no_item_is_lost_by_giving_up_waiting() -> None:
    async with await fleet_with_node() as fleet:
        await fleet.containers.run("a", "talk", TALK)
        logs, said = fleet.containers.logs("a", "talk", follow=True), b""
        while said != b"1\n2\n3\n":
            try:
                said += (await asyncio.wait_for(anext(logs), 0.01)).bytes
            except asyncio.TimeoutError:
                pass
        await logs.stop()


async def test_a_stream_raises_what_it_fails_with_and_ends() -> None:
    async with await fleet_with_node() as fleet:
        with pytest.raises(haven.NotFound):
            await anext(fleet.containers.logs("a", "nobody"))
        events = fleet.events.follow(after="no cursor")
        with pytest.raises(haven.Invalid):
            await anext(events)


async def test_stopping_ends_whoever_reads() -> None:
    async with await fleet_with_node() as fleet:
        events = fleet.events.follow(node="a")
        async with events:
            reader = asyncio.create_task(anext(events))
            await asyncio.sleep(0.05)
            await events.stop()
            with pytest.raises(StopAsyncIteration):
                await reader
        assert [event async for event in events] == []
        never = fleet.events.follow()
        await never.stop()
        assert [event async for event in never] == []


class Silent:
    """A server that takes connections and requests, and never answers."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked, self.closed = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            while connection.recv(4096):
                self.asked.set()
            self.closed.set()

    def close(self) -> None:
        self.thread.join(10)
        self.listener.close()


async def test_a_cancelled_await_frees_its_socket() -> None:
    server = Silent()
    async with haven.open(server.url, token="t") as fleet:
        call = asyncio.create_task(fleet.system.status())
        assert await asyncio.to_thread(server.asked.wait, 10)
        assert not server.closed.is_set()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(server.closed.wait, 10)
    server.close()


async def test_a_server_that_does_not_answer_is_a_timeout() -> None:
    server = Silent()
    async with haven.open(server.url, token="t", timeout=0.2) as fleet:
        with pytest.raises(haven.Timeout):
            await fleet.system.status()
    server.close()


async def test_a_callback_is_told_of_each_event_until_it_is_stopped() -> None:
    async with await fleet_with_node() as fleet:
        told: list[haven.Event] = []
        started = asyncio.Event()

        async def tell(event: haven.Event) -> None:
            await asyncio.sleep(0)
            told.append(event)
            if event.action == "start":
                started.set()

        subscription = await fleet.events.follow(node="a").subscribe(tell)
        await fleet.containers.run("a", "talk", TALK)
        await asyncio.wait_for(started.wait(), 10)
        await subscription.stop()
        count = len(told)
        await fleet.containers.kill("a", "talk")
        await asyncio.sleep(0.3)
        assert len(told) == count
        await subscription.stop()


async def test_stopping_lets_the_callback_end_and_its_caller_be_cancelled() -> None:
    async with await fleet_with_node() as fleet:
        called, go_on = asyncio.Event(), asyncio.Event()

        async def tell(_: haven.Event) -> None:
            called.set()
            await go_on.wait()

        subscription = await fleet.events.follow(node="a").subscribe(tell)
        await fleet.containers.create("a", TALK, name="talk")
        await asyncio.wait_for(called.wait(), 10)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(subscription.stop(), 0.1)
        go_on.set()
        await subscription.stop()


async def test_what_a_callback_raises_is_seen_at_once_and_raised_by_stop() -> None:
    async with await fleet_with_node() as fleet:
        seen: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.put_nowait(context))

        def refuse(event: haven.Event) -> None:
            raise ValueError(f"no {event.action} please")

        subscription = await fleet.events.follow(node="a", type="container").subscribe(refuse)
        await fleet.containers.create("a", TALK, name="talk")
        context = await asyncio.wait_for(seen.get(), 10)
        assert str(context["exception"]) == "no create please"
        with pytest.raises(ValueError, match="no create please"):
            await subscription.stop()


def test_what_a_callback_raises_is_seen_at_once_and_raised_by_stop_in_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda failed: seen.append(failed.exc_value))
    with haven.blocking.open("memory:") as fleet:
        fleet.nodes.register("a", "sim:")
        fleet.nodes.wait_online("a")

        def refuse(event: haven.Event) -> None:
            raise ValueError(f"no {event.action} please")

        subscription = fleet.events.follow(node="a", type="container").subscribe(refuse)
        fleet.containers.create("a", TALK, name="talk")
        with pytest.raises(ValueError, match="no create please"):
            subscription.wait(10)
        assert [str(failed) for failed in seen] == ["no create please"]
        with pytest.raises(ValueError, match="no create please"):
            subscription.stop()


async def test_a_terminal_has_a_size_and_closes() -> None:
    async with await fleet_with_node() as fleet:
        await fleet.containers.run("a", "talk", TALK)
        size = haven.TerminalSize(width=100, height=40)
        spec = haven.ExecSpec(command=["sh", "-c", "read line; stty size"], tty=True, stdin=True, size=size)
        async with await fleet.containers.exec("a", "talk", spec) as terminal:
            await terminal.resize(120, 50)
            await terminal.write("go\n")
            assert b"50 120" in await terminal.read()
            assert await terminal.exit_code() == 0
        endless = haven.ExecSpec(command=["sh", "-c", "while true; do echo much; done"])
        async with await fleet.containers.exec("a", "talk", endless) as terminal:
            with pytest.raises(ValueError, match="more than 1000 bytes"):
                await terminal.read(limit=1000)
        terminal = await fleet.containers.exec("a", "talk", haven.ExecSpec(command=["cat"], stdin=True))
        await terminal.write("half")
        assert (await anext(aiter(terminal))).bytes == b"half"
        await terminal.close_input()
        with pytest.raises(haven.Conflict, match="the input was closed"):
            await terminal.write("more")
        await terminal.close()
        with pytest.raises(haven.Conflict, match="the conversation was closed"):
            await terminal.write("more")


async def test_closing_a_terminal_ends_a_write_that_nobody_reads() -> None:
    async with await fleet_with_node() as fleet:
        await fleet.containers.run("a", "talk", TALK)
        spec = haven.ExecSpec(command=["sleep", "600"], stdin=True)
        async with await fleet.containers.exec("a", "talk", spec) as terminal:
            much = asyncio.create_task(terminal.write(b"x" * (32 << 20)))
            await asyncio.sleep(0.1)
            assert not much.done()
        with pytest.raises(haven.Conflict, match="was closed"):
            await much


async def test_giving_up_while_a_stream_begins_breaks_nothing() -> None:
    server = Silent()
    async with haven.open(server.url, token="t") as fleet:
        events = fleet.events.follow()
        for _ in range(2):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(events), 0.05)
        waiting = asyncio.create_task(anext(events))
        await asyncio.sleep(0.05)
        await events.stop()
        with pytest.raises(StopAsyncIteration):
            await waiting
    server.close()
