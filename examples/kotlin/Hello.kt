// Says hello from a container on a simulated machine, and tells what happened meanwhile: of a fleet in this process, or of
// the server at HAVEN_SERVER, which is `http://admin:PASSWORD@127.0.0.1:8761` for example.

import haven.ContainerSpec
import haven.Event
import haven.EventListener
import haven.Haven
import haven.HavenException
import haven.NodeSpec
import kotlinx.coroutines.runBlocking

object Listener : EventListener {
    override fun onEvent(event: Event) = println("${event.node}: ${event.message}")
}

fun main() = runBlocking {
    val fleet = Haven.open(System.getenv("HAVEN_SERVER") ?: "memory:")
    val subscription = fleet.events().subscribe(Listener)
    try {
        fleet.nodes().register(NodeSpec("hello-1", "sim:"))
    } catch (error: HavenException.AlreadyExists) {
        println("again: ${error.msg}")
    }
    fleet.nodes().waitOnline("hello-1")
    fleet.containers().remove("hello-1", "hello")
    fleet.containers().run("hello-1", "hello", ContainerSpec("busybox", command = listOf("sh", "-c", "echo hello; sleep 60")))
    for (container in fleet.containers().list().items) {
        println("${container.node} ${container.name} ${container.state}")
    }
    for (output in fleet.containers().logs("hello-1", "hello")) {
        print(output.bytes.decodeToString())
    }
    subscription.stop()
    fleet.shutDown()
}
