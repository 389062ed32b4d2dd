// Kotlin's part of `tests/faces/journey.py`: starts containers that are there, and says when it sees that others run.

package face

import haven.ContainerState
import haven.Haven
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    val fleet = Haven.open(System.getenv("FACE_SERVER"))
    val containers = fleet.containers()
    println("ready")
    for (line in generateSequence(::readLine)) {
        val (verb, name) = line.split(' ')
        if (verb == "start") containers.start(containers.find(name).container.node, name)
        while (verb == "see" && containers.find(name).container.state != ContainerState.RUNNING) delay(20)
        println(line)
    }
    fleet.shutDown()
}
