# The blocking twin of `haven/handles.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""Every operation of Haven: a handle a noun, a method an operation.

Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING

from ._handle import Containers, Handle, Nodes, Plans
from .._record import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .._haven import Fleet, Secret
    from ..model import (
        Acted,
        AuditPage,
        Availability,
        Change,
        Cluster,
        Container,
        ContainerDetail,
        ContainerSpec,
        ContainerState,
        ContainerStats,
        ContainerUpdate,
        ContainerUse,
        Created,
        Environment,
        Event,
        EventCount,
        Events,
        ExecSpec,
        Exited,
        Explanation,
        Found,
        Identity,
        Image,
        ImageDetail,
        Invitation,
        KeptContainer,
        Listing,
        Network,
        NetworkSpec,
        Node,
        NodeMetrics,
        NodeStatus,
        NodeUse,
        Output,
        Page,
        Placement,
        Plan,
        PlanDetail,
        PlanProgress,
        PlanStatus,
        PlanText,
        Processes,
        Pruned,
        PullProgress,
        Report,
        Requirements,
        Rollout,
        Selection,
        Session,
        Severity,
        SourceSpec,
        SourceStatus,
        SpecChanges,
        Strategy,
        SystemStatus,
        TlsSpec,
        TopBy,
        Volume,
        VolumeSpec,
    )
    from .stream import Stream
    from .terminal import Terminal


class AuditHandle(Handle):
    """Who did what."""

    __slots__ = ()

    def list(self, *, after: int | None = None, limit: int | None = None) -> AuditPage:
        """Lists who did what, oldest first: the newest records, or those after a number.

        * `after`: Only after this number.
        * `limit`: At most so many, 1 to 1,000; none: 100.
        """
        return self._call("audit.list", {"after": after, "limit": limit})


class ClustersHandle(Handle):
    """Machines managed as one."""

    __slots__ = ()

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Cluster]:
        """Lists the clusters, ordered by name; `all` and `orphans` are always there.

        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("clusters.list", {"limit": limit, "cursor": cursor})

    def create(
        self,
        name: str,
        *,
        description: str = "",
        strategy: Strategy | None = None,
        max_count_of_instances: int | None = None,
    ) -> Cluster:
        """Makes a cluster. `already_exists` when the name is taken.

        * `name`: Its name.
        * `description`: What it is for.
        * `strategy`: Which of the nodes that can take a new container takes it.
        * `max_count_of_instances`: The most containers of one image on one node; none: as many as there is room for.
        """
        return self._call("clusters.create", {
            "name": name,
            "description": description,
            "strategy": strategy,
            "max_count_of_instances": max_count_of_instances,
        })

    def get(self, cluster: str) -> Cluster:
        """Shows one cluster.

        * `cluster`: Its name.
        """
        return self._call("clusters.get", {"cluster": cluster})

    def update(
        self,
        cluster: str,
        *,
        description: str | None = None,
        strategy: Strategy | None = None,
        max_count_of_instances: int | None = None,
        revision: str | None = None,
    ) -> Cluster:
        """Changes a cluster; what is left out stays. `conflict` when it is not at `revision` any more.

        * `cluster`: Its name.
        * `description`: What it is for.
        * `strategy`: Which of the nodes that can take a new container takes it.
        * `max_count_of_instances`: The most containers of one image on one node; 0: as many as there is room for.
        * `revision`: The revision that the change is meant for; none: whichever there is.
        """
        return self._call("clusters.update", {
            "cluster": cluster,
            "description": description,
            "strategy": strategy,
            "max_count_of_instances": max_count_of_instances,
            "revision": revision,
        })

    def delete(self, cluster: str, *, revision: str | None = None) -> None:
        """Deletes a cluster; its nodes become orphans. `denied` for `all` and `orphans`, `conflict` when it is not at
        `revision` any more.

        * `cluster`: Its name.
        * `revision`: The revision that shall be deleted; none: whichever there is.
        """
        return self._call("clusters.delete", {"cluster": cluster, "revision": revision})

    def add_node(self, cluster: str, node: str) -> Node:
        """Puts a node into a cluster, out of the one it was in.

        * `cluster`: The cluster.
        * `node`: The node.
        """
        return self._call("clusters.add_node", {"cluster": cluster, "node": node})

    def remove_node(self, cluster: str, node: str) -> Node:
        """Takes a node out of a cluster. `conflict` when it is in another.

        * `cluster`: The cluster.
        * `node`: The node.
        """
        return self._call("clusters.remove_node", {"cluster": cluster, "node": node})

    def place(
        self,
        cluster: str,
        spec: ContainerSpec,
        *,
        name: str | None = None,
        requirements: Requirements | None = None,
    ) -> Placement:
        """Chooses the node of a cluster that takes a new container, and says why. Without a node in the answer there is none
        that can take it. Nothing is made or reserved: who asks at the same time may be told the same node.

        * `cluster`: The cluster.
        * `spec`: What it shall be.
        * `name`: The container's name.
        * `requirements`: What it asks of its node, besides what its environment (`constraint:zone==a`) and labels say.
        """
        return self._call("clusters.place", {
            "cluster": cluster,
            "spec": spec,
            "name": name,
            "requirements": requirements,
        })


class ContainersHandle(Containers):
    """The containers of the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        id: Sequence[str] = (),
        name: Sequence[str] = (),
        image: Sequence[str] = (),
        label: Sequence[str] = (),
        state: Sequence[ContainerState] = (),
        fresh: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Container]:
        """Lists containers of a cluster, a node or the whole fleet, ordered by node, name and id.

        From the live inventory: `as_of` says how old the oldest part is, `stale` and `missing` what cannot be counted on.

        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        * `id`: Only with one of these ids, or beginnings of ids.
        * `name`: Only with one of these texts in the name.
        * `image`: Only of one of these images.
        * `label`: Only with all of these labels: `key` or `key=value`.
        * `state`: Only in one of these states.
        * `fresh`: Ask every engine now instead of the inventory.
        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("containers.list", {
            "cluster": cluster,
            "node": node,
            "id": id,
            "name": name,
            "image": image,
            "label": label,
            "state": state,
            "fresh": fresh,
            "limit": limit,
            "cursor": cursor,
        })

    def find(self, container: str, *, cluster: str | None = None, node: str | None = None) -> Found[Container]:
        """Finds one container by id, beginning of an id, or name. `conflict` names the candidates when there are several.

        From the live inventory, as lists are: `stale` says that it is what was last seen.

        * `container`: Its id, the beginning of its id, or its name.
        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        """
        return self._call("containers.find", {"container": container, "cluster": cluster, "node": node})

    def create(self, node: str, spec: ContainerSpec, *, name: str | None = None) -> Created:
        """Creates a container on a node, without starting it. What its environment asks of placement (`constraint:zone==a`)
        is kept in labels, and not given to its program. `invalid` for what no engine takes, and for a name as plans give.

        * `node`: The node.
        * `spec`: What it shall be.
        * `name`: Its name; none: the engine makes one up.
        """
        return self._call("containers.create", {"node": node, "spec": spec, "name": name})

    def inspect(self, node: str, container: str) -> ContainerDetail:
        """Shows everything about one container. Values of its environment show as `***`.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.inspect", {"node": node, "container": container})

    def environment(self, node: str, container: str) -> Environment:
        """Shows the environment of a container in the clear, the image's values included. It is recorded in the audit.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.environment", {"node": node, "container": container})

    def start(self, node: str, container: str) -> Acted:
        """Starts a container.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.start", {"node": node, "container": container})

    def stop(self, node: str, container: str, *, timeout: int | None = None) -> Acted:
        """Stops a container: asks its program to end, and kills it when it does not in time.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `timeout`: Seconds until it is killed; none: the container's own, else 10.
        """
        return self._call("containers.stop", {"node": node, "container": container, "timeout": timeout})

    def restart(self, node: str, container: str, *, timeout: int | None = None) -> Acted:
        """Stops a container if it runs, and starts it.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `timeout`: Seconds until it is killed; none: the container's own, else 10.
        """
        return self._call("containers.restart", {"node": node, "container": container, "timeout": timeout})

    def kill(self, node: str, container: str, *, signal: str | None = None) -> Acted:
        """Sends a signal to a container's program. `conflict` when it does not run.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `signal`: The signal; none: SIGKILL.
        """
        return self._call("containers.kill", {"node": node, "container": container, "signal": signal})

    def pause(self, node: str, container: str) -> Acted:
        """Holds a container's program.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.pause", {"node": node, "container": container})

    def unpause(self, node: str, container: str) -> Acted:
        """Lets a container's program go on.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.unpause", {"node": node, "container": container})

    def rename(self, node: str, container: str, name: str) -> Acted:
        """Gives a container another name. `invalid` for one as plans give.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `name`: The name.
        """
        return self._call("containers.rename", {"node": node, "container": container, "name": name})

    def update_limits(self, node: str, container: str, limits: ContainerUpdate) -> Acted:
        """Changes limits and restart policy of a container, of one that runs too. `invalid` for a limit that is refused.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `limits`: What changes.
        """
        return self._call("containers.update_limits", {"node": node, "container": container, "limits": limits})

    def remove(self, node: str, container: str, *, force: bool = False, volumes: bool = False) -> Acted:
        """Removes a container. `conflict` when it runs and `force` is not set.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `force`: Also when it runs: it is killed first.
        * `volumes`: With its volumes that have no name.
        """
        return self._call("containers.remove", {
            "node": node,
            "container": container,
            "force": force,
            "volumes": volumes,
        })

    def wait(self, node: str, container: str) -> Exited:
        """Waits until a container's program has ended, and answers its exit code.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.wait", {"node": node, "container": container})

    def processes(self, node: str, container: str) -> Processes:
        """Shows what runs in a container.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.processes", {"node": node, "container": container})

    def stats(self, node: str, container: str) -> ContainerStats:
        """Takes one sample of what a container uses.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.stats", {"node": node, "container": container})

    def stats_stream(self, node: str, container: str) -> Stream[ContainerStats]:
        """Follows what a container uses: a sample about every second, until it stops.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._follow("containers.stats_stream", {"node": node, "container": container})

    def metrics(self, node: str, container: str) -> Sequence[ContainerStats]:
        """Shows what a running container used, oldest first: the last 60 samples.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.metrics", {"node": node, "container": container})

    def logs(
        self,
        node: str,
        container: str,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        timestamps: bool = False,
        stdout: bool = True,
        stderr: bool = True,
    ) -> Stream[Output]:
        """Reads what a container wrote; with `follow` also what it writes from now on.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `follow`: Go on until the container stops.
        * `tail`: Only so many lines from the end.
        * `since`: Only what was written since then.
        * `until`: Only what was written until then.
        * `timestamps`: Begin each line with its time.
        * `stdout`: Standard output; by default yes.
        * `stderr`: Standard error; by default yes.
        """
        return self._follow("containers.logs", {
            "node": node,
            "container": container,
            "follow": follow,
            "tail": tail,
            "since": since,
            "until": until,
            "timestamps": timestamps,
            "stdout": stdout,
            "stderr": stderr,
        })

    def exec(self, node: str, container: str, spec: ExecSpec) -> Terminal:
        """Runs a program in a container, and talks with it.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `spec`: The program.
        """
        return self._converse("containers.exec", {"node": node, "container": container, "spec": spec})

    def attach(self, node: str, container: str) -> Terminal:
        """Connects to the main program of a container.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._converse("containers.attach", {"node": node, "container": container})

    def changes(self, node: str, container: str) -> Sequence[Change]:
        """Tells which files of a container are not as its image has them.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.changes", {"node": node, "container": container})

    def copy_out(self, node: str, container: str, path: str) -> Terminal:
        """Reads a file or a folder of a container as a tar archive, whose entries begin with the last part of the path; those
        of `FOLDER/.` with `.`. `not_found` when there is none.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `path`: The file or folder.
        """
        return self._converse("containers.copy_out", {"node": node, "container": container, "path": path})

    def copy_in(self, node: str, container: str, folder: str) -> Terminal:
        """Unpacks a tar archive, which is the conversation's input to its end, into a folder of a container. `not_found` when
        there is no such folder; `invalid` when it is none, or the archive is none.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        * `folder`: The folder.
        """
        return self._converse("containers.copy_in", {"node": node, "container": container, "folder": folder})

    def export(self, node: str, container: str) -> Terminal:
        """Reads all files of a container as a tar archive, volumes left out.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._converse("containers.export", {"node": node, "container": container})

    def explain(self, node: str, container: str) -> Explanation:
        """Shows what the labels of its image and the repository say now of a container, which says what, and what it has,
        differences marked. Values of the environment show as `***`.

        * `node`: The node it is on.
        * `container`: Its id, the beginning of its id, or its name.
        """
        return self._call("containers.explain", {"node": node, "container": container})


class EventsHandle(Handle):
    """What happened in the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        severity: Severity | None = None,
        type: str | None = None,
        object: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Events:
        """Reads events, oldest first: the newest that fit, or those after a cursor. `not_found` for a cluster or
        node that is not there and has no events either.

        Where events after the cursor are not kept any more, one of the type `journal` and the action `gap` comes first,
        whatever the conditions.

        * `cluster`: Only of nodes that were in this cluster then.
        * `node`: Only of this node.
        * `severity`: Only at least as severe.
        * `type`: Only of this kind of object: `container`, `node`, …
        * `object`: Only of this object, by id or name.
        * `since`: Only since then.
        * `until`: Only until then.
        * `after`: Only after this cursor, beginning with the one that follows it.
        * `limit`: At most so many, 1 to 10,000; none: 1,000.
        """
        return self._call("events.list", {
            "cluster": cluster,
            "node": node,
            "severity": severity,
            "type": type,
            "object": object,
            "since": since,
            "until": until,
            "after": after,
            "limit": limit,
        })

    def count(self, *, since: datetime | None = None) -> Sequence[EventCount]:
        """Counts events by cluster and severity.

        * `since`: Only since then.
        """
        return self._call("events.count", {"since": since})

    def follow(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        severity: Severity | None = None,
        type: str | None = None,
        object: str | None = None,
        after: str | None = None,
    ) -> Stream[Event]:
        """Follows events: those after a cursor first, where one is given, then each as it happens.

        Where some are not kept any more, or the reader is too slow, one of the type `journal` and the action `gap` tells of
        it, whatever the conditions.

        * `cluster`: Only of nodes that were in this cluster then.
        * `node`: Only of this node.
        * `severity`: Only at least as severe.
        * `type`: Only of this kind of object: `container`, `node`, …
        * `object`: Only of this object, by id or name.
        * `after`: Begin after this cursor; none: with the next event.
        """
        return self._follow("events.follow", {
            "cluster": cluster,
            "node": node,
            "severity": severity,
            "type": type,
            "object": object,
            "after": after,
        })


class ImagesHandle(Handle):
    """The images of the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Image]:
        """Lists images of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.

        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("images.list", {"cluster": cluster, "node": node, "limit": limit, "cursor": cursor})

    def inspect(self, node: str, image: str) -> ImageDetail:
        """Shows everything about one image on a node.

        * `node`: The node it is on.
        * `image`: Its name or id.
        """
        return self._call("images.inspect", {"node": node, "image": image})

    def pull(self, node: str, image: str) -> Stream[PullProgress]:
        """Fetches an image to a node from its registry, and tells the progress.

        * `node`: The node.
        * `image`: The image.
        """
        return self._follow("images.pull", {"node": node, "image": image})

    def tag(self, node: str, image: str, name: str) -> Acted:
        """Gives an image on a node a further name.

        * `node`: The node it is on.
        * `image`: Its name or id.
        * `name`: The further name.
        """
        return self._call("images.tag", {"node": node, "image": image, "name": name})

    def remove(self, node: str, image: str) -> Acted:
        """Removes a name of an image from a node, and with its last name the image. `conflict` while a container is made of it,
        or a rollback would make one.

        * `node`: The node it is on.
        * `image`: Its name or id.
        """
        return self._call("images.remove", {"node": node, "image": image})


class InvitationsHandle(Handle):
    """Tokens that let machines join."""

    __slots__ = ()

    def create(self) -> Invitation:
        """Makes an invitation, good for a quarter of an hour: whoever fetches the agent's script with its token first, as
        `/discovery/agent/haven-agent.py?token=TOKEN`, is given the agents' secret in it. `busy` when too many wait.
        """
        return self._call("invitations.create", {})


class NetworksHandle(Handle):
    """The networks of the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Network]:
        """Lists networks of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.

        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("networks.list", {"cluster": cluster, "node": node, "limit": limit, "cursor": cursor})

    def create(self, node: str, spec: NetworkSpec) -> Network:
        """Makes a network on a node.

        * `node`: The node.
        * `spec`: What it shall be.
        """
        return self._call("networks.create", {"node": node, "spec": spec})

    def get(self, node: str, network: str) -> Network:
        """Shows one network of a node.

        * `node`: The node.
        * `network`: The network.
        """
        return self._call("networks.get", {"node": node, "network": network})

    def remove(self, node: str, network: str) -> Acted:
        """Removes a network from a node. `conflict` when a running container is connected to it.

        * `node`: The node.
        * `network`: The network.
        """
        return self._call("networks.remove", {"node": node, "network": network})

    def connect(
        self,
        node: str,
        network: str,
        container: str,
        *,
        aliases: Sequence[str] = (),
        ipv4_address: str | None = None,
        ipv6_address: str | None = None,
        link_local_ips: Sequence[str] = (),
        mac_address: str | None = None,
        links: Sequence[str] = (),
        driver_options: Mapping[str, str] = EMPTY,
    ) -> Acted:
        """Connects a container to a network.

        * `node`: The node.
        * `network`: The network.
        * `container`: The container.
        * `aliases`: Further names of the container there.
        * `ipv4_address`: Its address there, which it keeps when it is started again; none: the engine chooses.
        * `ipv6_address`: Its IPv6 address there.
        * `link_local_ips`: Addresses of the link itself.
        * `mac_address`: Its hardware address there.
        * `links`: Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`.
        * `driver_options`: Options of the network's driver.
        """
        return self._call("networks.connect", {
            "node": node,
            "network": network,
            "container": container,
            "aliases": aliases,
            "ipv4_address": ipv4_address,
            "ipv6_address": ipv6_address,
            "link_local_ips": link_local_ips,
            "mac_address": mac_address,
            "links": links,
            "driver_options": driver_options,
        })

    def disconnect(self, node: str, network: str, container: str, *, force: bool = False) -> Acted:
        """Disconnects a container from a network.

        * `node`: The node.
        * `network`: The network.
        * `container`: The container.
        * `force`: Also when the container is gone from the engine while the network still knows of it.
        """
        return self._call("networks.disconnect", {
            "node": node,
            "network": network,
            "container": container,
            "force": force,
        })

    def prune(self, node: str, *, label: Sequence[str] = ()) -> Pruned:
        """Removes the networks of a node that no running container is in.

        * `node`: The node.
        * `label`: Only with all of these labels: `key` or `key=value`.
        """
        return self._call("networks.prune", {"node": node, "label": label})


class NodesHandle(Nodes):
    """The machines of the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        status: NodeStatus | None = None,
        label: Sequence[str] = (),
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Node]:
        """Lists the nodes, ordered by name.

        * `cluster`: Only those of this cluster.
        * `status`: Only those in this state.
        * `label`: Only with all of these labels: `key` or `key=value`.
        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("nodes.list", {
            "cluster": cluster,
            "status": status,
            "label": label,
            "limit": limit,
            "cursor": cursor,
        })

    def register(
        self,
        name: str,
        address: str,
        *,
        cluster: str | None = None,
        labels: Mapping[str, str] = EMPTY,
        tls: TlsSpec | None = None,
    ) -> Node:
        """Registers a node by the address of its engine. `already_exists` when the name, or the address under another
        name, is taken. The engine need not answer yet.

        * `name`: Its name.
        * `address`: Where its engine answers.
        * `cluster`: The cluster to put it into.
        * `labels`: Labels.
        * `tls`: What to trust and to show, for an `https://` address.
        """
        return self._call("nodes.register", {
            "name": name,
            "address": address,
            "cluster": cluster,
            "labels": labels,
            "tls": tls,
        })

    def get(self, node: str) -> Node:
        """Shows one node.

        * `node`: Its name.
        """
        return self._call("nodes.get", {"node": node})

    def update(
        self,
        node: str,
        *,
        address: str | None = None,
        labels: Mapping[str, str] | None = None,
        tls: TlsSpec | None = None,
        availability: Availability | None = None,
        revision: str | None = None,
    ) -> Node:
        """Changes a node's registration; what is left out stays. `conflict` when it is not at `revision` any more.

        * `node`: Its name.
        * `address`: Where its engine answers.
        * `labels`: All its labels, in place of the present ones.
        * `tls`: The certificates that it is reached with, in place of the present ones.
        * `availability`: Whether it takes new containers: `active`, `pause`, or `drain` when it shall be emptied.
        * `revision`: The revision that the change is meant for; none: whichever there is.
        """
        return self._call("nodes.update", {
            "node": node,
            "address": address,
            "labels": labels,
            "tls": tls,
            "availability": availability,
            "revision": revision,
        })

    def remove(self, node: str, *, revision: str | None = None) -> None:
        """Removes a node from the fleet. What runs on its engine goes on running. `conflict` when it is not at `revision` any
        more.

        * `node`: Its name.
        * `revision`: The revision that shall be removed; none: whichever there is.
        """
        return self._call("nodes.remove", {"node": node, "revision": revision})

    def report(self, node: str, report: Report, *, from_: str | None = None, ttl: int | None = None) -> None:
        """Takes an agent's report of its machine, and registers the node if it is new.

        * `node`: The node's name.
        * `report`: What the agent says.
        * `from_`: The address that the report came from; stands in for a loopback host in the report.
        * `ttl`: How many seconds the report is good for, which is two intervals of the agent; it counts as silent after half as much again. None: after three times the usual interval.
        """
        return self._call("nodes.report", {"node": node, "report": report, "from": from_, "ttl": ttl})

    def metrics(self, node: str) -> Sequence[NodeMetrics]:
        """Shows what a node used, oldest first, as far back as it is kept.

        * `node`: Its name.
        """
        return self._call("nodes.metrics", {"node": node})


class PlansHandle(Plans):
    """What shall happen to many containers, as data: made, looked at, applied, taken back."""

    __slots__ = ()

    def list(self) -> Sequence[PlanStatus]:
        """Lists the plans, the newest first, and how far each has come."""
        return self._call("plans.list", {})

    def get(self, plan: str) -> PlanDetail:
        """Shows a plan, and how far it and each of its steps have come.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.get", {"plan": plan})

    def diff(self, plan: str) -> PlanText:
        """Shows what a plan does as a text that people like to read; `plans.get` has the same as data.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.diff", {"plan": plan})

    def create(
        self,
        spec: ContainerSpec,
        *,
        cluster: str | None = None,
        node: str | None = None,
        name: str | None = None,
        requirements: Requirements | None = None,
        unconfigured: bool = False,
        count: int | None = None,
        rollout: Rollout | None = None,
    ) -> Plan:
        """Plans new containers on the nodes that take them. Those that no node can take are in the plan, with the reasons.

        * `spec`: What they shall be. Entries of its environment such as `constraint:zone==a` say where they may go.
        * `cluster`: The cluster whose nodes may take them; none: any node.
        * `node`: The one node that may take them.
        * `name`: The name; none: one after the image: `nginx`, `nginx-1`, …
        * `requirements`: Where they may go.
        * `unconfigured`: Whether what the labels of the image and the repository of configurations say is left out.
        * `count`: How many; none: one. The others are called as the first, with a number: `web`, `web-1`, …
        * `rollout`: How they are started; none: eight at once, each watched for a second.
        """
        return self._call("plans.create", {
            "spec": spec,
            "cluster": cluster,
            "node": node,
            "name": name,
            "requirements": requirements,
            "unconfigured": unconfigured,
            "count": count,
            "rollout": rollout,
        })

    def scale(
        self,
        name: str,
        replicas: int,
        *,
        cluster: str | None = None,
        rollout: Rollout | None = None,
    ) -> Plan:
        """Plans more or fewer containers of the same.

        * `name`: The name of the container, or of the group: that of its first.
        * `replicas`: How many there shall be, those that do not run included.
        * `cluster`: The cluster that they are in; none: anywhere.
        * `rollout`: How they are started; none: eight at once, each watched for a second.
        """
        return self._call("plans.scale", {
            "name": name,
            "replicas": replicas,
            "cluster": cluster,
            "rollout": rollout,
        })

    def update(
        self,
        *,
        selection: Selection | None = None,
        from_: str | None = None,
        to: str | None = None,
        changes: SpecChanges | None = None,
        percent: int | None = None,
        recreate: bool = False,
        configure: bool = False,
        rollout: Rollout | None = None,
    ) -> Plan:
        """Plans an update of containers: another image, other settings, or the same again. Nothing happens until the plan is
        applied; what is left alone is in the plan, with the reason.

        * `selection`: Which containers.
        * `from_`: Only those whose tag is this: exact, or with `*` for any text.
        * `to`: The tag that they get, `1.5`, or a whole image, `registry/web:1.5`; none: the image that they have by name, as it is now.
        * `changes`: What else is changed.
        * `percent`: Only so many of a hundred of them, at least one, of each node in turn; none: all.
        * `recreate`: Also those that would be as they are.
        * `configure`: Whether what the labels of the image and the repository of configurations say now wins over what they are.
        * `rollout`: How they are replaced.
        """
        return self._call("plans.update", {
            "selection": selection,
            "from": from_,
            "to": to,
            "changes": changes,
            "percent": percent,
            "recreate": recreate,
            "configure": configure,
            "rollout": rollout,
        })

    def drain(self, node: str, *, leave_data: bool = False, rollout: Rollout | None = None) -> Plan:
        """Plans to move away from a node what Haven placed there.

        * `node`: The node.
        * `leave_data`: Also containers whose volumes, or folders of the host, stay behind.
        * `rollout`: How they are moved.
        """
        return self._call("plans.drain", {"node": node, "leave_data": leave_data, "rollout": rollout})

    def prune(self, *, selection: Selection | None = None) -> Plan:
        """Plans to remove containers that do not run. Their volumes stay; a rollback makes them anew.

        * `selection`: Which containers.
        """
        return self._call("plans.prune", {"selection": selection})

    def rollback(self, plan: str) -> Plan:
        """Plans to take back what a plan did that has ended. `conflict` when it has not, or when what it parked is not kept any
        more.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.rollback", {"plan": plan})

    def apply(self, plan: str, *, contents: Plan | None = None) -> PlanStatus:
        """Applies a plan: begins it, and answers at once; `plans.follow` tells how it goes. It goes on to its end also when
        this master is killed, as long as another is there or comes.

        `conflict` when it was begun already, or when what it was made for means other containers by now.

        * `plan`: Its id, or the beginning of its id.
        * `contents`: The plan as it was printed: `invalid` when it was altered since.
        """
        return self._call("plans.apply", {"plan": plan, "contents": contents})

    def follow(self, plan: str) -> Stream[PlanProgress]:
        """Follows a plan: what each step has come to so far, and then each change, until the plan is at rest.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._follow("plans.follow", {"plan": plan})

    def pause(self, plan: str) -> PlanStatus:
        """Holds a plan: steps that were begun are ended, no other is begun.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.pause", {"plan": plan})

    def resume(self, plan: str) -> PlanStatus:
        """Lets a plan go on that was held, or that could not be ended.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.resume", {"plan": plan})

    def abort(self, plan: str) -> PlanStatus:
        """Takes a plan back that has not ended; what has ended is taken back by `plans.rollback`.

        * `plan`: Its id, or the beginning of its id.
        """
        return self._call("plans.abort", {"plan": plan})

    def remove(self, plan: str, *, kept: bool = False) -> None:
        """Removes a plan. `conflict` while it moves, is held or is stuck, and while containers are parked for it that shall not
        go.

        * `plan`: Its id, or the beginning of its id.
        * `kept`: Also the containers that are parked for it: what it did cannot be rolled back any more. Volumes stay.
        """
        return self._call("plans.remove", {"plan": plan, "kept": kept})

    def kept(self) -> Sequence[KeptContainer]:
        """Lists the containers that are parked, so that plans can be rolled back, oldest first: the last ten of each name on
        each node; and what they take on disk.
        """
        return self._call("plans.kept", {})


class SessionsHandle(Handle):
    """Signing in and out."""

    __slots__ = ()

    def create(self, user: str, password: Secret | str) -> Session:
        """Signs in, and answers a token to send as `Authorization: Bearer TOKEN`. `unauthenticated` when user and password
        do not fit together; `busy` after too many attempts.

        * `user`: The user.
        * `password`: The password.
        """
        return self._call("sessions.create", {"user": user, "password": password})

    def current(self) -> Identity:
        """Says who is signed in."""
        return self._call("sessions.current", {})

    def delete(self, token: Secret | str) -> None:
        """Ends a session: its token is refused from now on.

        * `token`: The token.
        """
        return self._call("sessions.delete", {"token": token})


class SourceHandle(Handle):
    """Where containers are configured from."""

    __slots__ = ()

    def get(self) -> SourceStatus:
        """Shows the repository that containers are configured from, and which version of it counts. `not_found` when none is
        set. Secrets show as `***`.
        """
        return self._call("source.get", {})

    def set(self, spec: SourceSpec, *, revision: str | None = None) -> SourceStatus:
        """Sets the repository that containers are configured from, for all masters, and looks what is there. Where it cannot be
        reached it is set all the same, and the answer says why. A secret given as `***` stays as it is, where the address
        does too.

        * `spec`: What it shall be.
        * `revision`: The revision that the change is meant for; none: whichever there is.
        """
        return self._call("source.set", {"spec": spec, "revision": revision})

    def remove(self, *, revision: str | None = None) -> None:
        """Forgets the repository: containers are configured by their images and by who asks for them alone. `not_found` when
        none is set, `conflict` when it is not at `revision` any more.

        * `revision`: The revision that shall be removed; none: whichever there is.
        """
        return self._call("source.remove", {"revision": revision})

    def refresh(self) -> SourceStatus:
        """Looks what the repository has now, on the master that answers; the others look on their period. Where it cannot be
        reached the last good version goes on counting, and the answer says since when and why.
        """
        return self._call("source.refresh", {})

    def explain(
        self,
        spec: ContainerSpec,
        *,
        said: Sequence[str] = (),
        cluster: str | None = None,
        node: str | None = None,
        labels: Mapping[str, str] | None = None,
        container: str | None = None,
    ) -> Explanation:
        """Shows what a new container would be configured to be, and which label of its image, or which line of which file of
        the repository, says what. Nothing is made. Values of the environment show as `***`.

        * `spec`: What the request for it would say, its image among that.
        * `said`: The fields that the request means as they are, though they are as usual: `restart`, `privileged`.
        * `cluster`: The cluster it is for; none: that of the node.
        * `node`: The node whose image counts; none: one of the cluster that has it.
        * `labels`: The labels of the image; none: those that it has on a node.
        * `container`: Its name.
        """
        return self._call("source.explain", {
            "spec": spec,
            "said": said,
            "cluster": cluster,
            "node": node,
            "labels": labels,
            "container": container,
        })


class SystemHandle(Handle):
    """Haven itself."""

    __slots__ = ()

    def status(self) -> SystemStatus:
        """Shows the version, the store, and the size of the fleet."""
        return self._call("system.status", {})


class TopHandle(Handle):
    """What uses most."""

    __slots__ = ()

    def nodes(
        self,
        *,
        cluster: str | None = None,
        by: TopBy = "cpu",
        limit: int | None = None,
    ) -> Sequence[NodeUse]:
        """Lists the nodes that use most, first those that use more.

        * `cluster`: Only of this cluster.
        * `by`: Most of what.
        * `limit`: At most so many; none: all.
        """
        return self._call("top.nodes", {"cluster": cluster, "by": by, "limit": limit})

    def containers(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        by: TopBy = "cpu",
        limit: int | None = None,
    ) -> Listing[ContainerUse]:
        """Lists the containers that use most, first those that use more.

        `missing` names the nodes of which nothing is known now.

        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        * `by`: Most of what.
        * `limit`: At most so many; none: all.
        """
        return self._call("top.containers", {"cluster": cluster, "node": node, "by": by, "limit": limit})


class UsersHandle(Handle):
    """Who may sign in."""

    __slots__ = ()

    def change_password(self, user: str, password: Secret | str, new_password: Secret | str) -> None:
        """Changes a user's password, and ends all of the user's sessions. `unauthenticated` when the present one is wrong.

        * `user`: The user.
        * `password`: The present password.
        * `new_password`: The new one.
        """
        return self._call("users.change_password", {
            "user": user,
            "password": password,
            "new_password": new_password,
        })


class VolumesHandle(Handle):
    """The volumes of the fleet."""

    __slots__ = ()

    def list(
        self,
        *,
        cluster: str | None = None,
        node: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Volume]:
        """Lists volumes of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.

        * `cluster`: Only of this cluster.
        * `node`: Only of this node.
        * `limit`: At most so many, 1 to 10,000; none: all.
        * `cursor`: Go on after this `next` of an earlier page.
        """
        return self._call("volumes.list", {"cluster": cluster, "node": node, "limit": limit, "cursor": cursor})

    def create(self, node: str, spec: VolumeSpec) -> Acted:
        """Makes a volume on a node; one that is there already is left as it is.

        * `node`: The node.
        * `spec`: What it shall be.
        """
        return self._call("volumes.create", {"node": node, "spec": spec})

    def get(self, node: str, volume: str) -> Volume:
        """Shows one volume of a node.

        * `node`: The node.
        * `volume`: The volume.
        """
        return self._call("volumes.get", {"node": node, "volume": volume})

    def remove(self, node: str, volume: str) -> Acted:
        """Removes a volume from a node, with its data. `conflict` when a container uses it.

        * `node`: The node.
        * `volume`: The volume.
        """
        return self._call("volumes.remove", {"node": node, "volume": volume})

    def prune(self, node: str, *, label: Sequence[str] = (), all: bool = False) -> Pruned:
        """Removes the volumes of a node that no container has, with their data: those that nobody named.

        * `node`: The node.
        * `label`: Only with all of these labels: `key` or `key=value`.
        * `all`: Also those that somebody named.
        """
        return self._call("volumes.prune", {"node": node, "label": label, "all": all})


class Handles:
    """What a fleet has, a handle a noun."""

    __slots__ = (
        "_fleet",
        "audit",
        "clusters",
        "containers",
        "events",
        "images",
        "invitations",
        "networks",
        "nodes",
        "plans",
        "sessions",
        "source",
        "system",
        "top",
        "users",
        "volumes",
    )

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.audit = AuditHandle(fleet)
        self.clusters = ClustersHandle(fleet)
        self.containers = ContainersHandle(fleet)
        self.events = EventsHandle(fleet)
        self.images = ImagesHandle(fleet)
        self.invitations = InvitationsHandle(fleet)
        self.networks = NetworksHandle(fleet)
        self.nodes = NodesHandle(fleet)
        self.plans = PlansHandle(fleet)
        self.sessions = SessionsHandle(fleet)
        self.source = SourceHandle(fleet)
        self.system = SystemHandle(fleet)
        self.top = TopHandle(fleet)
        self.users = UsersHandle(fleet)
        self.volumes = VolumesHandle(fleet)
