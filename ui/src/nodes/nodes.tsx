// The nodes: machines, what they use, and whether there is contact with them. Those without contact come first.

import { Tooltip } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";

import type { Node } from "../api/fleet";
import { useScope } from "../pages/scope";
import { Age } from "../shell/age";
import { Bar } from "../shell/bar";
import { Mark, type Tone } from "../shell/mark";
import { Answered, Panel } from "../shell/panel";
import { Ratio } from "../shell/ratio";
import table from "../shell/table.module.css";
import { bytes, moment, percent } from "../words";
import classes from "./nodes.module.css";

const TONES: Record<Node["status"], Tone> = { online: "good", unknown: "hollow", pending: "idle" };

export function Nodes({ nodes }: { nodes: UseQueryResult<Node[]> }) {
  const [scope] = useScope();
  const shown = (all: Node[]) => all.filter((node) => isIn(node, scope.cluster)).sort(byContact);
  return (
    <Panel
      title="Nodes"
      count={nodes.data && shown(nodes.data).length}
      note={scope.cluster && <>of {scope.cluster}</>}
    >
      <Answered query={nodes} empty={{ is: (all) => shown(all).length === 0, say: <NoNodes isAll={!scope.cluster} /> }}>
        {(all) => (
          <div className={`${table.scroll} ${classes.list}`}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th>Node</th>
                  <th>Status</th>
                  <th className={table.wide}>Cluster</th>
                  <th className={table.widest}>Engine</th>
                  <th className={`${table.number} ${table.wide}`}>Containers</th>
                  <th>CPU</th>
                  <th>Memory</th>
                </tr>
              </thead>
              <tbody>
                {shown(all).map((node) => (
                  <Row key={node.name} node={node} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function Row({ node }: { node: Node }) {
  const [scope, change] = useScope();
  const { status, engine, metrics } = node;
  const isChosen = scope.node === node.name;
  const isStale = status !== "online" && !node.agent.reporting;
  return (
    <tr data-stale={isStale || undefined} data-chosen={isChosen || undefined} data-status={status}>
      <td>
        <button
          type="button"
          className={table.name}
          aria-pressed={isChosen}
          onClick={() => change({ node: isChosen ? "" : node.name })}
        >
          {node.name}
        </button>
      </td>
      <td>
        <Tooltip label={explained(node)}>
          <span className={classes.status} tabIndex={0}>
            <Mark tone={TONES[status]}>{status}</Mark>
            {status === "unknown" && engine.last_seen && (
              <span className={classes.since}>
                <Age of={engine.last_seen} />
              </span>
            )}
          </span>
        </Tooltip>
      </td>
      <td className={`${table.wide} ${table.quiet}`}>{node.cluster ?? "–"}</td>
      <td className={`${table.widest} ${table.quiet}`}>
        {engine.info ? <span title={engine.info.operating_system}>{engine.info.version}</span> : "–"}
      </td>
      <td className={`${table.number} ${table.wide}`}>
        <Ratio {...node.containers} isCalm />
      </td>
      <td>
        <Bar part={metrics?.cpu_percent == null ? undefined : metrics.cpu_percent / 100}>
          {metrics?.cpu_percent == null ? "–" : percent(metrics.cpu_percent)}
        </Bar>
      </td>
      <td>
        <Memory node={node} />
      </td>
    </tr>
  );
}

function Memory({ node: { metrics } }: { node: Node }) {
  if (metrics?.memory_used == null) return <Bar part={undefined}>–</Bar>;
  const { memory_used: used, memory_total: total } = metrics;
  return (
    <Bar part={total ? used / total : undefined}>
      {bytes(used)}
      {total && <span className={`${table.quiet} ${classes.total}`}> / {bytes(total)}</span>}
    </Bar>
  );
}

function explained({ status, engine, agent, address, metrics }: Node): string {
  const lines = [];
  if (engine.error) lines.push(`${engine.error.kind.replaceAll("_", " ")}: ${engine.error.message}`);
  if (status === "pending" && !engine.error) lines.push("its engine was not reached yet");
  if (engine.last_seen) lines.push(`engine seen at ${moment(engine.last_seen)}`);
  lines.push(agent.reporting ? "its agent reports" : "no agent reports");
  if (metrics) lines.push(`figures of ${metrics.source === "agent" ? "the machine" : "its containers"}, ${moment(metrics.time)}`);
  if (address) lines.push(address);
  return lines.join(" · ");
}

function NoNodes({ isAll }: { isAll: boolean }) {
  if (!isAll) return <>This cluster has no nodes.</>;
  return (
    <>
      There is no node yet. Register one: <code>haven nodes register web-1 https://10.0.0.3:2376</code>
    </>
  );
}

/** Whether a node is shown where a cluster is chosen; nothing chosen means all. */
export function isIn(node: Node, cluster: string): boolean {
  return !cluster || (node.cluster ?? "orphans") === cluster;
}

const BY_CONTACT: Node["status"][] = ["unknown", "pending", "online"];

function byContact(a: Node, b: Node): number {
  return BY_CONTACT.indexOf(a.status) - BY_CONTACT.indexOf(b.status);
}
