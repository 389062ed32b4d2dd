"""Haven from generated Python: the first calls, on a fleet in this process and on a server."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from haven_ffi import (
    ContainerSpec,
    ContainerState,
    CreateRequest,
    Credentials,
    EventListener,
    Gate,
    Haven,
    HavenError,
    ItemListener,
    NodeSpec,
    NodeStatus,
    OpenOptions,
    Order,
    Outcome,
    OutputListener,
    PlanListener,
    PlanState,
    Rollout,
    Secret,
    Selection,
    Severity,
    UpdateRequest,
)

# Long enough for a machine that is busy; nothing here takes it.
PATIENCE = 30
LEAVE = Path(__file__).with_name("leave.py")


def spec(script="echo hello; sleep 600", **more):
    return ContainerSpec(image="busybox", command=["sh", "-c", script], **more)


class Heard(EventListener, ItemListener, OutputListener, PlanListener):
    """Puts what it is told into a queue of the loop it was made in."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.queue = asyncio.Queue()

    def put(self, what):
        self.loop.call_soon_threadsafe(self.queue.put_nowait, what)

    on_event = on_item = on_output = on_progress = put

    async def until(self, wanted):
        while not wanted(what := await asyncio.wait_for(self.queue.get(), PATIENCE)):
            pass
        return what


class Fleet:
    """What holds on any fleet."""

    async def asyncSetUp(self):
        # A simulated machine remembers what ran there, so each test has its own.
        self.node = f"python-{self._testMethodName}"
        self.haven = await self.open()
        self.nodes, self.containers = self.haven.nodes(), self.haven.containers()
        await self.nodes.register(NodeSpec(name=self.node, address="sim:"))
        await self.nodes.wait_online(self.node)

    async def asyncTearDown(self):
        await self.nodes.remove(self.node)
        await self.haven.shut_down()

    async def test_a_container_lives_and_dies(self):
        id = await self.containers.run(self.node, "life", spec())
        found = await self.containers.find("life")
        self.assertEqual((found.container.id, found.container.node, found.stale), (id, self.node, False))
        listed = [item for item in (await self.containers.list()).items if item.node == self.node]
        self.assertEqual([(item.name, item.state) for item in listed], [("life", ContainerState.RUNNING)])
        self.assertEqual(await self.containers.stop(self.node, id), Outcome.DONE)
        self.assertEqual(await self.containers.stop(self.node, id), Outcome.ALREADY_SO)
        self.assertEqual((await self.containers.find(id)).container.state, ContainerState.EXITED)
        self.assertEqual(await self.containers.start(self.node, "life"), Outcome.DONE)
        self.assertEqual(await self.containers.restart(self.node, "life"), Outcome.DONE)
        self.assertEqual(await self.containers.remove(self.node, "life"), Outcome.DONE)
        with self.assertRaises(HavenError.NotFound):
            await self.containers.find(id)

    async def test_nodes_and_clusters_are_told(self):
        node = await self.nodes.get(self.node)
        self.assertEqual((node.status, node.address, node.cluster), (NodeStatus.ONLINE, "sim:", None))
        self.assertIn(self.node, [node.name for node in await self.nodes.list()])
        clusters = self.haven.clusters()
        await clusters.create("python", "what snakes see")
        self.assertEqual((await clusters.add_node("python", self.node)).cluster, "python")
        cluster = next(cluster for cluster in await clusters.list() if cluster.name == "python")
        self.assertEqual((cluster.description, cluster.nodes.total), ("what snakes see", 1))
        await self.containers.run(self.node, "member", spec())
        self.assertEqual([item.name for item in (await self.containers.list_in("python")).items], ["member"])
        await clusters.remove_node("python", self.node)
        await clusters.delete("python")

    async def test_a_plan_is_made_applied_and_taken_back(self):
        plans = self.haven.plans()
        spec = ContainerSpec(image="nginx", env={"TOKEN": Secret("s3cret")})
        quick = Rollout(order=Order.START_FIRST, monitor=timedelta(seconds=0.1), gate=Gate.RUNNING())
        made = await plans.create(CreateRequest(spec=spec, name="pweb", count=2, node=self.node, rollout=quick))
        self.assertEqual([(step.name, step.node) for step in made.steps], [("pweb", self.node), ("pweb-1", self.node)])
        await plans.apply(made.id)
        detail = await plans.wait(made.id, timedelta(seconds=PATIENCE))
        self.assertEqual((detail.status.state, detail.status.done), (PlanState.APPLIED, 2))

        meant = Selection(node=self.node, image=["nginx"])
        update = await plans.update(UpdateRequest(selection=meant, image="1.27", labels={"tier": "front"}, rollout=quick))
        self.assertRegex(update.diff, r"image: nginx(:latest)? -> nginx:1.27")
        self.assertEqual(await plans.diff(update.id), update.diff)
        self.assertNotIn("s3cret", update.json)
        with self.assertRaises(HavenError.Invalid):
            await plans.apply_json(update.json.replace("1.27", "1.26"))
        heard = Heard()
        await plans.apply_json(update.json)
        following = await plans.follow(update.id, heard)
        await asyncio.wait_for(following.ended(), PATIENCE)
        told = [heard.queue.get_nowait() for _ in range(heard.queue.qsize())]
        self.assertEqual({told.step.name for told in told if told.step}, {"pweb", "pweb-1"})
        self.assertEqual(told[-1].status.state, PlanState.APPLIED)
        self.assertEqual(await self.images(), {"nginx:1.27"})

        back = await plans.rollback(update.id)
        await plans.apply(back.id)
        self.assertEqual((await plans.wait(back.id)).status.state, PlanState.APPLIED)
        self.assertEqual(await self.images(), {"nginx"})
        scaled = await plans.scale("pweb", 1)
        self.assertEqual([(step.name, step.brings) for step in scaled.steps], [("pweb-1", False)])
        self.assertIn(scaled.id, [plan.id for plan in await plans.list()])
        await plans.remove(scaled.id)
        with self.assertRaises(HavenError.NotFound):
            await plans.get(scaled.id)

    async def images(self):
        listed = (await self.containers.list()).items
        return {at.image for at in listed if at.node == self.node and at.state == ContainerState.RUNNING}

    async def test_an_event_is_heard(self):
        heard = Heard()
        subscription = await self.haven.events().subscribe(heard)
        id = await self.containers.run(self.node, "loud", spec())
        begun = time.monotonic()
        event = await heard.until(lambda event: event.action == "start" and event.id == id)
        print(f"an event came {time.monotonic() - begun:.3f} s after the answer", file=sys.stderr)
        self.assertEqual((event.node, event.kind, event.name), (self.node, "container", "loud"))
        self.assertIn(event, await self.haven.events().list(Severity.INFO))
        await subscription.stop()
        await subscription.stop()
        await subscription.ended()

    async def test_a_subscription_that_is_dropped_is_deaf(self):
        dropped, kept = Heard(), Heard()
        subscription = await self.haven.events().subscribe(dropped)
        keeper = await self.haven.events().subscribe(kept)
        del subscription
        gc.collect()
        id = await self.containers.run(self.node, "unheard", spec())
        await kept.until(lambda event: event.action == "start" and event.id == id)
        await keeper.stop()
        told = [dropped.queue.get_nowait() for _ in range(dropped.queue.qsize())]
        self.assertNotIn(id, [event.id for event in told])

    async def test_an_exception_of_a_listener_is_raised_where_it_is_seen(self):
        class Clumsy(EventListener):
            def on_event(self, event):
                raise KeyError("clumsy")

        subscription = await self.haven.events().subscribe(Clumsy())
        await self.containers.run(self.node, "dropped", spec())
        for end in (subscription.ended, subscription.stop):
            with self.assertRaises(HavenError.Unexpected) as raised:
                await asyncio.wait_for(end(), PATIENCE)
            self.assertIn("clumsy", raised.exception.msg)

    async def test_logs_are_read_and_followed(self):
        heard = Heard()
        await self.containers.run(self.node, "talker", spec("echo hello; sleep 1; echo bye"))
        subscription = await self.containers.follow_logs(self.node, "talker", heard)
        await asyncio.wait_for(subscription.ended(), PATIENCE)
        await heard.until(lambda output: output.bytes.endswith(b"bye\n"))
        logs = await self.containers.logs(self.node, "talker")
        self.assertEqual(b"".join(output.bytes for output in logs), b"hello\nbye\n")

    async def test_any_operation_is_called_by_name(self):
        page = json.loads(await self.haven.call("nodes.list", json.dumps({"limit": 10_000})))
        self.assertIn(self.node, [node["name"] for node in page["items"]])
        where = json.dumps({"node": self.node, "labels": {"zone": "a"}})
        self.assertEqual(json.loads(await self.haven.call("nodes.update", where))["labels"]["zone"], "a")
        await self.nodes.register(NodeSpec(name="python-2", address="tcp://127.0.0.1:1"))
        self.assertIsNone(json.loads(await self.haven.call("nodes.remove", '{"node": "python-2"}')))
        self.assertEqual(json.loads(await self.haven.call("system.status"))["version"].split(".")[0], "2")
        heard = Heard()
        pull = await self.haven.follow("images.pull", heard, json.dumps({"node": self.node, "image": "nginx:1.27"}))
        await asyncio.wait_for(pull.ended(), PATIENCE)
        self.assertIsInstance(json.loads(await heard.until(bool)), dict)

    async def test_errors_are_matched_by_variant(self):
        wrong = [
            (HavenError.NotFound, lambda: self.nodes.get("nowhere"), "nowhere"),
            (HavenError.NotFound, lambda: self.haven.call("nodes.dance"), "nodes.dance"),
            (HavenError.Invalid, lambda: self.nodes.get("a b"), "position 2"),
            (HavenError.Invalid, lambda: self.haven.call("events.follow"), "events.follow"),
            (HavenError.Invalid, lambda: self.haven.call("nodes.get", '{"nod": "x"}'), "nod"),
            (HavenError.Invalid, lambda: self.haven.call("nodes.get", "[" * 100_000), "JSON"),
            (HavenError.AlreadyExists, lambda: self.nodes.register(NodeSpec(name=self.node, address="sim:")), self.node),
            (HavenError.NotFound, lambda: self.containers.stop(self.node, "ghost"), "ghost"),
        ]
        for kind, ask, words in wrong:
            with self.assertRaises(kind) as raised:
                await ask()
            self.assertIn(words, raised.exception.msg)
        self.assertEqual(raised.exception.context["node"], self.node)

    async def test_secrets_are_not_shown(self):
        hidden = spec(env={"KEY": Secret("s3cret")})
        self.assertNotIn("s3cret", f"{hidden} {hidden!r} {hidden.env['KEY']}")
        await self.containers.create(self.node, hidden, "keeper")
        where = json.dumps({"node": self.node, "container": "keeper"})
        self.assertEqual(json.loads(await self.haven.call("containers.inspect", where))["spec"]["env"]["KEY"], "***")

    async def test_a_call_that_is_cancelled_leaves_the_fleet_as_it_was(self):
        await self.containers.run(self.node, "endless", spec())
        where = json.dumps({"node": self.node, "container": "endless"})
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(self.haven.call("containers.wait", where), 0.1)
        self.assertEqual((await self.nodes.get(self.node)).containers.on, 1)


class Local(Fleet, unittest.IsolatedAsyncioTestCase):
    """On a fleet in this process."""

    async def open(self):
        return await Haven.open("memory:")

    async def test_two_fleets_know_nothing_of_each_other(self):
        other = await Haven.open("memory:")
        self.assertEqual(await other.nodes().list(), [])
        await other.shut_down()
        self.assertEqual([node.name for node in await self.nodes.list()], [self.node])

    async def test_what_cannot_be_opened_says_why(self):
        options = OpenOptions(credentials=Credentials.TOKEN(Secret("t0ken")))
        wrong = [(HavenError.Invalid, "elsewhere:", None), (HavenError.Invalid, "memory:", options)]
        for kind, url, options in wrong:
            with self.assertRaises(kind):
                await Haven.open(url, options)
        nobody = await Haven.open("http://127.0.0.1:1")
        with self.assertRaises(HavenError.Unavailable):
            await nobody.nodes().list()

    def leave(self, *how):
        done = subprocess.run([sys.executable, LEAVE, *how], capture_output=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"heard\n", b""), how)

    def test_leaving_right_after_a_stop_never_aborts(self):
        with ThreadPoolExecutor(4) as several:
            list(several.map(lambda _: self.leave(), range(100)))

    def test_leaving_after_shutting_down_never_aborts_whatever_was_stopped(self):
        with ThreadPoolExecutor(4) as several:
            list(several.map(lambda n: self.leave(["kept", "dropped"][n % 2], "shut_down"), range(100)))

    def test_leaving_waits_for_a_thread_that_is_still_inside(self):
        self.leave("slow")
        self.leave("slow", "shut_down")
        self.leave("slow", "kept", "shut_down")


class Served(Fleet, unittest.IsolatedAsyncioTestCase):
    """On a server in another process."""

    url = os.environ["HAVEN_TEST_SERVER"]

    async def open(self):
        password = Secret(os.environ["HAVEN_ADMIN_PASSWORD"])
        return await Haven.open(self.url, OpenOptions(credentials=Credentials.PASSWORD("admin", password)))

    async def test_who_signs_in_wrongly_is_told(self):
        with self.assertRaises(HavenError.Unauthenticated):
            await Haven.open(self.url, OpenOptions(credentials=Credentials.PASSWORD("admin", Secret("wr0ng"))))
        stranger = await Haven.open(self.url)
        with self.assertRaises(HavenError.Unauthenticated):
            await stranger.nodes().list()


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"test result: {'FAILED' if failed else 'ok'}. {result.testsRun - failed} passed; {failed} failed;")
    sys.exit(failed > 0)
