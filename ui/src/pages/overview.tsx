// The first page: the whole fleet at a glance, and its containers to work with.

import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";

import { clusters, containers, nodes, status } from "../api/fleet";
import { useLive } from "../api/live";
import { Clusters } from "../clusters/clusters";
import { Containers } from "../containers/containers";
import { Warnings } from "../events/warnings";
import { Nodes } from "../nodes/nodes";
import { Boundary } from "../shell/boundary";
import { Usage } from "../usage/usage";
import classes from "./overview.module.css";
import { Tiles } from "./tiles";
import { useOpened } from "./scope";

const Drawer = lazy(() => import("../containers/drawer"));

export function Overview() {
  const { isReady } = useLive();
  const answers = {
    nodes: useQuery({ ...nodes, enabled: isReady }),
    clusters: useQuery({ ...clusters, enabled: isReady }),
    containers: useQuery({ ...containers, enabled: isReady }),
    status: useQuery({ ...status, enabled: isReady }),
  };
  const [opened, open] = useOpened();
  return (
    <div className={classes.page}>
      <Tiles {...answers} />
      <div className={classes.fleet}>
        <div className={classes.machines}>
          <Clusters clusters={answers.clusters} />
          <Nodes nodes={answers.nodes} />
        </div>
        <Warnings />
      </div>
      <Usage />
      <Containers containers={answers.containers} nodes={answers.nodes} />
      {opened && (
        <Boundary of="The container">
          <Drawer key={`${opened.node}/${opened.id}`} at={opened} close={() => open(undefined)} />
        </Boundary>
      )}
    </div>
  );
}
