"""Listens, stops, and leaves at once, while threads of Haven are still about; with `shut_down` that comes last, with `kept`
it is all that ends a subscription, and with `dropped` that was let go before.

With `slow` the interpreter is one that takes its time: a thread that wakes it is inside for a while, and so is what ends.
"""

import asyncio
import sys
import threading
import time

from haven_ffi import ContainerSpec, EventListener, Haven, NodeSpec


class Listener(EventListener):
    def __init__(self, loop, heard):
        self.loop, self.heard = loop, heard

    def on_event(self, event):
        self.loop.call_soon_threadsafe(self.heard.set)


class Late:
    def __del__(self, sleep=time.sleep):
        sleep(0.3)


def slow(loop):
    call_soon = loop.call_soon_threadsafe

    def slowly(*call):
        call_soon(*call)
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.1)

    loop.call_soon_threadsafe = slowly
    return Late()


async def main(how):
    haven = await Haven.open("memory:")
    heard = asyncio.Event()
    subscription = await haven.events().subscribe(Listener(asyncio.get_running_loop(), heard))
    await haven.nodes().register(NodeSpec(name="web-1", address="sim:"))
    await heard.wait()
    await haven.nodes().wait_online("web-1")
    await haven.containers().run("web-1", "hello", ContainerSpec(image="busybox"))
    print("heard", flush=True)
    late = slow(asyncio.get_running_loop()) if "slow" in how else None
    if "kept" in how:
        global still_there
        still_there = subscription
    elif "dropped" in how:
        del subscription
    else:
        await subscription.stop()
    if "shut_down" in how:
        await haven.shut_down()
    return late


late = asyncio.run(main(sys.argv[1:]))
