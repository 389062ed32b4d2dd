// A part of a whole, as figure and bar.

import type { ReactNode } from "react";

import classes from "./bar.module.css";

interface BarProps {
  /** 0 to 1; none: not known. */
  part: number | undefined;
  children: ReactNode;
  color?: string;
}

/** From this part on it is much. */
const MUCH = 0.9;

export function Bar({ part, children, color }: BarProps) {
  const width = `${Math.min(Math.max(part ?? 0, 0), 1) * 100}%`;
  return (
    <span className={classes.bar} data-much={(part ?? 0) >= MUCH || undefined}>
      <span className={classes.figure}>{children}</span>
      {part !== undefined && (
        <span className={classes.track} aria-hidden>
          <span className={classes.part} style={{ width, ...(color && { background: color }) }} />
        </span>
      )}
    </span>
  );
}
