// What somebody should look at: the newest warnings and errors, as they come.

import { useQuery } from "@tanstack/react-query";

import { warnings, type Event } from "../api/fleet";
import { useOpened, useScope } from "../pages/scope";
import { Age } from "../shell/age";
import { Mark } from "../shell/mark";
import { Answered, Panel } from "../shell/panel";
import table from "../shell/table.module.css";
import classes from "./warnings.module.css";

export function Warnings() {
  const found = useQuery(warnings);
  return (
    <Panel title="Recent warnings" count={found.data?.items.length || undefined}>
      <Answered query={found} empty={{ is: ({ items }) => items.length === 0, say: "Nothing to worry about." }}>
        {({ items }) => (
          <ol className={classes.list} aria-live="polite" aria-relevant="additions">
            {items.map((event) => (
              <Line key={event.cursor || event.time} event={event} />
            ))}
          </ol>
        )}
      </Answered>
    </Panel>
  );
}

function Line({ event }: { event: Event }) {
  const [, change] = useScope();
  const [, open] = useOpened();
  const { node, type, id } = event;
  const look = () => {
    if (node && type === "container") open({ node, id });
    else if (node) change({ node });
  };
  return (
    <li className={classes.line}>
      <div className={classes.head}>
        <Mark tone={event.severity === "error" ? "bad" : "warn"}>{event.severity}</Mark>
        <span className={classes.where}>
          {node && (
            <button type="button" className={table.name} onClick={look}>
              {node}
            </button>
          )}
          {event.cluster && <span> · {event.cluster}</span>}
        </span>
        <span className={classes.age}>
          <Age of={event.time} />
        </span>
      </div>
      <div className={classes.message}>{event.message}</div>
    </li>
  );
}
