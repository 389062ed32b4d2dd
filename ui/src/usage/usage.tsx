// What uses most: nodes with their course, and containers. Figures are sampled, so they are asked for as often.

import { SegmentedControl } from "@mantine/core";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, useEffect, useMemo, useState } from "react";

import { history, topContainers, topNodes, type ContainerUse, type NodeUse, type TopBy } from "../api/fleet";
import { useLive } from "../api/live";
import { useOpened } from "../pages/scope";
import { Age } from "../shell/age";
import { Bar } from "../shell/bar";
import { Boundary } from "../shell/boundary";
import { Answered, Nothing, Panel } from "../shell/panel";
import table from "../shell/table.module.css";
import { bytes, percent } from "../words";
import { appended, course, figure, network } from "./course";
import classes from "./usage.module.css";

const Chart = lazy(() => import("./chart"));

/** Apart from each other also for who tells colours badly. */
const COLORS = ["#4c8df6", "#f08c00", "#2f9e44", "#be4bdb", "#15aabf"];

const BY: { value: TopBy; label: string }[] = [
  { value: "cpu", label: "CPU" },
  { value: "memory", label: "Memory" },
  { value: "network", label: "Network" },
];

export function Usage() {
  const { isReady } = useLive();
  const [by, setBy] = useState<TopBy>("cpu");
  const nodes = useQuery({ ...topNodes(by), enabled: isReady });
  const containers = useQuery({ ...topContainers(by), enabled: isReady });
  const missing = containers.data?.missing ?? [];
  return (
    <Panel
      title="Top usage"
      note={
        <>
          {containers.data && (
            <span>
              {missing.length > 0 && `without ${unknown(missing.map(({ node }) => node))} · `}
              as of <Age of={containers.data.as_of} /> ago
            </span>
          )}
          <SegmentedControl aria-label="Usage of" data={BY} value={by} onChange={(by) => setBy(by as TopBy)} />
        </>
      }
    >
      <div className={classes.usage}>
        <section aria-label="Top nodes">
          <h3 className={classes.title}>Nodes</h3>
          <Answered query={nodes} empty={{ is: (all) => all.length === 0, say: "There is no node yet." }}>
            {(all) => all.map((node, at) => <NodeLine key={node.name} node={node} by={by} color={COLORS[at]} />)}
          </Answered>
        </section>
        <section aria-label="Course" className={classes.course}>
          {nodes.data && nodes.data.length > 0 && <Course nodes={nodes.data} by={by} />}
        </section>
        <section aria-label="Top containers">
          <h3 className={classes.title}>Containers</h3>
          <Answered
            query={containers}
            empty={{ is: ({ items }) => items.length === 0, say: "No container that runs was sampled yet." }}
          >
            {({ items }) => items.map((item) => <ContainerLine key={`${item.node}/${item.id}`} item={item} by={by} />)}
          </Answered>
        </section>
      </div>
    </Panel>
  );
}

function unknown(nodes: string[]): string {
  return nodes.length > 2 ? `${nodes.length} nodes out of contact` : nodes.join(" and ");
}

function NodeLine({ node, by, color }: { node: NodeUse; by: TopBy; color: string | undefined }) {
  const { metrics } = node;
  const part = {
    cpu: metrics?.cpu_percent == null ? undefined : metrics.cpu_percent / 100,
    memory: metrics?.memory_used != null && metrics.memory_total ? metrics.memory_used / metrics.memory_total : undefined,
    network: undefined,
  }[by];
  const value = {
    cpu: metrics?.cpu_percent == null ? "–" : percent(metrics.cpu_percent),
    memory: metrics?.memory_used == null ? "–" : bytes(metrics.memory_used),
    network: metrics ? bytes(network(metrics)) : "–",
  }[by];
  return (
    <div className={classes.line} data-stale={node.stale || undefined}>
      <span className={classes.swatch} style={{ background: color }} aria-hidden />
      <span className={classes.name}>{node.name}</span>
      {node.stale && <span className={classes.stale}>not known now</span>}
      <Bar part={part} color={color}>
        {value}
      </Bar>
    </div>
  );
}

function ContainerLine({ item, by }: { item: ContainerUse; by: TopBy }) {
  const [, open] = useOpened();
  const { stats, node, id, name } = item;
  const part = {
    cpu: stats.cpu_percent == null ? undefined : stats.cpu_percent / (100 * Math.max(stats.cpus, 1)),
    memory: stats.memory_limit ? stats.memory / stats.memory_limit : undefined,
    network: undefined,
  }[by];
  const value = {
    cpu: stats.cpu_percent == null ? "–" : percent(stats.cpu_percent),
    memory: bytes(stats.memory),
    network: bytes(stats.network_rx + stats.network_tx),
  }[by];
  return (
    <div className={classes.line}>
      <button type="button" className={`${table.name} ${classes.name}`} onClick={() => open({ node, id })}>
        {name}
      </button>
      <span className={classes.where}>{node}</span>
      <Bar part={part}>{value}</Bar>
    </div>
  );
}

/** The course of what these nodes used: what the server remembers, and each figure that comes. */
function Course({ nodes, by }: { nodes: NodeUse[]; by: TopBy }) {
  const queries = useQueryClient();
  const courses = useQueries({ queries: nodes.map(({ name }) => history(name)) });
  useEffect(() => {
    for (const { name, metrics } of nodes) {
      const key = history(name).queryKey;
      if (metrics) queries.setQueryData(key, (known) => known && appended(known, metrics));
    }
  }, [nodes, queries]);
  const known = courses.map((query) => query.data);
  const lines = useMemo(
    () => nodes.map(({ name }, at) => ({ name, color: COLORS[at] ?? "gray", ...course(known[at] ?? [], by) })),
    // Each history is an object of its own.
    [nodes, by, ...known],
  );
  if (!lines.some(({ values }) => values.filter((value) => value !== null).length > 1)) {
    return <Nothing>{courses.some((query) => query.isPending) ? "…" : "The course shows after two samples."}</Nothing>;
  }
  return (
    <Boundary of="The course" waiting={<Nothing>…</Nothing>}>
      <Chart lines={lines} figure={(value) => figure(value, by)} most={by === "cpu" ? 100 : undefined} isBinary={by !== "cpu"} />
    </Boundary>
  );
}
