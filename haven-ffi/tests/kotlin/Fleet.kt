// Haven from Kotlin: the first calls, on a fleet in this process and on a server.

package fleet

import haven.*
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.channels.Channel as Queue
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.time.Duration
import kotlin.system.exitProcess

// Long enough for a machine that is busy, in milliseconds; nothing here takes it.
private const val PATIENCE = 30_000L
private val server: String = System.getenv("HAVEN_TEST_SERVER")
private val password = Secret(System.getenv("HAVEN_ADMIN_PASSWORD"))

private fun spec(script: String = "echo hello; sleep 600", env: Map<String, Secret> = mapOf()) =
    ContainerSpec("busybox", command = listOf("sh", "-c", script), env = env)

private fun <T> same(was: T, wanted: T) = check(was == wanted) { "$was, and not $wanted" }

private fun holds(text: String, words: String) = check(words in text) { "no `$words` in `$text`" }

private suspend inline fun <reified E : HavenException> fails(words: String, ask: suspend () -> Unit): E {
    try {
        ask()
    } catch (error: HavenException) {
        check(error is E) { "not ${E::class.simpleName}: $error" }
        holds(error.toString(), words)
        return error
    }
    error("this went well, and should not: $words")
}

private class Heard : EventListener, ItemListener, OutputListener, PlanListener {
    val queue = Queue<Any>(Queue.UNLIMITED)

    override fun onEvent(event: Event) { queue.trySend(event) }
    override fun onItem(json: String) { queue.trySend(json) }
    override fun onOutput(output: Output) { queue.trySend(output) }
    override fun onProgress(progress: PlanProgress) { queue.trySend(progress) }

    suspend inline fun <reified T> until(wanted: (T) -> Boolean): T {
        while (true) {
            val what = withTimeout(PATIENCE) { queue.receive() }
            if (what is T && wanted(what)) return what
        }
    }
}

private val onAnyFleet: Map<String, suspend (Haven, String) -> Unit> = mapOf(
    "a container lives and dies" to { fleet, node ->
        val containers = fleet.containers()
        val id = containers.run(node, "life", spec())
        val found = containers.find("life")
        same(listOf(found.container.id, found.container.node, found.stale), listOf(id, node, false))
        val listed = containers.list().items.filter { it.node == node }
        same(listed.map { it.name to it.state }, listOf("life" to ContainerState.RUNNING))
        same(containers.stop(node, id), Outcome.DONE)
        same(containers.stop(node, id), Outcome.ALREADY_SO)
        same(containers.find(id).container.state, ContainerState.EXITED)
        same(containers.start(node, "life"), Outcome.DONE)
        same(containers.restart(node, "life"), Outcome.DONE)
        same(containers.remove(node, "life"), Outcome.DONE)
        fails<HavenException.NotFound>(id) { containers.find(id) }
    },
    "nodes and clusters are told" to { fleet, node ->
        val told = fleet.nodes().get(node)
        same(listOf(told.status, told.address, told.cluster), listOf(NodeStatus.ONLINE, "sim:", null))
        same(fleet.nodes().list().count { it.name == node }, 1)
        fleet.clusters().create("kotlin", "what islands see")
        same(fleet.clusters().addNode("kotlin", node).cluster, "kotlin")
        val cluster = fleet.clusters().list().single { it.name == "kotlin" }
        same(cluster.description to cluster.nodes.total, "what islands see" to 1uL)
        fleet.containers().run(node, "member", spec())
        same(fleet.containers().listIn("kotlin").items.map { it.name }, listOf("member"))
        fleet.clusters().removeNode("kotlin", node)
        fleet.clusters().delete("kotlin")
    },
    "a plan is made, applied and taken back" to { fleet, node ->
        val plans = fleet.plans()
        val quick = Rollout(order = Order.START_FIRST, monitor = Duration.ofMillis(100), gate = Gate.Running)
        val nginx = ContainerSpec("nginx", env = mapOf("TOKEN" to Secret("s3cret")))
        val made = plans.create(CreateRequest(nginx, name = "kweb", count = 2u, node = node, rollout = quick))
        same(made.steps.map { it.name to it.node }, listOf("kweb" to node, "kweb-1" to node))
        plans.apply(made.id)
        same(plans.wait(made.id, Duration.ofMillis(PATIENCE)).status.state, PlanState.APPLIED)

        val request = UpdateRequest(Selection(node = node, image = listOf("nginx")), image = "1.27", rollout = quick)
        val update = plans.update(request)
        holds(update.diff, "-> nginx:1.27")
        same(plans.diff(update.id), update.diff)
        check("s3cret" !in update.json)
        fails<HavenException.Invalid>("altered") { plans.applyJson(update.json.replace("1.27", "1.26")) }
        val heard = Heard()
        plans.applyJson(update.json)
        withTimeout(PATIENCE) { plans.follow(update.id, heard).ended() }
        val done = heard.until<PlanProgress> { it.step?.state == StepState.DONE }
        check(done.step!!.name.startsWith("kweb"))
        suspend fun images() = fleet.containers().list().items
            .filter { it.node == node && it.state == ContainerState.RUNNING }.map { it.image }.toSet()
        same(images(), setOf("nginx:1.27"))

        val back = plans.rollback(update.id)
        plans.apply(back.id)
        same(plans.wait(back.id).status.done, 2u)
        same(images(), setOf("nginx"))
        val scaled = plans.scale("kweb", 1u)
        same(scaled.steps.map { it.name to it.brings }, listOf("kweb-1" to false))
        plans.remove(scaled.id)
        fails<HavenException.NotFound>(scaled.id.take(12)) { plans.get(scaled.id) }
    },
    "an event is heard" to { fleet, node ->
        val heard = Heard()
        val subscription = fleet.events().subscribe(heard)
        val id = fleet.containers().run(node, "loud", spec())
        val begun = System.nanoTime()
        val event = heard.until<Event> { it.action == "start" && it.id == id }
        System.err.println("an event came ${(System.nanoTime() - begun) / 1_000_000} ms after the answer")
        same(listOf(event.node, event.kind, event.name), listOf(node, "container", "loud"))
        check(event in fleet.events().list(Severity.INFO))
        subscription.stop()
        subscription.stop()
        subscription.ended()
    },
    "a subscription that is closed is deaf" to { fleet, node ->
        val (dropped, kept) = Heard() to Heard()
        fleet.events().subscribe(dropped).close()
        val keeper = fleet.events().subscribe(kept)
        val id = fleet.containers().run(node, "unheard", spec())
        kept.until<Event> { it.action == "start" && it.id == id }
        keeper.stop()
        val told = generateSequence { dropped.queue.tryReceive().getOrNull() as Event? }
        check(told.none { it.id == id })
    },
    "an exception of a listener is raised where it is seen" to { fleet, node ->
        val subscription = fleet.events().subscribe(object : EventListener {
            override fun onEvent(event: Event) = throw IllegalStateException("clumsy")
        })
        fleet.containers().run(node, "dropped", spec())
        fails<HavenException.Unexpected>("clumsy") { withTimeout(PATIENCE) { subscription.ended() } }
        fails<HavenException.Unexpected>("clumsy") { subscription.stop() }
    },
    "logs are read and followed" to { fleet, node ->
        val heard = Heard()
        fleet.containers().run(node, "talker", spec("echo hello; sleep 1; echo bye"))
        withTimeout(PATIENCE) { fleet.containers().followLogs(node, "talker", heard).ended() }
        heard.until<Output> { it.bytes.decodeToString().endsWith("bye\n") }
        val logs = fleet.containers().logs(node, "talker")
        same(logs.joinToString("") { it.bytes.decodeToString() }, "hello\nbye\n")
    },
    "any operation is called by name" to { fleet, node ->
        holds(fleet.call("nodes.update", """{"node": "$node", "labels": {"zone": "a"}}"""), "\"zone\":\"a\"")
        fleet.nodes().register(NodeSpec("kotlin-2", "tcp://127.0.0.1:1"))
        same(fleet.call("nodes.remove", """{"node": "kotlin-2"}"""), "null")
        holds(fleet.call("system.status"), "\"version\":\"2.")
        val heard = Heard()
        val pull = fleet.follow("images.pull", heard, """{"node": "$node", "image": "nginx:1.27"}""")
        withTimeout(PATIENCE) { pull.ended() }
        holds(heard.until<String> { true }, "{")
    },
    "errors are matched by variant" to { fleet, node ->
        val (nodes, again) = fleet.nodes() to NodeSpec(node, "sim:")
        fails<HavenException.NotFound>("nowhere") { nodes.get("nowhere") }
        fails<HavenException.NotFound>("nodes.dance") { fleet.call("nodes.dance") }
        fails<HavenException.Invalid>("position 2") { nodes.get("a b") }
        fails<HavenException.Invalid>("nod") { fleet.call("nodes.get", """{"nod": "x"}""") }
        fails<HavenException.AlreadyExists>(node) { nodes.register(again) }
        val lost = fails<HavenException.NotFound>("ghost") { fleet.containers().stop(node, "ghost") }
        same(lost.context["node"], node)
    },
    "secrets are not shown" to { fleet, node ->
        val hidden = spec(env = mapOf("KEY" to Secret("s3cret")))
        check("s3cret" !in "$hidden ${hidden.env["KEY"]}")
        fleet.containers().create(node, hidden, "keeper")
        val shown = fleet.call("containers.inspect", """{"node": "$node", "container": "keeper"}""")
        holds(shown, """"KEY":"***"""")
    },
    "a call that is cancelled leaves the fleet as it was" to { fleet, node ->
        fleet.containers().run(node, "endless", spec())
        try {
            withTimeout(100) { fleet.call("containers.wait", """{"node": "$node", "container": "endless"}""") }
            error("it did not end")
        } catch (_: TimeoutCancellationException) {
        }
        same(fleet.nodes().get(node).containers.on, 1uL)
    },
)

private val onThisProcess: Map<String, suspend (Haven, String) -> Unit> = mapOf(
    "two fleets know nothing of each other" to { fleet, node ->
        val other = Haven.open("memory:")
        same(other.nodes().list(), listOf())
        other.shutDown()
        same(fleet.nodes().list().map { it.name }, listOf(node))
    },
    "what cannot be opened says why" to { _, _ ->
        fails<HavenException.Invalid>("elsewhere") { Haven.open("elsewhere:") }
        val nobody = Haven.open("http://127.0.0.1:1")
        fails<HavenException.Unavailable>("") { nobody.nodes().list() }
    },
)

private val onAServer: Map<String, suspend (Haven, String) -> Unit> = mapOf(
    "who signs in wrongly is told" to { _, _ ->
        val wrong = OpenOptions(Credentials.Password("admin", Secret("wr0ng")))
        fails<HavenException.Unauthenticated>("") { Haven.open(server, wrong) }
        fails<HavenException.Unauthenticated>("") { Haven.open(server).nodes().list() }
    },
)

private val places: List<Triple<String, suspend () -> Haven, Map<String, suspend (Haven, String) -> Unit>>> = listOf(
    Triple("in this process", { Haven.open("memory:") }, onAnyFleet + onThisProcess),
    Triple("on a server", { Haven.open(server, OpenOptions(Credentials.Password("admin", password))) }, onAnyFleet + onAServer),
)

fun main(): Unit = runBlocking {
    var (passed, failed) = 0 to 0
    for ((place, open, tests) in places) for ((name, test) in tests) {
        try {
            // A simulated machine remembers what ran there, so each test has its own.
            val node = "kotlin-${passed + failed}"
            val fleet = open()
            fleet.nodes().register(NodeSpec(node, "sim:"))
            fleet.nodes().waitOnline(node)
            try {
                test(fleet, node)
            } finally {
                fleet.nodes().remove(node)
                fleet.shutDown()
            }
            println("test $name, $place ... ok")
            passed += 1
        } catch (error: Throwable) {
            println("test $name, $place ... FAILED")
            error.printStackTrace()
            failed += 1
        }
    }
    println("test result: ${if (failed == 0) "ok" else "FAILED"}. $passed passed; $failed failed;")
    exitProcess(if (failed == 0) 0 else 1)
}
