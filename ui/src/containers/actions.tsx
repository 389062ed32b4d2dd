// The buttons of a container: side by side where there is room, else in a menu.

import { ActionIcon, Loader, Menu, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconDots, IconPlayerPlay, IconPlayerStop, IconRefresh } from "@tabler/icons-react";

import type { Container } from "../api/fleet";
import type { At } from "../pages/scope";
import { useAct, type Act } from "./act";
import classes from "./actions.module.css";

interface ActionsProps {
  at: At;
  name: string;
  state: Container["state"];
  /** The machine is out of contact: nothing can be done there. */
  isGone?: boolean;
}

const ACTS = [
  { act: "start", words: "Start", Icon: IconPlayerPlay },
  { act: "stop", words: "Stop", Icon: IconPlayerStop },
  { act: "restart", words: "Restart", Icon: IconRefresh },
] as const;

/** What makes sense to ask, by what the container is doing. */
function makesSense(act: Act, state: Container["state"]): boolean {
  const isUp = ["running", "paused", "restarting"].includes(state);
  return act === "start" ? !isUp : act === "stop" ? isUp : state !== "removing";
}

export function Actions({ at, name, state, isGone = false }: ActionsProps) {
  const { act, asked } = useAct(at, name);
  const isNarrow = useMediaQuery("(max-width: 640px)", undefined, { getInitialValueInEffect: false });
  const isOff = (what: Act) => isGone || asked !== undefined || !makesSense(what, state);
  const busy = <Loader size={15} role="status" aria-label={`${name} is being worked on`} />;
  if (isNarrow) {
    return (
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions of ${name}`}>
            {asked ? busy : <IconDots size={16} />}
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTS.map(({ act: what, words, Icon }) => (
            <Menu.Item key={what} leftSection={<Icon size={15} />} disabled={isOff(what)} onClick={() => act(what)}>
              {words}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    );
  }
  return (
    <span className={classes.row}>
      {ACTS.map(({ act: what, words, Icon }) => (
        <Tooltip key={what} label={words}>
          {/* One that is off can still have the keyboard's focus, which would be lost with the button that was pressed. */}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={26}
            aria-label={`${words} ${name}`}
            aria-disabled={isOff(what)}
            data-disabled={isOff(what) || undefined}
            onClick={() => isOff(what) || act(what)}
          >
            {asked === what ? busy : <Icon size={15} />}
          </ActionIcon>
        </Tooltip>
      ))}
    </span>
  );
}
