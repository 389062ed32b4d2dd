// What can be done with a plan, by where it stands: asked once, shown while it lasts, and told how it ended.

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, client } from "../api/client";
import { Failure } from "../api/failure";
import { plans, type PlanState } from "../api/fleet";

type Act = "apply" | "pause" | "resume" | "abort" | "rollback";

const WORDS: Record<Act, { button: string; done: string; color?: string }> = {
  apply: { button: "Apply", done: "It is begun." },
  pause: { button: "Pause", done: "Steps that were begun are ended, no other is begun." },
  resume: { button: "Resume", done: "It goes on." },
  abort: { button: "Take back", done: "It is being taken back.", color: "red" },
  rollback: { button: "Roll back…", done: "This is the plan that takes it back: apply it when it is what you want." },
};

const ACTS: Record<PlanState, readonly Act[]> = {
  planned: ["apply"],
  applying: ["pause", "abort"],
  paused: ["resume", "abort"],
  rolling_back: [],
  applied: ["rollback"],
  incomplete: ["rollback"],
  rolled_back: [],
  stuck: ["resume", "abort"],
};

interface ActionsProps {
  plan: string;
  state: PlanState;
  /** Shows another plan: the one that was made. */
  open: (plan: string) => void;
}

export function PlanActions({ plan, state, open }: ActionsProps) {
  const queries = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: async (act: Act) => {
      const params = { path: { plan } };
      if (act === "rollback") {
        open((await answer(client.POST("/api/v1/plans/{plan}/rollback", { params }))).id);
      } else if (act === "apply") {
        await answer(client.POST("/api/v1/plans/{plan}/apply", { params, body: {} }));
      } else {
        await answer(client.POST(`/api/v1/plans/{plan}/${act}` as const, { params }));
      }
    },
    onSuccess: (_, act) => notifications.show({ color: "green", title: `Plan ${plan.slice(0, 12)}`, message: WORDS[act].done }),
    onError: (error, act) => {
      const { message } = Failure.from(error);
      const title = `Plan ${plan.slice(0, 12)}: ${WORDS[act].button.toLowerCase().replace("…", "")} failed`;
      notifications.show({ color: "red", title, message: `${message}.`, autoClose: false });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: plans.queryKey }),
  });
  return (
    <>
      {ACTS[state].map((act) => (
        <Button
          key={act}
          size="compact-sm"
          variant={act === "apply" || act === "resume" ? "filled" : "default"}
          color={WORDS[act].color}
          loading={isPending && variables === act}
          disabled={isPending}
          onClick={() => mutate(act)}
        >
          {WORDS[act].button}
        </Button>
      ))}
    </>
  );
}
