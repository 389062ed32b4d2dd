// Acting on a container: asked once, shown while it lasts, and told how it ended.

import { notifications } from "@mantine/notifications";
import { useMutation, useMutationState } from "@tanstack/react-query";

import { answer, client } from "../api/client";
import { Failure } from "../api/failure";
import { useLive } from "../api/live";
import type { At } from "../pages/scope";

export type Act = "start" | "stop" | "restart";

const DONE: Record<Act, string> = { start: "started", stop: "stopped", restart: "restarted" };
export const DOING: Record<Act, string> = { start: "starting", stop: "stopping", restart: "restarting" };

export function useAct({ node, id }: At, name: string) {
  const { touch } = useLive();
  const mutationKey = ["act", node, id];
  // Whoever asked: a container has buttons in several places.
  const [asked] = useMutationState({
    filters: { mutationKey, status: "pending" },
    select: ({ state }) => state.variables as Act,
  });
  const { mutate } = useMutation({
    mutationKey,
    mutationFn: (act: Act) => {
      const params = { path: { node, container: id } };
      if (act === "start") return answer(client.POST("/api/v1/nodes/{node}/containers/{container}/start", { params }));
      const path = `/api/v1/nodes/{node}/containers/{container}/${act}` as const;
      return answer(client.POST(path, { params, body: {} }));
    },
    onSuccess: ({ outcome }, act) => {
      const message = outcome === "already_so" ? `It was ${DONE[act]} already.` : `It is ${DONE[act]}.`;
      notifications.show({ color: "green", title: `${name} on ${node}`, message });
    },
    onError: (error, act) => {
      const failure = Failure.from(error);
      // What may have happened is to be looked at, not done again.
      const doubt = failure.kind === "timeout" ? " It may have happened: look before you try again." : "";
      notifications.show({
        color: "red",
        title: `${name} on ${node}: ${act} failed`,
        message: `${failure.message}.${doubt}`,
        autoClose: false,
      });
    },
    onSettled: () => touch(node),
  });
  return { act: (act: Act) => asked || mutate(act), asked };
}
