// What the page shows, kept in its address: it survives a reload, and can be passed on.

import { useSearchParams } from "wouter";

export interface Scope {
  cluster: string;
  node: string;
  state: string;
  text: string;
}

const NAMES = ["cluster", "node", "state", "text"] as const;

export function useScope(): [Scope, (change: Partial<Scope>) => void] {
  const [search, setSearch] = useSearchParams();
  const scope = Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? ""])) as unknown as Scope;
  const change = (change: Partial<Scope>) =>
    setSearch(
      (search) => {
        for (const [name, value] of Object.entries(change)) {
          if (value) search.set(name, value);
          else search.delete(name);
        }
        return search;
      },
      { replace: true },
    );
  return [scope, change];
}

/** Where a container is. */
export interface At {
  node: string;
  id: string;
}

/** The container that is looked at. */
export function useOpened(): [At | undefined, (at: At | undefined) => void] {
  const [search, setSearch] = useSearchParams();
  const [node, id] = (search.get("container") ?? "").split("/");
  const open = (at: At | undefined) =>
    setSearch((search) => {
      if (at) search.set("container", `${at.node}/${at.id}`);
      else search.delete("container");
      return search;
    });
  return [node && id ? { node, id } : undefined, open];
}
