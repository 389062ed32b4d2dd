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
        /** Describes a cluster anew. `conflict` when it is not at `revision` any more. */
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
        /** Creates a container on a node, without starting it. */
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
        /** Gives a container another name. */
        post: operations["containers.rename"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
        /** Removes a name of an image from a node, and with its last name the image. */
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
             * @description Whether it has no way out.
             * @default false
             */
            internal?: boolean;
            /**
             * @description Its address ranges: `172.17.0.0/16`.
             * @default []
             */
            subnets?: string[];
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
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
        /** @description Where a program writes. */
        Channel: "stdout" | "stderr";
        /** @description What a node must pass to take a container. */
        Check: "contact" | "name" | "port" | "memory";
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
        };
        /** @description Everything an engine says about one container. */
        ContainerDetail: {
            /** @description Its full id. */
            id: components["schemas"]["ContainerId"];
            /** @description Its name, without the leading slash. */
            name: string;
            /** @description The id of the image. */
            image_id: string;
            /** @description What it was created from, the image's own values merged in as the engine does. */
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
            /** @description Its ports as they are published now. */
            ports?: components["schemas"]["Port"][];
        };
        /** @description A container id. */
        ContainerId: string;
        /** @description A container name. */
        ContainerName: string;
        /** @description A container id or name. */
        ContainerRef: string;
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
            /** @description The host name inside. */
            hostname?: string | null;
            /** @description The user, and group, that the program runs as: `1000:1000`. */
            user?: string | null;
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
            /** @description Published ports. */
            ports?: components["schemas"]["Port"][];
            /** @description Volumes, folders of the host, and memory file systems. */
            mounts?: components["schemas"]["Mount"][];
            /** @description The network to join; none: the engine's default bridge. */
            network?: components["schemas"]["NetworkName"] | null;
            /**
             * @description What the engine does when the program ends.
             * @default no
             */
            restart?: components["schemas"]["RestartPolicy"];
            /**
             * Format: uint64
             * @description The most memory, in bytes; none: no limit.
             */
            memory?: number | null;
            /**
             * Format: uint64
             * @description The most CPU time, in billionths of a core; none: no limit.
             */
            nano_cpus?: number | null;
            /** @description The health check; none: the image's own. */
            health?: components["schemas"]["HealthCheck"] | null;
            /** @description The signal that asks the program to end; none: the image's, else SIGTERM. */
            stop_signal?: string | null;
            /**
             * Format: uint32
             * @description Seconds between that signal and SIGKILL; none: the engine's own, 10.
             */
            stop_timeout?: number | null;
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
        /** @description An answer that is the id of what was made. */
        Created: {
            /** @description The container's id. */
            id: components["schemas"]["ContainerId"];
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
        /** @description A face of Haven. */
        Face: "rust" | "rest" | "cli" | "agent" | "python" | "ffi" | "dashboard";
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
        /** @description Something mounted into a container. */
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
             * @description Whether it has no way out.
             * @default false
             */
            internal?: boolean;
            /**
             * @description Its address ranges: `172.17.0.0/16`.
             * @default []
             */
            subnets?: string[];
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
        };
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
            /** @description Its address range; none: the engine chooses. */
            subnet?: string | null;
            /** @description Its labels. */
            labels?: {
                [key: string]: string;
            };
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
            /**
             * @description The nodes that cannot take it, and why.
             * @default []
             */
            refused?: components["schemas"]["Refusal"][];
        };
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
        /** @description The protocol of a published port. */
        Protocol: "tcp" | "udp" | "sctp";
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
        /** @description A node that cannot take a container. */
        Refusal: {
            /** @description The node. */
            node: components["schemas"]["NodeName"];
            /** @description What it does not pass. */
            check: components["schemas"]["Check"];
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
        /** @description What the engine does when a container's program ends. */
        RestartPolicy: "no" | "always" | "unless-stopped" | {
            /** Format: uint32 */
            "on-failure": number;
        };
        /** @description A point in the history of one store, as `1f00c2aa.17`. */
        Revision: string;
        /**
         * Format: password
         * @description Answers show `***`.
         */
        Secret: string;
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
                    /**
                     * @description Further names of the container there.
                     * @default []
                     */
                    aliases?: string[];
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
