// Made from haven-server/openapi.json; `HAVEN_BLESS=1` makes it anew, see CONTRIBUTING.md.

export interface paths {
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the nodes, ordered by name. */
        get: operations["nodes.list"];
        put?: never;
        /** Registers a node by the address of its engine. `already_exists` when the name, or the address under another name, is taken. The engine need not answer yet. */
        post: operations["nodes.register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one node. */
        get: operations["nodes.get"];
        put?: never;
        post?: never;
        /** Removes a node from the fleet. What runs on its engine goes on running. `conflict` when it is not at `revision` any more. */
        delete: operations["nodes.remove"];
        options?: never;
        head?: never;
        /** Changes a node's registration; what is left out stays. `conflict` when it is not at `revision` any more. */
        patch: operations["nodes.update"];
        trace?: never;
    };
    "/api/v1/nodes/{node}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an agent's report of its machine, and registers the node if it is new. */
        post: operations["nodes.report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what a node used, oldest first, as far back as it is kept. */
        get: operations["nodes.metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the clusters, ordered by name; `all` and `orphans` are always there. */
        get: operations["clusters.list"];
        put?: never;
        /** Makes a cluster. `already_exists` when the name is taken. */
        post: operations["clusters.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one cluster. */
        get: operations["clusters.get"];
        put?: never;
        post?: never;
        /** Deletes a cluster; its nodes become orphans. `denied` for `all` and `orphans`, `conflict` when it is not at `revision` any more. */
        delete: operations["clusters.delete"];
        options?: never;
        head?: never;
        /** Changes a cluster; what is left out stays. `conflict` when it is not at `revision` any more. */
        patch: operations["clusters.update"];
        trace?: never;
    };
    "/api/v1/clusters/{cluster}/nodes/{node}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts a node into a cluster, out of the one it was in. */
        put: operations["clusters.add_node"];
        post?: never;
        /** Takes a node out of a cluster. `conflict` when it is in another. */
        delete: operations["clusters.remove_node"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{cluster}/place": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Chooses the node of a cluster that takes a new container, and says why. Without a node in the answer there is none that can take it. Nothing is made or reserved: who asks at the same time may be told the same node. */
        post: operations["clusters.place"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists containers of a cluster, a node or the whole fleet, ordered by node, name and id.
         * @description From the live inventory: `as_of` says how old the oldest part is, `stale` and `missing` what cannot be counted on.
         */
        get: operations["containers.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finds one container by id, beginning of an id, or name. `conflict` names the candidates when there are several.
         * @description From the live inventory, as lists are: `stale` says that it is what was last seen.
         */
        get: operations["containers.find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Creates a container on a node, without starting it. What its environment asks of placement (`constraint:zone==a`) is kept in labels, and not given to its program. `invalid` for what no engine takes, and for a name as plans give. */
        post: operations["containers.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows everything about one container. Values of its environment show as `***`. */
        get: operations["containers.inspect"];
        put?: never;
        post?: never;
        /** Removes a container. `conflict` when it runs and `force` is not set. */
        delete: operations["containers.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the environment of a container in the clear, the image's values included. It is recorded in the audit. */
        get: operations["containers.environment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a container. */
        post: operations["containers.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a container: asks its program to end, and kills it when it does not in time. */
        post: operations["containers.stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a container if it runs, and starts it. */
        post: operations["containers.restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a signal to a container's program. `conflict` when it does not run. */
        post: operations["containers.kill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Holds a container's program. */
        post: operations["containers.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/unpause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a container's program go on. */
        post: operations["containers.unpause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a container another name. `invalid` for one as plans give. */
        post: operations["containers.rename"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes limits and restart policy of a container, of one that runs too. `invalid` for a limit that is refused. */
        patch: operations["containers.update_limits"];
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Waits until a container's program has ended, and answers its exit code. */
        get: operations["containers.wait"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what runs in a container. */
        get: operations["containers.processes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Takes one sample of what a container uses. */
        get: operations["containers.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/stats/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follows what a container uses: a sample about every second, until it stops. */
        get: operations["containers.stats_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what a running container used, oldest first: the last 60 samples. */
        get: operations["containers.metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads what a container wrote; with `follow` also what it writes from now on. */
        get: operations["containers.logs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/exec": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs a program in a container, and talks with it. */
        get: operations["containers.exec"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/attach": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connects to the main program of a container. */
        get: operations["containers.attach"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the plans, the newest first, and how far each has come. */
        get: operations["plans.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a plan, and how far it and each of its steps have come. */
        get: operations["plans.get"];
        put?: never;
        post?: never;
        /** Removes a plan. `conflict` while it moves, is held or is stuck, and while containers are parked for it that shall not go. */
        delete: operations["plans.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what a plan does as a text that people like to read; `plans.get` has the same as data. */
        get: operations["plans.diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans new containers on the nodes that take them. Those that no node can take are in the plan, with the reasons. */
        post: operations["plans.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/scale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans more or fewer containers of the same. */
        post: operations["plans.scale"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans an update of containers: another image, other settings, or the same again. Nothing happens until the plan is applied; what is left alone is in the plan, with the reason. */
        post: operations["plans.update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans to move away from a node what Haven placed there. */
        post: operations["plans.drain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans to remove containers that do not run. Their volumes stay; a rollback makes them anew. */
        post: operations["plans.prune"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plans to take back what a plan did that has ended. `conflict` when it has not, or when what it parked is not kept any more. */
        post: operations["plans.rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Applies a plan: begins it, and answers at once; `plans.follow` tells how it goes. It goes on to its end also when this master is killed, as long as another is there or comes.
         * @description `conflict` when it was begun already, or when what it was made for means other containers by now.
         */
        post: operations["plans.apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follows a plan: what each step has come to so far, and then each change, until the plan is at rest. */
        get: operations["plans.follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Holds a plan: steps that were begun are ended, no other is begun. */
        post: operations["plans.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a plan go on that was held, or that could not be ended. */
        post: operations["plans.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a plan back that has not ended; what has ended is taken back by `plans.rollback`. */
        post: operations["plans.abort"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the containers that are parked, so that plans can be rolled back, oldest first: the last ten of each name on each node; and what they take on disk. */
        get: operations["plans.kept"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells which files of a container are not as its image has them. */
        get: operations["containers.changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/copy-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads a file or a folder of a container as a tar archive, whose entries begin with the last part of the path; those of `FOLDER/.` with `.`. `not_found` when there is none. */
        get: operations["containers.copy_out"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/copy-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Unpacks a tar archive, which is the conversation's input to its end, into a folder of a container. `not_found` when there is no such folder; `invalid` when it is none, or the archive is none. */
        get: operations["containers.copy_in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads all files of a container as a tar archive, volumes left out. */
        get: operations["containers.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists images of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node. */
        get: operations["images.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/images/{image}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows everything about one image on a node. */
        get: operations["images.inspect"];
        put?: never;
        post?: never;
        /** Removes a name of an image from a node, and with its last name the image. `conflict` while a container is made of it, or a rollback would make one. */
        delete: operations["images.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/images/pull": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetches an image to a node from its registry, and tells the progress. */
        post: operations["images.pull"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/images/{image}/tag": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an image on a node a further name. */
        post: operations["images.tag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists networks of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node. */
        get: operations["networks.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a network on a node. */
        post: operations["networks.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/networks/{network}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one network of a node. */
        get: operations["networks.get"];
        put?: never;
        post?: never;
        /** Removes a network from a node. `conflict` when a running container is connected to it. */
        delete: operations["networks.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/networks/{network}/containers/{container}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Connects a container to a network. */
        put: operations["networks.connect"];
        post?: never;
        /** Disconnects a container from a network. */
        delete: operations["networks.disconnect"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/prune/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Removes the networks of a node that no running container is in. */
        post: operations["networks.prune"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists volumes of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node. */
        get: operations["volumes.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a volume on a node; one that is there already is left as it is. */
        post: operations["volumes.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/volumes/{volume}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one volume of a node. */
        get: operations["volumes.get"];
        put?: never;
        post?: never;
        /** Removes a volume from a node, with its data. `conflict` when a container uses it. */
        delete: operations["volumes.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/prune/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Removes the volumes of a node that no container has, with their data: those that nobody named. */
        post: operations["volumes.prune"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads events, oldest first: the newest that fit, or those after a cursor. `not_found` for a cluster or node that is not there and has no events either.
         * @description Where events after the cursor are not kept any more, one of the type `journal` and the action `gap` comes first, whatever the conditions.
         */
        get: operations["events.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts events by cluster and severity. */
        get: operations["events.count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follows events: those after a cursor first, where one is given, then each as it happens.
         * @description Where some are not kept any more, or the reader is too slow, one of the type `journal` and the action `gap` tells of it, whatever the conditions.
         */
        get: operations["events.follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/top/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the nodes that use most, first those that use more. */
        get: operations["top.nodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/top/containers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the containers that use most, first those that use more.
         * @description `missing` names the nodes of which nothing is known now.
         */
        get: operations["top.containers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in, and answers a token to send as `Authorization: Bearer TOKEN`. `unauthenticated` when user and password do not fit together; `busy` after too many attempts. */
        post: operations["sessions.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says who is signed in. */
        get: operations["sessions.current"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a session: its token is refused from now on. */
        post: operations["sessions.delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a user's password, and ends all of the user's sessions. `unauthenticated` when the present one is wrong. */
        put: operations["users.change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the repository that containers are configured from, and which version of it counts. `not_found` when none is set. Secrets show as `***`. */
        get: operations["source.get"];
        /** Sets the repository that containers are configured from, for all masters, and looks what is there. Where it cannot be reached it is set all the same, and the answer says why. A secret given as `***` stays as it is, where the address does too. */
        put: operations["source.set"];
        post?: never;
        /** Forgets the repository: containers are configured by their images and by who asks for them alone. `not_found` when none is set, `conflict` when it is not at `revision` any more. */
        delete: operations["source.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/source/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks what the repository has now, on the master that answers; the others look on their period. Where it cannot be reached the last good version goes on counting, and the answer says since when and why. */
        post: operations["source.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/source/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows what a new container would be configured to be, and which label of its image, or which line of which file of the repository, says what. Nothing is made. Values of the environment show as `***`. */
        post: operations["source.explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{node}/containers/{container}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what the labels of its image and the repository say now of a container, which says what, and what it has, differences marked. Values of the environment show as `***`. */
        get: operations["containers.explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an invitation, good for a quarter of an hour: whoever fetches the agent's script with its token first, as `/discovery/agent/haven-agent.py?token=TOKEN`, is given the agents' secret in it. `busy` when too many wait. */
        post: operations["invitations.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who did what, oldest first: the newest records, or those after a number. */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the version, the store, and the size of the fleet. */
        get: operations["system.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discovery/nodes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes an agent's report of its machine, and registers the node if it is new.
         * @description In the shape of the original Haven's agents, under any content type. Unknown keys are ignored.
         */
        post: operations["discovery.report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discovery/agent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers what to type on a machine for it to become a node. */
        get: operations["discovery.lines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discovery/agent/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answers a script that makes an agent of a bare node: Python 3.5, nothing else.
         * @description It fetches the agent's program from here and checks it. With an invitation, or signed in, the agents' secret is filled in.
         */
        get: operations["discovery.script"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discovery/agent/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers a program of the agent, as the script names it. */
        get: operations["discovery.file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether the store answers. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows figures of the server and the fleet, in the text format of Prometheus. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An answer that is one outcome. */
        Acted: {
            /** @description Whether it changed something. */
            outcome: components["schemas"]["Outcome"];
        };
        /** @description Who asks Haven for something, through which face, from where. */
        Actor: {
            /** @description Who it is. */
            identity: components["schemas"]["Identity"];
            /** @description The face that the request came through. */
            face: components["schemas"]["Face"];
            /** @description The address that the request came from, where it came over a network. */
            address?: string | null;
            /** @description Follows the request through logs, audit and engine calls. */
            request: string;
        };
        /** @description A range of a network's addresses. */
        AddressPool: {
            /** @description The range: `10.1.0.0/16`. */
            subnet: string;
            /** @description The part of it that is given out: `10.1.4.0/24`; none: all. */
            ip_range?: string | null;
            /**
             * Format: ip
             * @description The address of the way out; none: the first.
             */
            gateway?: string | null;
            /** @description Addresses that are others', by name. */
            aux_addresses?: {
                [key: string]: string;
            };
        };
        /** @description A affinity: a key, `==` or `!=`, `~` where it is a wish, and a text with `*` or `/a regular expression/`. */
        Affinity: string;
        /** @description What is known of a node's agent. */
        AgentStatus: {
            /** @description Whether it reports: its last report is younger than three of its intervals. */
            reporting: boolean;
            /**
             * Format: date-time
             * @description When it reported last.
             */
            last_seen?: string | null;
            /**
             * Format: double
             * @description Seconds since then.
             */
            age?: number | null;
        };
        /** @description A version of the Docker Engine API, as `1.41`. */
        ApiVersion: string;
        /** @description A thing, and the machine it is on. */
        At: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Its full id. */
            id: components["schemas"]["ContainerId"];
            /** @description Its name, without the leading slash. */
            name: string;
            /** @description The image as it was asked for; its id once that name means another image, or none. */
            image: string;
            /** @description The id of the image. */
            image_id: string;
            /** @description The program and its arguments, as one text. */
            command: string;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created: string;
            /** @description What it is doing. */
            state: components["schemas"]["ContainerState"];
            /** @description What its health check says, where it has one. */
            health?: components["schemas"]["Health"] | null;
            /** @description The state in Docker's words: `Up 5 minutes`, `Exited (0) 2 days ago`. */
            status: string;
            /** @description Its ports, published or exposed. */
            ports?: components["schemas"]["Port"][];
            /** @description Its labels, the image's included. */
            labels?: {
                [key: string]: string;
            };
            /** @description The networks it is connected to, and its address there. */
            networks?: {
                [key: string]: string;
            };
            /** @description What is mounted into it. */
            mounts?: components["schemas"]["Mount"][];
            /**
             * @description Whether labels, or the end of the command, are left out: of one container a list keeps 16 KiB. An inspection, and a
             *     `fresh` list, have all.
             */
            truncated?: boolean;
        };
        /** @description A thing, and the machine it is on. */
        At2: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Its id: `sha256:…`. */
            id: string;
            /**
             * @description Its names: `nginx:1.27`.
             * @default []
             */
            tags?: string[];
            /**
             * @description Its names by digest: `nginx@sha256:…`.
             * @default []
             */
            digests?: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created: string;
            /**
             * Format: uint64
             * @description Its size in bytes.
             */
            size: number;
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
        /** @description A thing, and the machine it is on. */
        At3: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Its id. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Its driver: `bridge`, `host`, `overlay`, … */
            driver: string;
            /** @description How far it reaches: `local`, `swarm`. */
            scope: string;
            /**
             * Format: date-time
             * @description When it was made, where the engine says.
             */
            created?: string | null;
            /**
             * @description Whether it has no way out.
             * @default false
             */
            internal?: boolean;
            /** @description Whether containers that nobody's service made may join it, where it spans a swarm. */
            attachable?: boolean;
            /** @description Whether it has IPv6. */
            enable_ipv6?: boolean;
            /**
             * @description Its address ranges: `172.17.0.0/16`.
             * @default []
             */
            subnets?: string[];
            /** @description How addresses are given out in it. */
            ipam?: components["schemas"]["Ipam"];
            /** @description Options of its driver. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description The running containers that are connected to it; told when one network is looked at, not in lists. */
            containers?: {
                [key: string]: components["schemas"]["Member"];
            };
        };
        /** @description A thing, and the machine it is on. */
        At4: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Its name. */
            name: string;
            /** @description Its driver: `local`, … */
            driver: string;
            /** @description Where it is on the host. */
            mountpoint: string;
            /**
             * Format: date-time
             * @description When it was made, where the engine says.
             */
            created?: string | null;
            /** @description Options of its driver. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
        /** @description A thing, and the machine it is on. */
        At5: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Its full id. */
            id: components["schemas"]["ContainerId"];
            /** @description Its name. */
            name: string;
            /** @description Its image. */
            image: string;
            /** @description The last sample. */
            stats: components["schemas"]["ContainerStats"];
        };
        /** @description A part of the audit. */
        AuditPage: {
            /** @description The records, oldest first. */
            items: components["schemas"]["AuditRecord"][];
            /** @description Whether every record of this part has its own hash and that of the one before. */
            intact: boolean;
            /** @description The numbers of those that this Haven cannot read: a newer one wrote them. */
            unreadable?: number[];
        };
        /**
         * @description One operation that acted, or tried to. Each record holds the hash of the one before, so that none can be altered or
         *     taken out unseen.
         */
        AuditRecord: {
            /**
             * Format: uint64
             * @description Its number, from 1 on without a gap.
             */
            number: number;
            /**
             * Format: date-time
             * @description When it ended.
             */
            time: string;
            /** @description Who asked, through which face, from where. */
            actor: components["schemas"]["Actor"];
            /** @description The operation: `containers.stop`. */
            operation: string;
            /** @description What it touched. */
            object: components["schemas"]["Object"];
            /** @description What was asked of it: its parameters, secrets as `***`, and `…` where something long was cut. */
            parameters?: {
                [key: string]: unknown;
            };
            /** @description Why it failed; none: it was done. */
            failed?: components["schemas"]["ErrorKind"] | null;
            /** @description The hash of the record before; empty for the first. */
            previous: string;
            /**
             * @description The SHA-256 of this record as it is stored, with this field empty.
             * @default
             */
            hash?: string;
        };
        /** @description Whether a node takes new containers. What runs there goes on running in any case. */
        Availability: "active" | "pause" | "drain";
        /** @description A file of a container that is not as its image has it. */
        Change: {
            /** @description Where it is. */
            path: string;
            /** @description What became of it. */
            kind: components["schemas"]["ChangeKind"];
        };
        /** @description What became of a file. */
        ChangeKind: "modified" | "added" | "deleted";
        /** @description Where a program writes. */
        Channel: "stdout" | "stderr";
        /** @description What a node must pass to take a container, in the order in which it is looked at. */
        Check: "contact" | "availability" | "constraint" | "affinity" | "instances" | "name" | "port" | "memory" | "cpu";
        /** @description Machines managed as one. */
        Cluster: {
            /** @description Its name. */
            name: components["schemas"]["ClusterName"];
            /** @description What kind it is. */
            kind: components["schemas"]["ClusterKind"];
            /**
             * @description What it is for.
             * @default
             */
            description?: string;
            /**
             * @description Which of the nodes that can take a new container takes it.
             * @default spread
             */
            strategy?: components["schemas"]["Strategy"];
            /**
             * Format: uint32
             * @description The most containers of one image on one node; none: as many as there is room for.
             */
            max_count_of_instances?: number | null;
            /** @description Its nodes: online, and all. */
            nodes: components["schemas"]["Count"];
            /** @description Its containers: running, and all, as last seen. */
            containers: components["schemas"]["Count"];
            /** @description For a conditional change; none for the clusters that always exist. */
            revision?: components["schemas"]["Revision"] | null;
        };
        /** @description What kind of cluster it is. */
        ClusterKind: "builtin" | "pool";
        /** @description A cluster name. */
        ClusterName: string;
        /** @description What a cluster shall be. */
        ClusterSpec: {
            /** @description Its name. */
            name: components["schemas"]["ClusterName"];
            /**
             * @description What it is for.
             * @default
             */
            description?: string;
            /** @description Which of the nodes that can take a new container takes it. */
            strategy?: components["schemas"]["Strategy"];
            /**
             * Format: uint32
             * @description The most containers of one image on one node; none: as many as there is room for.
             */
            max_count_of_instances?: number | null;
        };
        /** @description How a container is connected to a network. What is not given is the engine's to choose. */
        Connection: {
            /** @description The network. */
            network: components["schemas"]["NetworkName"];
            /** @description Further names of the container there. */
            aliases?: string[];
            /**
             * Format: ipv4
             * @description Its address there, which it keeps when it is started again.
             */
            ipv4_address?: string | null;
            /**
             * Format: ipv6
             * @description Its IPv6 address there, which it keeps when it is started again.
             */
            ipv6_address?: string | null;
            /** @description Addresses of the link itself. */
            link_local_ips?: string[];
            /** @description Its hardware address there: `02:42:ac:11:00:02`. Engines before Docker 25 take one for the first network only. */
            mac_address?: string | null;
            /** @description Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`. */
            links?: string[];
            /** @description Options of the network's driver. */
            driver_options?: {
                [key: string]: string;
            };
        };
        /** @description A constraint: a key, `==` or `!=`, `~` where it is a wish, and a text with `*` or `/a regular expression/`. */
        Constraint: string;
        /** @description Everything an engine says about one container. */
        ContainerDetail: {
            /** @description Its full id. */
            id: components["schemas"]["ContainerId"];
            /** @description Its name, without the leading slash. */
            name: string;
            /** @description The id of the image. */
            image_id: string;
            /**
             * @description What it was created from, the image's own values merged in as the engine does, and nothing that the engine chose by
             *     itself: a container made of it is the same, [`ContainerSpec::without`] the image's values also on another image.
             */
            spec: components["schemas"]["ContainerSpec"];
            /**
             * Format: date-time
             * @description When it was created.
             */
            created: string;
            /** @description What it is doing. */
            state: components["schemas"]["ContainerState"];
            /** @description What its health check says, where it has one. */
            health?: components["schemas"]["Health"] | null;
            /**
             * Format: uint32
             * @description The process id of its program on the host, while it runs.
             */
            pid?: number | null;
            /**
             * Format: int64
             * @description How its program ended last.
             */
            exit_code?: number | null;
            /**
             * @description Whether the kernel ended it for want of memory.
             * @default false
             */
            oom_killed?: boolean;
            /** @description Why it could not be started, in the engine's words. */
            error?: string | null;
            /**
             * Format: date-time
             * @description When its program started last.
             */
            started?: string | null;
            /**
             * Format: date-time
             * @description When its program ended last.
             */
            finished?: string | null;
            /**
             * Format: uint64
             * @description How often the engine started it again.
             * @default 0
             */
            restart_count?: number;
            /** @description The networks it is connected to, and its address there. */
            networks?: {
                [key: string]: string;
            };
            /** @description How it is connected to them now, what the engine chose included. */
            endpoints?: {
                [key: string]: components["schemas"]["Endpoint"];
            };
            /** @description Its ports as they are published now. */
            ports?: components["schemas"]["Port"][];
            /** @description What is mounted now, volumes that nobody named by the name that the engine gave them. */
            mounts?: components["schemas"]["Mount"][];
        };
        /** @description A container id. */
        ContainerId: string;
        /** @description A container name. */
        ContainerName: string;
        /** @description A container id or name. */
        ContainerRef: string;
        /** @description What a container takes on its engine's disk, in bytes. */
        ContainerSize: {
            /**
             * Format: uint64
             * @description What was written in it: all that goes with it. Docker's `SizeRw`.
             */
            writable: number;
            /**
             * Format: uint64
             * @description That and its image, which others may share. Docker's `SizeRootFs`.
             */
            total: number;
        };
        /**
         * @description What a container shall be. Every field may be left out but the image.
         *
         *     ```
         *     use haven_model::{ContainerSpec, ImageRef};
         *
         *     let spec = ContainerSpec { command: vec!["sleep".into(), "60".into()], ..ContainerSpec::new(ImageRef::new("busybox:1")?) };
         *     assert_eq!(spec.image.tag(), Some("1"));
         *     # Ok::<(), haven_model::Error>(())
         *     ```
         */
        ContainerSpec: {
            /** @description The image to run. */
            image: components["schemas"]["ImageRef"];
            /** @description Arguments of the entry point, or the program where the image has none; empty: the image's own. */
            command?: string[];
            /** @description The program; empty: the image's own. */
            entrypoint?: string[];
            /** @description The environment, by name. Values are secret: they are shown as `***`. */
            env?: {
                [key: string]: components["schemas"]["Secret"];
            };
            /** @description Labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description The host name inside; none: the short id. */
            hostname?: string | null;
            /** @description The domain name inside. */
            domainname?: string | null;
            /** @description The user, and group, that the program runs as: `1000:1000`. */
            user?: string | null;
            /** @description Further groups of the program, by name or number. */
            group_add?: string[];
            /** @description The folder that the program starts in. */
            working_dir?: string | null;
            /**
             * @description Whether the program has a terminal.
             * @default false
             */
            tty?: boolean;
            /**
             * @description Whether standard input stays open.
             * @default false
             */
            open_stdin?: boolean;
            /** @description Whether a small init is the first process and the program its child; none: as the engine is set. */
            init?: boolean | null;
            /** @description The signal that asks the program to end; none: the image's, else SIGTERM. */
            stop_signal?: string | null;
            /**
             * Format: uint32
             * @description Seconds between that signal and SIGKILL; none: the engine's own, 10.
             */
            stop_timeout?: number | null;
            /** @description The health check; none: the image's own. */
            health?: components["schemas"]["HealthCheck"] | null;
            /**
             * @description What the engine does when the program ends.
             * @default no
             */
            restart?: components["schemas"]["RestartPolicy"];
            /**
             * @description Whether the engine removes it when its program has ended, with its volumes that have no name. Not beside a restart
             *     policy.
             */
            auto_remove?: boolean;
            /** @description What runs it: `runc`, `nvidia`, …; none: the engine's own. */
            runtime?: string | null;
            /** @description Where its output goes: `json-file`, `journald`, `none`, …; none: as the engine is set. */
            log_driver?: string | null;
            /** @description Options of that driver: `max-size`. */
            log_options?: {
                [key: string]: string;
            };
            /**
             * @description The network to join: a network's name, `host`, `none`, or `container:ID` for that of another container; none: the
             *     engine's default bridge.
             */
            network?: components["schemas"]["NetworkMode"] | null;
            /**
             * @description How it is connected, each network once: to `network` where there is more to say than its name, and to further
             *     networks.
             */
            networks?: components["schemas"]["Connection"][];
            /** @description Published ports. */
            ports?: components["schemas"]["Port"][];
            /** @description Ports that are exposed and not published, `80/tcp`, besides those of the image. */
            expose?: string[];
            /** @description Whether every exposed port is published, on a port that the engine chooses. */
            publish_all_ports?: boolean;
            /** @description Other containers on its first network that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`. */
            links?: string[];
            /** @description Name servers, in place of the host's. */
            dns?: string[];
            /** @description Domains in which names are looked up. */
            dns_search?: string[];
            /** @description Options of the resolver: `ndots:2`. */
            dns_options?: string[];
            /** @description Further hosts that it knows by name: `HOST:ADDRESS`. */
            extra_hosts?: string[];
            /** @description Volumes, folders of the host, and memory file systems. */
            mounts?: components["schemas"]["Mount"][];
            /** @description Containers whose volumes it has too: `CONTAINER` or `CONTAINER:ro`. */
            volumes_from?: string[];
            /** @description The driver of those of its volumes that name none. */
            volume_driver?: string | null;
            /** @description Whether its own file system cannot be written. */
            read_only?: boolean;
            /**
             * Format: uint64
             * @description The size of `/dev/shm`, in bytes; none: 64 MiB.
             */
            shm_size?: number | null;
            /** @description Options of the storage driver: `size`. */
            storage_options?: {
                [key: string]: string;
            };
            /**
             * Format: uint64
             * @description The most memory, in bytes; none: no limit.
             */
            memory?: number | null;
            /**
             * Format: int64
             * @description The most memory and swap together, in bytes; -1: no limit; none: twice the memory.
             */
            memory_swap?: number | null;
            /**
             * Format: uint64
             * @description The memory that it is pressed down to when the host runs short, in bytes.
             */
            memory_reservation?: number | null;
            /**
             * Format: uint64
             * @description The most memory of the kernel, in bytes, where the kernel still counts that.
             */
            kernel_memory?: number | null;
            /**
             * Format: uint8
             * @description How readily its memory is swapped out, 0 to 100; none: as the kernel has it.
             */
            memory_swappiness?: number | null;
            /** @description Whether the kernel lets it wait rather than end it when its memory is used up. */
            oom_kill_disable?: boolean;
            /**
             * Format: int16
             * @description How readily the kernel ends it when the host's memory is used up, -1000 to 1000.
             */
            oom_score_adj?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time, in billionths of a core; none: no limit. Not beside `cpu_quota` and `cpu_period`.
             */
            nano_cpus?: number | null;
            /**
             * Format: uint64
             * @description Its weight against others when the CPU is short; none: 1024.
             */
            cpu_shares?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time in a period, in microseconds.
             */
            cpu_quota?: number | null;
            /**
             * Format: uint64
             * @description The period that `cpu_quota` is counted in, in microseconds; none: 100,000.
             */
            cpu_period?: number | null;
            /** @description The cores that it may use: `0-2,4`. */
            cpuset_cpus?: string | null;
            /** @description The memory nodes that it may use: `0,1`. */
            cpuset_mems?: string | null;
            /**
             * Format: uint16
             * @description Its weight against others when disks are busy, 10 to 1000.
             */
            blkio_weight?: number | null;
            /** @description The same for single disks. */
            blkio_weight_devices?: components["schemas"]["WeightDevice"][];
            /** @description The most bytes a second read from a disk. */
            device_read_bps?: components["schemas"]["ThrottleDevice"][];
            /** @description The most bytes a second written to a disk. */
            device_write_bps?: components["schemas"]["ThrottleDevice"][];
            /** @description The most reads a second from a disk. */
            device_read_iops?: components["schemas"]["ThrottleDevice"][];
            /** @description The most writes a second to a disk. */
            device_write_iops?: components["schemas"]["ThrottleDevice"][];
            /**
             * Format: int64
             * @description The most processes; -1: no limit.
             */
            pids_limit?: number | null;
            /** @description Limits of each of its processes. */
            ulimits?: components["schemas"]["Ulimit"][];
            /** @description The control group that its own is made in. */
            cgroup_parent?: string | null;
            /** @description Whether it may do all that the host may. */
            privileged?: boolean;
            /** @description Capabilities that it has besides the usual: `NET_ADMIN`, `ALL`. */
            cap_add?: string[];
            /** @description Usual capabilities that it does not have. */
            cap_drop?: string[];
            /** @description Options of security modules: `no-new-privileges`, `apparmor=unconfined`, `seccomp={…}`. */
            security_opt?: string[];
            /** @description Devices of the host that it has. */
            devices?: components["schemas"]["Device"][];
            /** @description Devices that a driver chooses for it: GPUs. */
            device_requests?: components["schemas"]["DeviceRequest"][];
            /** @description Which devices it may use: `c 13:* rmw`. */
            device_cgroup_rules?: string[];
            /** @description Settings of the kernel in its namespaces: `net.core.somaxconn`. */
            sysctls?: {
                [key: string]: string;
            };
            /** @description Whose processes it sees: `host`, `container:ID`; none: its own. */
            pid_mode?: string | null;
            /** @description Whose shared memory it has: `host`, `shareable`, `container:ID`, `none`; none: its own, `private`. */
            ipc_mode?: string | null;
            /** @description Whose host name it has: `host`; none: its own. */
            uts_mode?: string | null;
            /** @description Whose users it has: `host`; none: as the engine is set. */
            userns_mode?: string | null;
            /** @description Whose control groups it sees: `host`, `private`; none: as the engine is set. */
            cgroupns_mode?: string | null;
        };
        /** @description What a container is doing. */
        ContainerState: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
        /** @description One sample of what a container uses. Times and byte counts grow from the container's start. */
        ContainerStats: {
            /**
             * Format: date-time
             * @description When the engine took it.
             */
            read: string;
            /**
             * Format: uint64
             * @description CPU time used, in nanoseconds.
             */
            cpu: number;
            /**
             * Format: uint64
             * @description CPU time of the whole machine, in nanoseconds, where the engine says.
             */
            system_cpu?: number | null;
            /**
             * Format: uint32
             * @description How many cores it may use.
             */
            cpus: number;
            /**
             * Format: double
             * @description CPU use since the sample before, in percent of one core (two busy cores are 200); none: there is none before.
             */
            cpu_percent?: number | null;
            /**
             * Format: uint64
             * @description Memory in use in bytes, without the page cache that can be given back, as `docker stats` counts it.
             */
            memory: number;
            /**
             * Format: uint64
             * @description The most memory it may use in bytes, or what the machine has.
             */
            memory_limit?: number | null;
            /**
             * Format: uint64
             * @description Bytes received.
             */
            network_rx: number;
            /**
             * Format: uint64
             * @description Bytes sent.
             */
            network_tx: number;
            /**
             * Format: uint64
             * @description Bytes read from disks.
             */
            block_read: number;
            /**
             * Format: uint64
             * @description Bytes written to disks.
             */
            block_write: number;
            /**
             * Format: uint64
             * @description Processes and threads.
             */
            pids?: number | null;
        };
        /**
         * @description Changes of a living container: of its limits and its restart policy. What is not given stays as it is.
         *
         *     ```
         *     use haven_model::{RestartPolicy, spec::ContainerUpdate};
         *
         *     let parked = ContainerUpdate { restart: Some(RestartPolicy::No), ..ContainerUpdate::default() };
         *     assert!(!parked.is_empty());
         *     ```
         */
        ContainerUpdate: {
            /** @description What the engine does when the program ends. */
            restart?: components["schemas"]["RestartPolicy"] | null;
            /**
             * Format: uint64
             * @description The most memory, in bytes.
             */
            memory?: number | null;
            /**
             * Format: int64
             * @description The most memory and swap together, in bytes; -1: no limit.
             */
            memory_swap?: number | null;
            /**
             * Format: uint64
             * @description The memory that it is pressed down to when the host runs short, in bytes.
             */
            memory_reservation?: number | null;
            /**
             * Format: uint64
             * @description The most memory of the kernel, in bytes.
             */
            kernel_memory?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time, in billionths of a core.
             */
            nano_cpus?: number | null;
            /**
             * Format: uint64
             * @description Its weight against others when the CPU is short.
             */
            cpu_shares?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time in a period, in microseconds.
             */
            cpu_quota?: number | null;
            /**
             * Format: uint64
             * @description The period that `cpu_quota` is counted in, in microseconds.
             */
            cpu_period?: number | null;
            /** @description The cores that it may use: `0-2,4`. */
            cpuset_cpus?: string | null;
            /** @description The memory nodes that it may use: `0,1`. */
            cpuset_mems?: string | null;
            /**
             * Format: uint16
             * @description Its weight against others when disks are busy, 10 to 1000.
             */
            blkio_weight?: number | null;
            /**
             * Format: int64
             * @description The most processes; -1: no limit.
             */
            pids_limit?: number | null;
        };
        /** @description How many run, of how many. */
        Count: {
            /**
             * Format: uint64
             * @description Running, or online.
             */
            on: number;
            /**
             * Format: uint64
             * @description All.
             */
            total: number;
        };
        /** @description Makes a cluster. `already_exists` when the name is taken. */
        CreateCluster: components["schemas"]["ClusterSpec"];
        /** @description What is created, and where it may go. */
        CreateRequest: {
            /** @description The cluster whose nodes may take them; none: any node. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description The one node that may take them. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description The name; none: one after the image: `nginx`, `nginx-1`, … */
            name?: components["schemas"]["ContainerName"] | null;
            /** @description What they shall be. Entries of its environment such as `constraint:zone==a` say where they may go. */
            spec: components["schemas"]["ContainerSpec"];
            /**
             * @description Where they may go.
             * @default {}
             */
            requirements?: components["schemas"]["Requirements"];
            /**
             * @description Whether what the labels of the image and the repository of configurations say is left out.
             * @default false
             */
            unconfigured?: boolean;
            /**
             * Format: uint32
             * @description How many; none: one. The others are called as the first, with a number: `web`, `web-1`, …
             */
            count?: number | null;
            /** @description How they are started; none: eight at once, each watched for a second. */
            rollout?: components["schemas"]["Rollout"] | null;
        };
        /** @description An answer that is the id of what was made. */
        Created: {
            /** @description The container's id. */
            id: components["schemas"]["ContainerId"];
        };
        /** @description A device of the host in a container. */
        Device: {
            /** @description Where it is on the host: `/dev/snd`. */
            path_on_host: string;
            /** @description Where it is inside; none: at the same path. */
            path_in_container?: string | null;
            /** @description What may be done with it, of `r`, `w` and `m`; none: all. */
            permissions?: string | null;
        };
        /** @description A wish for devices that a driver of the engine chooses. */
        DeviceRequest: {
            /** @description The driver: `nvidia`; none: one that has the capabilities. */
            driver?: string | null;
            /**
             * Format: int64
             * @description How many; -1: all; none: those of `device_ids`.
             */
            count?: number | null;
            /** @description Which, by number or id. */
            device_ids?: string[];
            /** @description What they must be able to do: all of one of the lists. */
            capabilities?: string[][];
            /** @description Options of the driver. */
            options?: {
                [key: string]: string;
            };
        };
        /** @description A disk of a machine, in bytes. */
        DiskUse: {
            /**
             * Format: uint64
             * @description All of it.
             * @default 0
             */
            total?: number;
            /**
             * Format: uint64
             * @description In use.
             * @default 0
             */
            used?: number;
        };
        /** @description Which node is emptied. */
        DrainRequest: {
            /** @description The node. */
            node: components["schemas"]["NodeName"];
            /**
             * @description Also containers whose volumes, or folders of the host, stay behind.
             * @default false
             */
            leave_data?: boolean;
            /**
             * @description How they are moved.
             * @default {
             *       "order": "stop-first",
             *       "parallelism": 1,
             *       "delay": 0,
             *       "monitor": 5,
             *       "gate": {
             *         "by": "auto"
             *       },
             *       "max_failure_ratio": 0,
             *       "on_failure": "pause"
             *     }
             */
            rollout?: components["schemas"]["Rollout"];
        };
        /** @description A container in a network, as it is now. */
        Endpoint: {
            /** @description The id of the network. */
            network_id?: string;
            /**
             * Format: ipv4
             * @description Its address there, while it runs.
             */
            ipv4_address?: string | null;
            /**
             * Format: ipv6
             * @description Its IPv6 address there, while it runs.
             */
            ipv6_address?: string | null;
            /** @description Its hardware address there, while it runs. */
            mac_address?: string | null;
            /** @description Further names of it there, its short id included. */
            aliases?: string[];
            /**
             * Format: ip
             * @description The way out of the network.
             */
            gateway?: string | null;
        };
        /** @description What an engine says about itself and its machine. */
        EngineInfo: {
            /** @description The engine's own id. */
            id: string;
            /** @description The name of the machine. */
            name: string;
            /** @description The engine's own version. */
            version: string;
            /** @description The operating system: `Debian GNU/Linux 12`. */
            operating_system: string;
            /** @description The kind of kernel: `linux`. */
            os: string;
            /** @description The processor: `x86_64`. */
            architecture: string;
            /** @description The kernel's version. */
            kernel: string;
            /**
             * Format: uint32
             * @description How many cores.
             */
            cpus: number;
            /**
             * Format: uint64
             * @description Memory in bytes.
             */
            memory: number;
            /** @description The storage driver: `overlay2`. */
            storage_driver: string;
            /**
             * @description What runs containers unless they say otherwise: `runc`.
             * @default
             */
            runtime?: string;
            /**
             * @description Labels of the engine.
             * @default {}
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * Format: uint64
             * @description How many containers run.
             */
            containers_running: number;
            /**
             * Format: uint64
             * @description How many containers there are.
             */
            containers: number;
            /**
             * Format: uint64
             * @description How many images there are.
             */
            images: number;
        };
        /** @description What is known of a node's engine. */
        EngineStatus: {
            /** @description Whether it answers. */
            connected: boolean;
            /**
             * Format: date-time
             * @description When it answered last.
             */
            last_seen?: string | null;
            /**
             * Format: double
             * @description Seconds since then.
             */
            age?: number | null;
            /** @description Why it does not answer. */
            error?: components["schemas"]["WireError"] | null;
            /** @description The API version spoken with it. */
            api?: components["schemas"]["ApiVersion"] | null;
            /** @description What it says about itself. */
            info?: components["schemas"]["EngineInfo"] | null;
        };
        /** @description The environment of a container, in the clear. */
        Environment: {
            /** @description The values, by name. */
            env: {
                [key: string]: string;
            };
        };
        /** @description What a caller can *do* about an error. A kind is added only when a caller would branch on it. */
        ErrorKind: "not_found" | "already_exists" | "conflict" | "invalid" | "unauthenticated" | "denied" | "busy" | "unsupported" | "unavailable" | "timeout" | "unexpected";
        /** @description Something that happened: a container's change of state, contact with a node lost, a limit passed. */
        Event: {
            /** @description Where it stands in the order of events; hand it back to go on after it. Empty until it is recorded. */
            cursor?: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            /** @description How much it matters. */
            severity: components["schemas"]["Severity"];
            /** @description The node it happened on. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description The cluster that the node was in. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description The kind of object: `container`, `image`, `network`, `volume`, `node`, `cluster`. */
            type: string;
            /** @description What happened: `start`, `die`, `oom`, `unknown`, `online`, `limit`, … */
            action: string;
            /** @description The id of the object. */
            id: string;
            /** @description The name of the object. */
            name?: string;
            /** @description What happened, for people. */
            message: string;
            /** @description What else is known: image, exit code, limit. */
            attributes?: {
                [key: string]: string;
            };
        };
        /** @description How many events of each severity a cluster had. */
        EventCount: {
            /** @description The cluster; none: nodes without one. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /**
             * Format: uint64
             * @description Events that are for the record.
             */
            info: number;
            /**
             * Format: uint64
             * @description Events that somebody should look at.
             */
            warning: number;
            /**
             * Format: uint64
             * @description Events that tell of a failure.
             */
            error: number;
        };
        /** @description A page of events. */
        Events: {
            /** @description The events, oldest first. */
            items: components["schemas"]["Event"][];
            /** @description Where to go on: hand it back as `after`, or follow from there. */
            cursor: string;
        };
        /** @description How a program ended. */
        Exited: {
            /**
             * Format: int64
             * @description Its exit code.
             */
            exit_code: number;
        };
        /**
         * @description Shows what a new container would be configured to be, and which label of its image, or which line of which file of
         *     the repository, says what. Nothing is made. Values of the environment show as `***`.
         */
        ExplainNew: {
            /** @description What the request for it would say, its image among that. */
            spec: components["schemas"]["ContainerSpec"];
            /** @description The fields that the request means as they are, though they are as usual: `restart`, `privileged`. */
            said?: string[];
            /** @description The cluster it is for; none: that of the node. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description The node whose image counts; none: one of the cluster that has it. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description The labels of the image; none: those that it has on a node. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description Its name. */
            container?: components["schemas"]["ContainerName"] | null;
        };
        /** @description A value, and who said it. */
        Explained: {
            /** @description The field of the specification, or `placement`. */
            field: string;
            /** @description Which part of it, where it has several: the name of a variable, the target of a mount. */
            key?: string;
            /** @description The value; none: no layer says it, only the running container has it. Values of the environment are `***`. */
            value?: unknown;
            /** @description Who said it. */
            origin?: components["schemas"]["Origin"] | null;
            /** @description What it took the place of, the last first. */
            overridden?: components["schemas"]["Overridden"][];
            /** @description What the running container has, where there is one. */
            running?: components["schemas"]["Running"] | null;
        };
        /** @description What a container is configured to be, and why. */
        Explanation: {
            /** @description The image. */
            image: components["schemas"]["ImageRef"];
            /** @description The node whose image has the labels; none: no node has it, or they were given. */
            image_from?: components["schemas"]["NodeName"] | null;
            /** @description The cluster. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description The container's name. */
            container?: components["schemas"]["ContainerName"] | null;
            /** @description All layers together. */
            spec: components["schemas"]["ContainerSpec"];
            /** @description What it asks of the node it goes to, as entries: `constraint:storage==~ssd`. */
            placement?: string[];
            /** @description The version of the repository. */
            version?: string | null;
            /** @description Since when, and why, the repository may be old. */
            stale?: components["schemas"]["Stale"] | null;
            /** @description The files that were read, in the order in which they count. */
            files?: string[];
            /** @description Each value, and who said it. */
            fields: components["schemas"]["Explained"][];
            /** @description What was said and does not count. */
            ignored?: components["schemas"]["Ignored"][];
            /** @description The version that the running container was configured from, where it was. */
            running_version?: string | null;
        };
        /** @description A face of Haven. */
        Face: "rust" | "rest" | "cli" | "agent" | "python" | "ffi" | "dashboard";
        /** @description Something that is wrong with a file of the repository. */
        FileProblem: {
            /** @description The file. */
            file: string;
            /**
             * Format: uint32
             * @description The line, from 1 on.
             */
            line?: number | null;
            /**
             * Format: uint32
             * @description The column, in characters, from 1 on.
             */
            column?: number | null;
            /** @description What is wrong there. */
            message: string;
        };
        /** @description One thing that was looked for over several machines, and how far that can be counted on. */
        Found: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /**
             * Format: date-time
             * @description When the engine was last asked for all it has; none: never yet.
             */
            as_of?: string | null;
            /**
             * @description Whether this is what was last seen: the machine is out of contact, or its events are.
             * @default false
             */
            stale?: boolean;
            /** @description Its full id. */
            id: components["schemas"]["ContainerId"];
            /** @description Its name, without the leading slash. */
            name: string;
            /** @description The image as it was asked for; its id once that name means another image, or none. */
            image: string;
            /** @description The id of the image. */
            image_id: string;
            /** @description The program and its arguments, as one text. */
            command: string;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created: string;
            /** @description What it is doing. */
            state: components["schemas"]["ContainerState"];
            /** @description What its health check says, where it has one. */
            health?: components["schemas"]["Health"] | null;
            /** @description The state in Docker's words: `Up 5 minutes`, `Exited (0) 2 days ago`. */
            status: string;
            /** @description Its ports, published or exposed. */
            ports?: components["schemas"]["Port"][];
            /** @description Its labels, the image's included. */
            labels?: {
                [key: string]: string;
            };
            /** @description The networks it is connected to, and its address there. */
            networks?: {
                [key: string]: string;
            };
            /** @description What is mounted into it. */
            mounts?: components["schemas"]["Mount"][];
            /**
             * @description Whether labels, or the end of the command, are left out: of one container a list keeps 16 KiB. An inspection, and a
             *     `fresh` list, have all.
             */
            truncated?: boolean;
        };
        /** @description How a new container shows that it is ready. Probes run on the node, inside the container. */
        Gate: {
            /** @constant */
            by: "auto";
        } | {
            /** @constant */
            by: "running";
        } | {
            /** @constant */
            by: "health";
        } | {
            /** @constant */
            by: "tcp";
            /**
             * Format: uint16
             * @description The port inside.
             */
            port: number;
        } | {
            /** @constant */
            by: "http";
            /**
             * Format: uint16
             * @description The port inside.
             */
            port: number;
            /** @description The path, with its `/`. */
            path: string;
        } | {
            /** @constant */
            by: "exec";
            /** @description The program and its arguments. */
            command: string[];
        };
        /** @description What a container's health check says. */
        Health: "starting" | "healthy" | "unhealthy";
        /** @description How the engine finds out whether a container is healthy. */
        HealthCheck: {
            /** @description The program and its arguments, run inside; empty: no health check, not even the image's. */
            command: string[];
            /**
             * Format: uint32
             * @description Seconds between two checks; none: the image's, else 30.
             */
            interval?: number | null;
            /**
             * Format: uint32
             * @description Seconds that a check may take; none: the image's, else 30.
             */
            timeout?: number | null;
            /**
             * Format: uint32
             * @description How many checks in a row must fail; none: the image's, else 3.
             */
            retries?: number | null;
            /**
             * Format: uint32
             * @description Seconds at the start in which a failure does not count; none: the image's, else 0.
             */
            start_period?: number | null;
            /**
             * Format: uint32
             * @description Seconds between two checks in that time; none: the image's, else 5. Engines before Docker 25 have none.
             */
            start_interval?: number | null;
        };
        /** @description Who an [`Actor`] is. */
        Identity: {
            /** @constant */
            kind: "system";
        } | {
            /** @constant */
            kind: "user";
            name: string;
        } | {
            /** @constant */
            kind: "agent";
            name: components["schemas"]["NodeName"];
        } | {
            /** @constant */
            kind: "anonymous";
        };
        /** @description Something that was said and does not count. */
        Ignored: {
            /** @description Its name, as it was said. */
            name: string;
            /** @description Who said it. */
            origin: components["schemas"]["Origin"];
            /** @description Why it does not count. */
            why: string;
        };
        /** @description Everything an engine says about one image. */
        ImageDetail: {
            /** @description Its id: `sha256:…`. */
            id: string;
            /**
             * @description Its names: `nginx:1.27`.
             * @default []
             */
            tags?: string[];
            /**
             * @description Its names by digest: `nginx@sha256:…`.
             * @default []
             */
            digests?: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created: string;
            /**
             * Format: uint64
             * @description Its size in bytes.
             */
            size: number;
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description The operating system it is for. */
            os: string;
            /** @description The processor it is for. */
            architecture: string;
            /**
             * @description The default command.
             * @default []
             */
            command?: string[];
            /**
             * @description The default entry point.
             * @default []
             */
            entrypoint?: string[];
            /**
             * @description The default environment, by name.
             * @default {}
             */
            env?: {
                [key: string]: components["schemas"]["Secret"];
            };
            /** @description The user, and group, that programs run as. */
            user?: string | null;
            /** @description The folder that programs start in. */
            working_dir?: string | null;
            /** @description The signal that asks the program to end. */
            stop_signal?: string | null;
            /** @description The health check. */
            health?: components["schemas"]["HealthCheck"] | null;
            /** @description The ports that it exposes: `80/tcp`. */
            exposed_ports?: string[];
            /** @description Where it wants volumes. */
            volumes?: string[];
        };
        /** @description A image reference. */
        ImageRef: string;
        /** @description What an agent is invited with. The token is shown once, here. */
        Invitation: {
            /** @description What to fetch the agent's script with, once. */
            token: string;
            /**
             * Format: date-time
             * @description Until when.
             */
            expires: string;
        };
        /**
         * @description Makes an invitation, good for a quarter of an hour: whoever fetches the agent's script with its token first, as
         *     `/discovery/agent/haven-agent.py?token=TOKEN`, is given the agents' secret in it. `busy` when too many wait.
         */
        Invite: Record<string, never>;
        /** @description How a network gives out addresses. */
        Ipam: {
            /** @description Who gives them out; none: the engine itself, `default`. */
            driver?: string | null;
            /** @description The ranges that they are taken from; none: the engine chooses one. */
            pools?: components["schemas"]["AddressPool"][];
            /** @description Options of the driver. */
            options?: {
                [key: string]: string;
            };
        };
        /** @description A container that was parked and is kept, so that the plan can be rolled back. */
        KeptContainer: {
            /** @description The plan that parked it. */
            plan: components["schemas"]["PlanId"];
            /**
             * Format: uint32
             * @description The step of that plan.
             */
            step: number;
            /** @description The node it is on. */
            node: components["schemas"]["NodeName"];
            /** @description The name that it had, and gets back. */
            name: components["schemas"]["ContainerName"];
            /**
             * @description The container; none: it removed itself when it stopped, or the plan removed it, and it is made anew from its
             *     specification.
             */
            container?: components["schemas"]["ContainerId"] | null;
            /** @description The image that it needs. */
            image: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description What it takes on disk; none: nothing is there, or its engine does not tell now. */
            size?: components["schemas"]["ContainerSize"] | null;
        };
        /** @description A layer of configuration, in rising weight. */
        Layer: "image" | "repository" | "request";
        /** @description A list over several machines: what those that answered hold, and which did not answer. */
        Listing: {
            /** @description The things, each with its machine; those of machines out of contact as last seen. */
            items: components["schemas"]["At"][];
            /**
             * @description The machines whose part is missing or stale, and why.
             * @default []
             */
            missing?: components["schemas"]["Missing"][];
            /**
             * Format: date-time
             * @description When the oldest part of the list was true.
             */
            as_of: string;
            /** @description Whether some part of the list is stale: the machine is out of contact, or its events are. */
            stale: boolean;
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A list over several machines: what those that answered hold, and which did not answer. */
        Listing2: {
            /** @description The things, each with its machine; those of machines out of contact as last seen. */
            items: components["schemas"]["At2"][];
            /**
             * @description The machines whose part is missing or stale, and why.
             * @default []
             */
            missing?: components["schemas"]["Missing"][];
            /**
             * Format: date-time
             * @description When the oldest part of the list was true.
             */
            as_of: string;
            /** @description Whether some part of the list is stale: the machine is out of contact, or its events are. */
            stale: boolean;
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A list over several machines: what those that answered hold, and which did not answer. */
        Listing3: {
            /** @description The things, each with its machine; those of machines out of contact as last seen. */
            items: components["schemas"]["At3"][];
            /**
             * @description The machines whose part is missing or stale, and why.
             * @default []
             */
            missing?: components["schemas"]["Missing"][];
            /**
             * Format: date-time
             * @description When the oldest part of the list was true.
             */
            as_of: string;
            /** @description Whether some part of the list is stale: the machine is out of contact, or its events are. */
            stale: boolean;
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A list over several machines: what those that answered hold, and which did not answer. */
        Listing4: {
            /** @description The things, each with its machine; those of machines out of contact as last seen. */
            items: components["schemas"]["At4"][];
            /**
             * @description The machines whose part is missing or stale, and why.
             * @default []
             */
            missing?: components["schemas"]["Missing"][];
            /**
             * Format: date-time
             * @description When the oldest part of the list was true.
             */
            as_of: string;
            /** @description Whether some part of the list is stale: the machine is out of contact, or its events are. */
            stale: boolean;
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A list over several machines: what those that answered hold, and which did not answer. */
        Listing5: {
            /** @description The things, each with its machine; those of machines out of contact as last seen. */
            items: components["schemas"]["At5"][];
            /**
             * @description The machines whose part is missing or stale, and why.
             * @default []
             */
            missing?: components["schemas"]["Missing"][];
            /**
             * Format: date-time
             * @description When the oldest part of the list was true.
             */
            as_of: string;
            /** @description Whether some part of the list is stale: the machine is out of contact, or its events are. */
            stale: boolean;
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A container in a network, as the network tells it. */
        Member: {
            /**
             * @description Its name.
             * @default
             */
            name?: string;
            /**
             * Format: ipv4
             * @description Its address.
             */
            ipv4_address?: string | null;
            /**
             * Format: ipv6
             * @description Its IPv6 address.
             */
            ipv6_address?: string | null;
            /** @description Its hardware address. */
            mac_address?: string | null;
        };
        /** @description Memory of a machine, in bytes. */
        MemoryUse: {
            /**
             * Format: uint64
             * @description All of it.
             * @default 0
             */
            total?: number;
            /**
             * Format: uint64
             * @description In use.
             * @default 0
             */
            used?: number;
            /**
             * Format: uint64
             * @description What programs can still have.
             * @default 0
             */
            available?: number;
        };
        /** @description Where a node's figures come from. */
        MetricsSource: "agent" | "containers";
        /** @description A machine that did not answer. */
        Missing: {
            /** @description The machine. */
            node: components["schemas"]["NodeName"];
            /** @description Why. */
            error: components["schemas"]["WireError"];
            /**
             * Format: date-time
             * @description When its part of the list was true; none: it has no part.
             */
            as_of?: string | null;
        };
        /**
         * @description Something mounted into a container.
         *
         *     ```
         *     use haven_model::{Mount, spec::MountKind};
         *
         *     let data = Mount { read_only: true, ..Mount::new(MountKind::Volume, "data", "/srv") };
         *     assert_eq!(serde_json::to_string(&data).unwrap(), r#"{"type":"volume","source":"data","target":"/srv","read_only":true}"#);
         *     ```
         */
        Mount: {
            /** @description What kind of thing. */
            type: components["schemas"]["MountKind"];
            /** @description A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs. */
            source?: string;
            /** @description Where inside, an absolute path. */
            target: string;
            /**
             * @description Whether it cannot be written.
             * @default false
             */
            read_only?: boolean;
            /** @description Of a folder: whether what is mounted in it later is seen on the other side; none: `rprivate`. */
            propagation?: components["schemas"]["Propagation"] | null;
            /**
             * @description Of a folder: whether it is made on the host where it is missing, as `docker run -v` does; else a missing folder is
             *     refused.
             */
            create_source?: boolean;
            /** @description Of a folder: whether what is mounted in it on the host is left out. */
            non_recursive?: boolean;
            /** @description Of a volume: whether it stays empty where the image has files. */
            no_copy?: boolean;
            /** @description Of a volume: a folder in it that is mounted in its place. Engines before Docker 26 have none. */
            subpath?: string | null;
            /** @description Of a volume that is made with the container: its labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description Of a volume that is made with the container: its driver; none: the container's `volume_driver`, else `local`. */
            driver?: string | null;
            /** @description Of a volume that is made with the container: options of its driver. */
            driver_options?: {
                [key: string]: string;
            };
            /**
             * Format: uint64
             * @description Of a memory file system: its size in bytes; none: no limit.
             */
            size?: number | null;
            /**
             * Format: uint32
             * @description Of a memory file system: its mode, 0o1777 where there is none.
             */
            mode?: number | null;
            /** @description Further options, as Docker's texts have them: `exec`, `uid=1000` of a memory file system, `z`, `Z` of a folder. */
            options?: string[];
        };
        /** @description The kind of a [`Mount`]. */
        MountKind: "bind" | "volume" | "tmpfs";
        /** @description A network interface of a machine, in bytes since it came up. */
        NetUse: {
            /**
             * Format: uint64
             * @description Received.
             * @default 0
             */
            bytesIn?: number;
            /**
             * Format: uint64
             * @description Sent.
             * @default 0
             */
            bytesOut?: number;
        };
        /** @description A network. */
        Network: {
            /** @description Its id. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Its driver: `bridge`, `host`, `overlay`, … */
            driver: string;
            /** @description How far it reaches: `local`, `swarm`. */
            scope: string;
            /**
             * Format: date-time
             * @description When it was made, where the engine says.
             */
            created?: string | null;
            /**
             * @description Whether it has no way out.
             * @default false
             */
            internal?: boolean;
            /** @description Whether containers that nobody's service made may join it, where it spans a swarm. */
            attachable?: boolean;
            /** @description Whether it has IPv6. */
            enable_ipv6?: boolean;
            /**
             * @description Its address ranges: `172.17.0.0/16`.
             * @default []
             */
            subnets?: string[];
            /** @description How addresses are given out in it. */
            ipam?: components["schemas"]["Ipam"];
            /** @description Options of its driver. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description The running containers that are connected to it; told when one network is looked at, not in lists. */
            containers?: {
                [key: string]: components["schemas"]["Member"];
            };
        };
        /** @description A network's name, or `container:ID`. */
        NetworkMode: string;
        /** @description A network name. */
        NetworkName: string;
        /** @description What a network shall be. */
        NetworkSpec: {
            /** @description Its name. */
            name: components["schemas"]["NetworkName"];
            /** @description Its driver; none: `bridge`. */
            driver?: string | null;
            /**
             * @description Whether it has no way out.
             * @default false
             */
            internal?: boolean;
            /** @description Whether containers that nobody's service made may join it, where it spans a swarm. */
            attachable?: boolean;
            /** @description Whether it has IPv6. */
            enable_ipv6?: boolean;
            /** @description Its address range; none: the engine chooses. In short for a pool of `ipam` that has no more than a range. */
            subnet?: string | null;
            /** @description How addresses are given out in it. */
            ipam?: components["schemas"]["Ipam"];
            /** @description Options of its driver: `com.docker.network.bridge.name`. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
        /** @description The container that a step brings. */
        NewContainer: {
            /** @constant */
            is: "made";
            /** @description The node it is made on. */
            node: components["schemas"]["NodeName"];
            /** @description What it shall be. */
            spec: components["schemas"]["ContainerSpec"];
            /** @description Whether it is started. */
            start: boolean;
        } | {
            /** @constant */
            is: "parked";
            /** @description The node it is on. */
            node: components["schemas"]["NodeName"];
            /** @description The plan that parked it. */
            plan: components["schemas"]["PlanId"];
            /**
             * Format: uint32
             * @description The step of that plan.
             */
            step: number;
        };
        /** @description A machine of the fleet. What its engine and what its agent say are two facts, shown apart. */
        Node: {
            /** @description Its name. */
            name: components["schemas"]["NodeName"];
            /** @description Where its engine answers, where that is known. */
            address?: components["schemas"]["NodeAddress"] | null;
            /** @description The cluster it belongs to; none: it is an orphan. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description `online` means that the engine is connected. */
            status: components["schemas"]["NodeStatus"];
            /**
             * @description Whether it takes new containers.
             * @default active
             */
            availability?: components["schemas"]["Availability"];
            /** @description What is known of its engine. */
            engine: components["schemas"]["EngineStatus"];
            /** @description What is known of its agent. */
            agent: components["schemas"]["AgentStatus"];
            /** @description Labels: the engine's own, what its agent said, and those given at registration, which win. */
            labels?: {
                [key: string]: string;
            };
            /** @description Containers that run, and all of them, as last seen. */
            containers: components["schemas"]["Count"];
            /** @description What the machine uses, as last reported. */
            metrics?: components["schemas"]["NodeMetrics"] | null;
            /** @description The registration, for a conditional change. */
            revision: components["schemas"]["Revision"];
        };
        /** @description Where an engine answers: `unix:///run/docker.sock`, `tcp://HOST:2375`, `https://HOST:2376`, `sim:`. */
        NodeAddress: string;
        /** @description What a node uses: of the whole machine as its agent reports, of its containers as Haven samples them. */
        NodeMetrics: {
            /**
             * Format: date-time
             * @description When it was so.
             */
            time: string;
            /** @description Who says so. */
            source: components["schemas"]["MetricsSource"];
            /**
             * Format: double
             * @description CPU in percent of the whole machine, 0 to 100.
             */
            cpu_percent?: number | null;
            /**
             * Format: uint64
             * @description Memory in use in bytes.
             */
            memory_used?: number | null;
            /**
             * Format: uint64
             * @description Memory of the machine in bytes.
             */
            memory_total?: number | null;
            /** @description Disks by mount point. */
            disks?: {
                [key: string]: components["schemas"]["DiskUse"];
            };
            /** @description Network interfaces by name. */
            net?: {
                [key: string]: components["schemas"]["NetUse"];
            };
        };
        /** @description A node name. */
        NodeName: string;
        /** @description What a node shall be registered with. */
        NodeSpec: {
            /** @description Its name. */
            name: components["schemas"]["NodeName"];
            /** @description Where its engine answers. */
            address: components["schemas"]["NodeAddress"];
            /** @description The cluster to put it into. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description Labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description What to trust and to show, for an `https://` address. */
            tls?: components["schemas"]["TlsSpec"] | null;
        };
        /** @description Whether a node can be worked with now. */
        NodeStatus: "online" | "unknown" | "pending";
        /** @description A node and what it uses. */
        NodeUse: {
            /** @description Its name. */
            name: components["schemas"]["NodeName"];
            /** @description Its cluster. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description Containers that run, and all of them. */
            containers: components["schemas"]["Count"];
            /** @description The last figures. */
            metrics?: components["schemas"]["NodeMetrics"] | null;
            /**
             * @description Whether nobody tells what it uses now: its engine is out of contact and no agent reports.
             * @default false
             */
            stale?: boolean;
        };
        /** @description What an operation touches. */
        Object: {
            /** @constant */
            kind: "system";
        } | {
            /** @constant */
            kind: "cluster";
            name: components["schemas"]["ClusterName"];
        } | {
            /** @constant */
            kind: "node";
            name: components["schemas"]["NodeName"];
        };
        /** @description What was seen of a container. Health and status texts are no part of it: they change by themselves. */
        ObservedContainer: {
            /** @description Its id. */
            id: components["schemas"]["ContainerId"];
            /** @description A hash of its specification that only this fleet can make. */
            spec: string;
            /** @description Whether it ran. */
            running: boolean;
            /** @description The image it was made of. */
            image: string;
        };
        /** @description A container that a step replaces or puts away, as it was when the plan was made. */
        OldContainer: {
            /** @description The node it is on. */
            node: components["schemas"]["NodeName"];
            /** @description What was seen of it; a step whose container is otherwise by then is refused. */
            observed: components["schemas"]["ObservedContainer"];
            /**
             * @description Whether it is removed instead of parked, which frees its disk: a rollback makes it anew, without what it wrote into
             *     its own files. Its volumes stay.
             */
            remove?: boolean;
        };
        /** @description What happens when more steps fail than may. */
        OnFailure: "pause" | "continue" | "rollback";
        /** @description Whether the old container goes before the new one comes. */
        Order: "stop-first" | "start-first" | "stop-all";
        /** @description Who said a value. */
        Origin: {
            /** @description The layer. */
            layer: components["schemas"]["Layer"];
            /** @description The label of the image. */
            label?: string | null;
            /** @description The file of the repository. */
            file?: string | null;
            /**
             * Format: uint32
             * @description The line, from 1 on.
             */
            line?: number | null;
            /**
             * Format: uint32
             * @description The column, in characters, from 1 on.
             */
            column?: number | null;
        };
        /** @description Whether an acting call changed something. */
        Outcome: "done" | "already_so";
        /** @description An [`Output`] as it travels: text where the bytes are UTF-8, else base64. */
        Output: {
            /** @description Where it was written. */
            channel: components["schemas"]["Channel"];
            /** @description What was written, where it is UTF-8. */
            text?: string | null;
            /** @description What was written, where it is not. */
            base64?: string | null;
        };
        /** @description A value that another took the place of. */
        Overridden: {
            /** @description The value. */
            value: unknown;
            /** @description Who said it. */
            origin: components["schemas"]["Origin"];
        };
        /** @description A part of a list, and where it goes on. */
        Page: {
            /** @description The things, in order. */
            items: components["schemas"]["Node"][];
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description A part of a list, and where it goes on. */
        Page2: {
            /** @description The things, in order. */
            items: components["schemas"]["Cluster"][];
            /** @description Where the next page begins, where there is one. */
            next?: string | null;
        };
        /** @description The node that a new container goes to, or why there is none. */
        Placement: {
            /** @description The node; none: no node can take it. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description Why that one, or that none can, in words. */
            reason: string;
            /** @description How many nodes cannot take it, by what they do not pass. */
            counts?: components["schemas"]["Tally"][];
            /**
             * @description The nodes that cannot take it, and why.
             * @default []
             */
            refused?: components["schemas"]["Refusal"][];
        };
        /** @description What shall happen, and why: nothing of it has happened when it is made. */
        Plan: {
            /** @description The hash of all the rest, values of environments left out. */
            id: components["schemas"]["PlanId"];
            /** @description What it is for. */
            kind: components["schemas"]["PlanKind"];
            /** @description What it does, in one line: `update nginx to 1.5: 6 of 30 containers on 3 nodes`. */
            summary: string;
            /** @description Who asked for it. */
            author: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created: string;
            /** @description A random text: two plans are never the same. */
            nonce: string;
            /** @description How its steps are taken. */
            rollout: components["schemas"]["Rollout"];
            /** @description What it was made for; applying looks again, and refuses when that means other containers now. */
            selection: components["schemas"]["Selection"];
            /** @description The steps, in order. */
            steps: components["schemas"]["PlanStep"][];
            /** @description What was looked at and is left alone, and why. */
            skipped?: components["schemas"]["SkippedContainer"][];
        };
        /** @description One difference between a container and its successor. Values that are secret are not told. */
        PlanChange: {
            /** @description What is different: `image`, `env MQ_HOST`, `ports`. */
            field: string;
            /** @description What it was; none: it was not there, or is secret. */
            from?: string | null;
            /** @description What it becomes; none: it goes, or is secret. */
            to?: string | null;
        };
        /** @description Plans new containers on the nodes that take them. Those that no node can take are in the plan, with the reasons. */
        PlanCreate: components["schemas"]["CreateRequest"];
        /** @description A plan and how far it has come. */
        PlanDetail: {
            /** @description The plan. */
            plan: components["schemas"]["Plan"];
            /** @description How far it has come. */
            status: components["schemas"]["PlanStatus"];
            /** @description How far each of its steps has come. */
            steps: components["schemas"]["StepStatus"][];
        };
        /** @description Plans to move away from a node what Haven placed there. */
        PlanDrain: components["schemas"]["DrainRequest"];
        /** @description The id of a plan: 64 hexadecimal digits; where a plan is asked for, eight or more of the first are enough. */
        PlanId: string;
        /** @description What a plan is for. */
        PlanKind: "create" | "scale" | "update" | "recreate" | "drain" | "prune" | "rollback";
        /** @description How a plan goes: where it stands, and what a step has come to. */
        PlanProgress: {
            /** @description How far the plan has come. */
            status: components["schemas"]["PlanStatus"];
            /** @description The step that has come further; none: the plan as a whole has. */
            step?: components["schemas"]["StepStatus"] | null;
        };
        /** @description Plans to remove containers that do not run. Their volumes stay; a rollback makes them anew. */
        PlanPrune: components["schemas"]["PruneRequest"];
        /** @description Plans more or fewer containers of the same. */
        PlanScale: components["schemas"]["ScaleRequest"];
        /** @description Where a plan stands. */
        PlanState: "planned" | "applying" | "paused" | "rolling_back" | "applied" | "incomplete" | "rolled_back" | "stuck";
        /** @description How far a plan has come, as lists show it. */
        PlanStatus: {
            /** @description Its id. */
            id: components["schemas"]["PlanId"];
            /** @description What it is for. */
            kind: components["schemas"]["PlanKind"];
            /** @description What it does, in one line. */
            summary: string;
            /** @description Who asked for it. */
            author: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created: string;
            /** @description Where it stands. */
            state: components["schemas"]["PlanState"];
            /** @description Why it stands there: what failed first. */
            error?: components["schemas"]["WireError"] | null;
            /** @description Who had it applied; none: nobody yet. */
            applied_by?: string | null;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            began?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended?: string | null;
            /** @description How many steps there are, and how many are done; in lists, while steps are taken, as it was some two seconds ago. */
            steps: components["schemas"]["PlanTally"];
            /** @description The record, for a conditional change. */
            revision: components["schemas"]["Revision"];
        };
        /** @description One step: `old` goes, `new` comes; at least one of them is there. */
        PlanStep: {
            /**
             * Format: uint32
             * @description Its place in the plan, from 0.
             */
            index: number;
            /** @description The name that the container has, and its successor gets. */
            name: components["schemas"]["ContainerName"];
            /** @description The container that is parked: stopped and kept, until nothing can need it any more. */
            old?: components["schemas"]["OldContainer"] | null;
            /** @description The container that takes its place. */
            new?: components["schemas"]["NewContainer"] | null;
            /** @description Which of the two is first. */
            order: components["schemas"]["Order"];
            /** @description Why there is this step, or why there. */
            reason?: string;
            /** @description What is different from what was asked for, and why: that both cannot run side by side. */
            note?: string | null;
            /** @description What is different in the successor. */
            changes?: components["schemas"]["PlanChange"][];
        };
        /** @description How many steps stand where. */
        PlanTally: {
            /**
             * Format: uint32
             * @description All.
             */
            total: number;
            /**
             * Format: uint32
             * @description Taken.
             */
            done: number;
            /**
             * Format: uint32
             * @description Failed, and taken back.
             */
            failed: number;
            /**
             * Format: uint32
             * @description Refused: the container was not any more what the plan saw.
             */
            refused: number;
            /**
             * Format: uint32
             * @description Taken back.
             */
            undone: number;
        };
        /** @description What a plan does, as a text. */
        PlanText: {
            /** @description Its id. */
            id: components["schemas"]["PlanId"];
            /** @description A line a step, its changes below it, and what is left alone. */
            text: string;
        };
        /**
         * @description Plans an update of containers: another image, other settings, or the same again. Nothing happens until the plan is
         *     applied; what is left alone is in the plan, with the reason.
         */
        PlanUpdate: components["schemas"]["UpdateRequest"];
        /** @description A published port. */
        Port: {
            /**
             * Format: uint16
             * @description The port inside.
             */
            container: number;
            /**
             * Format: uint16
             * @description The port on the host; none: the engine chooses, or the port is exposed only.
             */
            host?: number | null;
            /**
             * Format: ip
             * @description The host address it is published on; none: all.
             */
            address?: string | null;
            /**
             * @description The protocol.
             * @default tcp
             */
            protocol?: components["schemas"]["Protocol"];
        };
        /** @description An error, after RFC 9457. */
        Problem: {
            /** @description `urn:haven:error:KIND`. */
            type: string;
            /** @description The kind, for people. */
            title: string;
            /**
             * @description The HTTP status.
             * @example 400
             * @example 401
             * @example 403
             * @example 404
             * @example 409
             * @example 429
             * @example 500
             * @example 501
             * @example 503
             * @example 504
             */
            status: number;
            /** @description What is wrong, with names in backticks. */
            detail: string;
            /**
             * @description What can be done about it.
             * @enum {string}
             */
            kind: "not_found" | "already_exists" | "conflict" | "invalid" | "unauthenticated" | "denied" | "busy" | "unsupported" | "unavailable" | "timeout" | "unexpected";
            /** @description Where it happened: `[["node", "web-3"]]`. */
            context?: string[][];
            /** @description Seconds after which trying again makes sense. */
            retry_after?: number;
            /** @description Finds the request in the server's log. */
            request_id: string;
        };
        /** @description What runs in a container, as `ps` on its host says. */
        Processes: {
            /** @description The titles of the columns. */
            titles: string[];
            /** @description One row a process. */
            processes: string[][];
        };
        /**
         * @description Whether what is mounted later in a folder of the host is seen on the other side: `shared` both ways, `slave` from the
         *     host only, `private` not; with an `r` also below.
         */
        Propagation: "private" | "rprivate" | "shared" | "rshared" | "slave" | "rslave";
        /** @description The protocol of a published port. */
        Protocol: "tcp" | "udp" | "sctp";
        /** @description Which containers are removed, of those that do not run. */
        PruneRequest: {
            /**
             * @description Which containers.
             * @default {}
             */
            selection?: components["schemas"]["Selection"];
        };
        /** @description What was removed because nothing used it. */
        Pruned: {
            /**
             * @description The names of what was removed.
             * @default []
             */
            removed?: string[];
            /**
             * Format: uint64
             * @description The bytes that this made free.
             * @default 0
             */
            bytes?: number;
        };
        /** @description One step of a pull: a layer's progress, or a message about the whole. */
        PullProgress: {
            /** @description The layer; none: the whole. */
            layer?: string | null;
            /** @description What happens: `Downloading`, `Pull complete`, … */
            status: string;
            /**
             * Format: uint64
             * @description Bytes done.
             */
            current?: number | null;
            /**
             * Format: uint64
             * @description Bytes in all.
             */
            total?: number | null;
        };
        /**
         * @description Looks what the repository has now, on the master that answers; the others look on their period. Where it cannot be
         *     reached the last good version goes on counting, and the answer says since when and why.
         */
        RefreshSource: Record<string, never>;
        /** @description A node that cannot take a container. */
        Refusal: {
            /** @description The node. */
            node: components["schemas"]["NodeName"];
            /** @description What it does not pass. */
            check: components["schemas"]["Check"];
            /** @description The constraint or affinity that does not hold there, where it is one: `zone==a`. */
            requirement?: string | null;
            /** @description Why, in words. */
            reason: string;
        };
        /**
         * @description Registers a node by the address of its engine. `already_exists` when the name, or the address under another
         *     name, is taken. The engine need not answer yet.
         */
        RegisterNode: components["schemas"]["NodeSpec"];
        /**
         * @description What an agent reports to `POST /discovery/nodes/{name}`, in the original Haven's shape.
         *
         *     The original's Java agent writes `time` with a zone and an `https://` address, its Python script writes local time
         *     without a zone, `host:port`, labels and containers. Unknown keys are ignored; what is `null` is not known; a load that
         *     is no number (`"NaN"`) neither; numbers of bytes may be written as floats.
         */
        Report: {
            /**
             * Format: date-time
             * @description When the agent took it, where that can be told: a time without a zone means nothing on another machine, so it
             *     is dropped and the time of arrival counts. Numbers are milliseconds, or seconds where they are small, since 1970.
             */
            time?: string | null;
            /** @description The name of the machine. The name in the path counts. */
            name?: string | null;
            /**
             * @description Where the engine answers: `host:port`, or a URL. A loopback host is replaced by the agent's own address.
             * @default null
             */
            address?: string | null;
            /** @description The engine's labels; none: the agent does not know them, and those that it told before stay. */
            labels?: {
                [key: string]: string;
            } | null;
            /**
             * @description What the machine uses.
             * @default {
             *       "cpuLoad": null,
             *       "memory": {
             *         "total": 0,
             *         "used": 0,
             *         "available": 0
             *       },
             *       "disks": {},
             *       "net": {}
             *     }
             */
            system?: components["schemas"]["SystemUse"];
        };
        /**
         * @description What a container asks of the node it goes to.
         *
         *     ```
         *     use haven_model::{ContainerSpec, ImageRef, placement::Requirements};
         *
         *     let mut spec = ContainerSpec::new(ImageRef::new("nginx")?);
         *     spec.env.insert("constraint:zone".into(), "=a".into()); // `-e constraint:zone==a`
         *     let (spec, requirements) = Requirements::split(spec)?;
         *     assert_eq!(requirements.constraints[0].to_string(), "zone==a");
         *     assert!(spec.env.is_empty());
         *     assert_eq!(spec.labels["com.docker.swarm.constraints"], r#"["zone==a"]"#);
         *     # Ok::<(), haven_model::Error>(())
         *     ```
         */
        Requirements: {
            /** @description What the node shall be: `zone==a`, `node!=/web-[0-9]+/`, `storage==~ssd` as a wish. */
            constraints?: components["schemas"]["Constraint"][];
            /** @description What shall be on the node already, or shall not: `container==db`, `image==nginx`, `com.example.tier!=front`. */
            affinities?: components["schemas"]["Affinity"][];
            /** @description Which of the nodes that can take it is chosen; none: as the cluster says. */
            strategy?: components["schemas"]["Strategy"] | null;
            /**
             * Format: uint32
             * @description The most containers of its image on one node; none: as the cluster says, which is never exceeded.
             */
            max_count_of_instances?: number | null;
            /** @description What shall become of it when its node is lost. */
            reschedule?: components["schemas"]["Reschedule"] | null;
        };
        /**
         * @description What shall become of a container whose node is lost, as the standalone swarm had it. It is kept with the container;
         *     nothing is moved because of it.
         */
        Reschedule: "off" | "on-node-failure";
        /** @description What the engine does when a container's program ends. */
        RestartPolicy: "no" | "always" | "unless-stopped" | {
            /** Format: uint32 */
            "on-failure": number;
        };
        /** @description A point in the history of one store, as `1f00c2aa.17`. */
        Revision: string;
        /** @description How the steps of a plan are taken. The defaults are those of `docker service update`. */
        Rollout: {
            /**
             * @description Whether a container's successor starts before it is stopped; by default after.
             * @default stop-first
             */
            order?: components["schemas"]["Order"];
            /**
             * Format: uint32
             * @description How many steps are taken at once, 0: all; by default 1.
             * @default 1
             */
            parallelism?: number;
            /**
             * Format: double
             * @description Seconds between one step and the next; by default 0.
             * @default 0
             */
            delay?: number;
            /**
             * Format: double
             * @description Seconds for which a new container must go on well before it counts; by default 5.
             * @default 5
             */
            monitor?: number;
            /**
             * Format: double
             * @description Seconds that a new container has until it must be ready; none: as its health check needs, at least 60.
             */
            timeout?: number | null;
            /**
             * @description How a new container shows that it is ready.
             * @default {
             *       "by": "auto"
             *     }
             */
            gate?: components["schemas"]["Gate"];
            /**
             * Format: double
             * @description Which part of the steps may fail, 0 to 1; by default none.
             * @default 0
             */
            max_failure_ratio?: number;
            /**
             * @description What happens when more fail.
             * @default pause
             */
            on_failure?: components["schemas"]["OnFailure"];
        };
        /** @description What a running container has. */
        Running: {
            /** @description The value; none: it has none. */
            value?: unknown;
            /** @description Whether that means the same as what the layers say. */
            same: boolean;
        };
        /** @description How many of a container there shall be. */
        ScaleRequest: {
            /** @description The name of the container, or of the group: that of its first. */
            name: components["schemas"]["ContainerName"];
            /**
             * Format: uint32
             * @description How many there shall be, those that do not run included.
             */
            replicas: number;
            /** @description The cluster that they are in; none: anywhere. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description How they are started; none: eight at once, each watched for a second. */
            rollout?: components["schemas"]["Rollout"] | null;
        };
        /**
         * Format: password
         * @description Answers show `***`.
         */
        Secret: string;
        /** @description What a plan was made for: looked at again before it is applied. */
        Selection: {
            /** @description Only of this cluster. */
            cluster?: components["schemas"]["ClusterName"] | null;
            /** @description Only of this node. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description Only these containers. */
            id?: components["schemas"]["ContainerId"][];
            /** @description Only with one of these names: exact, or with `*` for any text. */
            name?: string[];
            /** @description Only of one of these images: `nginx`, `nginx:1.*`, `registry/team/*`; without a tag any tag. */
            image?: string[];
            /** @description Only with all of these labels: `key` or `key=value`. */
            label?: string[];
            /** @description Not of these nodes. */
            exclude_node?: components["schemas"]["NodeName"][];
            /** @description Not these containers: names, exact or with `*`. */
            exclude?: string[];
        };
        /** @description Somebody who signed in. The token is shown once, here. */
        Session: {
            /** @description Who. */
            user: string;
            /** @description What to send as `Authorization: Bearer TOKEN`. */
            token: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires: string;
        };
        /**
         * @description Sets the repository that containers are configured from, for all masters, and looks what is there. Where it cannot be
         *     reached it is set all the same, and the answer says why. A secret given as `***` stays as it is, where the address
         *     does too.
         */
        SetSource: {
            /** @description What it shall be. */
            spec: components["schemas"]["SourceSpec"];
            /** @description The revision that the change is meant for; none: whichever there is. */
            revision?: components["schemas"]["Revision"] | null;
        };
        /** @description How much an event matters. */
        Severity: "info" | "warning" | "error";
        /**
         * @description Signs in, and answers a token to send as `Authorization: Bearer TOKEN`. `unauthenticated` when user and password
         *     do not fit together; `busy` after too many attempts.
         */
        SignIn: {
            /** @description The user. */
            user: string;
            /** @description The password. */
            password: components["schemas"]["Secret"];
        };
        /** @description Ends a session: its token is refused from now on. */
        SignOut: {
            /** @description The token. */
            token: components["schemas"]["Secret"];
        };
        /** @description A container that was looked at and is left alone. */
        SkippedContainer: {
            /** @description The node it is on; none: it would have been new, and no node takes it. */
            node?: components["schemas"]["NodeName"] | null;
            /** @description Its name. */
            name: string;
            /** @description Its id; none: it would have been new. */
            id?: components["schemas"]["ContainerId"] | null;
            /** @description Why. */
            reason: string;
        };
        /** @description A repository of configurations for containers, as it is set. */
        SourceSpec: {
            /**
             * @description Where it is: the address of a git repository, `https://…`, `ssh://…`, `user@host:path`, an absolute path; or a folder
             *     of every master's machine, `folder:/srv/haven`. A password in it is kept apart and never shown, and so is a user
             *     without one over HTTP, who is taken for a token.
             */
            url: string;
            /** @description The branch or tag; none: what the repository calls its own. */
            branch?: string | null;
            /** @description The user there. */
            username?: string | null;
            /** @description The password or token. */
            password?: components["schemas"]["Secret"] | null;
            /** @description A private key for SSH, the text of its file. */
            ssh_key?: components["schemas"]["Secret"] | null;
            /** @description The only host keys that SSH believes, the text of a `known_hosts` file; none: the one that is seen first. */
            known_hosts?: string | null;
            /**
             * Format: uint32
             * @description Seconds between two looks whether there is something new, 10 to 86,400; none: 60.
             */
            interval?: number | null;
        };
        /** @description The repository of configurations, and what of it counts now. */
        SourceStatus: {
            /** @description How it is set. Secrets are shown as `***`. */
            spec: components["schemas"]["SourceSpec"];
            /**
             * @description The version that counts on the master that answers: a commit, or a hash of the folder; none: nothing could be read
             *     yet.
             */
            version?: string | null;
            /**
             * Format: date-time
             * @description When the repository had it last, as far as was asked.
             */
            fetched?: string | null;
            /** @description Since when, and why, it may be old. */
            stale?: components["schemas"]["Stale"] | null;
            /** @description What is wrong with its files, the first of it: they configure nothing until it is mended. */
            problems?: components["schemas"]["FileProblem"][];
            /**
             * Format: uint32
             * @description How many problems there are beside these; none: no more.
             */
            more_problems?: number | null;
            /** @description When the setting was changed last. */
            revision: components["schemas"]["Revision"];
        };
        /** @description What is changed in specifications. */
        SpecChanges: {
            /** @description Variables that are set. */
            env?: {
                [key: string]: components["schemas"]["Secret"];
            };
            /** @description Variables that go. */
            unset_env?: string[];
            /** @description Labels that are set. */
            labels?: {
                [key: string]: string;
            };
            /** @description Labels that go. */
            unset_labels?: string[];
            /** @description The arguments of the program; none: as they are. */
            command?: string[] | null;
            /**
             * Format: uint64
             * @description The most memory, in bytes; none: as it is.
             */
            memory?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time, in billionths of a core; none: as it is.
             */
            nano_cpus?: number | null;
        };
        /** @description Since when, and why, something may be old. */
        Stale: {
            /**
             * Format: date-time
             * @description When it was known to be so last.
             */
            since: string;
            /** @description Why it could not be read since. */
            why: string;
        };
        /** @description Where a step stands. */
        StepState: "pending" | "doing" | "done" | "refused" | "undoing" | "undone" | "failed" | "stuck";
        /** @description How far one step has come. */
        StepStatus: {
            /**
             * Format: uint32
             * @description Its place in the plan.
             */
            index: number;
            /** @description The node that it ends on. */
            node: components["schemas"]["NodeName"];
            /** @description The name of the container. */
            name: components["schemas"]["ContainerName"];
            /** @description Where it stands. */
            state: components["schemas"]["StepState"];
            /** @description The container that came, once it is there. */
            container?: components["schemas"]["ContainerId"] | null;
            /** @description Why it failed or was refused. */
            error?: components["schemas"]["WireError"] | null;
            /** @description The last lines that a new container said which failed: it is gone, and its log with it. */
            said?: string | null;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            began?: string | null;
            /**
             * Format: date-time
             * @description When it came to where it stands.
             */
            ended?: string | null;
        };
        /** @description Which of the nodes that can take a container takes it. */
        Strategy: "spread" | "binpack" | "random";
        /** @description Haven itself: what it is and how it is. */
        SystemStatus: {
            /** @description Haven's version. */
            version: string;
            /**
             * Format: date-time
             * @description The time there.
             */
            time: string;
            /** @description The kind of store: `memory`, `redb`, `etcd`. */
            store: string;
            /** @description The store's present revision. */
            revision: components["schemas"]["Revision"];
            /**
             * Format: uint64
             * @description How many bytes the store takes.
             */
            store_bytes: number;
            /**
             * @description What the store warns of.
             * @default []
             */
            alarms?: string[];
            /** @description Nodes: online, and all. */
            nodes: components["schemas"]["Count"];
            /** @description Containers: running, and all, as last seen. */
            containers: components["schemas"]["Count"];
            /**
             * Format: uint64
             * @description How many events are kept.
             */
            events: number;
        };
        /** @description What a machine uses. */
        SystemUse: {
            /**
             * Format: double
             * @description CPU use of the whole machine in percent, 0 to 100.
             * @default null
             */
            cpuLoad?: number | null;
            /**
             * @description Memory, in bytes.
             * @default {
             *       "total": 0,
             *       "used": 0,
             *       "available": 0
             *     }
             */
            memory?: components["schemas"]["MemoryUse"];
            /**
             * @description Disks by mount point.
             * @default {}
             */
            disks?: {
                [key: string]: components["schemas"]["DiskUse"];
            };
            /**
             * @description Network interfaces by name.
             * @default {}
             */
            net?: {
                [key: string]: components["schemas"]["NetUse"];
            };
        };
        /** @description How many nodes do not pass a check. */
        Tally: {
            /** @description The check. */
            check: components["schemas"]["Check"];
            /** @description The constraint or affinity that does not hold there, where it is one: `zone==a`. */
            requirement?: string | null;
            /**
             * Format: uint64
             * @description How many nodes.
             */
            nodes: number;
        };
        /** @description A limit on the use of a disk. */
        ThrottleDevice: {
            /** @description The disk: `/dev/sda`. */
            path: string;
            /**
             * Format: uint64
             * @description The most a second.
             */
            rate: number;
        };
        /** @description Certificates for an engine behind TLS, as PEM texts. */
        TlsSpec: {
            /** @description Authorities to trust; none: the well-known ones. */
            ca?: string | null;
            /** @description The client certificate. */
            cert?: string | null;
            /** @description Its key. */
            key?: components["schemas"]["Secret"] | null;
        };
        /** @description What to put first in a list of what uses most. */
        TopBy: "cpu" | "memory" | "network";
        /** @description A limit of each process. */
        Ulimit: {
            /** @description Of what: `nofile`, `nproc`, `core`, … */
            name: string;
            /**
             * Format: int64
             * @description What a process has; -1: no limit.
             */
            soft: number;
            /**
             * Format: int64
             * @description What a process may raise it to; -1: no limit.
             */
            hard: number;
        };
        /** @description Which containers get what. */
        UpdateRequest: {
            /**
             * @description Which containers.
             * @default {}
             */
            selection?: components["schemas"]["Selection"];
            /** @description Only those whose tag is this: exact, or with `*` for any text. */
            from?: string | null;
            /**
             * @description The tag that they get, `1.5`, or a whole image, `registry/web:1.5`; none: the image that they have by name, as it is
             *     now.
             */
            to?: string | null;
            /**
             * @description What else is changed.
             * @default {}
             */
            changes?: components["schemas"]["SpecChanges"];
            /**
             * Format: uint8
             * @description Only so many of a hundred of them, at least one, of each node in turn; none: all.
             */
            percent?: number | null;
            /**
             * @description Also those that would be as they are.
             * @default false
             */
            recreate?: boolean;
            /**
             * @description Whether what the labels of the image and the repository of configurations say now wins over what they are.
             * @default false
             */
            configure?: boolean;
            /**
             * @description How they are replaced.
             * @default {
             *       "order": "stop-first",
             *       "parallelism": 1,
             *       "delay": 0,
             *       "monitor": 5,
             *       "gate": {
             *         "by": "auto"
             *       },
             *       "max_failure_ratio": 0,
             *       "on_failure": "pause"
             *     }
             */
            rollout?: components["schemas"]["Rollout"];
        };
        /** @description A volume. */
        Volume: {
            /** @description Its name. */
            name: string;
            /** @description Its driver: `local`, … */
            driver: string;
            /** @description Where it is on the host. */
            mountpoint: string;
            /**
             * Format: date-time
             * @description When it was made, where the engine says.
             */
            created?: string | null;
            /** @description Options of its driver. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
        /** @description A volume name. */
        VolumeName: string;
        /** @description What a volume shall be. */
        VolumeSpec: {
            /** @description Its name. */
            name: components["schemas"]["VolumeName"];
            /** @description Its driver; none: `local`. */
            driver?: string | null;
            /** @description Options of the driver. */
            options?: {
                [key: string]: string;
            };
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
        /** @description A weight at a disk. */
        WeightDevice: {
            /** @description The disk: `/dev/sda`. */
            path: string;
            /**
             * Format: uint16
             * @description The weight, 10 to 1000.
             */
            weight: number;
        };
        /** @description An [`Error`] as plain data. */
        WireError: {
            /** @description What the caller can do about it. */
            kind: components["schemas"]["ErrorKind"];
            /** @description A lower-case clause with names in backticks. */
            message: string;
            /** @description Where it happened: `[["node", "web-3"]]`. */
            context?: [
                string,
                string
            ][];
            /**
             * Format: uint64
             * @description Seconds after which trying again makes sense.
             */
            retry_after?: number | null;
        };
    };
    responses: {
        /** @description It failed; `kind` says what can be done about it. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "nodes.list": {
        parameters: {
            query?: {
                /** @description Only those of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only those in this state. */
                status?: components["schemas"]["NodeStatus"] | null;
                /** @description Only with all of these labels: `key` or `key=value`. */
                label?: string[];
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.register": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RegisterNode"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Where it is found. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.remove": {
        parameters: {
            query?: {
                /** @description The revision that shall be removed; none: whichever there is. */
                revision?: components["schemas"]["Revision"] | null;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its name. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.update": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its name. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Where its engine answers. */
                    address?: components["schemas"]["NodeAddress"] | null;
                    /** @description All its labels, in place of the present ones. */
                    labels?: {
                        [key: string]: string;
                    } | null;
                    /** @description The certificates that it is reached with, in place of the present ones. */
                    tls?: components["schemas"]["TlsSpec"] | null;
                    /** @description Whether it takes new containers: `active`, `pause`, or `drain` when it shall be emptied. */
                    availability?: components["schemas"]["Availability"] | null;
                    /** @description The revision that the change is meant for; none: whichever there is. */
                    revision?: components["schemas"]["Revision"] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.report": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node's name. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What the agent says. */
                    report: components["schemas"]["Report"];
                    /**
                     * Format: ip
                     * @description The address that the report came from; stands in for a loopback host in the report.
                     */
                    from?: string | null;
                    /**
                     * Format: uint32
                     * @description How many seconds the report is good for, which is two intervals of the agent; it counts as silent after half
                     *     as much again. None: after three times the usual interval.
                     */
                    ttl?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "nodes.metrics": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeMetrics"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.list": {
        parameters: {
            query?: {
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page2"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateCluster"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Where it is found. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                cluster: components["schemas"]["ClusterName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.delete": {
        parameters: {
            query?: {
                /** @description The revision that shall be deleted; none: whichever there is. */
                revision?: components["schemas"]["Revision"] | null;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its name. */
                cluster: components["schemas"]["ClusterName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.update": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its name. */
                cluster: components["schemas"]["ClusterName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description What it is for. */
                    description?: string | null;
                    /** @description Which of the nodes that can take a new container takes it. */
                    strategy?: components["schemas"]["Strategy"] | null;
                    /**
                     * Format: uint32
                     * @description The most containers of one image on one node; 0: as many as there is room for.
                     */
                    max_count_of_instances?: number | null;
                    /** @description The revision that the change is meant for; none: whichever there is. */
                    revision?: components["schemas"]["Revision"] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.add_node": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The cluster. */
                cluster: components["schemas"]["ClusterName"];
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.remove_node": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The cluster. */
                cluster: components["schemas"]["ClusterName"];
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "clusters.place": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The cluster. */
                cluster: components["schemas"]["ClusterName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The container's name. */
                    name?: components["schemas"]["ContainerName"] | null;
                    /** @description What it shall be. */
                    spec: components["schemas"]["ContainerSpec"];
                    /** @description What it asks of its node, besides what its environment (`constraint:zone==a`) and labels say. */
                    requirements?: components["schemas"]["Requirements"];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Placement"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.list": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description Only with one of these ids, or beginnings of ids. */
                id?: string[];
                /** @description Only with one of these texts in the name. */
                name?: string[];
                /** @description Only of one of these images. */
                image?: string[];
                /** @description Only with all of these labels: `key` or `key=value`. */
                label?: string[];
                /** @description Only in one of these states. */
                state?: components["schemas"]["ContainerState"][];
                /** @description Ask every engine now instead of the inventory. */
                fresh?: boolean;
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.find": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
            };
            header?: never;
            path: {
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Found"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Its name; none: the engine makes one up. */
                    name?: components["schemas"]["ContainerName"] | null;
                    /** @description What it shall be. */
                    spec: components["schemas"]["ContainerSpec"];
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Where it is found. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Created"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.inspect": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContainerDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.remove": {
        parameters: {
            query?: {
                /** @description Also when it runs: it is killed first. */
                force?: boolean;
                /** @description With its volumes that have no name. */
                volumes?: boolean;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.environment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.start": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.stop": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: uint32
                     * @description Seconds until it is killed; none: the container's own, else 10.
                     */
                    timeout?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.restart": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: uint32
                     * @description Seconds until it is killed; none: the container's own, else 10.
                     */
                    timeout?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.kill": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The signal; none: SIGKILL. */
                    signal?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.pause": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.unpause": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.rename": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name. */
                    name: components["schemas"]["ContainerName"];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.update_limits": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What changes. */
                    limits: components["schemas"]["ContainerUpdate"];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.wait": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exited"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.processes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Processes"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.stats": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContainerStats"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.stats_stream": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The items, as they come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.metrics": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContainerStats"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.logs": {
        parameters: {
            query?: {
                /** @description Go on until the container stops. */
                follow?: boolean;
                /** @description Only so many lines from the end. */
                tail?: number | null;
                /** @description Only what was written since then. */
                since?: string;
                /** @description Only what was written until then. */
                until?: string;
                /** @description Begin each line with its time. */
                timestamps?: boolean;
                /** @description Standard output; by default yes. */
                stdout?: boolean;
                /** @description Standard error; by default yes. */
                stderr?: boolean;
            };
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The items, as they come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.exec": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.attach": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanStatus"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.remove": {
        parameters: {
            query?: {
                /** @description Also the containers that are parked for it: what it did cannot be rolled back any more. Volumes stay. */
                kept?: boolean;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.diff": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanText"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlanCreate"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.scale": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlanScale"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.update": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlanUpdate"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.drain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlanDrain"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.prune": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlanPrune"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.rollback": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.apply": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The plan as it was printed: `invalid` when it was altered since. */
                    contents?: components["schemas"]["Plan"] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.follow": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The items, as they come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.pause": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.resume": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.abort": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Its id, or the beginning of its id. */
                plan: components["schemas"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "plans.kept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptContainer"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.changes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Change"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.copy_out": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.copy_in": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "images.list": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing2"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "images.inspect": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its name or id. */
                image: components["schemas"]["ImageRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "images.remove": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its name or id. */
                image: components["schemas"]["ImageRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "images.pull": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The image. */
                    image: components["schemas"]["ImageRef"];
                };
            };
        };
        responses: {
            /** @description The items, as they come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "images.tag": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its name or id. */
                image: components["schemas"]["ImageRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The further name. */
                    name: components["schemas"]["ImageRef"];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.list": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing3"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it shall be. */
                    spec: components["schemas"]["NetworkSpec"];
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Where it is found. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Network"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The network. */
                network: components["schemas"]["NetworkName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Network"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.remove": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The network. */
                network: components["schemas"]["NetworkName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.connect": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The network. */
                network: components["schemas"]["NetworkName"];
                /** @description The container. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Further names of the container there. */
                    aliases?: string[];
                    /**
                     * Format: ipv4
                     * @description Its address there, which it keeps when it is started again; none: the engine chooses.
                     */
                    ipv4_address?: string | null;
                    /**
                     * Format: ipv6
                     * @description Its IPv6 address there.
                     */
                    ipv6_address?: string | null;
                    /** @description Addresses of the link itself. */
                    link_local_ips?: string[];
                    /** @description Its hardware address there. */
                    mac_address?: string | null;
                    /** @description Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`. */
                    links?: string[];
                    /** @description Options of the network's driver. */
                    driver_options?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.disconnect": {
        parameters: {
            query?: {
                /** @description Also when the container is gone from the engine while the network still knows of it. */
                force?: boolean;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The network. */
                network: components["schemas"]["NetworkName"];
                /** @description The container. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "networks.prune": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Only with all of these labels: `key` or `key=value`.
                     * @default []
                     */
                    label?: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pruned"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "volumes.list": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description At most so many, 1 to 10,000; none: all. */
                limit?: number | null;
                /** @description Go on after this `next` of an earlier page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing4"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "volumes.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it shall be. */
                    spec: components["schemas"]["VolumeSpec"];
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description Where it is found. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "volumes.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The volume. */
                volume: components["schemas"]["VolumeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Volume"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "volumes.remove": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
                /** @description The volume. */
                volume: components["schemas"]["VolumeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "volumes.prune": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The node. */
                node: components["schemas"]["NodeName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Only with all of these labels: `key` or `key=value`.
                     * @default []
                     */
                    label?: string[];
                    /**
                     * @description Also those that somebody named.
                     * @default false
                     */
                    all?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pruned"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "events.list": {
        parameters: {
            query?: {
                /** @description Only of nodes that were in this cluster then. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description Only at least as severe. */
                severity?: components["schemas"]["Severity"] | null;
                /** @description Only of this kind of object: `container`, `node`, … */
                type?: string | null;
                /** @description Only of this object, by id or name. */
                object?: string | null;
                /** @description Only since then. */
                since?: string;
                /** @description Only until then. */
                until?: string;
                /** @description Only after this cursor, beginning with the one that follows it. */
                after?: string | null;
                /** @description At most so many, 1 to 10,000; none: 1,000. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "events.count": {
        parameters: {
            query?: {
                /** @description Only since then. */
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCount"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "events.follow": {
        parameters: {
            query?: {
                /** @description Only of nodes that were in this cluster then. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description Only at least as severe. */
                severity?: components["schemas"]["Severity"] | null;
                /** @description Only of this kind of object: `container`, `node`, … */
                type?: string | null;
                /** @description Only of this object, by id or name. */
                object?: string | null;
                /** @description Begin after this cursor; none: with the next event. */
                after?: string | null;
            };
            header?: {
                /** @description Go on after this event, in place of `after`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The items, as they come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "top.nodes": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Most of what. */
                by?: components["schemas"]["TopBy"];
                /** @description At most so many; none: all. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeUse"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "top.containers": {
        parameters: {
            query?: {
                /** @description Only of this cluster. */
                cluster?: components["schemas"]["ClusterName"] | null;
                /** @description Only of this node. */
                node?: components["schemas"]["NodeName"] | null;
                /** @description Most of what. */
                by?: components["schemas"]["TopBy"];
                /** @description At most so many; none: all. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing5"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identity"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "sessions.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignOut"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "users.change_password": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The user. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The present password. */
                    password: components["schemas"]["Secret"];
                    /** @description The new one. */
                    new_password: components["schemas"]["Secret"];
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "source.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "source.set": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetSource"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "source.remove": {
        parameters: {
            query?: {
                /** @description The revision that shall be removed; none: whichever there is. */
                revision?: components["schemas"]["Revision"] | null;
            };
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is meant for, in place of `revision`. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    "source.refresh": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshSource"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "source.explain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainNew"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "containers.explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node it is on. */
                node: components["schemas"]["NodeName"];
                /** @description Its id, the beginning of its id, or its name. */
                container: components["schemas"]["ContainerRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "invitations.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Invite"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                /** @description Only after this number. */
                after?: number | null;
                /** @description At most so many, 1 to 1,000; none: 100. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "system.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "discovery.report": {
        parameters: {
            query?: {
                /** @description Two intervals of the agent, in seconds. */
                ttl?: number;
            };
            header?: never;
            path: {
                /** @description The node's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Report"];
                "text/plain": components["schemas"]["Report"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The secret is missing or wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "discovery.lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lines for a shell. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "discovery.script": {
        parameters: {
            query?: {
                /** @description Where the node's engine answers: `HOST:PORT`. */
                node?: string;
                /** @description The token of an invitation, which is taken. */
                token?: string;
            };
            header?: never;
            path: {
                /** @description What the script shall be called: `NAME.py`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/x-python": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    "discovery.file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the file. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The program. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
