// One container: what it is, what it writes, what it uses.

import { Drawer, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { containers, inspection } from "../api/fleet";
import { useLive } from "../api/live";
import type { At } from "../pages/scope";
import { Answered } from "../shell/panel";
import { short } from "../words";
import { Actions } from "./actions";
import { Details } from "./details";
import classes from "./drawer.module.css";
import { Logs } from "./logs";
import { State } from "./state";
import { Use } from "./use";

export default function ContainerDrawer({ at, close }: { at: At; close: () => void }) {
  const { isReady } = useLive();
  const list = useQuery({ ...containers, enabled: false }).data;
  const listed = list?.items.find((item) => item.node === at.node && item.id === at.id);
  const isGone = list?.missing?.some(({ node }) => node === at.node) ?? false;
  const query = useQuery({ ...inspection(at.node, at.id), enabled: isReady });
  const name = listed?.name ?? query.data?.name ?? short(at.id);
  const state = listed?.state ?? query.data?.state;
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="min(760px, 100vw)"
      title={
        <span className={classes.title}>
          <b className={classes.name}>{name}</b>
          <span className={classes.where}>on {at.node}</span>
          {state && <State state={state} health={listed?.health ?? query.data?.health} isGone={isGone} />}
          {state && <Actions at={at} name={name} state={state} isGone={isGone} />}
        </span>
      }
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Tabs defaultValue="details">
        <Tabs.List>
          <Tabs.Tab value="details">Details</Tabs.Tab>
          <Tabs.Tab value="logs">Logs</Tabs.Tab>
          <Tabs.Tab value="usage">Usage</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="details" pt="xs">
          <Answered query={query} lines={8}>
            {(detail) => <Details detail={detail} />}
          </Answered>
        </Tabs.Panel>
        <Tabs.Panel value="logs" pt="xs">
          <Logs at={at} />
        </Tabs.Panel>
        <Tabs.Panel value="usage" pt="xs">
          <Use at={at} isRunning={state === "running"} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}
