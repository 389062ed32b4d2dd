// How something is, as a mark with its word: never by colour alone.

import classes from "./mark.module.css";

/** `hollow`: it is not known now. */
export type Tone = "good" | "bad" | "warn" | "idle" | "busy" | "hollow";

export function Mark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
