// What the first page asks of the fleet: each question once, under one name, and the types of its answers.

import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, client, type Answer } from "./client";
import { Failure } from "./failure";
import { joined, type Containers } from "./containers";
import type { components } from "./schema";

export type Node = Answer<"nodes.list">["items"][number];
export type Cluster = Answer<"clusters.list">["items"][number];
export type Container = Answer<"containers.list">["items"][number];
export type ContainerDetail = Answer<"containers.inspect">;
export type Missing = NonNullable<Answer<"containers.list">["missing"]>[number];
export type Status = Answer<"system.status">;
export type EventCount = Answer<"events.count">[number];
export type NodeUse = Answer<"top.nodes">[number];
export type ContainerUse = Answer<"top.containers">["items"][number];
export type PlanStatus = Answer<"plans.list">[number];
export type PlanDetail = Answer<"plans.get">;
export type PlanState = PlanStatus["state"];
export type StepState = PlanDetail["steps"][number]["state"];
export type Event = components["schemas"]["Event"];
export type NodeMetrics = components["schemas"]["NodeMetrics"];
export type ContainerStats = components["schemas"]["ContainerStats"];
export type Output = components["schemas"]["Output"];
export type Count = components["schemas"]["Count"];
export type TopBy = components["schemas"]["TopBy"];

/** How often figures are asked for: the server samples as often, and has no stream of them. */
const FIGURES = 15_000;
/** How often is asked for what events tell of, should one be lost: the server lists its engines as often. */
const RELIST = 60_000;
/** How many entries a page of a list has. */
const PAGE = 5_000;
/** How many warnings are shown. */
export const WARNINGS = 50;
/** How many are shown of what uses most. */
const TOP = 5;

export const queries = new QueryClient({
  defaultOptions: {
    // The server may be this machine: it is there also when the browser finds no network.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (count, error) => count < 2 && ["unavailable", "timeout"].includes(Failure.from(error).kind),
    },
  },
});

export const nodes = queryOptions({
  queryKey: ["nodes"],
  queryFn: async ({ signal }) => {
    const all = await pages((query) => answer(client.GET("/api/v1/nodes", { params: { query }, signal })));
    return all.flatMap(({ items }) => items);
  },
  refetchInterval: FIGURES,
});

export const clusters = queryOptions({
  queryKey: ["clusters"],
  queryFn: async ({ signal }) => {
    const all = await pages((query) => answer(client.GET("/api/v1/clusters", { params: { query }, signal })));
    return all.flatMap(({ items }) => items);
  },
  refetchInterval: RELIST,
});

export const containers = queryOptions({
  queryKey: ["containers"],
  queryFn: ({ signal }) => listContainers({}, signal),
  refetchInterval: RELIST,
});

/** The containers of one node, or of all. */
export async function listContainers(of: { node?: string }, signal?: AbortSignal): Promise<Containers> {
  const read = (from: From) => answer(client.GET("/api/v1/containers", { params: { query: { ...of, ...from } }, signal }));
  return (await pages(read)).reduce(joined);
}

interface From {
  limit: number;
  cursor?: string;
}

/** Reads page after page, to the end. */
async function pages<Page extends { next?: string | null }>(read: (from: From) => Promise<Page>): Promise<Page[]> {
  const all = [await read({ limit: PAGE })];
  for (let next = all[0]?.next; next; next = all.at(-1)?.next) all.push(await read({ limit: PAGE, cursor: next }));
  return all;
}

/** The newest warnings, newest first, and where events go on after them. */
export const warnings = queryOptions({
  queryKey: ["warnings"],
  queryFn: async ({ signal }) => {
    const query = { severity: "warning", limit: WARNINGS } as const;
    const { items, cursor } = await answer(client.GET("/api/v1/events", { params: { query }, signal }));
    return { items: items.reverse(), cursor };
  },
});

/** How many warnings and errors each cluster had in a day. */
export const warningCounts = queryOptions({
  queryKey: ["warning-counts"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/events/count", { params: { query: { since: "24h" } }, signal })),
  refetchInterval: RELIST,
});

export const status = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/system/status", { signal })),
  refetchInterval: RELIST,
});

export const topNodes = (by: TopBy) =>
  queryOptions({
    queryKey: ["top", "nodes", by],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/top/nodes", { params: { query: { by, limit: TOP } }, signal })),
    refetchInterval: FIGURES,
    placeholderData: keepPreviousData,
  });

export const topContainers = (by: TopBy) =>
  queryOptions({
    queryKey: ["top", "containers", by],
    queryFn: ({ signal }) =>
      answer(client.GET("/api/v1/top/containers", { params: { query: { by, limit: TOP } }, signal })),
    refetchInterval: FIGURES,
    placeholderData: keepPreviousData,
  });

/** What a node used, oldest first. */
export const history = (node: string) =>
  queryOptions({
    queryKey: ["history", node],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/nodes/{node}/metrics", { params: { path: { node } }, signal })),
    // Each figure that comes is added; a course that nobody looked at for a while has a gap.
    staleTime: 2 * FIGURES,
  });

export const plans = queryOptions({
  queryKey: ["plans"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/plans", { signal })),
  refetchInterval: RELIST,
});

/** A plan, what it does as a text, and how far each of its steps has come. */
export const planned = (plan: string) =>
  queryOptions({
    queryKey: ["plans", plan],
    queryFn: async ({ signal }) => {
      const params = { path: { plan } };
      const [detail, diff] = await Promise.all([
        answer(client.GET("/api/v1/plans/{plan}", { params, signal })),
        answer(client.GET("/api/v1/plans/{plan}/diff", { params, signal })),
      ]);
      return { ...detail, diff: diff.text };
    },
  });

export const inspection = (node: string, container: string) =>
  queryOptions({
    queryKey: ["containers", node, container],
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/nodes/{node}/containers/{container}", { params: { path: { node, container } }, signal }),
      ),
  });

/** What a container used lately, oldest first. */
export const containerHistory = (node: string, container: string) =>
  queryOptions({
    queryKey: ["containers", node, container, "history"],
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/nodes/{node}/containers/{container}/metrics", {
          params: { path: { node, container } },
          signal,
        }),
      ),
    staleTime: 0,
  });
