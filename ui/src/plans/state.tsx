// Where a plan, or one of its steps, stands, as a mark.

import type { PlanState, StepState } from "../api/fleet";
import { Mark, type Tone } from "../shell/mark";

const PLANS: Record<PlanState, Tone> = {
  planned: "hollow",
  applying: "busy",
  paused: "warn",
  rolling_back: "busy",
  applied: "good",
  incomplete: "warn",
  rolled_back: "idle",
  stuck: "bad",
};

const STEPS: Record<StepState, Tone> = {
  pending: "hollow",
  doing: "busy",
  done: "good",
  refused: "warn",
  undoing: "busy",
  undone: "idle",
  failed: "bad",
  stuck: "bad",
};

export function Standing({ state }: { state: PlanState }) {
  return <Mark tone={PLANS[state]}>{state.replaceAll("_", " ")}</Mark>;
}

export function StepStanding({ state }: { state: StepState }) {
  return <Mark tone={STEPS[state]}>{state === "undone" ? "taken back" : state}</Mark>;
}
