// How many of how many.

import type { Count } from "../api/fleet";
import classes from "./ratio.module.css";

/** Calm where it is nothing unusual that some are off. */
export function Ratio({ on, total, isCalm = false }: Count & { isCalm?: boolean }) {
  return (
    <span className={classes.ratio} data-lacks={(!isCalm && on < total) || undefined}>
      {on}
      <span className={classes.total}> / {total}</span>
    </span>
  );
}
