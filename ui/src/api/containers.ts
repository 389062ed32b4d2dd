// The list of containers: put together from pages, and renewed node by node.

import type { Answer } from "./client";

export type Containers = Answer<"containers.list">;

/** A page after those before it. */
export function joined(before: Containers, page: Containers): Containers {
  return {
    items: [...before.items, ...page.items],
    missing: page.missing,
    as_of: earlier(before.as_of, page.as_of),
    stale: before.stale || page.stale,
  };
}

/** The list with one node's part in place of what was known of it. Order stays: by node, name and id. */
export function renewed(known: Containers, node: string, part: Containers): Containers {
  const missing = [...(known.missing ?? []).filter((gap) => gap.node !== node), ...(part.missing ?? [])];
  const at = known.items.findIndex((item) => item.node >= node);
  const place = at < 0 ? known.items.length : at;
  return {
    items: [
      ...known.items.slice(0, place),
      ...part.items,
      ...known.items.slice(place).filter((item) => item.node !== node),
    ],
    missing,
    as_of: earlier(known.as_of, part.as_of),
    stale: missing.length > 0 || part.stale,
  };
}

/** Whether the list was read while the server itself was still reading what had changed. */
export function isUnsettled(list: Containers): boolean {
  return list.stale && (list.missing ?? []).length === 0;
}

function earlier(a: string, b: string): string {
  return Date.parse(a) < Date.parse(b) ? a : b;
}
