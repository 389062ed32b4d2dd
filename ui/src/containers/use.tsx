// What one container uses now, sample by sample, and a while back.

import { useQuery } from "@tanstack/react-query";
import { lazy, useEffect, useMemo, useState } from "react";

import { Failure } from "../api/failure";
import { containerHistory, type ContainerStats } from "../api/fleet";
import { read } from "../api/stream";
import type { At } from "../pages/scope";
import { Boundary } from "../shell/boundary";
import { Failed, Nothing } from "../shell/panel";
import { bytes, percent } from "../words";
import classes from "./drawer.module.css";

const Chart = lazy(() => import("../usage/chart"));

/** How many samples are kept: of the stream, one a second. */
const MOST = 300;
/** How long after its end the stream of a container that runs is opened again, in milliseconds. */
const AGAIN = 2_000;

export function Use({ at: { node, id }, isRunning }: { at: At; isRunning: boolean }) {
  const known = useQuery(containerHistory(node, id));
  const [samples, setSamples] = useState<ContainerStats[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (!isRunning) return;
    const leave = new AbortController();
    let again: ReturnType<typeof setTimeout>;
    setFailure(undefined);
    read(`/api/v1/nodes/${encodeURIComponent(node)}/containers/${encodeURIComponent(id)}/stats/stream`, {
      signal: leave.signal,
      onMessage: ({ data }) => setSamples((before) => [...before, JSON.parse(data) as ContainerStats].slice(-MOST)),
    }).then(
      // It ended with the container, which a restart may have brought back before any list showed it away.
      () => (again = setTimeout(() => setRound((round) => round + 1), AGAIN)),
      (thrown: unknown) => leave.signal.aborted || setFailure(Failure.from(thrown)),
    );
    return () => {
      leave.abort();
      clearTimeout(again);
    };
  }, [node, id, isRunning, round]);

  const all = useMemo(() => inOrder([...(known.data ?? []), ...samples]), [known.data, samples]);
  const last = all.at(-1);
  const retry = () => setRound(round + 1);
  const error = failure ?? (known.isError ? Failure.from(known.error) : undefined);
  if (!last) {
    if (error) return <Failed failure={error} retry={retry} />;
    return <Nothing>{isRunning ? "Waiting for a sample…" : "It does not run: it uses nothing."}</Nothing>;
  }
  const times = all.map(({ read }) => Date.parse(read) / 1000);
  return (
    <>
      {error && <Failed failure={error} retry={retry} />}
      <div className={classes.stats}>
        <Stat name="CPU, of a core">{last.cpu_percent == null ? "–" : percent(last.cpu_percent)}</Stat>
        <Stat name={last.memory_limit ? `Memory, of ${bytes(last.memory_limit)}` : "Memory"}>{bytes(last.memory)}</Stat>
        <Stat name="Received / sent">
          {bytes(last.network_rx)} / {bytes(last.network_tx)}
        </Stat>
        <Stat name="Read / written">
          {bytes(last.block_read)} / {bytes(last.block_write)}
        </Stat>
        {last.pids != null && <Stat name="Processes">{last.pids}</Stat>}
      </div>
      {all.length > 1 && (
        <Boundary of="The course">
          <h3 className={classes.subtitle}>CPU</h3>
          <Chart
            lines={[{ name: "CPU", color: "#4c8df6", times, values: all.map((one) => one.cpu_percent ?? null) }]}
            figure={percent}
            height={150}
          />
          <h3 className={classes.subtitle}>Memory</h3>
          <Chart
            lines={[{ name: "memory", color: "#2f9e44", times, values: all.map((one) => one.memory) }]}
            figure={bytes}
            isBinary
            height={150}
          />
        </Boundary>
      )}
    </>
  );
}

function Stat({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <span>{name}</span>
      {children}
    </div>
  );
}

/** By time, each moment once. */
function inOrder(samples: ContainerStats[]): ContainerStats[] {
  const byTime = new Map(samples.map((sample) => [Date.parse(sample.read), sample]));
  return [...byTime].sort(([a], [b]) => a - b).map(([, sample]) => sample);
}
