// Listens, stops, and leaves at once: the machine ends while threads of Haven are still about.

package leave

import haven.ContainerSpec
import haven.Event
import haven.EventListener
import haven.Haven
import haven.NodeSpec
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    val fleet = Haven.open("memory:")
    val heard = CompletableDeferred<Event>()
    val subscription = fleet.events().subscribe(object : EventListener {
        override fun onEvent(event: Event) {
            heard.complete(event)
        }
    })
    fleet.nodes().register(NodeSpec("web-1", "sim:"))
    heard.await()
    fleet.nodes().waitOnline("web-1")
    fleet.containers().run("web-1", "hello", ContainerSpec("busybox"))
    println("heard")
    subscription.stop()
}
