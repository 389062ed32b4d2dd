// The fleet in a few figures, and what the store warns of.

import { Alert, Skeleton } from "@mantine/core";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Containers } from "../api/containers";
import { warningCounts, type Cluster, type Node, type Status } from "../api/fleet";
import { useLive } from "../api/live";
import { count } from "../words";
import classes from "./tiles.module.css";

interface TilesProps {
  nodes: UseQueryResult<Node[]>;
  clusters: UseQueryResult<Cluster[]>;
  containers: UseQueryResult<Containers>;
  status: UseQueryResult<Status>;
}

export function Tiles({ nodes, clusters, containers, status }: TilesProps) {
  const { isReady } = useLive();
  const counts = useQuery({ ...warningCounts, enabled: isReady });
  const own = clusters.data?.filter((cluster) => cluster.kind !== "builtin").length;
  const builtin = (name: string) => clusters.data?.find((cluster) => cluster.name === name);
  const orphans = builtin("orphans")?.nodes.total ?? 0;
  const all = builtin("all")?.containers;
  const of = (state: Node["status"]) => nodes.data?.filter((node) => node.status === state).length ?? 0;
  const ill = containers.data?.items.filter((container) => container.health === "unhealthy").length ?? 0;
  const sum = (severity: "warning" | "error") => counts.data?.reduce((sum, count) => sum + count[severity], 0) ?? 0;
  const alarms = status.data?.alarms ?? [];
  return (
    <>
      {alarms.length > 0 && (
        <Alert color="red" role="alert" title="The store warns">
          {alarms.join(", ")}
        </Alert>
      )}
      <div className={classes.tiles}>
        <Tile
          name="Clusters"
          value={own}
          of={clusters.data && (orphans > 0 ? `${count(orphans, "node")} in none` : "every node in one")}
        />
        <Tile
          name="Nodes online"
          value={nodes.data && of("online")}
          of={nodes.data && outOfContact(nodes.data.length, of("unknown"), of("pending"))}
          isBad={of("unknown") > 0}
        />
        <Tile
          name="Containers running"
          value={all?.on}
          of={all && (ill > 0 ? `of ${all.total}, ${ill} unhealthy` : `of ${all.total}`)}
          isBad={ill > 0}
        />
        <Tile
          name="Warnings in 24 h"
          value={counts.data && sum("warning") + sum("error")}
          of={counts.data && (sum("error") > 0 ? count(sum("error"), "error") : "no errors")}
          isBad={sum("error") > 0}
        />
        <Tile
          name="Haven"
          value={status.data && status.data.version}
          of={status.data && `store ${status.data.store}`}
          isText
        />
      </div>
    </>
  );
}

function outOfContact(all: number, unknown: number, pending: number): string {
  const parts = [unknown > 0 && `${unknown} unknown`, pending > 0 && `${pending} pending`].filter(Boolean);
  return parts.join(", ") || `of ${all}`;
}

interface TileProps {
  name: string;
  value: ReactNode;
  of: ReactNode;
  isBad?: boolean;
  isText?: boolean;
}

function Tile({ name, value, of, isBad = false, isText = false }: TileProps) {
  return (
    <div className={classes.tile} data-bad={isBad || undefined} role="group" aria-label={name}>
      <span className={classes.name}>{name}</span>
      {value === undefined ? (
        <Skeleton height={22} width={48} mt={4} />
      ) : (
        <span className={isText ? classes.text : classes.value}>{value}</span>
      )}
      <span className={classes.of}>{of ?? " "}</span>
    </div>
  );
}
