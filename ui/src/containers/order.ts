// The order that containers are shown in.

import type { Container } from "../api/fleet";

export type By = "name" | "state" | "node" | "image" | "created";

export function sorted(all: Container[], by: By, isDown: boolean): Container[] {
  const way = isDown ? -1 : 1;
  return [...all].sort((a, b) => way * compare(a, b, by) || (a.node < b.node ? -1 : a.node > b.node ? 1 : a.name < b.name ? -1 : 1));
}

function compare(a: Container, b: Container, by: By): number {
  // Of time the youngest comes first, as it is read: `Up 3 minutes` before `Up 2 days`.
  if (by === "created") return Date.parse(b.created) - Date.parse(a.created);
  return a[by].localeCompare(b[by], undefined, { numeric: true });
}
