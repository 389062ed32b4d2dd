// What a container is doing, as a mark.

import type { Container } from "../api/fleet";
import { Mark, type Tone } from "../shell/mark";

export const STATES = ["running", "exited", "created", "paused", "restarting", "removing", "dead"] as const;

const TONES: Record<Container["state"], Tone> = {
  running: "good",
  exited: "idle",
  created: "idle",
  paused: "warn",
  restarting: "busy",
  removing: "busy",
  dead: "bad",
};

interface StateProps {
  state: Container["state"];
  health?: Container["health"];
  /** The machine is out of contact: so it was when it was last seen. */
  isGone?: boolean;
}

export function State({ state, health, isGone = false }: StateProps) {
  if (isGone) return <Mark tone="hollow">{`${state}?`}</Mark>;
  if (state === "running" && health === "unhealthy") return <Mark tone="bad">unhealthy</Mark>;
  return <Mark tone={TONES[state]}>{state}</Mark>;
}
