// A panel of a page: its title, how fresh it is, and its content or what there is instead.

import { Alert, Button, Paper, Skeleton, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Failure } from "../api/failure";
import { clock } from "../words";
import classes from "./panel.module.css";

interface PanelProps {
  title: string;
  count?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, count, note, children }: PanelProps) {
  return (
    <Paper component="section" className={classes.panel} aria-label={title}>
      <header className={classes.head}>
        <h2 className={classes.title}>
          {title}
          {count !== undefined && <span className={classes.count}>{count}</span>}
        </h2>
        {note && <div className={classes.note}>{note}</div>}
      </header>
      {children}
    </Paper>
  );
}

interface AnsweredProps<T> {
  query: UseQueryResult<T>;
  /** How many lines it will have, more or less. */
  lines?: number;
  /** What to say where there is nothing. */
  empty?: { is: (data: T) => boolean; say: ReactNode };
  children: (data: T) => ReactNode;
}

/** What a question was answered, or that there is no answer yet, or why there is none. */
export function Answered<T>({ query, lines = 3, empty, children }: AnsweredProps<T>) {
  const failure = query.isError ? Failure.from(query.error) : undefined;
  if (query.data === undefined) {
    if (failure) return <Failed failure={failure} retry={() => void query.refetch()} />;
    return (
      <div className={classes.waiting} role="status" aria-label="Loading">
        {Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} height={14} radius="sm" />
        ))}
      </div>
    );
  }
  return (
    <>
      {failure && (
        <Failed failure={failure} before={`Shown as of ${clock(query.dataUpdatedAt)}. `} retry={() => void query.refetch()} />
      )}
      {empty?.is(query.data) ? <Nothing>{empty.say}</Nothing> : children(query.data)}
    </>
  );
}

export function Failed({ failure, before = "", retry }: { failure: Failure; before?: string; retry?: () => void }) {
  return (
    <Alert color="red" m="xs" role="alert" title={failure.kind.replaceAll("_", " ")}>
      {before}
      {failure.message}
      {failure.request && <span className={classes.request}>request {failure.request}</span>}
      {retry && (
        <Button variant="subtle" color="red" size="compact-xs" ml="xs" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return (
    <Text component="div" c="dimmed" size="sm" p="md">
      {children}
    </Text>
  );
}
