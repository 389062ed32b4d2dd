// The containers: found by cluster, node, state and text, and worked with.

import { Alert, Button, Select, TextInput } from "@mantine/core";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { IconSearch, IconX } from "@tabler/icons-react";

import type { Containers as Listing } from "../api/containers";
import { clusters, type Container, type Missing, type Node } from "../api/fleet";
import { isIn } from "../nodes/nodes";
import { useScope, type Scope } from "../pages/scope";
import { Age } from "../shell/age";
import { Answered, Nothing, Panel } from "../shell/panel";
import { clock, count } from "../words";
import classes from "./containers.module.css";
import { ContainerTable } from "./table";
import { STATES } from "./state";

interface ContainersProps {
  containers: UseQueryResult<Listing>;
  nodes: UseQueryResult<Node[]>;
}

export function Containers({ containers, nodes }: ContainersProps) {
  const [scope] = useScope();
  const all = containers.data?.items ?? [];
  const shown = chosen(all, scope, nodes.data ?? []);
  const gone = new Set((containers.data?.missing ?? []).map(({ node }) => node));
  return (
    <Panel
      title="Containers"
      count={containers.data && (shown.length === all.length ? all.length : `${shown.length} of ${all.length}`)}
      note={
        containers.data && (
          <span>
            {containers.data.stale && "partly stale · "}
            as of <Age of={containers.data.as_of} /> ago
          </span>
        )
      }
    >
      <Filters nodes={nodes.data ?? []} />
      <Answered query={containers} lines={8}>
        {({ missing = [] }) => (
          <>
            {missing.length > 0 && <Gaps missing={missing} all={all} />}
            {shown.length > 0 ? <ContainerTable containers={shown} gone={gone} /> : <None isAll={all.length === 0} />}
          </>
        )}
      </Answered>
    </Panel>
  );
}

function chosen(all: Container[], { cluster, node, state, text }: Scope, nodes: Node[]): Container[] {
  const members = cluster ? new Set(nodes.filter((node) => isIn(node, cluster)).map(({ name }) => name)) : undefined;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((container) => {
    if (members && !members.has(container.node)) return false;
    if (node && container.node !== node) return false;
    if (state && container.state !== state && container.health !== state) return false;
    const { name, image, id, labels = {} } = container;
    const said = () => [name, image, id, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join(" ").toLowerCase();
    return words.length === 0 || words.every((word) => said().includes(word));
  });
}

function Filters({ nodes }: { nodes: Node[] }) {
  const [scope, change] = useScope();
  const known = useQuery({ ...clusters, enabled: false }).data ?? [];
  const names = known.map(({ name }) => name).filter((name) => name !== "all");
  const isAny = Object.values(scope).some(Boolean);
  return (
    <div className={classes.filters} role="search" aria-label="Filter containers">
      <TextInput
        className={classes.text}
        aria-label="Text"
        placeholder="Name, image, id or label"
        leftSection={<IconSearch size={14} />}
        maxLength={200}
        value={scope.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
      <Choice what="cluster" all="All clusters" from={names} />
      <Choice what="node" all="All nodes" from={nodes.map(({ name }) => name)} />
      <Choice what="state" all="Any state" from={[...STATES, "healthy", "unhealthy"]} />
      {isAny && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={14} />}
          onClick={() => change({ cluster: "", node: "", state: "", text: "" })}
        >
          Clear
        </Button>
      )}
    </div>
  );
}

function Choice({ what, all, from }: { what: "cluster" | "node" | "state"; all: string; from: readonly string[] }) {
  const [scope, change] = useScope();
  // What the address names is shown, also where it is not there any more.
  const data = scope[what] && !from.includes(scope[what]) ? [...from, scope[what]] : [...from];
  return (
    <Select
      className={classes.choice}
      aria-label={what}
      placeholder={all}
      data={data}
      value={scope[what] || null}
      onChange={(value) => change({ [what]: value ?? "" })}
      searchable={from.length > 10}
      clearable
      limit={200}
    />
  );
}

/** Which machines' part cannot be counted on, and why. */
function Gaps({ missing, all }: { missing: Missing[]; all: Container[] }) {
  return (
    <Alert color="orange" m="xs" role="status">
      {missing.slice(0, 5).map(({ node, error, as_of }) => {
        const own = all.filter((container) => container.node === node).length;
        const seen = as_of ? `as last seen at ${clock(as_of)}` : "never seen";
        return (
          <div key={node}>
            <b>{node}</b> is out of contact: {error.message}. {own > 0 && `${count(own, "container")}, ${seen}.`}
          </div>
        );
      })}
      {missing.length > 5 && <div>and {count(missing.length - 5, "more node")}.</div>}
    </Alert>
  );
}

function None({ isAll }: { isAll: boolean }) {
  const [, change] = useScope();
  if (isAll) return <Nothing>There is no container yet.</Nothing>;
  return (
    <Nothing>
      No container is like that.{" "}
      <Button
        variant="subtle"
        size="compact-xs"
        onClick={() => change({ cluster: "", node: "", state: "", text: "" })}
      >
        Show all
      </Button>
    </Nothing>
  );
}
