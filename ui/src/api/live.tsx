// The fleet's events, followed while somebody is signed in: they say what is to be read anew.
//
// First the newest warnings are read, and with them the place where events go on. Only then is anything else listed, so
// that nothing falls between a list and the events after it.

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";

import { isUnsettled, renewed, type Containers } from "./containers";
import { clusters, containers, listContainers, nodes, plans, warningCounts, warnings, WARNINGS, type Event } from "./fleet";
import { Gatherer, type Dirty } from "./gather";
import { follow, type Link } from "./stream";

const PATH = "/api/v1/events/stream";
/** With more nodes than these to list one by one, all are listed at once. */
const ONE_BY_ONE = 4;

export interface Live {
  link: Link;
  /** Lists may be read. */
  isReady: boolean;
  /** Reads a node's containers anew: somebody acted on one of them. */
  touch: (node: string) => void;
}

const Context = createContext<Live>({ link: { is: "connecting" }, isReady: false, touch: () => {} });

export function useLive(): Live {
  return useContext(Context);
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [link, setLink] = useState<Link>({ is: "connecting" });
  const [isReady, setReady] = useState(false);
  const gatherer = useRef<Gatherer>(undefined);

  useEffect(() => {
    const leave = new AbortController();
    const gathering = new Gatherer((dirty) => reread(queries, dirty));
    gatherer.current = gathering;
    const begin = async () => {
      const begun = await queries.fetchQuery(warnings).catch(() => undefined);
      if (leave.signal.aborted) return;
      setReady(true);
      await follow({
        path: PATH,
        after: begun?.cursor,
        signal: leave.signal,
        onLink: setLink,
        onGap: () => void queries.invalidateQueries(),
        onItem: (data) => hear(queries, gathering, JSON.parse(data) as Event),
      });
    };
    void begin();
    return () => {
      leave.abort();
      gathering.stop();
    };
  }, [queries]);

  const touch = (node: string) => gatherer.current?.touch({ nodes: [node], lists: ["nodes", "clusters"] });
  return <Context value={{ link, isReady, touch }}>{children}</Context>;
}

function hear(queries: QueryClient, gathering: Gatherer, event: Event): void {
  if (event.severity !== "info") {
    queries.setQueryData(warnings.queryKey, (known) => {
      const isNew = !known?.items.some((item) => item.cursor === event.cursor);
      return known && isNew ? { ...known, items: [event, ...known.items].slice(0, WARNINGS) } : known;
    });
    gathering.touch({ lists: ["warning-counts"] });
  }
  if (event.type === "journal") return void queries.invalidateQueries();
  if (event.type === "container" && event.node) {
    gathering.touch({ nodes: [event.node], lists: ["nodes", "clusters"] });
  } else if (event.type === "plan") {
    gathering.touch({ lists: ["plans"] });
  } else if (event.type === "cluster") {
    gathering.touch({ lists: ["clusters", "nodes"] });
  } else if (event.type === "node") {
    const isContact = event.action !== "limit" && event.action !== "limit_cleared";
    gathering.touch({ lists: isContact ? ["nodes", "clusters", "containers", "top"] : ["nodes"] });
  }
}

const LISTS: Record<string, readonly string[]> = {
  nodes: nodes.queryKey,
  clusters: clusters.queryKey,
  containers: containers.queryKey,
  plans: plans.queryKey,
  top: ["top"],
  "warning-counts": warningCounts.queryKey,
};

/** Of these all that is shown is read anew, not the list alone. */
const DEEP = new Set(["top", "plans"]);

/** Reads anew what changed, and answers what was still changing. Failures show where the lists are shown. */
async function reread(queries: QueryClient, { nodes: changed, lists }: Dirty): Promise<Dirty> {
  const unsettled: Dirty = { nodes: new Set(), lists: new Set() };
  const known = queries.getQueryData(containers.queryKey);
  // A whole list that is on its way is older than the change.
  const isListed = queries.isFetching({ queryKey: containers.queryKey, exact: true }) > 0;
  const isWhole = lists.has("containers") || (changed.size > 0 && (!known || isListed || changed.size > ONE_BY_ONE));
  const whole = new Set([...lists, ...(isWhole ? ["containers"] : [])]);
  const work: Promise<unknown>[] = [...whole].map((list) =>
    queries.refetchQueries({ queryKey: LISTS[list], exact: !DEEP.has(list), type: "active" }),
  );
  if (!isWhole) {
    for (const node of changed) {
      const renewing = renew(queries, node).then((isSettled) => isSettled || unsettled.nodes.add(node));
      // Of a node that is gone the whole list tells.
      work.push(renewing.catch(() => queries.refetchQueries({ queryKey: containers.queryKey, exact: true })));
    }
  }
  // What is looked at more closely, or will be.
  for (const node of changed) work.push(queries.invalidateQueries({ queryKey: ["containers", node] }));
  await Promise.allSettled(work);
  const list = queries.getQueryData(containers.queryKey);
  if (isWhole && list && isUnsettled(list)) unsettled.lists.add("containers");
  return unsettled;
}

/** Reads the containers of one node anew; answers whether that is all there is to know now. */
async function renew(queries: QueryClient, node: string): Promise<boolean> {
  const listed = () => queries.getQueryState(containers.queryKey)?.dataUpdatedAt;
  const updatedAt = listed();
  const part = await listContainers({ node });
  // A whole list that came meanwhile may be newer than this part.
  if (listed() !== updatedAt) return false;
  const put = (known: Containers | undefined) => known && renewed(known, node, part);
  queries.setQueryData(containers.queryKey, put, { updatedAt });
  return !isUnsettled(part);
}
