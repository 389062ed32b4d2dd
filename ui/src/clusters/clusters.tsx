// The clusters: machines managed as one. One of them can be chosen, to see its nodes and containers alone.

import { Tooltip } from "@mantine/core";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { warningCounts, type Cluster, type EventCount } from "../api/fleet";
import { useLive } from "../api/live";
import { useScope } from "../pages/scope";
import { Answered, Panel } from "../shell/panel";
import table from "../shell/table.module.css";
import { Ratio } from "../shell/ratio";

export function Clusters({ clusters }: { clusters: UseQueryResult<Cluster[]> }) {
  const { isReady } = useLive();
  const counts = useQuery({ ...warningCounts, enabled: isReady });
  const [scope, change] = useScope();
  return (
    <Panel title="Clusters">
      <Answered query={clusters} lines={2} empty={{ is: (all) => all.length === 0, say: "There is no cluster." }}>
        {(all) => (
          <div className={table.scroll}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th>Cluster</th>
                  <th className={table.wide}>Description</th>
                  <th className={table.number}>Nodes</th>
                  <th className={table.number}>Containers</th>
                  <th className={table.number}>Warnings</th>
                </tr>
              </thead>
              <tbody>
                {all.map((cluster) => (
                  <tr key={cluster.name} data-chosen={chosenBy(scope.cluster) === cluster.name || undefined}>
                    <td>
                      <button
                        type="button"
                        className={table.name}
                        aria-pressed={chosenBy(scope.cluster) === cluster.name}
                        onClick={() => change({ cluster: cluster.name === "all" ? "" : cluster.name, node: "" })}
                      >
                        {cluster.name}
                      </button>
                    </td>
                    <td className={`${table.wide} ${table.quiet} ${table.cut}`}>{cluster.description}</td>
                    <td className={table.number}>
                      <Ratio {...cluster.nodes} />
                    </td>
                    <td className={table.number}>
                      <Ratio {...cluster.containers} isCalm />
                    </td>
                    <td className={table.number}>
                      <Alerts counts={counts.data} cluster={cluster.name} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answered>
    </Panel>
  );
}

/** Nothing chosen means all. */
function chosenBy(cluster: string): string {
  return cluster || "all";
}

function Alerts({ counts, cluster }: { counts: EventCount[] | undefined; cluster: string }) {
  if (!counts) return <span className={table.quiet}>–</span>;
  const own = counts.filter((count) => cluster === "all" || (count.cluster ?? "orphans") === cluster);
  const { warning, error } = own.reduce(
    (sum, count) => ({ warning: sum.warning + count.warning, error: sum.error + count.error }),
    { warning: 0, error: 0 },
  );
  if (warning + error === 0) return <span className={table.quiet}>0</span>;
  return (
    <Tooltip label={`${warning} warnings and ${error} errors in 24 h`}>
      <span>{warning + error}</span>
    </Tooltip>
  );
}

