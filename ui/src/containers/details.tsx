// Everything an engine says about one container. Values of its environment stay on the server.

import { Alert } from "@mantine/core";
import type { ReactNode } from "react";

import type { ContainerDetail } from "../api/fleet";
import { bytes, moment } from "../words";
import classes from "./drawer.module.css";
import { inWords } from "./table";

export function Details({ detail }: { detail: ContainerDetail }) {
  const { spec } = detail;
  const facts: [string, ReactNode][] = [
    ["Id", <span className={classes.mono}>{detail.id}</span>],
    ["Image", spec.image],
    ["Image id", <span className={classes.mono}>{detail.image_id}</span>],
    ["Entry point", code(spec.entrypoint)],
    ["Command", code(spec.command)],
    ["Health", detail.health],
    ["Created", moment(detail.created)],
    ["Started", detail.started && moment(detail.started)],
    ["Finished", detail.finished && moment(detail.finished)],
    ["Exit code", detail.exit_code != null && detail.state !== "running" ? detail.exit_code : undefined],
    ["Restarts", detail.restart_count || undefined],
    ["Restart policy", typeof spec.restart === "string" ? spec.restart : spec.restart && JSON.stringify(spec.restart)],
    ["Ports", inWords(detail.ports ?? [])],
    ["Networks", rows(detail.networks, (name, address) => (address ? `${name} ${address}` : name))],
    ["Mounts", spec.mounts?.length ? <List of={spec.mounts.map(({ type, source, target, read_only }) => `${source || type} → ${target}${read_only ? " (read only)" : ""}`)} /> : undefined],
    ["Memory limit", spec.memory ? bytes(spec.memory) : undefined],
    ["CPU limit", spec.nano_cpus ? `${spec.nano_cpus / 1e9} cores` : undefined],
    ["User", spec.user],
    ["Working folder", spec.working_dir],
    ["Environment", rows(spec.env, (name) => `${name}=***`)],
    ["Labels", rows(spec.labels, (name, value) => `${name}=${value}`)],
  ];
  return (
    <>
      {detail.oom_killed && <Alert color="red" mb="xs">The kernel ended it for want of memory.</Alert>}
      {detail.error && <Alert color="red" mb="xs">{detail.error}</Alert>}
      <dl className={classes.facts}>
        {facts
          .filter(([, fact]) => fact !== undefined && fact !== null && fact !== "" && fact !== false)
          .map(([name, fact]) => (
            <Fact key={name} name={name}>
              {fact}
            </Fact>
          ))}
      </dl>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function code(words: string[] | undefined): ReactNode {
  return words?.length ? <span className={classes.mono}>{words.join(" ")}</span> : undefined;
}

function rows<T>(of: Record<string, T> | undefined, say: (name: string, value: T) => string): ReactNode {
  const entries = Object.entries(of ?? {});
  return entries.length > 0 ? <List of={entries.map(([name, value]) => say(name, value))} /> : undefined;
}

function List({ of }: { of: string[] }) {
  return (
    <ul className={`${classes.rows} ${classes.mono}`}>
      {of.map((row) => (
        <li key={row}>{row}</li>
      ))}
    </ul>
  );
}
